//! The `recension` command with the objects of this service: it writes `recension.lock`, and runs the functions of ops.

use std::process::ExitCode;

fn main() -> ExitCode {
    recension_cli::App::new(instance_actions::registry().unwrap_or_default()).run()
}
