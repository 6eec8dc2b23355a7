//! The `instance-actions` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    instance_actions::command::main()
}
