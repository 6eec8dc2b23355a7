//! The steps of an action: begun, ended, copied.

use recension::store::sea_orm::Condition;
use recension::store::sea_orm::sea_query::{Expr, ExprTrait};
use recension::store::{BelongsTo, Session};
use recension::{Draft, Object, Persisted, Timestamp};
use uuid::Uuid;

use super::{Actions, find_or_recover, may_recover, newest_first, not_before, of_request};
use crate::{
    Error, EventResult, InstanceAction, InstanceActionEvent, InstanceActionEventServerFields, InstanceActionServerFields, Outcome,
};

/// What the message of an action says once one of its events failed.
const FAILED: &str = "Error";

impl Actions {
    /// Begins an event of the action that the request asked for, in one statement where the engine can: so where no answer comes it is
    /// not known whether there is one, and it is to be looked for before it is begun again. A caller that may recover, and whose
    /// request has no action here, adds the event to the newest action of the server, which is not touched
    /// otherwise (X6, X7).
    ///
    /// # Errors
    /// [`Error::ActionNotFound`].
    pub async fn start_event(&self, instance: Uuid, event: &str, host: Option<&str>) -> Result<Persisted<InstanceActionEvent>, Error> {
        let now = self.now();
        let mut draft = InstanceActionEvent::draft().event(event).start_time(now);
        match host {
            Some(host) => draft.set_host(host),
            None => draft.clear_host(),
        }
        add(self.session(), draft, instance, &self.request().id, now).await
    }

    /// Records an event as it is given, to copy it from another database. It begins now if it does not say
    /// when.
    ///
    /// # Errors
    /// [`Error::ActionNotFound`].
    pub async fn create_event(
        &self,
        draft: Draft<InstanceActionEvent>,
        instance: Uuid,
        request_id: &str,
    ) -> Result<Persisted<InstanceActionEvent>, Error> {
        let mut draft = draft;
        let began = draft.start_time_ref().copied().flatten().unwrap_or_else(|| self.now());
        draft.set_start_time(began);
        add(self.session(), draft, instance, request_id, began).await
    }

    /// Ends the newest open event of that name, of the action that the request asked for (X5).
    ///
    /// A failure is said in the message of the action too, unless the action was found by the way of
    /// recovery (X7).
    ///
    /// # Errors
    /// [`Error::ActionNotFound`], [`Error::EventNotFound`]; [`Error::AlreadyFinished`] when there are
    /// such events but none is open, and the first end stands (X13).
    pub async fn finish_event(&self, instance: Uuid, event: &str, outcome: Outcome) -> Result<Persisted<InstanceActionEvent>, Error> {
        let (request, caller, now) = (self.request().id.clone(), self.session().caller().clone(), self.now());
        let name = event.to_owned();
        let work = async move |session: &Session| {
            let action = newest_first(session.find().filter(of_request(instance, &request))).first_key()?;
            if let Some(event) = open_event_of(session, action, &name).await? {
                return end(session, &event, caller.project_id().is_some(), &outcome, now).await;
            }
            let found = find_or_recover(session, &caller, instance, &request).await?;
            let event = open_event(session, found.action.id, &name).await?;
            end(session, &event, !found.recovered, &outcome, now).await
        };
        self.session().optimistic_as(work).await
    }

    /// Ends an event that is at hand (X1, X2).
    ///
    /// # Errors
    /// As [`finish_event`](Self::finish_event); a conflict when somebody changed the event since it was read.
    pub async fn finish_this_event(
        &self,
        event: &Persisted<InstanceActionEvent>,
        outcome: Outcome,
    ) -> Result<Persisted<InstanceActionEvent>, Error> {
        let (event, caller, now) = (event.clone(), self.session().caller().clone(), self.now());
        let work = async move |session: &Session| {
            let has_action = match event.action_id {
                Some(action_id) => session.find::<InstanceAction>().filter(InstanceAction::COLUMN.id.eq(action_id)).exists().await?,
                None => false,
            };
            end(session, &event, has_action && caller.project_id().is_some(), &outcome, now).await
        };
        self.session().optimistic_as(work).await
    }
}

impl Actions {
    /// Ends one event of an action, named by both ids.
    ///
    /// # Errors
    /// [`Error::ActionNotFound`] when neither is there (any more), [`Error::EventNotFound`] when the event is
    /// not, [`Error::AlreadyFinished`].
    pub async fn finish_event_by_id(
        &self,
        action_id: i64,
        event_id: i64,
        outcome: Outcome,
    ) -> Result<Persisted<InstanceActionEvent>, Error> {
        let (caller, now) = (self.session().caller().clone(), self.now());
        let work = async move |session: &Session| {
            let columns = InstanceActionEvent::COLUMN;
            let named = columns.id.eq(event_id).and(columns.action_id.eq(action_id));
            let event = session.find::<InstanceActionEvent>().filter(named).one().await?;
            let touches = caller.project_id().is_some();
            if !touches || event.as_ref().is_none_or(|event| event.finish_time.is_some()) {
                // Nothing else says whether the action is there: it is not touched.
                let action = session.find::<InstanceAction>().filter(InstanceAction::COLUMN.id.eq(action_id));
                if !action.exists().await? {
                    return Err(Error::ActionNotFound);
                }
            }
            end(session, &event.ok_or(Error::EventNotFound)?, touches, &outcome, now).await
        };
        self.session().optimistic_as(work).await
    }
}

