//! Recording and reading actions.

mod events;
mod lists;

use recension::store::sea_orm::Condition;
use recension::store::{Caller, Find, Session};
use recension::{Draft, Object, Persisted, Timestamp};
use uuid::Uuid;

pub use self::lists::{Deleted, ListOptions};
use crate::{Error, InstanceAction, InstanceActionServerFields, RECOVER_ACTIONS, Request};

/// Records and reads what was done to servers, for one caller working on one request.
///
/// Look-ups give `None` for what is not there; operations on what is not there fail. What belongs to
/// another project is not there (S1, S2, X3).
#[derive(Clone, Debug)]
pub struct Actions {
    session: Session,
    request: Request,
}

impl Actions {
    /// Actions for the caller of `session`, who is working on `request`.
    #[must_use]
    pub const fn new(session: Session, request: Request) -> Self {
        Self { session, request }
    }

    /// The request that is worked on.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The session under which everything is done.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Records that the request asks for `action` on a server. It begins when the request began.
    ///
    /// # Errors
    /// [`AlreadyExists`](recension::store::Error::AlreadyExists) when the request asked for an action on
    /// this server before, whoever wrote it (X4, S19).
    pub async fn start(&self, instance: Uuid, action: &str) -> Result<Persisted<InstanceAction>, Error> {
        let draft = InstanceAction::draft().action(action).instance_uuid(instance).request_id(&*self.request.id);
        let began = self.request.began;
        let started = self.session.create_filled(draft.start_time(began), |fields| {
            live(fields);
            fields.set_updated_at(began);
        });
        Ok(started.await?)
    }

    /// Records an action as it is given, to copy it from another database. The owner is the caller and the
    /// row is made now, whatever the copied action says (S6); it begins now if it does not say when.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn create(&self, mut draft: Draft<InstanceAction>) -> Result<Persisted<InstanceAction>, Error> {
        if draft.start_time_ref().is_none() {
            draft.set_start_time(self.now());
        }
        Ok(self.session.create_filled(draft, live).await?)
    }

    /// The action of a server that `request_id` asked for.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn by_request(&self, instance: Uuid, request_id: &str, deleted: Deleted) -> Result<Option<Persisted<InstanceAction>>, Error> {
        newest(deleted.of(self.session.find()).filter(of_request(instance, request_id))).await
    }

    /// Finishes the action that the request asked for.
    ///
    /// # Errors
    /// [`Error::ActionNotFound`]; [`Error::AlreadyFinished`], and the first time stands (X13).
    pub async fn finish(&self, instance: Uuid) -> Result<Persisted<InstanceAction>, Error> {
        let (request, now) = (self.request.id.clone(), self.now());
        let work = async move |session: &Session| {
            let action = find(session, instance, &request).await?.ok_or(Error::ActionNotFound)?;
            finish_at(session, &action, now).await
        };
        self.session.optimistic_as(work).await
    }

    /// Finishes an action that is at hand: its own, whichever request is worked on.
    ///
    /// # Errors
    /// As [`finish`](Self::finish); a conflict when somebody changed the action since it was read.
    pub async fn finish_action(&self, action: &Persisted<InstanceAction>) -> Result<Persisted<InstanceAction>, Error> {
        finish_at(&self.session, action, self.now()).await
    }

    /// The live action that the request asked for, if it is there.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn current(&self, instance: Uuid) -> Result<Option<Persisted<InstanceAction>>, Error> {
        find(&self.session, instance, &self.request.id).await
    }

    fn now(&self) -> Timestamp {
        self.session.now()
    }
}

/// What a new row of an action has beside what its request says.
fn live(fields: &mut InstanceActionServerFields) {
    fields.set_deleted(false);
    fields.clear_deleted_at();
}

async fn finish_at(session: &Session, action: &Persisted<InstanceAction>, now: Timestamp) -> Result<Persisted<InstanceAction>, Error> {
    if action.finish_time.is_some() {
        return Err(Error::AlreadyFinished);
    }
    let mut edit = action.edit();
    edit.set_finish_time(not_before(now, action.start_time));
    session.save_filled(&edit, |fields| fields.set_updated_at(now)).await.map_err(|error| match error {
        recension::store::Error::NotFound { .. } => Error::ActionNotFound,
        other => other.into(),
    })
}

/// An end is never recorded before its beginning, whatever the clocks of two hosts say.
fn not_before(end: Timestamp, start: Option<Timestamp>) -> Timestamp {
    start.map_or(end, |start| end.max(start.to_utc()))
}

fn of_request(instance: Uuid, request_id: &str) -> Condition {
    let columns = InstanceAction::COLUMN;
    Condition::all().add(columns.instance_uuid.eq(instance)).add(columns.request_id.eq(request_id))
}

/// The live action of a request; the newest where a writer that knows no natural key left several.
async fn find(session: &Session, instance: Uuid, request_id: &str) -> Result<Option<Persisted<InstanceAction>>, Error> {
    newest(session.find().filter(of_request(instance, request_id))).await
}

async fn newest(find: Find<InstanceAction>) -> Result<Option<Persisted<InstanceAction>>, Error> {
    Ok(newest_first(find).one().await?)
}

fn newest_first(find: Find<InstanceAction>) -> Find<InstanceAction> {
    let columns = InstanceAction::COLUMN;
    find.order_by(columns.created_at.desc()).order_by(columns.id.desc())
}

/// The action that an event of the request belongs to, and whether it is only recovered: then it is left alone.
struct Found {
    action: Persisted<InstanceAction>,
    recovered: bool,
}

fn may_recover(caller: &Caller) -> bool {
    caller.has_capability(RECOVER_ACTIONS.name())
}

/// The action of the request; for a caller that may recover, else the newest one of the server.
async fn find_or_recover(session: &Session, caller: &Caller, instance: Uuid, request_id: &str) -> Result<Found, Error> {
    if let Some(action) = find(session, instance, request_id).await? {
        return Ok(Found { action, recovered: caller.project_id().is_none() });
    }
    if !may_recover(caller) {
        return Err(Error::ActionNotFound);
    }
    let action = newest(session.find().filter(InstanceAction::COLUMN.instance_uuid.eq(instance))).await?.ok_or(Error::ActionNotFound)?;
    Ok(Found { action, recovered: true })
}
