//! Carrying out the steps of a sequence with our own operations.

use std::collections::{BTreeMap, BTreeSet};

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Caller, Session, Store};
use recension::wire::Encode;
use recension::{Persisted, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::call::{ActionPage, Arguments, Call, Instance};
use super::clock::SetClock;
use super::engine::Engine;
use super::error::ReplayError;
use super::given::Given;
use super::judge::same_message;
use super::kept::{Kept, wire};
use super::kind::Kind;
use super::row::ACTIONS;
use super::sequence::{Answer, Asked, Context};
use crate::{
    Actions, Error, InstanceAction, InstanceActionEvent, InstanceActionEventList, InstanceActionList, ListOptions, MIGRATE,
    READ_ALL_ACTIONS, Request,
};

/// Carries out calls, and keeps the objects that a sequence keeps.
#[derive(Debug)]
pub(super) struct Runner {
    store: Store,
    clock: SetClock,
    kept: BTreeMap<String, Kept>,
    /// Objects that are not what the reference has: a step about them differed.
    apart: BTreeSet<String>,
}

/// What one call gave: the object to show, and the one to keep.
struct Done {
    shown: Answer,
    object: Kept,
}

impl Runner {
    pub(super) const fn new(store: Store, clock: SetClock) -> Self {
        Self { store, clock, kept: BTreeMap::new(), apart: BTreeSet::new() }
    }

    /// The object that the step is on.
    pub(super) fn object(&self, asked: &Asked) -> Option<&Kept> {
        asked.on.as_ref().and_then(|name| self.kept.get(name))
    }

    /// Whether the object that the step is on is not what the reference has.
    pub(super) fn is_apart(&self, asked: &Asked) -> bool {
        asked.on.as_ref().is_some_and(|name| self.apart.contains(name))
    }

    /// Notes whether the object that the step was about is what the reference has.
    pub(super) fn note(&mut self, asked: &Asked, recorded: &Value) {
        let Some(name) = asked.on.as_ref().or(asked.keep.as_ref()) else { return };
        let same = self.kept.get(name).is_some_and(|kept| matches!(kept.wire(), Answer::Object(found) if same_message(&found, recorded)));
        if same {
            self.apart.remove(name)
        } else {
            self.apart.insert(name.clone())
        };
    }

    /// A session of the caller of a call, in which the row that it makes has the id that the reference gives; and whether that is to be
    /// taken back.
    async fn session(&self, asked: &Asked) -> Result<(Session, bool), ReplayError> {
        let session = self.store.session(&asked.context.caller());
        let engine = Engine::of(self.store.capability().sql);
        let Some(sql) = asked.call.arguments.makes_row_in().and_then(|table| engine.next_id(table.name)) else {
            return Ok((session, false));
        };
        let held = session.hold().await?;
        held.unscoped(&MIGRATE).execute_unprepared(&sql).await.map_err(ReplayError::of_table("ids"))?;
        Ok((held, true))
    }

    /// Carries out a call, at that time.
    pub(super) async fn call(&mut self, asked: &Asked, now: Timestamp) -> Result<Answer, ReplayError> {
        self.clock.set(now);
        let Context { request, began, .. } = &asked.context;
        let (session, has_id) = self.session(asked).await?;
        let actions = Actions::new(session.clone(), Request { id: request.clone(), began: *began });
        let object = asked.on.as_ref().map(|name| self.kept.get(name).cloned().unwrap_or(Kept::Nothing));
        let done = match object {
            Some(object) => on_object(&actions, object, &asked.call.arguments).await,
            None => on_class(&actions, &asked.context, &asked.call).await,
        };
        if has_id {
            // A call that made no row has not used it.
            session.unscoped(&MIGRATE).execute_unprepared(Engine::NO_ID).await.map_err(ReplayError::of_table("ids"))?;
        }
        let (shown, object) = match done {
            Ok(Done { shown, object }) => (shown, Some(object)),
            Err(kind) => (Answer::Failed(Some(kind)), None),
        };
        match (&asked.on, &asked.keep, object) {
            // A call that failed leaves its object as it was.
            (Some(name), _, Some(object)) => _ = self.kept.insert(name.clone(), object),
            (None, Some(name), Some(object)) => {
                let refused = matches!(object, Kept::NewAction(..) | Kept::NewEvent(..)) && shown == Answer::Unsendable;
                self.kept.insert(name.clone(), object);
                if refused {
                    return Ok(Answer::Failed(Some(Kind::Invalid)));
                }
            }
            (None, Some(name), None) => _ = self.kept.insert(name.clone(), Kept::Nothing),
            _ => {}
        }
        Ok(if asked.call.wants_result { shown } else { silent(shown) })
    }

    /// Reads each kept object that has an id again, as somebody who may read all rows. An object that `on`
    /// names and whose row is not there is again what it was `before`.
    pub(super) async fn read_again(&mut self, on: Option<&str>, before: Option<Kept>) -> Result<(), ReplayError> {
        let session = self.store.session(&Caller::system(READ_ALL_ACTIONS));
        for (name, kept) in &mut self.kept {
            let Some((table, id)) = kept.row() else { continue };
            let found = if table.name == ACTIONS.name {
                let named = InstanceAction::COLUMN.id.eq(id);
                session.find::<InstanceAction>().filter(named).one().await?.map(|action| Kept::Action(action.into()))
            } else {
                let named = InstanceActionEvent::COLUMN.id.eq(id);
                session.find::<InstanceActionEvent>().filter(named).one().await?.map(|event| Kept::Event(event.into()))
            };
            match (found, &before) {
                (Some(found), _) => {
                    // The reference's object does not follow its row, so it stays what it was.
                    if found.wire() != kept.wire() {
                        self.apart.insert(name.clone());
                    }
                    *kept = found;
                }
                (None, Some(before)) if on == Some(name) => *kept = before.clone(),
                (None, _) => {}
            }
        }
        Ok(())
    }
}

/// The answer of a call whose caller does not want the object.
fn silent(answer: Answer) -> Answer {
    match answer {
        Answer::Object(_) | Answer::Unsendable => Answer::Object(Value::Null),
        failed @ Answer::Failed(_) => failed,
    }
}

fn uuid(instance: &Instance) -> Result<Uuid, Kind> {
    instance.uuid().ok_or(Kind::Invalid)
}

fn action(action: Persisted<InstanceAction>) -> Done {
    Done { shown: wire(&action), object: Kept::Action(action.into()) }
}

fn event(event: Persisted<InstanceActionEvent>) -> Done {
    Done { shown: wire(&event), object: Kept::Event(event.into()) }
}

fn nothing() -> Done {
    Done { shown: Answer::Object(Value::Null), object: Kept::Nothing }
}

fn list(list: &impl Encode) -> Done {
    Done { shown: wire(list), object: Kept::Nothing }
}

/// A call of a method that belongs to no object.
async fn on_class(actions: &Actions, context: &Context, call: &Call) -> Result<Done, Kind> {
    let done = match &call.arguments {
        Arguments::StartAction { instance, action: name } => actions.start(uuid(instance)?, name).await.map(action),
        Arguments::FinishAction { instance } => actions.finish(uuid(instance)?).await.map(action),
        Arguments::ActionByRequest { instance, request } => {
            let found = actions.by_request(uuid(instance)?, request, context.deleted).await;
            found.map(|found| found.map_or_else(nothing, action))
        }
        Arguments::ListActions { instance, page } => list_actions(actions, context, uuid(instance)?, page).await,
        Arguments::StartEvent { instance, event: name, host } => {
            actions.start_event(uuid(instance)?, name, host.as_deref()).await.map(event)
        }
        Arguments::FinishEvent { instance, event: name, exception } => {
            actions.finish_event(uuid(instance)?, name, exception.outcome()).await.map(event)
        }
        Arguments::EventById { action, event: id } => actions.event(*action, *id).await.map(|found| found.map_or_else(nothing, event)),
        Arguments::ListEvents { action } => actions.newest_events(*action).await.map(|page| list(&InstanceActionEventList::from(page))),
        Arguments::NewAction(given) => return new_action(given),
        Arguments::NewEvent(given) => return new_event(given),
        // Calls on an object do not come here.
        _ => return Err(Kind::NoObject),
    };
    done.map_err(|error| Kind::from(&error))
}

async fn list_actions(actions: &Actions, context: &Context, instance: Uuid, page: &ActionPage) -> Result<Done, Error> {
    let options = ListOptions {
        limit: page.limit,
        marker: page.marker.clone(),
        changes_since: page.since,
        changes_before: page.before,
        deleted: context.deleted,
    };
    actions.list(instance, &options).await.map(|page| list(&InstanceActionList::from(page)))
}

/// There is no setter for a field that only the service fills, so what it is given is refused. The draft of
/// the other fields is kept all the same: later steps go on with it.
fn new_action(given: &Given) -> Result<Done, Kind> {
    let (draft, whole) = given.draft::<InstanceAction>();
    let shown = if whole { wire(&draft) } else { Answer::Unsendable };
    Ok(Done { shown, object: Kept::NewAction(draft.into(), given.clone()) })
}

fn new_event(given: &Given) -> Result<Done, Kind> {
    let (draft, whole) = given.draft::<InstanceActionEvent>();
    let shown = if whole { wire(&draft) } else { Answer::Unsendable };
    Ok(Done { shown, object: Kept::NewEvent(draft.into(), given.clone()) })
}

/// A call of a method on a kept object, which gives the object as it is afterwards and answers nothing.
async fn on_object(actions: &Actions, object: Kept, arguments: &Arguments) -> Result<Done, Kind> {
    let done = match (arguments, object) {
        (_, Kept::Nothing) => return Err(Kind::NoObject),
        (Arguments::CreateThisAction, Kept::NewAction(draft, _)) => actions.create(*draft).await.map(action),
        (Arguments::CreateThisEvent { instance, request }, Kept::NewEvent(draft, _)) => {
            actions.create_event(*draft, uuid(instance)?, request).await.map(event)
        }
        (Arguments::FinishThisAction, Kept::Action(this)) => actions.finish_action(&this).await.map(action),
        (Arguments::FinishThisEvent { exception }, Kept::Event(this)) => {
            actions.finish_this_event(&this, exception.outcome()).await.map(event)
        }
        // What follows cannot be written in our own interface: it does not compile.
        (Arguments::CreateThisAction | Arguments::CreateThisEvent { .. }, _) => return Err(Kind::AlreadyCreated),
        _ => return Err(Kind::NotCreated),
    };
    let done = done.map_err(|error| Kind::from(&error))?;
    Ok(Done { shown: Answer::Object(Value::Null), object: done.object })
}
