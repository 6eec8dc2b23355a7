//! The store: pools, policy and clock.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use recension_model::{ObjectName, Timestamp};
use recension_versioning::Manifest;
use sea_orm::{Condition, DatabaseConnection};
use tokio::time::Instant;

use crate::capability::Capability;
use crate::connect::Connect;
use crate::engine::{Connection, Patience, PoolOptions, Pools};
use crate::error::Failure;
use crate::observe::Wait;
use crate::replica::{self, Position, Reads, Replicas, Written};
use crate::target::Target;
use crate::{Caller, Clock, CommitToken, Error, Operation, Policy, Session, SystemCapability, policy};

/// What a store is told when it is opened.
pub(crate) struct Settings {
    pub(crate) policy: Arc<dyn Policy>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) page_max: u32,
    pub(crate) drafts_max: u32,
    pub(crate) manifest: Manifest,
    pub(crate) commit_tokens: bool,
    /// The objects whose tables must be there.
    pub(crate) tables: Vec<Target>,
    /// The URLs of servers that follow the one that is written.
    pub(crate) replicas: Vec<String>,
    /// How long one that lags is waited for.
    pub(crate) lag_max: Duration,
    /// What is to go wrong in a test.
    #[cfg(feature = "faults")]
    pub(crate) faults: Option<crate::faults::Faults>,
}

/// A database with a policy. Cheap to clone; all clones share the connections.
///
/// It does nothing by itself: [`session`](Self::session) takes a [`Caller`] and gives a [`Session`], and
/// only a session reads and writes.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    pools: Pools,
    replicas: Replicas,
    settings: Settings,
    statements: Arc<AtomicU64>,
    schema: DatabaseConnection,
    acquire_timeout: Duration,
    retry_timeout: Duration,
    statement_timeout: Duration,
}

impl Store {
    /// Begins to open the database at `url`; await what it gives. The scheme chooses the engine:
    /// `sqlite://actions.db?mode=rwc` is a file, made if missing, and `sqlite::memory:` a database in
    /// memory that ends with the store. Of the tables only those that [`Connect::table`] names are looked at.
    ///
    /// A file has one connection that writes and some that read ([`Connect::readers`]), in write-ahead
    /// mode; a database in memory has one for everything. Foreign keys are enforced, and statements are
    /// not logged.
    ///
    /// With the feature `postgres`, `postgres://USER:PASSWORD@HOST/DATABASE` is a PostgreSQL server of version 15 or newer;
    /// `?options[search_path]=SCHEMA` names the schema of the tables. It has one pool of connections
    /// ([`Connect::connections`]) that each read and write. Over the network the connection is encrypted and the server's
    /// certificate verified, by the authorities of the system or those in the file of `?sslrootcert=`; a URL that asks for
    /// less is refused (see [`Connect::insecure_tls`]).
    ///
    /// With the feature `mysql`, `mariadb://USER:PASSWORD@HOST/DATABASE`, or `mysql://`, is a MariaDB server of version 10.11 or
    /// newer, or a MySQL server. Its authorities may be in the file of `?ssl-ca=`, and `?socket=PATH` is the way to one on this
    /// machine. What a save answers there is what was read with what it wrote, as an UPDATE gives no row back: what a program that
    /// does not count its writes has put elsewhere into the row meanwhile is seen when it is read again.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a URL that is none, or weakens TLS; [`Error::Incompatible`] for an engine that this build
    /// has not, for a server that is too old, follows another or is not in UTF-8, and for a table without what is stored in it;
    /// [`Error::Unavailable`] when the database cannot be opened, [`Error::Deadline`] when a server does not answer.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), recension_store::Error> {
    /// use recension_store::{Error, Store};
    ///
    /// let store = Store::connect("sqlite::memory:").await?;
    /// assert!(matches!(Store::connect("oracle://host/db").await, Err(Error::Malformed(_))));
    /// # Ok(()) }
    /// ```
    pub fn connect(url: &str) -> Connect {
        Connect::to(url)
    }

