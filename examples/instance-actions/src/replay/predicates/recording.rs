//! Actions and events that are begun, and the action to which a call belongs.

use super::Named;
use super::ending::touched_now;
use crate::replay::call::Arguments;
use crate::replay::kept::Kept;
use crate::replay::row::{ACTIONS, Cell, EVENTS, Row, Table};
use crate::replay::situation::{Broken, Found, Situation, Who, breaks_rule};
use crate::{InstanceAction, InstanceActionEvent};

pub(super) const ALL: Named = &[
    ("instance_is_no_uuid", instance_is_no_uuid),
    ("text_is_too_long", |situation| text_breaks(situation, Broken::TooLong)),
    ("text_has_nul", |situation| text_breaks(situation, Broken::Nul)),
    ("value_is_unknown", |situation| text_breaks(situation, Broken::UnknownValue)),
    ("given_instance_is_no_uuid", given_instance_is_no_uuid),
    ("service_field_is_given", service_field_is_given),
    ("caller_has_no_project", caller_has_no_project),
    ("request_has_action", request_has_action),
    ("instance_is_unknown", instance_is_unknown),
    ("action_of_other_project", action_of_other_project),
    ("action_for_nobody", action_for_nobody),
    ("action_is_deleted", action_is_deleted),
    ("service_changes_action", service_changes_action),
    ("older_action_is_own", older_action_is_own),
    ("recovery_on_own_request", recovery_on_own_request),
];

/// The server is named by something that is no UUID as we write it.
fn instance_is_no_uuid(situation: &Situation<'_>) -> bool {
    let reached = situation.object.is_none_or(|object| matches!(object, Kept::NewEvent(..)));
    reached && situation.arguments().instance().is_some_and(|instance| instance.uuid().is_none())
}

/// The texts that a call would store, with their fields.
fn texts<'s>(situation: &Situation<'s>) -> Vec<(&'static Table, &'static str, &'s str)> {
    let context = situation.context();
    let owner = [("user_id", context.user.as_deref()), ("project_id", context.project.as_deref())];
    let owner = owner.into_iter().filter_map(|(field, text)| Some((&ACTIONS, field, text?)));
    match (situation.arguments(), situation.object) {
        (Arguments::StartAction { action, .. }, _) => {
            [(&ACTIONS, "action", action.as_str()), (&ACTIONS, "request_id", &context.request)].into_iter().chain(owner).collect()
        }
        (Arguments::NewAction(given), _) => given.texts().map(|(field, text)| (&ACTIONS, field, text)).collect(),
        (Arguments::NewEvent(given), _) => given.texts().map(|(field, text)| (&EVENTS, field, text)).collect(),
        (Arguments::CreateThisAction, Some(Kept::NewAction(_, given))) => {
            let given = given.texts().filter(|(field, _)| !matches!(*field, "user_id" | "project_id"));
            given.map(|(field, text)| (&ACTIONS, field, text)).chain(owner).collect()
        }
        // An event whose action is not found is not looked at any further.
        _ if situation.we_find().is_none() => Vec::new(),
        (Arguments::StartEvent { event, host, .. }, _) => {
            let host = host.as_deref().map(|host| (&EVENTS, "host", host));
            [(&EVENTS, "event", event.as_str())].into_iter().chain(host).collect()
        }
        (Arguments::CreateThisEvent { .. }, Some(Kept::NewEvent(_, given))) => {
            given.texts().map(|(field, text)| (&EVENTS, field, text)).collect()
        }
        _ => Vec::new(),
    }
}

/// A text that would be stored breaks a rule of its field.
fn text_breaks(situation: &Situation<'_>, rule: Broken) -> bool {
    texts(situation).into_iter().any(|(table, field, text)| breaks_rule(table, field, text) == Some(rule))
}

/// A new object is given a server by something that is no UUID as we write it.
fn given_instance_is_no_uuid(situation: &Situation<'_>) -> bool {
    matches!(situation.arguments(), Arguments::NewAction(_)) && text_breaks(situation, Broken::NoUuid)
}

/// A new object is given a field that only the service fills.
fn service_field_is_given(situation: &Situation<'_>) -> bool {
    match situation.arguments() {
        Arguments::NewAction(given) => given.touches_service::<InstanceAction>(),
        Arguments::NewEvent(given) => given.touches_service::<InstanceActionEvent>(),
        _ => false,
    }
}

