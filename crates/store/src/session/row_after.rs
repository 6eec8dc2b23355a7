//! The row that a write has made or changed, as it is afterwards: not every engine gives it back.

use recension_model::{Cell, Date, FieldKind, FieldSet, Record, Revision, Rule, Slot, Timestamp};
use sea_orm::Condition;
use sea_orm::Value as Bound;
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, SimpleExpr};

mod alike;
mod one_update;

pub(super) use self::alike::Alike;
pub(super) use self::one_update::OneUpdate;
use super::Stop;
use super::guard::Guard;
use crate::capability::Capability;
use crate::engine::{Connection, Prepared};
use crate::error::Fault;
use crate::target::{Stored, Target};
use crate::{Error, Operation, json_cell};

/// What a WITH calls the row of a parent. It hides a table of that name.
pub(super) const PARENT: &str = "recension_parent";

/// A statement that writes at most one row, and how the row is known afterwards.
pub(super) struct WriteOne {
    statement: Prepared,
    after: After,
}

/// What keeps the row within the scope of the policy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowed {
    /// It cannot but be.
    Always,
    /// The statement says whether it is, and it is taken back if it is not.
    Told,
    /// The statement fails if it is not.
    Checked,
}

/// How the row is known that a statement has written.
enum After {
    /// The statement gives it back.
    Given(Allowed),
    /// Another statement of the same transaction gives the same of it.
    Read(Prepared),
    /// It was let through as it was known, so it is that with what was written.
    Known(Stored),
}

impl WriteOne {
    /// Makes a row. One that is outside of the scope is taken back by the statement itself where it is to be `alone` and the engine
    /// can, so that no transaction is needed for that.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind).
    pub(super) fn insert(
        target: Target,
        capability: &Capability,
        insert: InsertStatement,
        record: &Record,
        scope: Option<Condition>,
        alone: bool,
    ) -> Result<Self, Error> {
        if !capability.insert_returns {
            let read = target.select_returned(capability, scope, target.made(record)?);
            return Ok(Self { statement: capability.prepare(&insert), after: After::Read(capability.prepare(&read)) });
        }
        let (cell, allowed) = capability.allowed(scope, alone);
        Ok(Self { statement: capability.prepare_insert(insert, target.returned_cells(capability, cell)), after: After::Given(allowed) })
    }

    /// Whether nothing is sent but the one statement.
    pub(super) const fn is_one_statement(&self) -> bool {
        !matches!(self.after, After::Read(_))
    }

    /// Whether a row that it has written may have to be taken back.
    pub(super) fn may_be_taken_back(&self) -> bool {
        matches!(self.after, After::Given(Allowed::Told))
    }

    /// Runs it: the row, if it wrote one.
    pub(super) async fn run(self, target: Target, connection: &mut Connection, operation: Operation) -> Result<Option<Stored>, Stop> {
        match self.after {
            After::Given(Allowed::Checked) => self.checked(target, connection, operation).await,
            After::Given(_) => row_of(target, connection, self.statement, operation).await,
            After::Known(known) => Ok((connection.execute(self.statement).await? > 0).then_some(known)),
            After::Read(read) => {
                if connection.execute(self.statement).await? == 0 {
                    return Ok(None);
                }
                // Whatever is wrong with the look, the row is written.
                let stored = row_of(target, connection, read, operation).await;
                let stored = stored.map_err(|stop| Stop::TakeBack(stop.on(target.object(), operation)))?;
                let is_gone = || Stop::TakeBack(Error::integrity(target.object(), "row is not there once it is written", None));
                stored.ok_or_else(is_gone).map(Some)
            }
        }
    }

    /// Runs a statement that fails where the row is not allowed.
    async fn checked(self, target: Target, connection: &mut Connection, operation: Operation) -> Result<Option<Stored>, Stop> {
        match row_of(target, connection, self.statement, operation).await {
            Err(Stop::Failure(failure)) if failure.is_of_row_outside() => {
                Err(Stop::Error(Error::Denied { object: target.object().clone(), operation }))
            }
            done => done,
        }
    }
}

impl Capability {
    /// What a statement gives back first of a row that it wrote. Where the statement is `alone` it fails for one outside of the
    /// scope, if the engine can do that.
    fn allowed(&self, scope: Option<Condition>, alone: bool) -> (SimpleExpr, Allowed) {
        let checked = scope.clone().filter(|_| alone).and_then(|scope| self.one_or_fail(scope));
        match (scope, checked) {
            (None, _) => (Target::allowed(None), Allowed::Always),
            (_, Some(checked)) => (checked, Allowed::Checked),
            (scope, None) => (Target::allowed(scope), Allowed::Told),
        }
    }
}

