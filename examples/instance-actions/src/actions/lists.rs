//! Lists of actions and events, newest first.

use recension::store::sea_orm::Condition;
use recension::store::sea_orm::sea_query::ExprTrait;
use recension::store::{Find, Page, PageRequest};
use recension::{Persisted, Timestamp};
use uuid::Uuid;

use super::Actions;
use crate::{Error, InstanceAction, InstanceActionEvent, InstanceActionEventList, InstanceActionList};

/// Which rows count, by whether they are deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deleted {
    /// Live rows.
    #[default]
    No,
    /// Deleted rows.
    Only,
    /// All rows.
    Yes,
}

impl Deleted {
    /// Which actions are looked for. NULL is read as live: a row that nobody deleted.
    pub(super) fn of(self, find: Find<InstanceAction>) -> Find<InstanceAction> {
        match self {
            Self::No => find,
            Self::Only => find.with_deleted().filter(InstanceAction::COLUMN.deleted.eq(true)),
            Self::Yes => find.with_deleted(),
        }
    }
}

/// Items of a page whose size nobody asked for, and the most that a page can have.
const PAGE_MAX: i64 = 1_000;

/// Which part of a list to read.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// How many items at most: 0 to 1,000; 1,000 if it is not given.
    pub limit: Option<i64>,
    /// The request id of the action after which the list begins.
    pub marker: Option<String>,
    /// Only actions that changed at this time or later.
    pub changes_since: Option<Timestamp>,
    /// Only actions that changed at this time or earlier.
    pub changes_before: Option<Timestamp>,
    /// Which rows count, by whether they are deleted.
    pub deleted: Deleted,
}

impl Actions {
    /// The actions of a server, newest first. An action that never changed since it was made matches neither
    /// time filter.
    ///
    /// # Errors
    /// [`Error::MarkerNotFound`]; [`Invalid`](recension::store::Error::Invalid) for a limit that is negative or past 1,000 (X9).
    pub async fn list(&self, instance: Uuid, options: &ListOptions) -> Result<Page<InstanceAction>, Error> {
        let columns = InstanceAction::COLUMN;
        let mut condition = Condition::all().add(columns.instance_uuid.eq(instance));
        if let Some(since) = options.changes_since {
            condition = condition.add(columns.updated_at.gte(since));
        }
        if let Some(before) = options.changes_before {
            condition = condition.add(columns.updated_at.lte(before));
        }
        let limit = options.limit.unwrap_or(PAGE_MAX);
        let page = match &options.marker {
            // An empty page needs no marker, so it does not matter whether it is there.
            Some(marker) if limit != 0 => {
                let marker = self.by_request(instance, marker, options.deleted).await?.ok_or(Error::MarkerNotFound)?;
                PageRequest::after(marker.id, limit)
            }
            _ => PageRequest::first(limit),
        };
        let find = options.deleted.of(self.session.find()).filter(condition);
        Ok(find.order_by(columns.created_at.desc()).order_by(columns.id.desc()).page(page).await?)
    }

    /// The events of an action, newest first; of an action that is not there, none.
    ///
    /// # Errors
    /// [`Invalid`](recension::store::Error::Invalid) for a limit that is negative or past 1,000; [`Error::MarkerNotFound`].
    pub async fn events(&self, action_id: i64, page: PageRequest<i64>) -> Result<Page<InstanceActionEvent>, Error> {
        let columns = InstanceActionEvent::COLUMN;
        let find = self.session.find::<InstanceActionEvent>().filter(columns.action_id.eq(action_id));
        Ok(find.order_by(columns.created_at.desc()).order_by(columns.id.desc()).page(page).await?)
    }

    /// The first 1,000 events of an action, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn newest_events(&self, action_id: i64) -> Result<Page<InstanceActionEvent>, Error> {
        self.events(action_id, PageRequest::first(PAGE_MAX)).await
    }

    /// One event of an action.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn event(&self, action_id: i64, event_id: i64) -> Result<Option<Persisted<InstanceActionEvent>>, Error> {
        let columns = InstanceActionEvent::COLUMN;
        let condition = columns.id.eq(event_id).and(columns.action_id.eq(action_id));
        Ok(self.session.find::<InstanceActionEvent>().filter(condition).one().await?)
    }
}

impl From<Page<InstanceAction>> for InstanceActionList {
    fn from(page: Page<InstanceAction>) -> Self {
        Self { objects: page.items.into_iter().map(Persisted::into_inner).collect() }
    }
}

impl From<Page<InstanceActionEvent>> for InstanceActionEventList {
    fn from(page: Page<InstanceActionEvent>) -> Self {
        Self { objects: page.items.into_iter().map(Persisted::into_inner).collect() }
    }
}
