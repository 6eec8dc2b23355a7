//! Where statements meet the faults that are armed for them.

use sea_orm::{DbErr, RuntimeErr};

use super::{Connection, Driver};
use crate::engine::driver;
use crate::error::{Failure, classify};
use crate::faults::{Fault, Faults, When};

/// The faults of the store that a connection is of, and the one that is told when its statement has run.
#[derive(Debug, Default)]
pub(super) struct Gate {
    faults: Option<Faults>,
    due: Option<Fault>,
}

impl Connection {
    /// Statements meet these faults from now on.
    pub(crate) fn set_faults(&mut self, faults: Option<Faults>) {
        self.gate.faults = faults;
    }

    /// The error that is told of a statement in place of sending it.
    pub(super) async fn meet(&mut self, is_commit: bool) -> Option<sqlx::Error> {
        self.gate.due = None;
        let fault = self.gate.faults.as_ref()?.met(is_commit)?;
        match fault.when {
            When::After => {
                self.gate.due = Some(fault);
                return None;
            }
            When::Before => {}
            When::TakingBack => {
                // Past the driver, which is not told of it either when a database does so by itself.
                let taken_back: Result<(), Failure> =
                    on_driver!(&mut self.driver, connection => driver::take_back(&mut **connection).await);
                if let Err(failure) = taken_back {
                    tracing::debug!(?failure, "a fault had no transaction to take back");
                }
            }
        }
        self.fired(&fault)
    }

    fn fired(&self, fault: &Fault) -> Option<sqlx::Error> {
        self.gate.faults.as_ref().map(|faults| {
            faults.has_fired();
            fault.told(self.capability.sql)
        })
    }

    /// What is told of a statement that has come to its end.
    pub(super) fn after<R>(&mut self, done: Result<R, Failure>, classify: fn(sqlx::Error) -> Failure) -> Result<R, Failure> {
        match self.gate.due.take().and_then(|fault| self.fired(&fault)) {
            Some(error) => Err(classify(error)),
            None => done,
        }
    }

    /// As [`after`](Self::after), of a BEGIN that was done: one that fails has begun nothing.
    pub(super) async fn after_begin(&mut self) -> Result<(), Failure> {
        let Some(error) = self.gate.due.take().and_then(|fault| self.fired(&fault)) else { return Ok(()) };
        let taken_back: Result<(), Failure> = on_driver!(&mut self.driver, connection => connection.rollback().await);
        taken_back?;
        Err(classify(error))
    }

    /// As [`after`](Self::after), in the words of sea-orm.
    pub(super) fn raw_after<R>(&mut self, done: Result<R, DbErr>) -> Result<R, DbErr> {
        match self.gate.due.take().and_then(|fault| self.fired(&fault)) {
            Some(error) => Err(DbErr::Exec(RuntimeErr::SqlxError(error.into()))),
            None => done,
        }
    }
}
