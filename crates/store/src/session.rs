//! Reading and writing on behalf of a caller.

mod bulk;
mod child;
mod create;
mod create_many;
mod create_once;
mod find;
mod guard;
mod held_rows;
mod hold;
mod load;
mod locked;
mod optimistic;
mod page;
mod relation;
mod replica;
mod retry;
mod row_after;
mod save;
mod set_at_once;
mod soft_delete;
mod stream;
mod transaction;
mod unscoped;
mod update;
mod write;

use std::fmt;
use std::sync::Arc;

use recension_model::{ObjectName, Persisted, Timestamp};
use sea_orm::Condition;
use sea_orm::sea_query::QueryStatementBuilder;
use tokio::time::Instant;
use tracing::Instrument;

pub use child::Touching;
pub use find::Find;
#[doc(hidden)]
pub use held_rows::HeldRows;
pub use load::Load;
pub use locked::{LockedFind, RowLock};
pub use page::{Page, PageRequest};
pub use stream::ObjectStream;
pub use unscoped::Unscoped;

use crate::engine::{Prepared, Row};
use crate::error::Failure;
use crate::observe::Watch;
use crate::replica::{Reads, Written};
use crate::target::Target;
use crate::{Caller, Error, Operation, Persist, RowKey, Store};
use hold::Line;
use retry::Tries;

/// A store on behalf of one caller. Owned, cheap to clone, and may be sent to other tasks.
///
/// Each call outside of a transaction takes a connection for its duration. A call that writes runs to its
/// end even if its future is dropped.
///
#[doc = include_str!("../docs/round_trips.md")]
#[derive(Clone)]
pub struct Session {
    store: Store,
    caller: Arc<Caller>,
    line: Line,
    /// When all that it does must be over.
    until: Option<Instant>,
    reads: Reads,
    written: Arc<Written>,
}

impl Session {
    pub(crate) fn new(store: Store, caller: Caller) -> Self {
        Self { store, caller: Arc::new(caller), line: Line::Pool, until: None, reads: Reads::Writer, written: Arc::default() }
    }

    /// On whose behalf the session works.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The time by the clock of the store, in UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.store.clock().now().to_utc()
    }

    /// The object with that key.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or the caller may not read it; [`Error::Denied`] when the
    /// policy denies reading; [`Error::Integrity`] for a row that is no object; those of the database.
    pub async fn get<T: Persist>(&self, key: T::Key) -> Result<Persisted<T>, Error> {
        let target = Target::of::<T>();
        let live = self.readable(target, false)?;
        self.fetch(target, target.key_is(&key.to_values(), Some(live))?).await
    }

    /// The object of the row for which `condition` holds.
    async fn fetch<T: Persist>(&self, target: Target, condition: Condition) -> Result<Persisted<T>, Error> {
        let select = target.select_all(self.store.capability(), condition);
        let found = self.read(target, &select, |found, row| {
            *found = Some(target.decode(row)?);
            Ok(())
        });
        found.await?.ok_or_else(|| Error::not_found(target.object().clone()))
    }

    /// Begins to look for objects.
    #[must_use]
    pub fn find<T: Persist>(&self) -> Find<T> {
        Find::new(self.clone())
    }

    /// The condition that a statement on `object` must carry.
    fn scope(&self, operation: Operation, object: &'static ObjectName) -> Result<Option<Condition>, Error> {
        self.store.scope(&self.caller, operation, object).inspect_err(|error| Watch::refused(operation, object, error))
    }

    /// What a row must be like for the caller to read it: within the policy's condition, and not deleted unless
    /// `deleted` asks for those too.
    fn readable(&self, target: Target, deleted: bool) -> Result<Condition, Error> {
        let scope = self.scope(Operation::Read, target.object())?;
        let live = if deleted { None } else { target.live()? };
        Ok(Condition::all().add_option(scope).add_option(live))
    }

    /// What `each` makes of the rows of a query as they arrive, to the last one or until it fails. Where the query is run again, it begins
    /// anew.
    fn read<R: Default>(
        &self,
        target: Target,
        statement: &impl QueryStatementBuilder,
        each: impl FnMut(&mut R, &Row) -> Result<(), Error>,
    ) -> impl Future<Output = Result<R, Error>> {
        self.read_prepared(target, || self.store.capability().prepare(statement), each)
    }

    /// As [`read`](Self::read), of a query that is written anew for each time that it is run.
    async fn read_prepared<R: Default>(
        &self,
        target: Target,
        prepare: impl Fn() -> Prepared,
        mut each: impl FnMut(&mut R, &Row) -> Result<(), Error>,
    ) -> Result<R, Error> {
        let mut watch = Watch::of("read", target.object());
        let read = async {
            let (mut writer, mut tries, mut interrupted) = (None, None, false);
            loop {
                let session = writer.as_ref().unwrap_or(self);
                let (mut made, mut rows) = (R::default(), 0);
                let each = |row: &Row| {
                    rows += 1;
                    each(&mut made, row).map_err(Stop::Error)
                };
                let read = session.lend(false).await?.connection()?.query(prepare(), each).await;
                match read {
                    // A replica gives a query up for what it has to follow, and a node waits for others no longer than it is set to.
                    Err(Stop::Failure(failure)) if session.may_read_replicas() => {
                        tracing::debug!(?failure, "a replica did not answer: the server that is written is read");
                        writer = Some(self.of_writer());
                    }
                    // A node of a cluster gives up what reads a table while a migration changes it, a single query too. It is in
                    // nobody's way itself, so that it costs nothing of what transactions have to spare. Where the node says no more
                    // than that it was interrupted, somebody may have meant that: it is run again once.
                    Err(Stop::Failure(failure))
                        if !self.is_in_transaction()
                            && (failure.is_contention() || failure.is_of_interruption() && !std::mem::replace(&mut interrupted, true)) =>
                    {
                        if !tries.get_or_insert_with(|| Tries::within(self.retry_timeout())).again().await {
                            return Err(Stop::Failure(failure));
                        }
                        tracing::debug!(?failure, "others were in the way of a read: it is run again");
                    }
                    read => {
                        watch.rows(rows);
                        return read.map(|()| made);
                    }
                }
            }
        };
        let read = read.instrument(tracing::debug_span!("read", object = %target.object()));
        let read = read.await.map_err(|stop| stop.on(target.object(), Operation::Read));
        watch.ended(&read);
        read
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("caller", &self.caller).field("line", &self.line).finish_non_exhaustive()
    }
}

/// Why an operation ended early.
#[derive(Debug)]
enum Stop {
    /// The driver failed, on an object yet to be named.
    Failure(Failure),
    /// An error that is told already.
    Error(Error),
    /// As `Error`, after something was written that must be taken back.
    TakeBack(Error),
}

impl Stop {
    fn on(self, object: &ObjectName, operation: Operation) -> Error {
        match self {
            Self::Failure(failure) => failure.on(object, operation),
            Self::Error(error) | Self::TakeBack(error) => error,
        }
    }

    fn is_denied(&self) -> bool {
        matches!(self, Self::Error(Error::Denied { .. }) | Self::TakeBack(Error::Denied { .. }))
    }

    /// Whether nothing was written before it: a statement that breaks a constraint leaves no trace.
    fn left_no_trace(&self) -> bool {
        match self {
            Self::Failure(failure) => failure.is_of_constraint(),
            Self::Error(_) => true,
            Self::TakeBack(_) => false,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
