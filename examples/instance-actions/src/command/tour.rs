//! The whole of it in one run: rows, messages, two writers, two projects.

mod shown;

use std::io::Write;

use recension::Persisted;
use recension::store::{self, Caller, Page, Store};
use recension::wire::Form;
use uuid::Uuid;

use super::arguments::Common;
use super::{CommandError, json, open};
use crate::{Actions, Failure, InstanceAction, InstanceActionEvent, ListOptions, Outcome, Reason, Request};

/// What a tour did, for those who count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tour {
    /// Statements that were sent to the database, those of the migrations not among them.
    pub statements: u64,
}

pub(super) async fn run(common: &Common, keep: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    if keep {
        return show(common, &open::store(&common.database).await?, out).await;
    }
    let path = std::env::temp_dir().join(format!("instance-actions-tour-{}.db", Uuid::new_v4()));
    // What means something in a URL may stand in the name of a folder.
    let escaped = path.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    let store = open::store(&format!("sqlite://{escaped}?mode=rwc")).await?;
    let done = show(common, &store, out).await;
    store.close().await;
    for suffix in ["", "-wal", "-shm"] {
        // A file that was not made needs no removing.
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    done
}

async fn show(common: &Common, store: &Store, out: &mut dyn Write) -> Result<(), CommandError> {
    let seen = see(store).await?;
    if common.json { json::write(&seen.document(&common.pin)?, out) } else { seen.print(out) }
}

/// Shows every part at work on `store`, whose tables are there.
///
/// # Errors
/// Those of what it shows; there are none on a database that works.
pub async fn tour(store: &Store, out: &mut dyn Write) -> Result<Tour, CommandError> {
    let seen = see(store).await?;
    seen.print(out)?;
    Ok(Tour { statements: seen.statements })
}

/// What is seen on the way.
struct Seen {
    actions: Page<InstanceAction>,
    events: Page<InstanceActionEvent>,
    failed: Persisted<InstanceActionEvent>,
    messages: Vec<Message>,
    writers: Writers,
    /// Actions that a stranger finds.
    found: usize,
    statements: u64,
}

/// An event as a message for a node, and back.
struct Message {
    version: &'static str,
    bytes: Vec<u8>,
    /// Every field came back as it was.
    whole: bool,
}

/// Two writers who change what both have read.
struct Writers {
    read: recension::Revision,
    saved: recension::Revision,
    /// What the second is told; nothing if its update went through, and the first one's was lost.
    refused: Option<store::Error>,
}

async fn see(store: &Store) -> Result<Seen, CommandError> {
    let instance = Uuid::new_v4();
    let request = Request::now(format!("req-{}", Uuid::new_v4()));
    let actions = Actions::new(store.session(&Caller::user("alice", "project-a")), request.clone());
    let failed = record(&actions, instance).await?;
    let listed = actions.list(instance, &ListOptions::default()).await?;
    let events = actions.newest_events(failed.action_id.unwrap_or_default()).await?;
    let messages = ["1.1", newest()].into_iter().map(|version| there_and_back(&failed, version)).collect::<Result<_, _>>()?;
    let writers = conflict(&actions, &failed).await?;
    let stranger = Actions::new(store.session(&Caller::user("mallory", "project-b")), request);
    let found = stranger.list(instance, &ListOptions::default()).await?.items.len();
    Ok(Seen { actions: listed, events, failed, messages, writers, found, statements: store.statements() })
}

/// An action with two events of which one fails; gives the failed one.
async fn record(actions: &Actions, instance: Uuid) -> Result<Persisted<InstanceActionEvent>, CommandError> {
    actions.start(instance, "reboot").await?;
    actions.start_event(instance, "compute_stop_instance", Some("cn-1")).await?;
    actions.finish_event(instance, "compute_stop_instance", Outcome::Success).await?;
    actions.start_event(instance, "compute_start_instance", Some("cn-1")).await?;
    let failure = Failure::new(Reason::template("no host has {} MiB of memory left", &["2048"]), "scheduler.rs:42");
    let failed = actions.finish_event(instance, "compute_start_instance", Outcome::Failure(failure)).await?;
    actions.finish(instance).await?;
    Ok(failed)
}

/// Writes an event at a version and reads the message back.
fn there_and_back(event: &Persisted<InstanceActionEvent>, version: &'static str) -> Result<Message, CommandError> {
    let codec = open::codec();
    let bytes = codec.to_json(event, Form::Trusted.at(version))?;
    let back: Persisted<InstanceActionEvent> = codec.from_json(&bytes)?;
    let whole = recension::Object::to_record(&**event) == recension::Object::to_record(&*back);
    Ok(Message { version, bytes, whole })
}

/// The newest version of events that this release knows.
const fn newest() -> &'static str {
    if cfg!(feature = "release-2") { "1.4" } else { "1.3" }
}

/// Two edits of one revision: the second is told, and can be made again on what the first left.
async fn conflict(actions: &Actions, event: &Persisted<InstanceActionEvent>) -> Result<Writers, CommandError> {
    let (mut first, mut second) = (event.edit(), event.edit());
    first.set_host("cn-2");
    second.set_host("cn-3");
    let saved = actions.save_event(&first).await?.revision();
    let refused = match actions.save_event(&second).await {
        Err(crate::Error::Store(error @ store::Error::Conflict { .. })) => Some(error),
        Err(other) => return Err(other.into()),
        Ok(_) => None,
    };
    Ok(Writers { read: event.revision(), saved, refused })
}