/// Whose step an event is.
const OF_ACTION: BelongsTo<InstanceActionEvent, InstanceAction> = BelongsTo::new(InstanceActionEvent::COLUMN.action_id);

/// Adds an event to the live action of a request, which is touched at `time`. A caller that may recover, and only such a one, adds it
/// to the newest action of the server where the request has none, and touches none.
async fn add(
    session: &Session,
    draft: Draft<InstanceActionEvent>,
    instance: Uuid,
    request_id: &str,
    time: Timestamp,
) -> Result<Persisted<InstanceActionEvent>, Error> {
    let fill = |fields: &mut InstanceActionEventServerFields| fields.set_deleted(false);
    let action = newest_first(session.find().filter(of_request(instance, request_id)));
    let has_project = session.caller().project_id().is_some();
    if !has_project && !may_recover(session.caller()) && !action.exists().await? {
        // Who may not add it to any is told no more than that.
        return Err(Error::ActionNotFound);
    }
    let action = newest_first(session.find().filter(of_request(instance, request_id)));
    let added = if has_project {
        let touching = action.touching(InstanceAction::draft(), |fields| fields.set_updated_at(time))?;
        touching.create_child_filled(OF_ACTION, draft.clone(), fill).await
    } else {
        action.create_child_filled(OF_ACTION, draft.clone(), fill).await
    };
    match added {
        Err(error) if is_of_action(&error) && may_recover(session.caller()) => {
            let newest = newest_first(session.find().filter(InstanceAction::COLUMN.instance_uuid.eq(instance)));
            newest.create_child_filled(OF_ACTION, draft, fill).await.map_err(action_not_found)
        }
        added => added.map_err(action_not_found),
    }
}

/// The newest open event of that name, of the action with that key.
async fn open_event_of(session: &Session, action_id: Expr, name: &str) -> Result<Option<Persisted<InstanceActionEvent>>, Error> {
    let columns = InstanceActionEvent::COLUMN;
    let named = Condition::all().add(columns.action_id.expr().eq(action_id)).add(columns.event.eq(name));
    let open = session.find::<InstanceActionEvent>().filter(named.add(columns.finish_time.is_null()));
    Ok(open.order_by(columns.created_at.desc()).order_by(columns.id.desc()).one().await?)
}

/// The same, or why there is none.
async fn open_event(session: &Session, action_id: i64, name: &str) -> Result<Persisted<InstanceActionEvent>, Error> {
    if let Some(event) = open_event_of(session, Expr::value(action_id), name).await? {
        return Ok(event);
    }
    let columns = InstanceActionEvent::COLUMN;
    let named = Condition::all().add(columns.action_id.eq(action_id)).add(columns.event.eq(name));
    let finished = session.find::<InstanceActionEvent>().filter(named).exists().await?;
    Err(if finished { Error::AlreadyFinished } else { Error::EventNotFound })
}

/// Ends an event, and touches its action, which says of a failure that there was one.
async fn end(
    session: &Session,
    event: &Persisted<InstanceActionEvent>,
    touches: bool,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Persisted<InstanceActionEvent>, Error> {
    if event.finish_time.is_some() {
        return Err(Error::AlreadyFinished);
    }
    let time = not_before(now, event.start_time);
    let mut edit = event.edit();
    edit.set_finish_time(time);
    match outcome {
        Outcome::Success => edit.set_result(EventResult::Success),
        Outcome::Failure(failure) => {
            edit.set_result(EventResult::Error);
            edit.set_traceback(failure.stored_traceback());
            #[cfg(feature = "release-2")]
            if let Some(details) = failure.stored_details() {
                edit.set_details(details);
            }
        }
    }
    let fill = |fields: &mut InstanceActionEventServerFields| fields.set_updated_at(time);
    if !touches {
        return session.save_filled(&edit, fill).await.map_err(event_not_found);
    }
    let mut action = InstanceAction::draft();
    if matches!(outcome, Outcome::Failure(_)) {
        action.set_message(FAILED);
    }
    let touching = session.find().touching(action, |fields: &mut InstanceActionServerFields| fields.set_updated_at(time))?;
    let saved = touching.save_child_filled(OF_ACTION, &edit, fill).await;
    saved.map_err(|error| if is_of_action(&error) { Error::ActionNotFound } else { event_not_found(error) })
}

impl Actions {
    /// Saves changes of an event that came back from another node. Without changes nothing is written, and
    /// the event comes back as it is.
    ///
    /// # Errors
    /// [`Error::EventNotFound`]; a conflict when somebody changed the event since it was read.
    pub async fn save_event(&self, edit: &recension::Edit<InstanceActionEvent>) -> Result<Persisted<InstanceActionEvent>, Error> {
        if edit.touched().is_empty() {
            return self.session().get(edit.base().id).await.map_err(event_not_found);
        }
        let now = self.now();
        self.session().save_received(edit, |fields| fields.set_updated_at(now)).await.map_err(event_not_found)
    }
}

/// Whether it is an action that was not found.
fn is_of_action(error: &recension::store::Error) -> bool {
    matches!(error, recension::store::Error::NotFound { object, .. } if *object == InstanceAction::NAME)
}

fn action_not_found(error: recension::store::Error) -> Error {
    if is_of_action(&error) { Error::ActionNotFound } else { error.into() }
}

/// The error of an event that vanished, or was never there for this caller.
fn event_not_found(error: recension::store::Error) -> Error {
    match error {
        recension::store::Error::NotFound { .. } => Error::EventNotFound,
        other => other.into(),
    }
}
