//! The whole of it in one run: rows, messages, two writers, two projects.

use std::io::Write;

use recension::store::{self, Caller, Store};
use recension::wire::Form;
use uuid::Uuid;

use super::arguments::Common;
use super::{CommandError, open, table};
use crate::{Actions, Failure, InstanceActionEvent, ListOptions, Outcome, Reason, Request};

/// What a tour did, for those who count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tour {
    /// Statements that were sent to the database, those of the migrations not among them.
    pub statements: u64,
}

pub(super) async fn run(common: &Common, keep: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    if keep {
        return tour(&open::store(&common.database).await?, out).await.map(|_| ());
    }
    let path = std::env::temp_dir().join(format!("instance-actions-tour-{}.db", Uuid::new_v4()));
    // What means something in a URL may stand in the name of a folder.
    let escaped = path.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    let store = open::store(&format!("sqlite://{escaped}?mode=rwc")).await?;
    let done = tour(&store, out).await;
    store.close().await;
    for suffix in ["", "-wal", "-shm"] {
        // A file that was not made needs no removing.
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    done.map(|_| ())
}

/// Shows every part at work on `store`, whose tables are there.
///
/// # Errors
/// Those of what it shows; there are none on a database that works.
pub async fn tour(store: &Store, out: &mut dyn Write) -> Result<Tour, CommandError> {
    let instance = Uuid::new_v4();
    let request = Request::now(format!("req-{}", Uuid::new_v4()));
    let actions = Actions::new(store.session(&Caller::user("alice", "project-a")), request.clone());

    writeln!(out, "1. A request reboots a server. Two steps are recorded; one of them fails.\n")?;
    let failed = record(&actions, instance).await?;
    let listed = actions.list(instance, &ListOptions::default()).await?;
    writeln!(out, "{}", table::actions(listed.items.iter().map(|action| &**action)))?;
    let events = actions.newest_events(failed.action_id.unwrap_or_default()).await?;
    writeln!(out, "{}\n", table::events(events.items.iter().map(|event| &**event)))?;

    writeln!(out, "2. The failed step, for a release that knows it at 1.1 and for one that knows it at 1.4.\n")?;
    there_and_back(&failed, out)?;

    writeln!(out, "\n3. Two writers read the same event, and both change it.\n")?;
    conflict(&actions, &failed, out).await?;

    writeln!(out, "\n4. Somebody of another project asks for the same server.\n")?;
    let stranger = Actions::new(store.session(&Caller::user("mallory", "project-b")), request);
    let found = stranger.list(instance, &ListOptions::default()).await?.items.len();
    writeln!(out, "   actions found: {found}")?;

    let statements = store.statements();
    writeln!(out, "\nAll of it took {statements} SQL statements, once the tables were there.")?;
    Ok(Tour { statements })
}

/// An action with two events of which one fails; gives the failed one.
async fn record(actions: &Actions, instance: Uuid) -> Result<recension::Persisted<InstanceActionEvent>, CommandError> {
    actions.start(instance, "reboot").await?;
    actions.start_event(instance, "compute_stop_instance", Some("cn-1")).await?;
    actions.finish_event(instance, "compute_stop_instance", Outcome::Success).await?;
    actions.start_event(instance, "compute_start_instance", Some("cn-1")).await?;
    let failure = Failure::new(Reason::template("no host has {} MiB of memory left", &["2048"]), "scheduler.rs:42");
    let failed = actions.finish_event(instance, "compute_start_instance", Outcome::Failure(failure)).await?;
    actions.finish(instance).await?;
    Ok(failed)
}

/// Writes an event at two versions and reads both messages back.
fn there_and_back(event: &recension::Persisted<InstanceActionEvent>, out: &mut dyn Write) -> Result<(), CommandError> {
    let codec = open::codec();
    for version in ["1.1", newest()] {
        let message = codec.to_json(event, Form::Trusted.at(version))?;
        let back: recension::Persisted<InstanceActionEvent> = codec.from_json(&message)?;
        let whole = recension::Object::to_record(&**event) == recension::Object::to_record(&*back);
        writeln!(out, "   {}", String::from_utf8_lossy(&message))?;
        writeln!(out, "   read back: {}", if whole { "every field as it was" } else { "a field was lost" })?;
    }
    Ok(())
}

/// The newest version of events that this release knows.
const fn newest() -> &'static str {
    if cfg!(feature = "release-2") { "1.4" } else { "1.3" }
}

/// Two edits of one revision: the second is told, and can be made again on what the first left.
async fn conflict(actions: &Actions, event: &recension::Persisted<InstanceActionEvent>, out: &mut dyn Write) -> Result<(), CommandError> {
    let (mut first, mut second) = (event.edit(), event.edit());
    first.set_host("cn-2");
    second.set_host("cn-3");
    let saved = actions.save_event(&first).await?;
    writeln!(out, "   the first saves: revision {} becomes {}", event.revision(), saved.revision())?;
    match actions.save_event(&second).await {
        Err(crate::Error::Store(error @ store::Error::Conflict { .. })) => writeln!(out, "   the second is refused: {error}")?,
        Err(other) => return Err(other.into()),
        Ok(_) => writeln!(out, "   the second was not refused: an update was lost")?,
    }
    Ok(())
}