/// The row that a statement gives back, if it does.
async fn row_of(target: Target, connection: &mut Connection, query: Prepared, operation: Operation) -> Result<Option<Stored>, Stop> {
    let mut stored = None;
    connection
        .query(query, |row| {
            // Running on to the end is what makes the engine finish the statement.
            stored = Some(target.returned(row, operation));
            Ok::<_, Stop>(())
        })
        .await?;
    stored.transpose().map_err(Stop::TakeBack)
}

impl Target {
    /// The row that an INSERT has just made: by its key, or by the last one that the database made on this connection.
    fn made(&self, record: &Record) -> Result<Condition, Error> {
        let mut condition = Condition::all();
        for index in self.mapping.keys() {
            let cell = self.expr(self.column(*index)?.0.column);
            let key = if record.at(*index).is_set() {
                Expr::value(self.bind(*index, record.at(*index))?)
            } else {
                Expr::cust("LAST_INSERT_ID()")
            };
            condition = condition.add(cell.eq(key));
        }
        Ok(condition)
    }

    /// The row that an update leaves of the one that `record` was read from, where it is let through only if nobody wrote that
    /// meanwhile: its fields, and the changed ones as they are read again.
    ///
    /// # Errors
    /// As for [`bind`](Self::bind), and those of reading a cell.
    pub(super) fn known_after(&self, capability: &Capability, record: &Record, guard: &Guard) -> Result<Option<Stored>, Error> {
        let Some((_, expected)) = guard.revision() else { return Ok(None) };
        let mut slots = record.slots().to_vec();
        for index in record.changes().iter() {
            let read = self.as_read(capability, index, record.at(index))?;
            *slots.get_mut(index).ok_or_else(|| Error::Internal(Fault::of_us("change of no field")))? = read;
        }
        Ok(Some(Stored { slots, revision: Revision(expected.0.saturating_add(1)) }))
    }

    /// Whether a new row in which these fields are set is what is written. A table that other programs write is asked: saves compare
    /// with what it has.
    pub(super) fn is_whole(&self, set: FieldSet) -> bool {
        self.mapping.shared_until().is_none() && self.columns().all(|(column, _)| set.contains(column.field))
    }

    /// The revision of a new row.
    pub(super) fn first_revision(&self) -> Revision {
        Revision(u64::from(self.mapping.revision_column().is_some()))
    }

    /// A state as it is read again once it is written: its time without what the column has no digits for, and objects in JSON
    /// upgraded from the version at which they are written.
    ///
    /// # Errors
    /// As for [`bind`](Self::bind), and those of reading the cell.
    pub(super) fn as_read(&self, capability: &Capability, index: usize, slot: &Slot) -> Result<Slot, Error> {
        let (column, field) = self.column(index)?;
        let read = match &self.bound(capability, index, slot)? {
            Bound::String(Some(json)) if !field.kind.is_scalar() => json_cell::read(self, field, column, Some(json))?,
            bound => cell(&field.kind, bound).and_then(|cell| cell.slot(field)).map_err(|rule| self.broken(column, rule))?,
        };
        Ok(match (read, &column.null_as) {
            (Slot::Null, Some(value)) => Slot::Value(value.clone()),
            (read, _) => read,
        })
    }
}

/// A value as a cell in which it was bound gives it.
fn cell<'b>(kind: &FieldKind, bound: &'b Bound) -> Result<Cell<'b>, Rule> {
    Ok(match bound {
        Bound::TinyInt(Some(truth)) => Cell::Integer((*truth).into()),
        Bound::BigInt(Some(number)) => Cell::Integer(*number),
        Bound::Double(Some(number)) => Cell::Real(*number),
        Bound::String(Some(text)) if *kind == FieldKind::Timestamp => Cell::Time(Timestamp::parse_sql(text)?),
        Bound::String(Some(text)) => Cell::Text(text),
        Bound::Bytes(Some(bytes)) => Cell::Blob(bytes),
        Bound::ChronoDateTime(Some(time)) => Cell::Time(Timestamp::from_utc(*time)),
        Bound::ChronoDate(Some(day)) => Cell::Date(Date::from_chrono(*day)?),
        // Nothing else is bound with a value in it.
        _ => Cell::Null,
    })
}
