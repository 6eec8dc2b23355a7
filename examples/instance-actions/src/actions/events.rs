//! The steps of an action: begun, ended, copied.

use recension::store::sea_orm::Condition;
use recension::store::sea_orm::sea_query::ExprTrait;
use recension::store::{Caller, Session};
use recension::{Draft, Object, Persisted, Timestamp};
use uuid::Uuid;

use super::{Actions, Found, find_or_recover, not_before, touch};
use crate::{Error, EventResult, InstanceAction, InstanceActionEvent, InstanceActionEventServerFields, Outcome};

/// What the message of an action says once one of its events failed.
const FAILED: &str = "Error";

impl Actions {
    /// Begins an event of the action that the request asked for. A caller that may recover, and whose
    /// request has no action here, adds the event to the newest action of the server, which is not touched
    /// otherwise (X6, X7).
    ///
    /// # Errors
    /// [`Error::ActionNotFound`].
    pub async fn start_event(&self, instance: Uuid, event: &str, host: Option<&str>) -> Result<Persisted<InstanceActionEvent>, Error> {
        let (request, caller, now) = (self.request().id.clone(), self.session().caller().clone(), self.now());
        let mut draft = InstanceActionEvent::draft().event(event).start_time(now);
        match host {
            Some(host) => draft.set_host(host),
            None => draft.clear_host(),
        }
        let work = async move |tx: &Session| {
            let found = find_or_recover(tx, &caller, instance, &request).await?;
            add(tx, &found, draft, now).await
        };
        self.session().transaction_as(work).await
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
        let (request, caller) = (request_id.to_owned(), self.session().caller().clone());
        let work = async move |tx: &Session| {
            let found = find_or_recover(tx, &caller, instance, &request).await?;
            add(tx, &found, draft, began).await
        };
        self.session().transaction_as(work).await
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
        let work = async move |tx: &Session| {
            let found = find_or_recover(tx, &caller, instance, &request).await?;
            let event = open_event(tx, found.action.id, &name).await?;
            end(tx, &event, Some(&found), &outcome, now).await
        };
        self.session().transaction_as(work).await
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
        let work = async move |tx: &Session| {
            let found = match event.action_id {
                Some(action_id) => action_of(tx, &caller, action_id).await?,
                None => None,
            };
            end(tx, &event, found.as_ref(), &outcome, now).await
        };
        self.session().transaction_as(work).await
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
        let work = async move |tx: &Session| {
            let found = action_of(tx, &caller, action_id).await?.ok_or(Error::ActionNotFound)?;
            let columns = InstanceActionEvent::COLUMN;
            let named = columns.id.eq(event_id).and(columns.action_id.eq(action_id));
            let event = tx.find::<InstanceActionEvent>().filter(named).one().await?.ok_or(Error::EventNotFound)?;
            end(tx, &event, Some(&found), &outcome, now).await
        };
        self.session().transaction_as(work).await
    }
}

/// The action of an event, which a caller that only recovers must not touch.
async fn action_of(session: &Session, caller: &Caller, action_id: i64) -> Result<Option<Found>, Error> {
    let condition = InstanceAction::COLUMN.id.eq(action_id);
    let action = session.find::<InstanceAction>().filter(condition).one().await?;
    Ok(action.map(|action| Found { action, recovered: caller.project_id().is_none() }))
}

async fn add(
    session: &Session,
    found: &Found,
    draft: Draft<InstanceActionEvent>,
    time: Timestamp,
) -> Result<Persisted<InstanceActionEvent>, Error> {
    let action_id = found.action.id;
    let event = session
        .create_filled(draft, |fields: &mut InstanceActionEventServerFields| {
            fields.set_action_id(action_id);
            fields.set_deleted(false);
        })
        .await?;
    if !found.recovered {
        touch(session, &found.action.edit(), time).await?;
    }
    Ok(event)
}

/// The newest open event of that name.
async fn open_event(session: &Session, action_id: i64, name: &str) -> Result<Persisted<InstanceActionEvent>, Error> {
    let columns = InstanceActionEvent::COLUMN;
    let named = Condition::all().add(columns.action_id.eq(action_id)).add(columns.event.eq(name));
    let open = session.find::<InstanceActionEvent>().filter(named.clone().add(columns.finish_time.is_null()));
    if let Some(event) = open.order_by(columns.created_at.desc()).order_by(columns.id.desc()).one().await? {
        return Ok(event);
    }
    let finished = session.find::<InstanceActionEvent>().filter(named).exists().await?;
    Err(if finished { Error::AlreadyFinished } else { Error::EventNotFound })
}

async fn end(
    session: &Session,
    event: &Persisted<InstanceActionEvent>,
    found: Option<&Found>,
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
    let saved = session.save_filled(&edit, |fields| fields.set_updated_at(time)).await.map_err(event_not_found)?;
    if let Some(found) = found.filter(|found| !found.recovered) {
        let mut action = found.action.edit();
        if matches!(outcome, Outcome::Failure(_)) {
            action.set_message(FAILED);
        }
        touch(session, &action, time).await?;
    }
    Ok(saved)
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

/// The error of an event that vanished, or was never there for this caller.
fn event_not_found(error: recension::store::Error) -> Error {
    match error {
        recension::store::Error::NotFound { .. } => Error::EventNotFound,
        other => other.into(),
    }
}
