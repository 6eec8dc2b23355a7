//! The service as release 2: events up to 1.4, with `details`.

use std::process::ExitCode;

fn main() -> ExitCode {
    instance_actions::command::main()
}
