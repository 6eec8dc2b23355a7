//! Actions and events that are finished by name.

use super::Named;
use crate::replay::call::Arguments;
use crate::replay::row::{Cell, Row};
use crate::replay::situation::{Found, Situation, Who};

pub(super) const ALL: Named = &[
    ("action_is_finished", action_is_finished),
    ("request_has_several_actions", request_has_several_actions),
    ("newest_of_several_is_touched", |situation| {
        request_has_several_actions(situation) && situation.our_action().is_some_and(|action| !touched_now(situation, action))
    }),
    ("action_ends_before_start", action_ends_before_start),
    ("every_event_is_finished", every_event_is_finished),
    ("other_event_ends", |situation| other_event(situation, |_| true)),
    ("other_event_fails", |situation| other_event(situation, |ending| ending.traceback.is_some())),
    ("other_event_fails_with_details", |situation| other_event(situation, |ending| ending.details.is_some())),
    ("event_of_older_action_ends", |situation| with(situation, |_| situation.other_action().is_some())),
    ("event_of_older_action_fails", |situation| with(situation, |ending| other_action_fails(situation, ending))),
    ("older_action_has_no_event", older_action_has_no_event),
    ("details_are_long", |situation| with(situation, |ending| ending.details.as_ref().is_some_and(|text| text.len() > CUT_AT))),
    ("details_have_nul", |situation| with(situation, |ending| ending.details.as_ref().is_some_and(|text| text.contains('\0')))),
    ("traceback_is_long", |situation| with(situation, |ending| ending.traceback.is_some_and(|text| text.len() > crate::TRACEBACK_MAX))),
    ("traceback_has_nul", |situation| with(situation, |ending| ending.traceback.is_some_and(|text| text.contains('\0')))),
    ("recovery_fails", |situation| with(situation, recovery_fails)),
    ("failed_recovery_touches", |situation| {
        with(situation, |ending| recovery_fails(ending) && !touched_now(situation, ending.found.action))
    }),
    ("event_ends_before_start", |situation| with(situation, |ending| before_start(situation, ending.event))),
    ("action_of_event_before_start", |situation| {
        with(situation, |ending| before_start(situation, ending.event) && !ending.found.recovered)
    }),
];

/// Bytes at which the reference cuts details.
const CUT_AT: usize = 255;

/// What the message of an action says once an event of it failed.
const FAILED: &str = "Error";

fn is_open(row: &Row) -> bool {
    *row.cell("finish_time") == Cell::Null
}

/// Whether now is before the recorded start.
pub(super) fn before_start(situation: &Situation<'_>, row: &Row) -> bool {
    row.text("start_time").is_some_and(|start| *situation.now_stored() < *start)
}

/// Whether a row was touched at this very moment, so that touching it again shows nowhere.
pub(super) fn touched_now(situation: &Situation<'_>, row: &Row) -> bool {
    row.text("updated_at") == Some(&*situation.now_stored())
}

fn finishes_action(situation: &Situation<'_>) -> bool {
    matches!(situation.arguments(), Arguments::FinishAction { .. })
}

/// The action is finished already.
fn action_is_finished(situation: &Situation<'_>) -> bool {
    finishes_action(situation) && situation.our_action().is_some_and(|action| !is_open(action))
}

/// The reference made several actions for the request. The newest, which counts, is open.
fn request_has_several_actions(situation: &Situation<'_>) -> bool {
    finishes_action(situation) && situation.their_actions().len() > 1 && situation.our_action().is_some_and(is_open)
}

/// The clock of this host is behind that of the one that started the action.
fn action_ends_before_start(situation: &Situation<'_>) -> bool {
    let open = situation.our_action().filter(|action| is_open(action));
    finishes_action(situation) && situation.their_actions().len() == 1 && open.is_some_and(|action| before_start(situation, action))
}

/// There are events of that name, and none is open.
fn every_event_is_finished(situation: &Situation<'_>) -> bool {
    situation.we_find_events() && situation.our_event().is_none()
}

/// An event that we end, and how.
struct Ending<'s> {
    found: Found<'s>,
    event: &'s Row,
    traceback: Option<&'s str>,
    details: Option<String>,
}

/// Whether we end an event for which `holds` is true.
fn with(situation: &Situation<'_>, holds: impl FnOnce(&Ending<'_>) -> bool) -> bool {
    let (Arguments::FinishEvent { exception, .. }, Some(found), Some(event)) =
        (situation.arguments(), situation.we_find(), situation.our_event())
    else {
        return false;
    };
    let allowed = match situation.who() {
        Who::User(_) => true,
        Who::Recoverer => found.recovered,
        _ => false,
    };
    allowed && holds(&Ending { found, event, traceback: exception.traceback(), details: exception.details() })
}

/// The first event of the name is not the newest open one.
fn other_event(situation: &Situation<'_>, holds: impl FnOnce(&Ending<'_>) -> bool) -> bool {
    with(situation, |ending| situation.their_event().is_none_or(|theirs| theirs.id() != ending.event.id()) && holds(ending))
}

/// A failure is said in the message of our action, and of another one in the reference.
fn other_action_fails(situation: &Situation<'_>, ending: &Ending<'_>) -> bool {
    let says_so = |action: &Row| action.text("message") == Some(FAILED);
    let Some(theirs) = situation.other_action().filter(|_| ending.traceback.is_some()) else { return false };
    !says_so(ending.found.action) || situation.their_event().is_some() && !says_so(theirs)
}

/// The reference ends an event of somebody else's action, and ours has none of that name.
fn older_action_has_no_event(situation: &Situation<'_>) -> bool {
    situation.other_action().is_some() && situation.their_event().is_some() && !situation.we_find_events()
}

/// An event fails whose action was found by the way of recovery, and had no failure so far.
fn recovery_fails(ending: &Ending<'_>) -> bool {
    ending.found.recovered && ending.traceback.is_some() && ending.found.action.text("message") != Some(FAILED)
}
