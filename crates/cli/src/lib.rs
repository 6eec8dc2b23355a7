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
//! It answers with 0 where all is well, 1 where something was found, and 2 where it could not do what it was asked. With
//! `--format json` every answer is one JSON document on standard output, that of a refusal too: `{ "error": ".." }`.
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
mod once;
mod place;
mod report;
mod source;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use recension_versioning::Registry;

use self::answer::Answer;
use self::args::{Cli, Command, Format};
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

impl Reply {
    /// What could not be done: for people beside the answer, for programs in its place.
    fn refused(told: String, format: Format) -> Self {
        let (out, err) = match format {
            Format::Human => (String::new(), told),
            Format::Json => (told, String::new()),
        };
        Self { out, err, code: 2 }
    }
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
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let cli = match Cli::try_parse_from(&arguments) {
            Ok(cli) => cli,
            // Help and version are for people.
            Err(asked) if !asked.use_stderr() => return Reply { out: asked.render().to_string(), err: String::new(), code: 0 },
            Err(refused) if args::asks_for_json(&arguments) => {
                return Reply::refused(Error::Arguments(args::refusal(&refused)).told(Format::Json), Format::Json);
            }
            Err(refused) => return Reply::refused(refused.render().to_string(), Format::Human),
        };
        match self.ask(&cli) {
            Ok(Answer { out, err, found }) => Reply { out, err, code: u8::from(found) },
            Err(error) => Reply::refused(error.told(cli.format), cli.format),
        }
    }

    fn ask(&self, cli: &Cli) -> Result<Answer, Error> {
        let registry = self.registry.as_ref();
        match &cli.command {
            Command::Lock(args) => command::lock::run(registry, args, cli.format),
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
