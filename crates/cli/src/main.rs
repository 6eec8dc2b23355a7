//! The stock command: everything that a lock file is enough for.

use std::process::ExitCode;

fn main() -> ExitCode {
    recension_cli::App::stock().run()
}
