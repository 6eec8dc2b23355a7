//! The command `recension`: what a team asks of its lock file, in a terminal and in CI.
//!
//! The stock binary works on lock files, JSON samples and schemas alone, without any of a team's code. A team that wants the
//! functions of its ops run, and the lock file written, has its own binary in five lines:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! # use recension_versioning::Registry;
//! # fn registry() -> Registry { Registry::builder().build().unwrap_or_default() }
//! fn main() -> ExitCode {
//!     recension_cli::App::new(registry()).run()
//! }
//! ```
//!
//! It answers with 0 where all is well, 1 where something was found, and 2 where it could not do what it was asked.
//!
//! | module | what it does |
//! |---|---|
//! | `args` | what can be asked |
//! | `command` | one file for each command |
//! | `source` | files, standard input, revisions of git |
//! | `place` | the line of an object, a version or a field in a lock file |
//! | `report` | findings as a compiler shows them |
//! | `answer` | what a command answers: text, exit code |
//! | `error` | why it could not |

mod answer;
mod args;
mod command;
mod error;
mod place;
mod report;
mod source;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use recension_versioning::Registry;

use self::answer::Answer;
use self::args::{Cli, Command};
use self::error::Error;

/// The command, with or without a team's own objects.
#[derive(Debug)]
pub struct App {
    registry: Option<Registry>,
}

/// What the command says, and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// For standard output.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// 0 where all is well, 1 where something was found, 2 where it could not do what it was asked.
    pub code: u8,
}

impl App {
    /// A team's own command: it can write the lock file, and run the functions of ops.
    #[must_use]
    pub const fn new(registry: Registry) -> Self {
        Self { registry: Some(registry) }
    }

    /// The command that knows no objects but those of a lock file.
    #[must_use]
    pub const fn stock() -> Self {
        Self { registry: None }
    }

    /// Does what the arguments of the process ask, and prints the answer.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let reply = self.reply(std::env::args_os());
        // Whoever does not read on has seen enough.
        let _ = io::stdout().write_all(reply.out.as_bytes()).and_then(|()| io::stdout().flush());
        let _ = io::stderr().write_all(reply.err.as_bytes());
        ExitCode::from(reply.code)
    }

    /// Does what these arguments ask, of which the first is the name of the program.
    pub fn reply(&self, arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Reply {
        let cli = match Cli::try_parse_from(arguments) {
            Ok(cli) => cli,
            Err(asked) => {
                let (text, code) = (asked.render().to_string(), u8::try_from(asked.exit_code()).unwrap_or(2));
                let (out, err) = if asked.use_stderr() { (String::new(), text) } else { (text, String::new()) };
                return Reply { out, err, code };
            }
        };
        match self.ask(&cli) {
            Ok(Answer { out, err, found }) => Reply { out, err, code: u8::from(found) },
            Err(error) => Reply { out: String::new(), err: error.told(cli.format), code: 2 },
        }
    }

    fn ask(&self, cli: &Cli) -> Result<Answer, Error> {
        let registry = self.registry.as_ref();
        match &cli.command {
            Command::Lock(args) => command::lock::run(registry, args),
            Command::Check(args) => command::check::run(registry, args, cli),
            Command::Diff(args) => command::diff::run(args, cli.format),
            Command::Convert(args) => command::convert::run(registry, args, cli),
            Command::Schema(args) => command::schema::run(registry, args, cli),
            Command::Fixtures(command) => command::fixtures::run(registry, command, cli),
            Command::Changelog(args) => command::changelog::run(args, cli.format),
            Command::Rules(args) => command::rules::run(args, cli.format),
        }
    }
}
