//! What a row must be like for a write to be let through, so that nobody's write is lost.

use std::sync::Arc;

use recension_model::{Date, Persisted, Revision, Slot, Value};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, SimpleExpr};
use sea_orm::{DbBackend, Value as Bound};

use super::Session;
use crate::capability::Capability;
use crate::target::{Stored, Target};
use crate::{Error, Persist, RowKey};

/// What a row must be like for a write to be let through.
#[derive(Clone)]
pub(super) struct Guard {
    /// The column that counts the writes, and what it has to say; none where the table counts none.
    revision: Option<(&'static str, Revision)>,
    /// What was read, where programs write the table that count nothing.
    values: Option<Values>,
}

/// What was read of a row.
#[derive(Clone)]
enum Values {
    /// The fields.
    Read(Arc<[Slot]>),
    /// The cells just as they were stored, without those of the key, in the order of the columns. Two texts may be one value.
    Stored(Arc<[Option<Bound>]>),
}

impl Guard {
    /// The row is as it was read. In a table without a revision that nobody else is declared to write, the last write wins.
    pub(super) fn of<T: Persist>(target: Target, read: &Persisted<T>) -> Self {
        let revision = target.mapping.revision_column().map(|column| (column, read.revision()));
        let values = target.mapping.shared_until().map(|_| Values::Read(read.to_record().slots().into()));
        Self { revision, values }
    }

    /// The column that counts the writes, and what it has to say.
    pub(super) const fn revision(&self) -> Option<(&'static str, Revision)> {
        self.revision
    }

    /// What the column has to say where nothing else is compared, and a column can hold it.
    pub(super) fn revision_alone(&self) -> Option<i64> {
        let (_, expected) = self.revision.filter(|_| self.values.is_none())?;
        i64::try_from(expected.0).ok()
    }

    /// The condition, with the rest of the WHERE clause.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind).
    pub(super) fn condition(&self, target: Target, capability: &Capability, rest: Condition) -> Result<Condition, Error> {
        let mut condition = rest;
        if let Some((column, expected)) = self.revision {
            condition = condition.add(match i64::try_from(expected.0) {
                Ok(expected) => target.revision(column).eq(expected),
                // No column holds it, so no row has it.
                Err(_) => Expr::val(1).eq(0),
            });
        }
        for (place, (column, _)) in target.columns_besides_key().enumerate() {
            match &self.values {
                None => break,
                Some(Values::Read(slots)) => {
                    let slot = slots.get(column.field).unwrap_or(&Slot::Unset);
                    condition = condition.add(target.still_reads(capability, column.field, slot)?);
                }
                Some(Values::Stored(cells)) => {
                    let cell = target.expr(column.column);
                    condition = condition.add(match cells.get(place).cloned().flatten() {
                        Some(stored) => same(capability, cell, stored),
                        None => cell.is_null(),
                    });
                }
            }
        }
        Ok(condition)
    }

    /// Whether a row is as is expected; where a write does not give its row back, with what columns have no digits for cut off.
    pub(super) fn lets_through(&self, capability: &Capability, found: &Stored) -> bool {
        let is_kept = |(read, found): (&Slot, &Slot)| read == found || !capability.update_returns && is_cut_to(read, found);
        let is_known = match &self.values {
            Some(Values::Read(slots)) => slots.len() == found.slots.len() && slots.iter().zip(&found.slots).all(is_kept),
            _ => true,
        };
        is_known && self.revision.is_none_or(|(_, expected)| found.revision == expected)
    }

    /// Why a write found no row: the row that the same caller sees tells.
    pub(super) fn refused(&self, target: Target, capability: &Capability, found: Option<Stored>, states: &[(usize, Slot)]) -> Error {
        if let Some(found) = found.as_ref().filter(|found| self.lets_through(capability, found)) {
            let forbidden = states.iter().find_map(|(index, to)| {
                let rule = target.spec.fields.get(*index)?.forbids(found.slots.get(*index)?, to)?;
                Some(target.spec.invalid(*index, rule))
            });
            if let Some(error) = forbidden {
                return error.into();
            }
        }
        let expected = self.revision.map(|(_, expected)| expected).or_else(|| self.values.as_ref().map(|_| Revision(0)));
        match (expected, found) {
            (Some(expected), Some(found)) => Error::Conflict { object: target.object().clone(), expected, actual: found.revision },
            _ => Error::not_found(target.object().clone()),
        }
    }
}

impl Session {
    /// Tells the log once when the day is over up to which others were to write the table.
    pub(super) fn warn_of_expired_sharing(&self, target: Target) {
        if target.mapping.shared_until().is_none() {
            return;
        }
        let today = Date::from_chrono(self.store.clock().now().to_utc().naive_utc().date());
        if today.is_ok_and(|today| target.mapping.has_just_expired(today)) {
            tracing::warn!(object = %target.object(), "the day is over up to which other programs were to write the table");
        }
    }

