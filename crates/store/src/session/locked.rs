//! Rows that are locked until the transaction ends.

use std::fmt;

use recension_model::Persisted;
use sea_orm::sea_query::{LockBehavior, LockType, SelectStatement};

use super::Find;
use crate::capability::{Capability, RowLocks};
use crate::error::{Incompatible, Invalid};
use crate::target::Target;
use crate::{Error, Operation, Persist};

/// What is done about a row that somebody else has locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowLock {
    /// It is waited for, as long as [`Connect::busy_timeout`](crate::Connect::busy_timeout) says.
    Wait,
    /// It is left out: what several workers take their work with.
    SkipLocked,
    /// It is [`Error::Contention`] at once. The transaction is then run again, as after any other, where its store has
    /// [time](crate::Connect::retry_timeout) for that.
    NoWait,
}

/// A search whose rows are locked, begun by [`Find::lock`].
#[must_use = "nothing is sent until it is asked for `one` or `all`"]
pub struct LockedFind<T: Persist> {
    find: Find<T>,
    lock: RowLock,
}

impl<T: Persist> Find<T> {
    /// Locks what is found, until the transaction ends: nobody else changes, deletes or locks these rows meanwhile. What is saved
    /// then is still compared with what was read. Only rows are found that the caller may read and change.
    ///
    /// On a Galera cluster locks are those of one node: two nodes lock one row at once, and the COMMIT of the later one is
    /// [`Error::Contention`], upon which its transaction is run again.
    pub const fn lock(self, lock: RowLock) -> LockedFind<T> {
        LockedFind { find: self, lock }
    }
}

impl<T: Persist> LockedFind<T> {
    /// The first object found, locked.
    ///
    /// # Errors
    /// [`Invalid::LockWithoutTransaction`] outside of a transaction; [`Incompatible::Unsupported`] on an engine that has no such
    /// locks; [`Error::Contention`] when the row was waited for in vain; [`Error::Denied`] when the policy denies reading or changing;
    /// others as for [`Find::one`].
    pub async fn one(self) -> Result<Option<Persisted<T>>, Error> {
        let (find, select, target) = self.prepared(Some(1))?;
        Ok(find.rows(|| find.session.store.capability().prepare(&select), Some(1), |row| target.decode(row)).await?.pop())
    }

    /// All objects found, locked.
    ///
    /// # Errors
    /// As [`one`](Self::one) and [`Find::all`].
    pub async fn all(self) -> Result<Vec<Persisted<T>>, Error> {
        let (find, select, target) = self.prepared(None)?;
        find.rows(|| find.session.store.capability().prepare(&select), None, |row| target.decode(row)).await
    }

    fn prepared(self, first: Option<usize>) -> Result<(Find<T>, SelectStatement, Target), Error> {
        let Self { find, lock } = self;
        let target = Target::of::<T>();
        if !find.session.is_in_transaction() {
            return Err(Error::Invalid(Invalid::LockWithoutTransaction { object: target.object().clone() }));
        }
        let behavior = lock.on(find.session.store.capability())?;
        // Who only reads must not keep others from writing.
        let may_change = find.session.scope(Operation::Update, target.object())?;
        let mut select = find.selected(target)?;
        // What is not read is not to be locked.
        select.limit(first.map_or_else(|| u64::from(find.session.store.page_max()) + 1, |first| first as u64));
        select.cond_where(sea_orm::Condition::all().add_option(may_change));
        match behavior {
            Some(behavior) => select.lock_with_behavior(LockType::Update, behavior),
            None => select.lock(LockType::Update),
        };
        Ok((find, select, target))
    }
}

impl RowLock {
    /// The word of the statement for it.
    fn on(self, capability: &Capability) -> Result<Option<LockBehavior>, Error> {
        match (self, capability.row_locks) {
            (Self::Wait, RowLocks::Wait | RowLocks::All) => Ok(None),
            (Self::SkipLocked, RowLocks::All) => Ok(Some(LockBehavior::SkipLocked)),
            (Self::NoWait, RowLocks::All) => Ok(Some(LockBehavior::Nowait)),
            _ => Err(Error::Incompatible(Incompatible::Unsupported { engine: capability.engine, what: self.as_str() })),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Wait => "locks of rows",
            Self::SkipLocked => "leaving out rows that are locked",
            Self::NoWait => "locks of rows that are not waited for",
        }
    }
}

impl<T: Persist> fmt::Debug for LockedFind<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedFind").field("find", &self.find).field("lock", &self.lock).finish()
    }
}
