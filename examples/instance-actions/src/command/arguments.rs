//! What the command line says.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use recension::versioning::Manifest;
use recension::{FieldClass, Timestamp};
use uuid::Uuid;

use crate::Deleted;

const EXIT_CODES: &str = "Exit codes: 0, it was done; 1, it was refused or something was not there (or steps of a replay are wrong, or the \
doctor found something); 2, the command line or what was given to read is malformed; 3, the database cannot be used.";

const ACTION: &str = r#"With --json: {"action": OBJECT}"#;
const EVENT: &str = r#"With --json: {"event": OBJECT}"#;
const LIST: &str = r#"With --json: {"actions": LIST, "more": BOOL, "next": MARKER or null}; --marker takes the marker."#;
const SHOW: &str = r#"With --json: {"action": OBJECT, "events": LIST, "more": BOOL}; there is more if there are older events."#;
const DOCTOR: &str = r#"With --json: {"engine": WORD, "version": TEXT, "clean": BOOL, "abilities": [{"id": WORD, "has": BOOL, "means": TEXT}, ..],
"findings": [{"id": ID, "severity": WORD, "says": TEXT, "object": NAME or null, "columns": [NAME, ..], "why": TEXT, "remedy": TEXT}, ..]}.
If there are others than notes there is an error as well, and the exit code is 1."#;
const MESSAGE: &str =
    "The message is JSON, with or without --json. One for a node (--trusted, and what is read and changed) has secrets in it.";
const TOUR: &str = r#"With --json: {"steps": [STEP, ..], "statements": NUMBER}. Each step has "step" and "title"; they have, in this order,
  "actions": LIST, "events": LIST
  "messages": [{"version": VERSION, "message": OBJECT, "read_back_whole": BOOL}, ..]
  "revision_read": NUMBER, "revision_saved": NUMBER, "error": {"code": WORD, "message": TEXT} or null
  "actions_found": NUMBER"#;
#[cfg(feature = "release-2")]
const REPLAY: &str = r#"With --json: {"equal": NUMBER, "by_rule": NUMBER, "wrong": NUMBER, "steps": [STEP, ..]}, a step for each that is not equal:
{"step": NUMBER, "call": TEXT, "rules": [ID, ..], "differs": [TEXT, ..]}. If any is wrong there is an error as well."#;

/// Records what was done to servers, step by step, and shows it.
#[derive(Debug, Parser)]
#[command(name = "instance-actions", version, propagate_version = true, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Who asks, of which database.
#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    /// The database: `sqlite://FILE`, `sqlite::memory:` for one that ends with the command, or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, global = true, value_name = "URL", default_value = "sqlite://instance-actions.db?mode=rwc")]
    pub(super) database: String,
    /// The user who asks.
    #[arg(long, global = true, requires = "project", value_parser = NonEmptyStringValueParser::new())]
    pub(super) user: Option<String>,
    /// The project on whose behalf.
    #[arg(long, global = true, requires = "user", value_parser = NonEmptyStringValueParser::new())]
    pub(super) project: Option<String>,
    /// Ask as the service itself, by a named permission.
    #[arg(long, global = true, value_name = "PERMISSION", conflicts_with_all = ["user", "project"])]
    pub(super) system: Option<System>,
    /// The request that is worked on.
    #[arg(long, global = true, default_value = "req-command-line", value_parser = NonEmptyStringValueParser::new())]
    pub(super) request: String,
    /// Write objects for peers that know them at these versions, such as `InstanceActionEvent=1.3`.
    #[arg(long, global = true, value_name = "OBJECT=VERSION,..", default_value = "", value_parser = manifest)]
    pub(super) pin: Manifest,
    /// Print one JSON document, and one on standard error if the command fails.
    ///
    /// What each command prints is said in its own help. Objects are envelopes as in messages: a field that is not shown is absent,
    /// one that is null is null, and secrets are never shown. An error is {"error": {"code": WORD, "message": TEXT}}, with the same
    /// exit code.
    #[arg(long, global = true)]
    pub(super) json: bool,
}