    pub(crate) async fn open(url: String, settings: Settings, options: PoolOptions) -> Result<Self, Error> {
        let pools = Pools::open(&url, options).await?;
        let schema = pools.sea_orm();
        let PoolOptions { acquire_timeout, retry_timeout, statement_timeout, .. } = options;
        let replicas = Replicas::open(&settings.replicas, &pools, options, settings.lag_max).await?;
        let statements = Arc::default();
        let store =
            Self(Arc::new(Inner { pools, replicas, settings, statements, schema, acquire_timeout, retry_timeout, statement_timeout }));
        for target in &store.0.settings.tables {
            if let Some(missing) = store.missing(*target).await? {
                store.close().await;
                return Err(Error::Incompatible(missing));
            }
        }
        Ok(store)
    }

    /// A session on behalf of `caller`: the only way to read and write.
    #[must_use]
    pub fn session(&self, caller: &Caller) -> Session {
        Session::new(self.clone(), caller.clone())
    }

    /// sea-orm's connection, past every policy, for changing tables and nothing else. On engines with one
    /// writer it is that one, so it must not be used while a transaction is open. The name of the
    /// permission is logged.
    #[must_use]
    pub fn schema_connection(&self, authority: &SystemCapability) -> &DatabaseConnection {
        tracing::info!(capability = authority.name(), "connection for the schema handed out");
        &self.0.schema
    }

    /// What the engine can do.
    #[must_use]
    pub fn capability(&self) -> &'static Capability {
        self.0.pools.capability()
    }

    /// How many statements were sent since the store was opened, BEGIN, COMMIT and ROLLBACK included;
    /// those through [`schema_connection`](Self::schema_connection) are not counted.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Closes all connections, once those in use are given back. Who waits for one fails with [`Error::Unavailable`] at once, as
    /// later calls do.
    pub async fn close(&self) {
        self.0.replicas.refuse();
        self.0.pools.refuse();
        self.0.replicas.close().await;
        self.0.pools.close().await;
    }

    pub(crate) fn page_max(&self) -> u32 {
        self.0.settings.page_max
    }

    pub(crate) fn drafts_max(&self) -> u32 {
        self.0.settings.drafts_max
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.0.settings.manifest
    }

    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.0.acquire_timeout
    }

    pub(crate) fn retry_timeout(&self) -> Duration {
        self.0.retry_timeout
    }

    /// The time by the clock of the store.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock().now()
    }

    pub(crate) fn has_commit_tokens(&self) -> bool {
        self.0.settings.commit_tokens
    }

    /// A token for a transaction that begins now, if transactions have some.
    pub(crate) fn commit_token(&self) -> Option<CommitToken> {
        self.0.settings.commit_tokens.then(|| CommitToken::new(self.clock().now()))
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.settings.clock
    }

    pub(crate) fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Result<Option<Condition>, Error> {
        policy::scope(&*self.0.settings.policy, caller, operation, object)
    }

    /// A connection to a replica that has what was written, where there is one that has it in time.
    pub(crate) async fn acquire_replica(&self, reads: Reads, written: &Written, until: Option<Instant>) -> Option<Connection> {
        let Inner { replicas, statements, acquire_timeout, statement_timeout, .. } = &*self.0;
        if reads == Reads::Writer || replicas.is_empty() {
            return None;
        }
        let position = match reads {
            Reads::OwnWrites => self.position(written).await.ok()?,
            _ => Position::default(),
        };
        let acquired = replicas
            .acquire(reads, position, statements, Patience { acquire: *acquire_timeout, statement: *statement_timeout, until })
            .await;
        acquired.map(|connection| self.armed(connection))
    }

    /// Where the database was after what was written.
    pub(crate) async fn position(&self, written: &Written) -> Result<Position, Failure> {
        replica::position_after(written, self.capability().positions, self.acquire(true)).await
    }

    pub(crate) async fn acquire(&self, writes: bool) -> Result<Connection, Failure> {
        let wait = Wait::of(self.capability());
        let patience = Patience { acquire: self.0.acquire_timeout, statement: self.0.statement_timeout, until: None };
        let acquired = self.0.pools.acquire(writes, &self.0.statements, patience).await;
        wait.ended(&acquired);
        acquired.map(|connection| self.armed(connection))
    }

    /// The connection, whose statements meet the faults that a test has armed.
    #[cfg(feature = "faults")]
    fn armed(&self, mut connection: Connection) -> Connection {
        connection.set_faults(self.0.settings.faults.clone());
        connection
    }

    #[cfg(not(feature = "faults"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    const fn armed(&self, connection: Connection) -> Connection {
        connection
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("capability", &self.capability()).field("page_max", &self.page_max()).finish_non_exhaustive()
    }
}
