//! What can be asked.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::str::FromStr;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use recension_versioning::rules::Mode;

/// Versioned objects: what changed, whom it would harm, and what a sample becomes.
///
/// Exit code: 0 where all is well, 1 where something was found, 2 where it could not do what it was asked.
#[derive(Debug, Parser)]
#[command(name = "recension", version, disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    /// For people, or for programs.
    #[arg(long, global = true, value_enum, ignore_case = true, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// What stands before the dot in the keys of an envelope.
    #[arg(long, global = true, value_name = "PREFIX", default_value = "versioned_object")]
    pub(crate) prefix: String,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// For whom an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text.
    Human,
    /// JSON.
    Json,
}

/// Whether JSON is asked for anywhere in arguments that make no command: as `--format json` or `--format=json`, in front of `--`.
pub(crate) fn asks_for_json(arguments: &[OsString]) -> bool {
    let options = arguments.iter().take_while(|argument| *argument != "--").collect::<Vec<&OsString>>();
    let is_json = |format: &OsStr| format.eq_ignore_ascii_case("json");
    let apart = options.windows(2).any(|pair| matches!(pair, [option, format] if *option == "--format" && is_json(format)));
    let joined =
        |argument: &OsString| argument.to_str().and_then(|text| text.strip_prefix("--format=")).is_some_and(|text| is_json(text.as_ref()));
    apart || options.into_iter().any(joined)
}

/// What is wrong with arguments, on one line; how the command is used is for people.
pub(crate) fn refusal(refused: &clap::Error) -> String {
    // What is told then is the help, and no error.
    if refused.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "no command is given".to_owned();
    }
    let text = refused.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let told = text.split("\n\nUsage:").next().unwrap_or(text).split("\n\nFor more information").next().unwrap_or(text);
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the lock file from the objects of your own binary.
    Lock(LockArgs),
    /// Look for what a change would harm, against what was released.
    Check(CheckArgs),
    /// Tell what changed between two lock files, op by op.
    Diff(DiffArgs),
    /// Take a JSON sample to another version.
    Convert(ConvertArgs),
    /// Export JSON Schemas, and compare them.
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// Store samples of each version, and find out whether they are read as they were.
    #[command(subcommand)]
    Fixtures(FixturesCommand),
    /// Tell what each version changed, and why, as Markdown.
    Changelog(ChangelogArgs),
    /// List the rules of `check`, or tell one of them.
    Rules(RulesArgs),
}

/// The name of the lock file beside a crate.
const LOCK_FILE: &str = "recension.lock";

#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    /// The lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
    /// Write nothing: find out whether the file is as the objects are.
    #[arg(long)]
    pub(crate) check: bool,
}

/// What was released.
#[derive(Debug, Args)]
pub(crate) struct BaseArgs {
    /// The lock file of what was released.
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    pub(crate) base: Option<PathBuf>,
    /// The revision of git that has it, at another place if git knows that it was moved; by default where this branch left `main`.
    #[arg(long, value_name = "REVISION")]
    pub(crate) against: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The lock file of the change.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
    #[command(flatten)]
    pub(crate) base: BaseArgs,
    /// Try the laws of conversion as well, on so many random objects at each hop. The seed is `RECENSION_SEED`, else a new one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) laws: Option<u32>,
    /// Who has to be able to go on: readers of one direction, each with its neighbour or (`-transitive`) with every other
    /// version, or the nodes of a service that convert for each other.
    #[arg(long, value_name = "MODE", default_value = "rolling", value_parser = Mode::from_str)]
    pub(crate) mode: Mode,
    /// A folder of exported schemas that are to be as they would be written now.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) exports: Option<PathBuf>,
    /// A folder of golden data that is to be read as it was written.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) fixtures: Option<PathBuf>,
    /// The day on which approvals are looked at, YYYY-MM-DD; by default today.
    #[arg(long, value_name = "DAY")]
    pub(crate) today: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The newer lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
    #[command(flatten)]
    pub(crate) base: BaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// A message in JSON; `-` is standard input.
    #[arg(default_value = "-")]
    pub(crate) sample: PathBuf,
    /// The version to take it to.
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: String,
    /// The version of an object inside, as `Disk=1.0`; may be given several times.
    #[arg(long, value_name = "OBJECT=VERSION")]
    pub(crate) manifest: Vec<String>,
    /// Tell what each op did, in place of the message.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Leave the carry out, as for a peer that gives nothing back.
    #[arg(long)]
    pub(crate) no_carry: bool,
    /// The lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Export the JSON Schema of versions.
    Export(ExportArgs),
    /// Find out whether what one schema allows another reads.
    ///
    /// What is too large to be written out is described: `values` is a list in which each is `is` (as it stands), `text` or `items` (each
    /// so many times in a row), or `properties`, made of earlier ones by their place in the list from 0 on. `more` are properties `other1`,
    /// `other2` and so on. The last one is what is written.
    Compare(CompareArgs),
}

