//! Statements of sea-orm's, as they are.

use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

use super::{Connection, Driver, Progress};
use crate::engine::driver;
use crate::error::{SILENCE, ends_transaction, is_contention, is_of_lost_connection};

fn internal(detail: &str) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(detail.to_owned()))
}

impl Connection {
    /// As [`start`](Self::start), in the words of sea-orm.
    async fn raw_start(&mut self) -> Result<(), DbErr> {
        self.start().await.map_err(|failure| internal(failure.detail()))
    }

    /// What a statement of sea-orm's has come to.
    fn raw_ended<R>(&mut self, done: Option<Result<R, DbErr>>) -> Result<R, DbErr> {
        let Some(done) = done else {
            self.fall_silent();
            return Err(internal(SILENCE));
        };
        let done = self.raw_after(done);
        self.progress.set(Progress::DONE);
        if let Err(error) = &done {
            let told = match error {
                DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
                _ => None,
            };
            let is_lost = told.is_some_and(|error| is_of_lost_connection(error));
            let has_ended = told.is_some_and(|error| ends_transaction(error));
            self.fail(is_lost || has_ended, told.is_some_and(|error| is_contention(error)));
            self.may_have_ended(has_ended);
            if is_lost {
                self.lose();
            }
        }
        done
    }

    /// Runs a statement of sea-orm's as it is.
    pub(crate) async fn raw_execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.raw_start().await?;
        let patience = self.patience;
        let done: Option<Result<ExecResult, DbErr>> = match self.meet(false).await {
            Some(error) => Some(Err(DbErr::Exec(RuntimeErr::SqlxError(error.into())))),
            None => on_driver!(&mut self.driver, connection => patience.wait(driver::raw_execute(&mut **connection, statement)).await),
        };
        self.raw_ended(done)
    }

    /// Runs the statements in a text.
    pub(crate) async fn raw_script(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        self.raw_start().await?;
        let patience = self.patience;
        let done: Option<Result<ExecResult, DbErr>> = match self.meet(false).await {
            Some(error) => Some(Err(DbErr::Exec(RuntimeErr::SqlxError(error.into())))),
            None => on_driver!(&mut self.driver, connection => patience.wait(driver::raw_script(&mut **connection, sql)).await),
        };
        self.raw_ended(done)
    }

    /// The first row of a query of sea-orm's.
    pub(crate) async fn raw_row(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.raw_start().await?;
        let patience = self.patience;
        let done: Option<Result<Option<QueryResult>, DbErr>> = match self.meet(false).await {
            Some(error) => Some(Err(DbErr::Query(RuntimeErr::SqlxError(error.into())))),
            None => on_driver!(&mut self.driver, connection => patience.wait(driver::raw_row(&mut **connection, statement)).await),
        };
        self.raw_ended(done)
    }

    /// The rows of a query of sea-orm's.
    pub(crate) async fn raw_rows(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.raw_start().await?;
        let patience = self.patience;
        let done: Option<Result<Vec<QueryResult>, DbErr>> = match self.meet(false).await {
            Some(error) => Some(Err(DbErr::Query(RuntimeErr::SqlxError(error.into())))),
            None => on_driver!(&mut self.driver, connection => patience.wait(driver::raw_rows(&mut **connection, statement)).await),
        };
        self.raw_ended(done)
    }
}
