//! Calls on an object that is at hand.

use recension::Timestamp;

use super::Named;
use super::ending::{before_start, touched_now};
use crate::replay::call::Arguments;
use crate::replay::exception::Exception;
use crate::replay::kept::Kept;
use crate::replay::row::{ACTIONS, Row, stored};
use crate::replay::situation::{Situation, Who};

pub(super) const ALL: Named = &[
    ("object_was_not_shown", |situation| matches!(situation.object, Some(Kept::Nothing))),
    ("object_is_not_created", object_is_not_created),
    ("object_is_finished", object_is_finished),
    ("object_is_not_for_caller", object_is_not_for_caller),
    ("object_of_other_project", object_of_other_project),
    ("object_is_stale", object_is_stale),
    ("action_ends_itself", action_ends_itself),
    ("action_touches_itself", |situation| {
        action_ends_itself(situation) && finished_action(situation).is_some_and(|row| !touched_now(situation, row))
    }),
    ("action_at_hand_ends_before_start", action_at_hand_ends_before_start),
    ("event_at_hand_ends", |situation| at_hand(situation, |_, _| true)),
    ("event_at_hand_fails", |situation| at_hand(situation, |_, exception| exception.traceback().is_some())),
    ("event_at_hand_fails_with_details", |situation| at_hand(situation, |_, exception| exception.details().is_some())),
    ("event_at_hand_of_own_action", |situation| {
        at_hand(situation, |event, _| owner(situation) && action_of(situation, event).is_some_and(|action| !touched_now(situation, action)))
    }),
    ("event_at_hand_fails_own_action", |situation| {
        at_hand(situation, |event, exception| owner(situation) && exception.traceback().is_some() && !failed(situation, event))
    }),
];

fn owner(situation: &Situation<'_>) -> bool {
    matches!(situation.who(), Who::User(_))
}

/// The call is one that finishes, and the object is not in the store.
fn object_is_not_created(situation: &Situation<'_>) -> bool {
    let finishes = matches!(situation.arguments(), Arguments::FinishThisAction | Arguments::FinishThisEvent { .. });
    finishes && situation.object.is_some_and(|object| object.given().is_some())
}

/// The object says that it is finished.
fn object_is_finished(situation: &Situation<'_>) -> bool {
    match (situation.arguments(), situation.object) {
        (Arguments::FinishThisAction, Some(Kept::Action(action))) => action.finish_time.is_some(),
        (Arguments::FinishThisEvent { .. }, Some(Kept::Event(event))) => event.finish_time.is_some(),
        _ => false,
    }
}

/// The caller may not change objects of this kind at all.
fn object_is_not_for_caller(situation: &Situation<'_>) -> bool {
    match (situation.arguments(), situation.object) {
        (Arguments::FinishThisAction, Some(Kept::Action(_))) => !owner(situation),
        (Arguments::FinishThisEvent { .. }, Some(Kept::Event(_))) => matches!(situation.who(), Who::Reader | Who::Nobody),
        _ => false,
    }
}

/// The object is not the caller's, or not there any more, where the reference does not mind.
fn object_of_other_project(situation: &Situation<'_>) -> bool {
    let row = situation.object.and_then(|object| situation.row_of(object));
    match (situation.arguments(), situation.object) {
        (Arguments::FinishThisAction, Some(Kept::Action(_))) => {
            owner(situation) && row.is_some_and(|row| !situation.owns(row)) && situation.their_actions().len() == 1
        }
        (Arguments::FinishThisEvent { .. }, Some(Kept::Event(_))) => owner(situation) && row.is_none_or(|row| !situation.owns_event(row)),
        _ => false,
    }
}

/// The row of an object that the caller may finish.
fn finishable<'s>(situation: &Situation<'s>) -> Option<&'s Row> {
    let row = situation.row_of(situation.object?)?;
    let allowed = match (situation.arguments(), situation.who()) {
        (Arguments::FinishThisAction, Who::User(_)) => situation.owns(row),
        (Arguments::FinishThisEvent { .. }, Who::User(_) | Who::Recoverer) => situation.owns_event(row),
        _ => false,
    };
    (allowed && !object_is_finished(situation)).then_some(row)
}

fn differs(row: &Row, column: &str, time: Option<Timestamp>) -> bool {
    row.text(column).map(str::to_owned) != time.map(stored)
}

fn changed_since(object: &Kept, row: &Row) -> bool {
    match object {
        Kept::Action(action) => {
            differs(row, "updated_at", action.updated_at)
                || differs(row, "finish_time", action.finish_time)
                || row.text("message") != action.message.as_deref()
        }
        Kept::Event(event) => differs(row, "updated_at", event.updated_at) || differs(row, "finish_time", event.finish_time),
        _ => false,
    }
}

/// Somebody changed the row since the object was read.
fn object_is_stale(situation: &Situation<'_>) -> bool {
    finishable(situation).is_some_and(|row| situation.object.is_some_and(|object| changed_since(object, row)))
}

/// The row of a fresh action that we finish.
fn finished_action<'s>(situation: &Situation<'s>) -> Option<&'s Row> {
    let finishes = matches!((situation.arguments(), situation.object), (Arguments::FinishThisAction, Some(Kept::Action(_))));
    finishable(situation).filter(|_| finishes && !object_is_stale(situation))
}

fn is_theirs(situation: &Situation<'_>, row: &Row) -> bool {
    matches!(situation.their_actions().as_slice(), [theirs] if theirs.id() == row.id())
}

/// The reference looks for the action of the context's request, which is not this one.
fn action_ends_itself(situation: &Situation<'_>) -> bool {
    finished_action(situation).is_some_and(|row| !is_theirs(situation, row))
}

/// The clock of this host is behind that of the one that started the action.
fn action_at_hand_ends_before_start(situation: &Situation<'_>) -> bool {
    finished_action(situation).is_some_and(|row| is_theirs(situation, row) && before_start(situation, row))
}

/// Whether a fresh event is finished for which `holds` is true.
fn at_hand(situation: &Situation<'_>, holds: impl FnOnce(&Row, &Exception) -> bool) -> bool {
    let (Arguments::FinishThisEvent { exception }, Some(Kept::Event(_))) = (situation.arguments(), situation.object) else { return false };
    finishable(situation).is_some_and(|row| !object_is_stale(situation) && holds(row, exception))
}

fn action_of<'s>(situation: &Situation<'s>, event: &Row) -> Option<&'s Row> {
    event.integer("action_id").and_then(|id| situation.before.row(&ACTIONS, id))
}

/// Whether the action of an event says already that an event failed.
fn failed(situation: &Situation<'_>, event: &Row) -> bool {
    action_of(situation, event).is_some_and(|action| action.text("message") == Some("Error"))
}
