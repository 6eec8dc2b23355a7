//! Lists and single actions, as tables or as JSON.

use std::io::Write;

use recension::Persisted;
use recension::wire::Encode;

use super::arguments::{Common, List, Show};
use super::json::{ActionDocument, ActionsDocument, EventDocument, ShowDocument};
use super::{CommandError, json, open, table};
use crate::{Deleted, Error, InstanceAction, InstanceActionEvent, ListOptions};

pub(super) async fn list(common: &Common, list: &List, out: &mut dyn Write) -> Result<(), CommandError> {
    let options = ListOptions {
        limit: list.limit,
        marker: list.marker.clone(),
        changes_since: list.changes_since,
        changes_before: list.changes_before,
        deleted: list.deleted.into(),
    };
    let page = open::actions(common).await?.list(list.instance, &options).await?;
    if common.json {
        return json::write(&ActionsDocument::new(page, &common.pin)?, out);
    }
    writeln!(out, "{}", table::actions(page.items.iter().map(|action| &**action)))?;
    if let Some(marker) = json::next(&page) {
        writeln!(out, "more after --marker {}", recension::Escaped(&marker))?;
    }
    Ok(())
}

pub(super) async fn show(common: &Common, show: &Show, out: &mut dyn Write) -> Result<(), CommandError> {
    let actions = open::actions(common).await?;
    let action = actions.by_request(show.instance, &common.request, Deleted::Yes).await?.ok_or(Error::ActionNotFound)?;
    let events = actions.newest_events(action.id).await?;
    let more = events.next.is_some();
    if common.json {
        let (action, events) = (json::object(&action, &common.pin)?, json::events(events, &common.pin)?);
        return json::write(&ShowDocument { action, events, more }, out);
    }
    writeln!(out, "{}", table::actions([&*action]))?;
    writeln!(out, "{}", table::events(events.items.iter().map(|event| &**event)))?;
    if more {
        writeln!(out, "these are the newest events; there are more")?;
    }
    Ok(())
}

/// One action, as a table or as JSON.
pub(super) fn action(common: &Common, action: &Persisted<InstanceAction>, out: &mut dyn Write) -> Result<(), CommandError> {
    if common.json {
        return json::write(&ActionDocument { action: json::object(action, &common.pin)? }, out);
    }
    Ok(writeln!(out, "{}", table::actions([&**action]))?)
}

/// One event, as a table or as JSON: `shown` is the event, or what holds it with its revision.
pub(super) fn event(common: &Common, shown: &impl Encode, event: &InstanceActionEvent, out: &mut dyn Write) -> Result<(), CommandError> {
    if common.json {
        return json::write(&EventDocument { event: json::object(shown, &common.pin)? }, out);
    }
    Ok(writeln!(out, "{}", table::events([event]))?)
}
