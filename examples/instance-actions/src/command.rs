//! The `instance-actions` command.
//!
//! Exit codes: 0, it was done; 1, it was refused or something was not there (or steps of a replay are
//! wrong, or the doctor found something); 2, the command line or what was given to read is malformed; 3, the database cannot be used.

mod arguments;
mod doctor;
mod failure;
mod json;
mod open;
mod record;
#[cfg(feature = "release-2")]
mod replay;
mod show;
mod table;
mod tour;
mod wire;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ErrorKind};

use self::arguments::{Arguments, Command};
pub use self::failure::CommandError;
pub use self::tour::{Tour, tour};

/// Runs the command of this process: its arguments, its standard input and output.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Its own text would repeat the value.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) => {
            let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
            return CommandError::Argument(argument).report(asks_for_json());
        }
        // What is no error is help or the version, and stays text.
        Err(error) if error.use_stderr() && asks_for_json() => {
            return CommandError::Usage(error.kind().as_str().unwrap_or("nothing to do is given")).report(true);
        }
        Err(error) => error.exit(),
    };
    let json = arguments.common.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return CommandError::Output(io::ErrorKind::Other.into()).report(json),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = runtime.block_on(run(arguments, &mut out)).and_then(|()| out.flush().map_err(CommandError::Output));
    done.map_or_else(|error| error.report(json), |()| ExitCode::SUCCESS)
}

/// Whether a command line that could not be read has `--json` in it.
fn asks_for_json() -> bool {
    std::env::args_os().skip(1).take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

async fn run(arguments: Arguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let Arguments { common, command } = arguments;
    open::known(&common.pin)?;
    match command {
        Command::Tour { keep } => tour::run(&common, keep, out).await,
        Command::Start(start) => record::start(&common, &start, out).await,
        Command::Finish { instance } => record::finish(&common, instance, out).await,
        Command::Event(event) => record::event(&common, &event, out).await,
        Command::List(list) => show::list(&common, &list, out).await,
        Command::Show(show) => show::show(&common, &show, out).await,
        Command::Doctor(doctor) => doctor::run(&common, &doctor, out).await,
        Command::Wire(wire) => wire::run(&common, wire, out).await,
        #[cfg(feature = "release-2")]
        Command::Replay(options) => replay::run(&common, &options, out).await,
    }
}
