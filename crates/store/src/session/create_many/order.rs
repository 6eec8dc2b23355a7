//! Which of the rows that a statement gives back is that of which draft.

use recension_model::{FieldSpec, Record, Slot, Value};
use sea_orm::Value as Bound;

use crate::capability::Capability;
use crate::target::{Stored, Target};
use crate::{ColumnMap, Error, json_cell};

/// By what the row of a draft is known among those that a statement gives back, which may come in any order: its key,
/// or, where the database makes that, everything that was written. Rows that agree in all of it are as good for
/// one of their drafts as for another.
pub(super) struct Written<'r> {
    capability: &'static Capability,
    record: &'r Record,
    has_key: bool,
}

impl<'r> Written<'r> {
    pub(super) fn of(target: Target, capability: &'static Capability, record: &'r Record) -> Self {
        Self { capability, record, has_key: target.mapping.keys().iter().all(|key| record.at(*key).is_set()) }
    }

    fn is(&self, target: Target, row: &Stored) -> bool {
        let keys = target.mapping.keys();
        let tells = |index: usize| if self.has_key { keys.contains(&index) } else { self.record.at(index).is_set() };
        target.columns().filter(|(column, _)| tells(column.field)).all(|(column, field)| {
            let index = column.field;
            let written = match (self.record.at(index), &column.null_as) {
                (Slot::Null, Some(value)) => &Slot::Value(value.clone()),
                (slot, _) => slot,
            };
            let Some(found) = row.slots.get(index) else { return false };
            // What is equal is kept alike; two that are not may be, such as one moment in two zones.
            written == found || self.is_kept_as(target, (column, field), written, found).unwrap_or(false)
        })
    }

    /// Whether the engine keeps the two alike, or objects in JSON, which are written at one version and read at another, read alike.
    fn is_kept_as(&self, target: Target, (column, field): (&ColumnMap, &FieldSpec), written: &Slot, found: &Slot) -> Result<bool, Error> {
        Ok(match target.bound(self.capability, column.field, written)? {
            Bound::String(Some(json)) if !field.kind.is_scalar() => json_cell::read(&target, field, column, Some(&json))? == *found,
            bound => bound == target.bound(self.capability, column.field, found)?,
        })
    }
}

/// The rows in the order in which they were written; `None` when they are not the rows that were written.
pub(super) fn in_order(target: Target, mut rows: Vec<Stored>, written: &[Written<'_>]) -> Option<Vec<Stored>> {
    if rows.len() != written.len() {
        return None;
    }
    // Keys that the database makes rise, so rows that are alike get theirs in the order of the drafts. Keys that are given are looked for
    // in their own order. So nearly always the next row is the one that is looked for.
    let made = target.mapping.keys().first().copied().unwrap_or_default();
    let key = |slot: &Slot| slot.value().and_then(Value::as_integer);
    rows.sort_by_key(|row| row.slots.get(made).and_then(key));
    let mut order: Vec<usize> = (0..written.len()).collect();
    order.sort_by_key(|place| written.get(*place).and_then(|written| key(written.record.at(made))));
    let mut rows: std::collections::VecDeque<Stored> = rows.into();
    let mut ordered: Vec<Option<Stored>> = written.iter().map(|_| None).collect();
    for place in order {
        let written = written.get(place)?;
        *ordered.get_mut(place)? = Some(rows.remove(rows.iter().position(|row| written.is(target, row))?)?);
    }
    ordered.into_iter().collect()
}

#[cfg(all(test, feature = "sqlite"))]
#[expect(clippy::unwrap_used, reason = "what helps a test may fail as a test does")]
mod tests {
    use std::sync::{Arc, LazyLock};

    use recension_model::{FieldKind, FieldSpec, IntegerWidth, ObjectSpec, ObjectVersion, Revision, Timestamp};

    use super::*;
    use crate::{ColumnMap, Mapping};

    static SPEC: LazyLock<Arc<ObjectSpec>> = LazyLock::new(|| {
        ObjectSpec::new("Mark", "test", ObjectVersion::new(1, 0))
            .field(FieldSpec::new("id", FieldKind::Integer(IntegerWidth::I64)))
            .field(FieldSpec::new("text", FieldKind::Text))
            .field(FieldSpec::new("at", FieldKind::Timestamp).nullable())
            .build()
            .unwrap()
    });
    static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
        let columns = [ColumnMap::new(0, "id"), ColumnMap::new(1, "text"), ColumnMap::new(2, "at").null_as(time("1970-01-01T00:00:00Z"))];
        columns.into_iter().fold(Mapping::new("marks", [0]), Mapping::column)
    });

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn target() -> Target {
        Target { spec: &SPEC, mapping: &MAPPING, registry: None }
    }

    fn written(id: Option<i64>, text: &str, at: Option<&str>) -> Record {
        let mut record = Record::new(SPEC.clone());
        if let Some(id) = id {
            record.fill(0, Slot::Value(Value::from(id))).unwrap();
        }
        record.fill(1, Slot::Value(Value::from(text))).unwrap();
        record.fill(2, at.map_or(Slot::Null, |at| Slot::Value(Value::from(time(at))))).unwrap();
        record
    }

    fn row(id: i64, text: &str, at: &str) -> Stored {
        let slots = vec![Slot::Value(Value::from(id)), Slot::Value(Value::from(text)), Slot::Value(Value::from(time(at)))];
        Stored { slots, revision: Revision(0) }
    }

    fn ids(rows: Vec<Stored>, written: &[Record]) -> Option<Vec<i128>> {
        let written: Vec<_> = written.iter().map(|record| Written::of(target(), &Capability::SQLITE, record)).collect();
        let ordered = in_order(target(), rows, &written)?;
        Some(ordered.iter().map(|row| row.slots.first().and_then(Slot::value).and_then(Value::as_integer).unwrap()).collect())
    }

    const TIME: &str = "2024-03-01T10:00:00Z";

    #[test]
    fn rows_come_back_in_the_order_of_their_drafts_whatever_order_the_engine_gives() {
        // The same moment in another zone, and null where null is read as a value.
        let by_content = [
            written(None, "b", Some("2024-03-01T12:00:00+02:00")),
            written(None, "a", None),
            written(None, "b", Some(TIME)),
            written(None, "c", Some(TIME)),
        ];
        let rows = || vec![row(4, "c", TIME), row(7, "b", TIME), row(2, "a", "1970-01-01T00:00:00Z"), row(6, "b", TIME)];
        assert_eq!(ids(rows(), &by_content), Some(vec![6, 2, 7, 4]));
        let by_key = [written(Some(6), "b", None), written(Some(2), "x", None), written(Some(7), "b", None), written(Some(4), "c", None)];
        assert_eq!(ids(rows(), &by_key), Some(vec![6, 2, 7, 4]));
    }

    #[test]
    fn rows_that_were_not_written_are_noticed() {
        let two = [written(None, "a", Some(TIME)), written(None, "b", Some(TIME))];
        assert_eq!(ids(vec![row(1, "a", TIME), row(2, "b", TIME)], &two), Some(vec![1, 2]));
        assert_eq!(ids(vec![row(1, "a", TIME)], &two), None);
        assert_eq!(ids(vec![row(1, "a", TIME), row(2, "c", TIME)], &two), None);
        assert_eq!(ids(vec![row(1, "a", TIME), row(2, "a", TIME)], &two), None);
    }
}
