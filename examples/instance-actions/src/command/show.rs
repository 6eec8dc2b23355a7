//! Lists and single actions, as tables or as JSON.

use std::io::Write;

use recension::wire::{Encode, Form};
use recension::{Classes, FieldClass};

use super::arguments::{Common, List, Show};
use super::{CommandError, open, table};
use crate::{Deleted, Error, InstanceActionEventList, InstanceActionList, ListOptions};

/// What a person at the command may see: everything but secrets.
const SHOWN: Classes = Classes::PUBLIC.and(FieldClass::Internal).and(FieldClass::Personal);

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
        return json(common, &InstanceActionList::from(page), out);
    }
    let more = page.next.is_some();
    let last = page.items.last().and_then(|action| action.request_id.clone());
    writeln!(out, "{}", table::actions(page.items.iter().map(|action| &**action)))?;
    if let (true, Some(marker)) = (more, last) {
        writeln!(out, "more after --marker {}", recension::Escaped(&marker))?;
    }
    Ok(())
}

pub(super) async fn show(common: &Common, show: &Show, out: &mut dyn Write) -> Result<(), CommandError> {
    let actions = open::actions(common).await?;
    let action = actions.by_request(show.instance, &common.request, Deleted::Yes).await?.ok_or(Error::ActionNotFound)?;
    let events = actions.newest_events(action.id).await?;
    if common.json {
        json(common, &action, out)?;
        return json(common, &InstanceActionEventList::from(events), out);
    }
    let more = events.next.is_some();
    writeln!(out, "{}", table::actions([&*action]))?;
    writeln!(out, "{}", table::events(events.items.iter().map(|event| &**event)))?;
    if more {
        writeln!(out, "these are the newest events; there are more")?;
    }
    Ok(())
}

/// One line of JSON.
fn json(common: &Common, object: &impl Encode, out: &mut dyn Write) -> Result<(), CommandError> {
    let message = open::codec().to_json(object, Form::Disclosed(SHOWN).manifest(&common.pin)).map_err(CommandError::Unsendable)?;
    out.write_all(&message)?;
    Ok(writeln!(out)?)
}
