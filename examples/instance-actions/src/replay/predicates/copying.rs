//! Objects that are created as they are given, to copy them from another database.

use super::Named;
use crate::replay::call::{Arguments, written_uuid};
use crate::replay::given::{Given, GivenValue};
use crate::replay::kept::Kept;
use crate::replay::row::Cell;
use crate::replay::situation::{Found, Situation, Who};

pub(super) const ALL: Named = &[
    ("user_is_filled", |situation| action_has(situation, |given| cell(given, "user_id") != text(situation.context().user.as_deref()))),
    ("project_is_filled", |situation| {
        action_has(situation, |given| cell(given, "project_id") != text(situation.context().project.as_deref()))
    }),
    ("copied_instance_is_no_uuid", |situation| {
        action_has(situation, |given| given.text("instance_uuid").is_some_and(|text| written_uuid(text).is_none()))
    }),
    ("copied_creation_time", |situation| copies(situation, |given| differs(given, "created_at", text(Some(&situation.now_stored()))))),
    ("copied_update_time", |situation| copies(situation, |given| differs(given, "updated_at", Cell::Null))),
    ("copied_deletion_time", |situation| copies(situation, |given| differs(given, "deleted_at", Cell::Null))),
    ("copied_deletion", |situation| copies(situation, |given| differs(given, "deleted", Cell::Integer(0)))),
    ("copied_start_has_offset", |situation| copies(situation, |given| given.has_offset("start_time"))),
    ("copied_end_has_offset", |situation| copies(situation, |given| given.has_offset("finish_time"))),
    ("copied_event_has_offset", |situation| touches(situation, |given| given.has_offset("start_time"))),
    ("event_has_no_start", |situation| touches(situation, |given| given.get("start_time").is_none())),
    ("event_start_is_null", |situation| event_has(situation, |given| matches!(given.get("start_time"), Some(GivenValue::Null)))),
    ("event_start_is_null_on_action", |situation| touches(situation, |given| matches!(given.get("start_time"), Some(GivenValue::Null)))),
    ("object_is_created_there", |situation| copied(situation).is_some_and(|(given, _)| created_there(situation, given))),
    ("event_is_created_there", |situation| {
        copied(situation).is_some_and(|(given, found)| created_there(situation, given) && found.is_some_and(|found| !found.recovered))
    }),
    ("event_without_action", event_without_action),
    ("copied_to_older_action", |situation| {
        event_has(situation, |given| given.get("start_time").is_some()) && situation.other_action().is_some()
    }),
];

/// What an object is given that we create, and the action that an event is added to.
fn copied<'s>(situation: &Situation<'s>) -> Option<(&'s Given, Option<Found<'s>>)> {
    match (situation.arguments(), situation.object?) {
        (Arguments::CreateThisAction, Kept::NewAction(_, given)) => Some((given, None)),
        (Arguments::CreateThisEvent { .. }, Kept::NewEvent(_, given)) => {
            let found = situation.we_find()?;
            let allowed = found.recovered || matches!(situation.who(), Who::User(_));
            allowed.then_some((given, Some(found)))
        }
        _ => None,
    }
}

/// Whether the object counts as created for the reference: because it is, or because it was given an id.
fn created_there(situation: &Situation<'_>, given: &Given) -> bool {
    situation.created_there || given.get("id").is_some()
}

/// A new event has no action here, and the reference does not look for one.
fn event_without_action(situation: &Situation<'_>) -> bool {
    let Some(Kept::NewEvent(_, given)) = situation.object else { return false };
    let creates = matches!(situation.arguments(), Arguments::CreateThisEvent { .. });
    creates && situation.we_find().is_none() && created_there(situation, given)
}

/// What an object is given that the reference creates too.
fn copied_by_both<'s>(situation: &Situation<'s>) -> Option<(&'s Given, Option<Found<'s>>)> {
    copied(situation).filter(|(given, _)| !created_there(situation, given))
}

/// Whether an object is copied for which `holds` is true. An event without a start is another matter: the
/// reference crashes over it.
fn copies(situation: &Situation<'_>, holds: impl FnOnce(&Given) -> bool) -> bool {
    let made = |(given, found): &(&Given, Option<Found<'_>>)| match found {
        Some(found) => found.recovered || given.get("start_time").is_some(),
        None => true,
    };
    copied_by_both(situation).filter(made).is_some_and(|(given, _)| holds(given))
}

/// Whether an action is copied for which `holds` is true.
fn action_has(situation: &Situation<'_>, holds: impl FnOnce(&Given) -> bool) -> bool {
    copied_by_both(situation).is_some_and(|(given, found)| found.is_none() && holds(given))
}

/// Whether an event is copied for which `holds` is true.
fn event_has(situation: &Situation<'_>, holds: impl FnOnce(&Given) -> bool) -> bool {
    copied_by_both(situation).is_some_and(|(given, found)| found.is_some() && holds(given))
}

/// Whether an event is copied for which `holds` is true, to an action that is touched by it.
fn touches(situation: &Situation<'_>, holds: impl FnOnce(&Given) -> bool) -> bool {
    copied_by_both(situation).is_some_and(|(given, found)| found.is_some_and(|found| !found.recovered) && holds(given))
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()))
}

/// What the reference stores for a field.
fn cell(given: &Given, field: &str) -> Cell {
    given.get(field).map_or(Cell::Null, GivenValue::cell)
}

/// Whether a field is given something else than what we fill in.
fn differs(given: &Given, field: &str, ours: Cell) -> bool {
    given.get(field).is_some_and(|value| value.cell() != ours)
}