/// Which side a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideArg {
    /// What is written.
    Write,
    /// What is read.
    Read,
}

/// A draft of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DraftArg {
    /// Draft 2020-12.
    #[value(name = "2020-12")]
    Latest,
    /// Draft-07.
    #[value(name = "07")]
    Draft07,
}

/// Who may see a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClassArg {
    /// Anybody.
    Public,
    /// Those who run the service.
    Internal,
    /// Those who may see what is about a person.
    Personal,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The object; by default all.
    #[arg(long, value_name = "OBJECT")]
    pub(crate) object: Option<String>,
    /// The version; by default all.
    #[arg(long, value_name = "VERSION", requires = "object")]
    pub(crate) version: Option<String>,
    /// What is written, or what is read.
    #[arg(long, value_enum, default_value_t = SideArg::Write)]
    pub(crate) side: SideArg,
    /// The draft of JSON Schema.
    #[arg(long, value_enum, default_value_t = DraftArg::Latest)]
    pub(crate) draft: DraftArg,
    /// One OpenAPI 3.1 document with a component for each version, in place of schemas.
    #[arg(long, conflicts_with_all = ["object", "version", "draft"])]
    pub(crate) openapi: bool,
    /// For a reader outside, who is shown fields of these classes only.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CLASS")]
    pub(crate) classes: Vec<ClassArg>,
    /// The folder for the files; without it, they are printed.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// The lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
}

/// In which direction versions have to be compatible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// A newer reader reads what an older writer wrote.
    Backward,
    /// An older reader reads what a newer writer wrote.
    Forward,
    /// Both.
    Full,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Schemas, oldest first: files, or versions of the lock file as `Disk@1.0`.
    #[arg(required = true, num_args = 2..)]
    pub(crate) schemas: Vec<String>,
    /// In which direction.
    #[arg(long, value_enum, default_value_t = ModeArg::Backward)]
    pub(crate) mode: ModeArg,
    /// Which fields of versions of the lock file a reader outside is shown.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CLASS", default_value = "public")]
    pub(crate) classes: Vec<ClassArg>,
    /// Each with every other, and not only with its neighbour.
    #[arg(long)]
    pub(crate) transitive: bool,
    /// The lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FixturesCommand {
    /// Store samples of the versions that have none. What is stored stays as it is.
    Write(FixturesArgs),
    /// Read what is stored, and write it again.
    Check(FixturesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct FixturesArgs {
    /// The folder of the samples.
    #[arg(default_value = "fixtures")]
    pub(crate) folder: PathBuf,
    /// The lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ChangelogArgs {
    /// The object; by default all.
    pub(crate) object: Option<String>,
    /// The lock file.
    #[arg(long, value_name = "FILE", default_value = LOCK_FILE)]
    pub(crate) lock: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// The id of a rule.
    pub(crate) rule: Option<String>,
}
