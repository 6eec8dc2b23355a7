//! One write, as a unit.

mod to_the_end;

use std::future::Future;

use recension_model::ObjectName;
use tracing::Instrument;

pub(super) use self::to_the_end::{as_task, to_the_end};
use super::hold::Lent;
use super::retry::Runs;
use super::{Session, Stop};
use crate::capability::RowLocks;
use crate::engine::{Connection, Obstacle, Unit};
use crate::observe::{self, Watch};
use crate::{Error, Operation};

/// The statements of one write.
pub(super) trait Work: Send + 'static {
    /// What comes of them.
    type Done: Send + 'static;

    /// Whether it is one statement of which nothing need be taken back once it is done: that needs no transaction.
    fn is_one_statement(&self) -> bool {
        false
    }

    /// How many rows it has written once it is done.
    fn rows(done: &Self::Done) -> usize;

    /// Runs them.
    fn run(self, connection: &mut Connection) -> impl Future<Output = Result<Self::Done, Stop>> + Send;
}

impl Session {
    /// Runs the statements of one write as a unit: all or none of them, in a transaction of their own or as a
    /// part of the one that is open. By itself it is run again, as a transaction is, where others were in the way.
    pub(super) async fn write<W: Work>(
        &self,
        object: &'static ObjectName,
        operation: Operation,
        work: impl Fn() -> Result<W, Error>,
    ) -> Result<W::Done, Error> {
        if self.is_in_transaction() {
            return self.write_once(object, operation, work()?).await;
        }
        let mut runs = Runs::begin(self.retry_timeout());
        loop {
            let done = self.write_once(object, operation, work()?).await;
            if !matches!(done, Err(Error::Contention(_))) || !runs.again().await {
                return done;
            }
            observe::run_again(Some(Obstacle::Contention));
            tracing::debug!(%object, %operation, "others were in the way of a write: it is run again");
        }
    }

    async fn write_once<W: Work>(&self, object: &'static ObjectName, operation: Operation, work: W) -> Result<W::Done, Error> {
        let is_one_statement = work.is_one_statement();
        // In a box, as what runs it is: each future that takes another in is twice as large, and is copied where it is moved.
        let work = Box::new(work);
        let mut watch = Watch::of(operation.as_str(), object);
        let lent = self.lend(true).await.map_err(|stop| stop.on(object, operation));
        let mut lent = lent.inspect_err(|error| watch.failed(error))?;
        let span = tracing::debug_span!("write", %object, %operation);
        let written = self.written.clone();
        let run = async move {
            let done = on(&mut lent, work).await.map_err(|stop| stop.on(object, operation));
            drop(lent);
            watch.wrote(&done, W::rows);
            written.more();
            done
        };
        let run = run.instrument(span);
        match () {
            () if self.is_in_transaction() => run.await,
            // A server ends it by itself, and nobody waits for its connection but those that find no other.
            () if is_one_statement && self.store.capability().row_locks != RowLocks::None => to_the_end(run).await,
            () => as_task(run).await,
        }
    }
}

/// A write on a connection.
async fn on<W: Work>(lent: &mut Lent, work: Box<W>) -> Result<W::Done, Stop> {
    let connection = lent.connection()?;
    if connection.is_idle() { alone(connection, work).await } else { within(connection, work).await }
}

/// A write by itself: in a transaction of its own, where one statement is not enough.
async fn alone<W: Work>(connection: &mut Connection, work: Box<W>) -> Result<W::Done, Stop> {
    // What was in the way of the write before it is not in the way of this one.
    connection.forget_obstacle();
    if work.is_one_statement() {
        connection.next_is_unit();
        return Box::pin(work.run(connection)).await;
    }
    let mut unit = Unit::begin(connection).await?;
    match Box::pin(work.run(unit.connection())).await {
        Ok(done) => {
            unit.commit().await?;
            Ok(done)
        }
        Err(stop) => {
            unit.rollback().await;
            Err(stop)
        }
    }
}

/// A write in the transaction that is open. Until the write is known to be whole the transaction is spoiled:
/// neither a dropped future nor an error after something was written can be committed by accident.
async fn within<W: Work>(connection: &mut Connection, work: Box<W>) -> Result<W::Done, Stop> {
    let before = connection.is_spoiled();
    connection.set_spoiled(true);
    let done = Box::pin(work.run(connection)).await;
    let whole = done.as_ref().map_or_else(Stop::left_no_trace, |_| true);
    connection.set_spoiled(before || !whole);
    done
}