/// The server and the request of an action that would be made.
fn made<'s>(situation: &Situation<'s>) -> Option<(Option<&'s str>, Option<&'s str>)> {
    match (situation.arguments(), situation.object) {
        (Arguments::StartAction { .. }, _) => Some((situation.instance(), Some(situation.request()))),
        (Arguments::CreateThisAction, Some(Kept::NewAction(_, given))) => Some((given.text("instance_uuid"), given.text("request_id"))),
        _ => None,
    }
}

/// Somebody makes an action whom it cannot belong to.
fn caller_has_no_project(situation: &Situation<'_>) -> bool {
    made(situation).is_some() && !matches!(situation.who(), Who::User(_))
}

/// The request has an action on this server already, whoever made it.
fn request_has_action(situation: &Situation<'_>) -> bool {
    let Some((Some(instance), Some(request))) = made(situation) else { return false };
    situation.actions_of(instance).any(|row| row.text("request_id") == Some(request))
}

/// There is no such server. The reference leaves that to the database, and SQLite does not check it there.
fn instance_is_unknown(situation: &Situation<'_>) -> bool {
    made(situation).and_then(|(instance, _)| instance).is_some_and(|instance| !situation.instances.contains(instance))
}

/// The action that the reference takes where we find none.
fn hidden<'s>(situation: &Situation<'s>) -> Option<&'s Row> {
    match (situation.arguments(), situation.object) {
        (Arguments::FinishAction { .. }, _) => {
            let theirs = situation.their_actions();
            let [action] = theirs.as_slice() else { return None };
            situation.our_action().is_none().then_some(*action)
        }
        (Arguments::StartEvent { .. } | Arguments::FinishEvent { .. }, _)
        | (Arguments::CreateThisEvent { .. }, Some(Kept::NewEvent(..))) => {
            situation.they_find().filter(|_| situation.we_find().is_none()).map(|found| found.action)
        }
        _ => None,
    }
}

/// The action belongs to another project, or to none.
fn action_of_other_project(situation: &Situation<'_>) -> bool {
    matches!(situation.who(), Who::User(_)) && hidden(situation).is_some_and(|action| !situation.owns(action))
}

/// The caller has neither a project nor a permission, but there is an action.
fn action_for_nobody(situation: &Situation<'_>) -> bool {
    situation.who() == Who::Nobody && hidden(situation).is_some()
}

/// The action is deleted, and the context reads deleted rows.
fn action_is_deleted(situation: &Situation<'_>) -> bool {
    situation.who() != Who::Nobody && hidden(situation).is_some_and(|action| situation.owns(action))
}

/// A permission to read or to recover is used to change an action.
fn service_changes_action(situation: &Situation<'_>) -> bool {
    let reader = match situation.who() {
        Who::Reader => true,
        Who::Recoverer => false,
        _ => return false,
    };
    let found = || reader && situation.we_find().is_some();
    match (situation.arguments(), situation.object) {
        (Arguments::FinishAction { .. }, _) => situation.our_action().is_some_and(|action| *action.cell("finish_time") == Cell::Null),
        (Arguments::FinishEvent { .. }, _) => found() && situation.our_event().is_some(),
        (Arguments::StartEvent { .. }, _) | (Arguments::CreateThisEvent { .. }, Some(Kept::NewEvent(..))) => found(),
        _ => false,
    }
}

/// An event is recorded by permission to recover on the action of its own request, which the reference touches.
fn recovery_on_own_request(situation: &Situation<'_>) -> bool {
    let recorded = match situation.arguments() {
        Arguments::StartEvent { .. } => true,
        Arguments::FinishEvent { .. } => situation.our_event().is_some(),
        Arguments::CreateThisEvent { .. } => {
            matches!(situation.object, Some(Kept::NewEvent(_, given)) if given.get("start_time").is_some())
        }
        _ => false,
    };
    let touched = |found: Found<'_>| !found.recovered && !touched_now(situation, found.action);
    recorded && situation.who() == Who::Recoverer && situation.they_find().is_some_and(touched)
}

/// An event begins on the caller's action where the reference takes a newer one of somebody else.
fn older_action_is_own(situation: &Situation<'_>) -> bool {
    matches!(situation.arguments(), Arguments::StartEvent { .. })
        && matches!(situation.who(), Who::User(_))
        && situation.other_action().is_some()
}
