//! The service as release 1: events up to 1.3.

use std::process::ExitCode;

fn main() -> ExitCode {
    instance_actions_release_1::command::main()
}