/// A permission of the service itself.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum System {
    /// Record events on actions whose request is gone.
    RecoverActions,
    /// Read the actions of all projects.
    ReadAllActions,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// See the whole of it: two releases, two writers, two projects.
    #[command(after_help = TOUR)]
    Tour {
        /// Use the database given with --database and keep it, in place of one that is removed afterwards.
        #[arg(long)]
        keep: bool,
    },
    /// Begin an action.
    #[command(after_help = ACTION)]
    Start(Start),
    /// Finish the action of the request.
    #[command(after_help = ACTION)]
    Finish {
        /// The server.
        #[arg(long)]
        instance: Uuid,
    },
    /// Begin or end an event of the request's action.
    #[command(subcommand)]
    Event(Event),
    /// List the actions of a server, newest first.
    #[command(after_help = LIST)]
    List(List),
    /// Show one action with its events.
    #[command(after_help = SHOW)]
    Show(Show),
    /// Look at the database: what is unsafe in its settings and wrong with the tables. Nothing is changed.
    #[command(after_help = DOCTOR)]
    Doctor(Doctor),
    /// Exchange events with other releases, on standard input and output.
    #[command(subcommand)]
    Wire(Wire),
    /// Make the calls of a recorded sequence on us, and compare. The database must be empty.
    #[cfg(feature = "release-2")]
    #[command(after_help = REPLAY)]
    Replay(crate::replay::ReplayOptions),
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Read the whole database and look for damage, where the engine can (SQLite).
    #[arg(long)]
    pub(super) integrity: bool,
}

#[derive(Debug, Args)]
pub(super) struct Start {
    /// The server.
    #[arg(long)]
    pub(super) instance: Uuid,
    /// What is asked of it, such as `reboot`.
    pub(super) action: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum Event {
    /// Begin an event.
    #[command(after_help = EVENT)]
    Start {
        /// The server.
        #[arg(long)]
        instance: Uuid,
        /// The host on which it runs.
        #[arg(long)]
        host: Option<String>,
        /// What is done, such as `compute_stop_instance`.
        event: String,
    },
    /// End the newest open event of that name.
    #[command(after_help = EVENT)]
    Finish {
        /// The server.
        #[arg(long)]
        instance: Uuid,
        /// It failed, for this reason.
        #[arg(long, value_name = "REASON")]
        failure: Option<String>,
        /// Where the program stood when it failed.
        #[arg(long, requires = "failure", default_value = "")]
        traceback: String,
        /// What was done.
        event: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The server.
    #[arg(long)]
    pub(super) instance: Uuid,
    /// How many at most, 0 to 1000.
    #[arg(long, allow_negative_numbers = true)]
    pub(super) limit: Option<i64>,
    /// The request after whose action the list begins.
    #[arg(long, value_name = "REQUEST")]
    pub(super) marker: Option<String>,
    /// Only actions that changed at this time or later, such as `2024-03-01T10:00:00Z`.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) changes_since: Option<Timestamp>,
    /// Only actions that changed at this time or earlier.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) changes_before: Option<Timestamp>,
    /// Which rows count, by whether they are deleted.
    #[arg(long, value_enum, default_value = "no")]
    pub(super) deleted: DeletedRows,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DeletedRows {
    No,
    Only,
    Yes,
}

impl From<DeletedRows> for Deleted {
    fn from(rows: DeletedRows) -> Self {
        match rows {
            DeletedRows::No => Self::No,
            DeletedRows::Only => Self::Only,
            DeletedRows::Yes => Self::Yes,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The server.
    #[arg(long)]
    pub(super) instance: Uuid,
}

#[derive(Debug, Subcommand)]
pub(super) enum Wire {
    /// Write an event as a message.
    #[command(after_help = MESSAGE)]
    Export {
        /// The action.
        #[arg(long)]
        action: i64,
        /// The event.
        #[arg(long)]
        event: i64,
        #[command(flatten)]
        reader: Reader,
    },
    /// Read an event from standard input, change it, and write it again.
    #[command(after_help = MESSAGE)]
    Amend {
        /// The host on which it ran.
        #[arg(long)]
        host: Option<String>,
        /// A short reason that a user may read.
        #[cfg(feature = "release-2")]
        #[arg(long)]
        details: Option<String>,
    },
    /// Read a changed event from standard input and save its changes.
    #[command(after_help = EVENT)]
    Apply,
    /// Read an event from standard input and show it.
    #[command(after_help = EVENT)]
    Read,
}

/// Who is to read a message. There is no default.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Reader {
    /// A node of the service: every field, secrets too.
    #[arg(long)]
    pub(super) trusted: bool,
    /// Anyone else: only fields of these classes.
    #[arg(long, value_name = "CLASS,..", value_delimiter = ',', value_parser = class)]
    pub(super) disclose: Vec<FieldClass>,
}

fn manifest(text: &str) -> Result<Manifest, String> {
    text.parse().map_err(|error: recension::Error| error.to_string())
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|rule| rule.to_string())
}

fn class(text: &str) -> Result<FieldClass, String> {
    FieldClass::ALL.into_iter().find(|class| class.as_str() == text).ok_or_else(|| "no such class".to_owned())
}
