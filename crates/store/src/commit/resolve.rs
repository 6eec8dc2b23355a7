//! Finding out what has become of a transaction, and forgetting it.

use std::time::Duration;

use recension_model::Timestamp;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, QueryStatementBuilder};

use super::{CommitToken, Kind, Outcome, TABLE, TOKEN};
use crate::engine::Connection;
use crate::error::Failure;
use crate::{Error, Store, SystemCapability};

/// How many rows one statement forgets.
const FORGOTTEN_AT_ONCE: u64 = 10_000;

impl Store {
    /// What has become of the transaction of that token: one whose COMMIT was not answered
    /// ([`Error::CommitUnknown`]). What it answers is final: a transaction that was not committed when it was asked about cannot be
    /// committed later, even if its COMMIT is still on its way, and may be run again. [`Session::transaction`] asks by itself first.
    ///
    /// It takes a connection that writes, so it must not be called from within a transaction. It may be asked any number of
    /// times, by any program.
    ///
    /// [`Session::transaction`]: crate::Session::transaction
    ///
    /// # Errors
    /// [`Error::Contention`] while the transaction is still open at the database, which has not noticed yet that nobody is there any
    /// more: ask again. Those of the database, after which it may be asked again too; the table of the tokens
    /// ([`commit_table`](crate::commit_table)) may be missing.
    pub async fn resolve(&self, token: CommitToken) -> Result<Outcome, Error> {
        let mut connection = self.acquire(true).await.map_err(Failure::plain)?;
        self.settle(&mut connection, token).await.map_err(Failure::plain)
    }

    async fn settle(&self, connection: &mut Connection, token: CommitToken) -> Result<Outcome, Failure> {
        let capability = self.capability();
        // Whoever writes the row between our look and our INSERT is seen by the next look.
        for _ in 0..3 {
            match self.kind_of(connection, &token.select_kind()).await? {
                Some(Kind::Committed) => return Ok(Outcome::Committed),
                Some(Kind::Void) => return self.not_committed(connection, token).await,
                Some(Kind::Horizon) => return Ok(Outcome::Forgotten),
                None => {}
            }
            // A transaction that has written the row and is open still is waited for by the engine.
            match connection.execute(capability.prepare(&token.insert(Kind::Void))).await {
                Ok(_) => return self.not_committed(connection, token).await,
                Err(failure) if failure.is_of_constraint() => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::of_contention("the token of a transaction is being forgotten"))
    }

    /// What the mark of a transaction that was not committed says, whoever has written it: no more than that its own row was not
    /// there. Where it is behind the horizon the row may have been forgotten, before the mark was written or since.
    async fn not_committed(&self, connection: &mut Connection, token: CommitToken) -> Result<Outcome, Failure> {
        let is_forgotten = self.kind_of(connection, &token.select_horizon_after()).await?.is_some();
        Ok(if is_forgotten { Outcome::Forgotten } else { Outcome::NotCommitted })
    }

    async fn kind_of(&self, connection: &mut Connection, select: &impl QueryStatementBuilder) -> Result<Option<Kind>, Failure> {
        let mut found = None;
        let each = |row: &crate::engine::Row| {
            found = Some(row.integer(0).ok().flatten().and_then(Kind::of));
            Ok::<_, Failure>(())
        };
        connection.query(self.capability().prepare(select), each).await?;
        match found {
            Some(None) => Err(Failure::of_us("row of a token that is of no known kind")),
            Some(kind) => Ok(kind),
            None => Ok(None),
        }
    }

    /// Forgets all transactions that were begun longer than `age` ago, by the clock of the store, so that the table of the
    /// tokens does not grow for ever; how many rows it took away. Of what is forgotten nobody can tell the outcome any more
    /// ([`Outcome::Forgotten`]), so `age` should be longer than anybody waits before asking. The name of the permission is logged.
    ///
    /// It goes on in steps of ten thousand rows, each a statement by itself; it may be cut off and called again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn forget_commits(&self, authority: &SystemCapability, age: Duration) -> Result<u64, Error> {
        tracing::info!(capability = authority.name(), "old transactions are forgotten");
        let age = chrono::Duration::from_std(age).unwrap_or(chrono::Duration::MAX);
        let begun = self.clock().now().to_utc().naive_utc().checked_sub_signed(age);
        let Some(begun) = begun else { return Ok(0) };
        let mut connection = self.acquire(true).await.map_err(Failure::plain)?;
        self.forget(&mut connection, CommitToken::first_at(Timestamp::from_utc(begun))).await.map_err(Failure::plain)
    }

    async fn forget(&self, connection: &mut Connection, horizon: CommitToken) -> Result<u64, Failure> {
        let capability = self.capability();
        // Before anything is gone: who then finds nothing finds the horizon.
        match connection.execute(capability.prepare(&horizon.insert(Kind::Horizon))).await {
            Err(failure) if !failure.is_of_constraint() => return Err(failure),
            _ => {}
        }
        let token = || Expr::col(Alias::new(TOKEN));
        let mut gone = 0;
        loop {
            let mut last = Query::select();
            last.column(Alias::new(TOKEN)).from(Alias::new(TABLE)).and_where(token().lt(horizon.to_string()));
            last.order_by(Alias::new(TOKEN), Order::Asc).limit(1).offset(FORGOTTEN_AT_ONCE - 1);
            let mut until = None;
            let each = |row: &crate::engine::Row| {
                until = row.text(0).ok().flatten().map(str::to_owned);
                Ok::<_, Failure>(())
            };
            connection.query(capability.prepare(&last), each).await?;
            let is_last = until.is_none();
            let upper = until.map_or_else(|| token().lt(horizon.to_string()), |until| token().lte(until));
            let delete = Query::delete().from_table(Alias::new(TABLE)).and_where(upper).take();
            gone += connection.execute(capability.prepare(&delete)).await?;
            if is_last {
                return Ok(gone);
            }
        }
    }
}