    /// A guard for the same row, of its cells as they are stored, where `error` is that it was refused although nothing in it
    /// has changed: programs write one value as several texts.
    pub(super) async fn guard_again<T: Persist>(&self, target: Target, read: &Persisted<T>, error: &Error) -> Result<Option<Guard>, Error> {
        let guard = Guard::of(target, read);
        if guard.values.is_none() || !matches!(error, Error::Conflict { expected, actual, .. } if expected == actual) {
            return Ok(None);
        }
        let row = target.key_is(&read.key().to_values(), Some(self.readable(target, true)?))?;
        let select = target.select(target.all(), row);
        let writer = self.of_writer();
        let found = writer.read(target, &select, |found, row| {
            let cells: Result<Arc<[_]>, _> = target.places_besides_key().map(|place| row.raw(place)).collect();
            let wrong = |_| Error::integrity(target.object(), "cell of no known form", None);
            *found = Some((target.read(row, target.all())?, cells.map_err(wrong)?));
            Ok(())
        });
        Ok(found
            .await?
            .filter(|(stored, _)| guard.lets_through(self.store.capability(), stored))
            .map(|(_, cells)| Guard { values: Some(Values::Stored(cells)), ..guard }))
    }
}

impl Target {
    /// What holds as long as a field is what was read.
    fn still_reads(&self, capability: &Capability, index: usize, slot: &Slot) -> Result<SimpleExpr, Error> {
        let (column, _) = self.column(index)?;
        let Some(value) = slot.value().filter(|value| !matches!(value, Value::Bool(_))) else { return self.reads_as(index, slot) };
        let cell = self.expr(column.column);
        let equal = same(capability, cell.clone(), self.bound(capability, index, slot)?);
        Ok(if column.null_as.as_ref() == Some(value) { equal.or(cell.is_null()) } else { equal })
    }
}

/// Whether a column that has no digits of a second, or a float of half the width, keeps `written` as `found`. Some engines cut and
/// others round.
fn is_cut_to(written: &Slot, found: &Slot) -> bool {
    match (written.value(), found.value()) {
        (Some(Value::Timestamp(written)), Some(Value::Timestamp(found))) => {
            let apart = written.naive_utc() - found.naive_utc();
            found.naive_utc().and_utc().timestamp_subsec_nanos() == 0 && apart.abs() < chrono::TimeDelta::seconds(1)
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is what the column does")]
        (Some(Value::Float(written)), Some(Value::Float(found))) => (*written as f32).to_bits() == (*found as f32).to_bits(),
        _ => false,
    }
}

/// Whether a cell is that value. Texts are compared by their bytes, whatever the order of their column is: that another program
/// has made a letter a capital is a change, too.
fn same(capability: &Capability, cell: Expr, value: Bound) -> SimpleExpr {
    match (capability.sql, &value) {
        (DbBackend::MySql, Bound::String(Some(_))) => {
            Expr::cust_with_exprs("CAST(CONVERT(? USING utf8mb4) AS BINARY) = CAST(? AS BINARY)", [cell, Expr::value(value)])
        }
        (DbBackend::Postgres, Bound::String(Some(_)) | Bound::Uuid(Some(_))) => {
            Expr::cust_with_exprs("CAST($1 AS text) COLLATE \"C\" = $2", [cell, Expr::value(value)])
        }
        (DbBackend::Sqlite, Bound::String(Some(_))) => Expr::cust_with_exprs("? COLLATE BINARY = ?", [cell, Expr::value(value)]),
        _ => cell.eq(value),
    }
}
