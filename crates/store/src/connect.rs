//! Opening a store.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use recension_versioning::Manifest;

use crate::engine::PoolOptions;
use crate::policy::DenyAll;
use crate::store::Settings;
use crate::target::Target;
use crate::{Clock, Error, Persist, Policy, Store, SystemClock};

/// A store that is about to be opened: awaiting it opens it. Made by [`Store::connect`].
#[must_use = "nothing is opened until this is awaited"]
pub struct Connect {
    url: String,
    settings: Settings,
    pools: PoolOptions,
}

impl Connect {
    pub(crate) fn to(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            settings: Settings {
                policy: Arc::new(DenyAll),
                clock: Arc::new(SystemClock),
                page_max: 1_000,
                drafts_max: 10_000,
                manifest: Manifest::default(),
                commit_tokens: false,
                tables: Vec::new(),
                replicas: Vec::new(),
                lag_max: Duration::from_secs(1),
                #[cfg(feature = "faults")]
                faults: None,
            },
            pools: PoolOptions {
                busy_timeout: Duration::from_secs(5),
                acquire_timeout: Duration::from_secs(30),
                retry_timeout: Duration::from_secs(10),
                statement_timeout: Duration::from_secs(60),
                readers: 4,
                connections: 10,
                waiting_max: 10_000,
                insecure_tls: false,
            },
        }
    }

    /// Who may do what. Without a policy every operation is denied.
    pub fn policy(mut self, policy: impl Policy) -> Self {
        self.settings.policy = Arc::new(policy);
        self
    }

    /// Where the time comes from; the clock of the machine unless given.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }

    /// Which version of each object every node of the fleet reads. An object in a JSON cell is written at the version
    /// named here, or at the one to which the history pins its field if that is lower, and what such a version cannot say
    /// goes into its carry. Of what is not named the newest is written, which a node of an older release refuses to read.
    ///
    /// A secret is not carried: while a version without its field is named, an object with one is refused.
    pub fn manifest(mut self, manifest: Manifest) -> Self {
        self.settings.manifest = manifest;
        self
    }

    /// The most rows that one answer may have: 1,000 unless given.
    pub const fn page_max(mut self, rows: u32) -> Self {
        self.settings.page_max = rows;
        self
    }

    /// The most drafts that one call takes: 10,000 unless given.
    pub const fn drafts_max(mut self, drafts: u32) -> Self {
        self.settings.drafts_max = drafts;
        self
    }

    /// How long a statement waits for the lock of another process before it fails with
    /// [`Error::Contention`]: 5 seconds unless given.
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.pools.busy_timeout = timeout;
        self
    }

    /// How long an operation waits for a free connection, or for that of its held session or transaction,
    /// before it fails with [`Error::Deadline`]: 30 seconds unless given.
    pub const fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.pools.acquire_timeout = timeout;
        self
    }

    /// How long after its beginning a [`transaction`](crate::Session::transaction), or a write by itself, that others were in the way of
    /// may be begun again, and a read by itself, but for a stream, from when it was first refused: 10 seconds unless given; with none at
    /// all, it fails with [`Error::Contention`] at once.
    pub const fn retry_timeout(mut self, timeout: Duration) -> Self {
        self.pools.retry_timeout = timeout;
        self
    }

    /// How long the answer to one statement is waited for, or the next row of a stream: 60 seconds unless given. Then the operation
    /// fails with [`Error::Deadline`], and the connection to a server is closed, so that it gives the statement up; where the
    /// statement was a COMMIT, or a write by itself, with [`Error::CommitUnknown`]. A server that is not there any more, and
    /// says nothing, is noticed so. A unit of work has its deadline by [`Session::within`](crate::Session::within).
    pub const fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.pools.statement_timeout = timeout;
        self
    }

    /// Has each [`transaction`](crate::Session::transaction) write a row by which it can be told later whether it was committed: in the
    /// table of [`commit_table`](crate::commit_table), which a migration must have made. When its COMMIT is not answered, the
    /// transaction asks for its outcome by itself, as long as [`retry_timeout`](Self::retry_timeout) lets it: it answers as if nothing had
    /// been wrong where it was committed, and is run again where it was not. If it cannot be found out in time, the error
    /// has the token ([`Error::CommitUnknown`]), which [`Store::resolve`] takes later.
    ///
    /// The row goes with BEGIN, so it costs no round trip. [`Store::forget_commits`] takes old rows away.
    pub const fn commit_tokens(mut self) -> Self {
        self.settings.commit_tokens = true;
        self
    }

    /// Looks at the table of `T` as the store is opened, and refuses to where it is not there, or has not all of the columns that are read
    /// and written ([`Incompatible::NoTable`](crate::Incompatible::NoTable), [`Incompatible::NoColumns`](crate::Incompatible::NoColumns)):
    /// a program that was started before its migrations ran is told so at once, and not at its first request. May be said of several
    /// objects. What else may be wrong with a table [`Store::doctor`] says.
    pub fn table<T: Persist>(mut self) -> Self {
        self.settings.tables.push(Target::of::<T>());
        self
    }

    /// A server that follows the one that is written, and may be read by sessions that
    /// [say so](crate::Session::reading_replicas): a streaming replica of PostgreSQL, or another node of the cluster of MariaDB. May be
    /// said of several, which are read in turn. Each has a pool of its own; its URL is under the same rules.
    pub fn replica(mut self, url: &str) -> Self {
        self.settings.replicas.push(url.to_owned());
        self
    }

    /// How long a replica that lags behind what a session has written is waited for before another server is read: a second unless
    /// given. A cluster waits by its own setting.
    pub const fn replica_lag(mut self, wait: Duration) -> Self {
        self.settings.lag_max = wait;
        self
    }

    /// How many connections there are to a server at most: 10 unless given. SQLite has one that writes, and
    /// [`readers`](Self::readers).
    pub const fn connections(mut self, connections: u32) -> Self {
        self.pools.connections = connections;
        self
    }

    /// How many operations may wait for a connection of one pool at once: 10,000 unless given, and none with 0. One more fails with [`Error::Unavailable`] at
    /// once: a service that gets more than it can do tells so sooner than after [`acquire_timeout`](Self::acquire_timeout), and does not hold
    /// them all in memory meanwhile. There is one pool for a server, one more for each replica (two on a cluster), and for a file of SQLite one that
    /// writes and one that reads.
    pub const fn waiting_max(mut self, operations: u32) -> Self {
        self.pools.waiting_max = operations;
        self
    }

    /// Lets the URL of a server ask for a connection over the network that is not encrypted, or whose other end is not
    /// verified (`sslmode=verify-ca`, `require`, `prefer`, `allow`, `disable`; on MySQL `ssl-mode=VERIFY_CA`,
    /// `REQUIRED`, `PREFERRED`, `DISABLED`). Whoever is in between can then read and change
    /// everything. Each opening of a store so is logged as a warning.
    pub const fn insecure_tls(mut self) -> Self {
        self.pools.insecure_tls = true;
        self
    }

    /// Statements meet these faults, for a test of what happens then: see [`faults`](crate::faults).
    #[cfg(feature = "faults")]
    pub fn faults(mut self, faults: &crate::faults::Faults) -> Self {
        self.settings.faults = Some(faults.clone());
        self
    }

    /// How many connections only read on SQLite: 4 unless given. A database in memory has none of its own.
    pub const fn readers(mut self, connections: u32) -> Self {
        self.pools.readers = connections;
        self
    }
}

impl IntoFuture for Connect {
    type Output = Result<Store, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(Store::open(self.url, self.settings, self.pools))
    }
}

impl fmt::Debug for Connect {
    /// The URL is not shown: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").field("page_max", &self.settings.page_max).field("pools", &self.pools).finish_non_exhaustive()
    }
}
