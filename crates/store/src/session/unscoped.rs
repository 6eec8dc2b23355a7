//! The audited way to plain sea-orm.

use std::fmt;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

use super::hold::Lent;
use super::{Session, Stop};
use crate::SystemCapability;
use crate::engine::Connection;
use crate::replica::Written;

impl Session {
    /// sea-orm's connection, past every policy: for what the store has no words for. Everything of sea-orm
    /// takes it where it takes a `ConnectionTrait`, through `<T as Persist>::Entity` or raw SQL. No condition
    /// of a policy, revision, limit or rule holds, values are bound as sea-orm binds them, and errors are
    /// sea-orm's, which may hold SQL and values.
    ///
    /// Each call is logged with the name of the permission and the kind of caller. The permission is the one given
    /// here; whom the session works for does not count.
    ///
    /// Each statement takes the connection that an operation of this session would: on a held session the held one, in
    /// a transaction that of the transaction, so that what is written is committed or rolled back with it. Otherwise it
    /// is one that writes, and each statement is committed by itself. Statements that begin or end a transaction
    /// must not be sent: use [`transaction`](Self::transaction) and its session.
    ///
    /// # Examples
    /// ```
    /// # use recension_store::{Caller, Session, SystemCapability};
    /// use recension_store::sea_orm::{ConnectionTrait, DbErr};
    ///
    /// async fn vacuum(session: &Session) -> Result<(), DbErr> {
    ///     session.unscoped(&SystemCapability::named("vacuum")).execute_unprepared("VACUUM").await.map(|_| ())
    /// }
    /// ```
    /// There is no way to it without a permission:
    /// ```compile_fail
    /// # use recension_store::{Caller, Session, SystemCapability};
    /// use recension_store::sea_orm::{ConnectionTrait, DbErr};
    ///
    /// async fn vacuum(session: &Session) -> Result<(), DbErr> {
    ///     session.unscoped().execute_unprepared("VACUUM").await.map(|_| ())
    /// }
    /// ```
    /// A caller is none:
    /// ```compile_fail
    /// # use recension_store::{Caller, Session, SystemCapability};
    /// use recension_store::sea_orm::{ConnectionTrait, DbErr};
    ///
    /// async fn vacuum(session: &Session) -> Result<(), DbErr> {
    ///     session.unscoped(session.caller()).execute_unprepared("VACUUM").await.map(|_| ())
    /// }
    /// ```
    #[must_use]
    pub fn unscoped(&self, authority: &SystemCapability) -> Unscoped {
        tracing::info!(capability = authority.name(), caller = ?self.caller(), "connection past every policy handed out");
        Unscoped { session: self.clone() }
    }
}

/// sea-orm's connection past every policy, made by [`Session::unscoped`].
#[derive(Clone)]
pub struct Unscoped {
    session: Session,
}

impl Unscoped {
    async fn lend(&self) -> Result<Lent, DbErr> {
        self.session.lend(true).await.map_err(db_err)
    }
}

/// A connection on which a statement is under way. As with any write, a transaction is spoiled until it is known
/// that the statement was whole: its future may be dropped halfway.
struct Underway<'c> {
    connection: &'c mut Connection,
    was_spoiled: bool,
    written: &'c Written,
}

impl<'c> Underway<'c> {
    fn on(lent: &'c mut Lent, written: &'c Written) -> Result<Self, DbErr> {
        let connection = lent.connection().map_err(db_err)?;
        let was_spoiled = connection.is_spoiled();
        connection.set_spoiled(true);
        Ok(Self { connection, was_spoiled, written })
    }

    /// What has come of it. A single statement that failed has left no trace, but a script may have.
    fn ended<R>(self, result: Result<R, DbErr>, is_script: bool) -> Result<R, DbErr> {
        self.connection.set_spoiled(self.was_spoiled || is_script && result.is_err());
        result
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.written.more();
    }
}

/// Why no connection was to be had, in sea-orm's terms and without what the driver said.
fn db_err(stop: Stop) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(stop.plain().user()))
}

#[async_trait]
impl ConnectionTrait for Unscoped {
    fn get_database_backend(&self) -> DbBackend {
        self.session.store.capability().sql
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut lent = self.lend().await?;
        let underway = Underway::on(&mut lent, &self.session.written)?;
        let done = underway.connection.raw_execute(statement).await;
        underway.ended(done, false)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut lent = self.lend().await?;
        let underway = Underway::on(&mut lent, &self.session.written)?;
        let done = underway.connection.raw_script(sql).await;
        underway.ended(done, true)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut lent = self.lend().await?;
        let underway = Underway::on(&mut lent, &self.session.written)?;
        let row = underway.connection.raw_row(statement).await;
        underway.ended(row, false)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut lent = self.lend().await?;
        let underway = Underway::on(&mut lent, &self.session.written)?;
        let rows = underway.connection.raw_rows(statement).await;
        underway.ended(rows, false)
    }
}

impl fmt::Debug for Unscoped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unscoped").field("session", &self.session).finish()
    }
}
