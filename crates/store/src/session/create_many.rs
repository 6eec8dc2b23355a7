//! Making many objects at once.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use recension_model::{Carry, FieldKind, FieldSpec, Object, ObjectDraft, Persisted, Record, ServerFields, Slot, Value};
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{Condition, Value as Bound};
use sqlx::SqlStr;

use super::create::{NewRow, no_row};
use super::row_after::WriteOne;
use super::write::Work;
use super::{Session, Stop};
use crate::capability::Capability;
use crate::engine::{Connection, InsertRows, Prepared, Shape};
use crate::error::{Fault, Invalid};
use crate::target::{Stored, Target};
use crate::{ColumnMap, Error, Operation, Persist, json_cell};

/// Most rows of one statement where others of the same names are looked for: no engine takes a condition of any number of parts.
const NAMED_ROWS_MAX: usize = 100;

impl Session {
    /// Stores new objects: all of them, or none. They come back in the order of the drafts. Each is filled and
    /// checked as by [`create`](Self::create), and up to 1,000 rows are written by one statement: 100 with a natural key, and no more than have
    /// four MiB of values together. Where a statement has a parameter for each cell, which is everywhere but on PostgreSQL, and there for
    /// objects with truths, the number of its rows is one of 1, 2, 5, 10, 20, 50 and so on, and they have 16,384 cells at most, or as many
    /// as the engine takes.
    ///
    /// Rows whose keys are given, or made by the store, are not asked for again, unless other programs write their table: they are told as
    /// they were written. What the table itself makes of a value, by a trigger or a column that holds less of it, is seen when they are
    /// read.
    ///
    /// In a transaction an error after the first chunk spoils the transaction: all of it is taken back.
    ///
    /// # Errors
    /// As [`create`](Self::create); where one draft is to blame before anything is sent, [`Invalid::Draft`]
    /// says which. [`Invalid::TooManyDrafts`] beyond the [cap](crate::Connect::drafts_max).
    pub async fn create_many<D>(&self, drafts: impl IntoIterator<Item = D>) -> Result<Vec<Persisted<D::Object>>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let target = Target::of::<D::Object>();
        let scope = self.scope(Operation::Create, target.object())?;
        let server = <D::Object as Object>::ServerFields::default().as_draft().to_record();
        let drafts = self.capped(target, drafts)?;
        let mut records = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts.into_iter().enumerate() {
            let record = draft.into_checked_record().map_err(Error::from);
            let record = record.and_then(|record| self.completed::<D::Object>(target, record, &server));
            records.push(record.map_err(|error| error.of_draft(index))?);
        }
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let capability = self.store.capability();
        let records = Arc::new(records);
        // Before anything is sent: afterwards nothing of it may fail.
        let read = records.iter().map(|record| target.read_otherwise(capability, record)).collect::<Result<Vec<_>, _>>()?;
        let insert = || Ok(InsertMany { target, chunks: chunks(target, capability, &records, scope.clone())? });
        let chunks = self.write(target.object(), Operation::Create, insert).await?;
        let mut written = Arc::unwrap_or_clone(records).into_iter().zip(read);
        let mut objects = Vec::with_capacity(written.len());
        for chunk in chunks {
            match chunk {
                Inserted::AsWritten(count) => {
                    for (record, read) in written.by_ref().take(count) {
                        objects.push(target.persisted(target.as_written(record, read), Carry::default())?);
                    }
                }
                Inserted::Given(given) => {
                    // Those first: what is written and has no more of them would be taken and lost.
                    for (row, _) in given.into_iter().zip(written.by_ref()) {
                        objects.push(target.persisted(row, Carry::default())?);
                    }
                }
            }
        }
        Ok(objects)
    }

    /// Stores new objects, each for itself, and says of each how it went, in the order of the drafts: as if
    /// [`create`](Self::create) was called with one after the other. If the future is dropped, those before the
    /// current one are stored and those after it are not.
    ///
    /// In a transaction too an object that already exists is only left out, but one that the policy denies
    /// spoils the transaction, as after [`create`](Self::create).
    ///
    /// # Errors
    /// What is wrong with the call as a whole: [`Error::Denied`] when the policy denies creating,
    /// [`Invalid::TooManyDrafts`] beyond the [cap](crate::Connect::drafts_max).
    pub async fn create_each<D>(&self, drafts: impl IntoIterator<Item = D>) -> Result<Vec<Result<Persisted<D::Object>, Error>>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let target = Target::of::<D::Object>();
        self.scope(Operation::Create, target.object())?;
        let drafts = self.capped(target, drafts)?;
        let mut results = Vec::with_capacity(drafts.len());
        for draft in drafts {
            results.push(self.create(draft).await);
        }
        Ok(results)
    }

    /// The drafts, if one call takes so many.
    fn capped<D>(&self, target: Target, drafts: impl IntoIterator<Item = D>) -> Result<Vec<D>, Error> {
        let max = self.store.drafts_max();
        let drafts: Vec<D> = drafts.into_iter().take((max as usize).saturating_add(1)).collect();
        if drafts.len() > max as usize {
            return Err(Error::Invalid(Invalid::TooManyDrafts { object: target.object().clone(), max }));
        }
        Ok(drafts)
    }
}

/// The statements that make the rows, written before a connection is taken.
fn chunks(
    target: Target,
    capability: &'static Capability,
    records: &Arc<Vec<Record>>,
    scope: Option<Condition>,
) -> Result<Vec<Chunk>, Error> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut at = 0;
    // Rows of one statement have the same columns; a key that the database makes may be given for some of them.
    for run in
        records.chunk_by(|one, next| target.columns().all(|(column, _)| one.at(column.field).is_set() == next.at(column.field).is_set()))
    {
        let end = at + run.len();
        let Some(first) = run.first() else { continue };
        let has_truths = target.columns().any(|(column, field)| field.kind == FieldKind::Bool && first.at(column.field).is_set());
        let mut shape = shape_of(target, capability, first, scope.clone(), has_truths);
        let begins = chunks.len();
        while at < end {
            let rows = shape.rows(end - at);
            let drafts = Drafts { all: records.clone(), these: at..at + rows };
            let before = chunks.get(begins..).and_then(<[Chunk]>::last).filter(|chunk| chunk.drafts.these.len() == rows);
            let known = before.filter(|_| !has_truths).and_then(|chunk| chunk.insert.text());
            match Chunk::of(target, capability, drafts, scope.clone(), (shape, known))? {
                Ok(chunk) => {
                    chunks.push(chunk);
                    at += rows;
                }
                Err(TooLarge { rows }) => shape = shape.at_most(rows),
            }
        }
    }
    Ok(chunks)
}

/// How the rows of one statement are bound.
fn shape_of(target: Target, capability: &Capability, first: &Record, scope: Option<Condition>, has_truths: bool) -> Shape {
    let columns = NewRow::columns(target, first).len();
    let cells = returned_cells(target, capability, first, scope);
    // Where a statement gives nothing back, the keys that the database makes for several rows cannot be told.
    if columns == 0 || !cells.is_empty() && !capability.insert_returns {
        return Shape::Cells(1);
    }
    let besides = if cells.is_empty() { 0 } else { capability.write(&Query::select().exprs(cells).take()).1.len() };
    let shape = Shape::of(capability, columns, besides, has_truths);
    if target.mapping.natural().is_some() { shape.at_most(NAMED_ROWS_MAX) } else { shape }
}

/// What is asked of each row that is made: nothing where everything of it is written, and it is within a scope of no condition.
fn returned_cells(target: Target, capability: &Capability, record: &Record, scope: Option<Condition>) -> Vec<SimpleExpr> {
    match (target.is_whole(record), scope) {
        (true, None) => Vec::new(),
        (true, scope) => vec![Target::allowed(scope)],
        (false, scope) => target.returned_cells(capability, Target::allowed(scope)).into(),
    }
}

/// Some of the drafts of a call, as they are written.
struct Drafts {
    all: Arc<Vec<Record>>,
    these: Range<usize>,
}

impl Drafts {
    fn records(&self) -> &[Record] {
        self.all.get(self.these.clone()).unwrap_or_default()
    }
}

/// The statements that make the rows of one chunk.
struct Chunk {
    capability: &'static Capability,
    clash: Option<Prepared>,
    insert: Rows,
    drafts: Drafts,
}

/// The statement that makes the rows.
enum Rows {
    /// Which gives nothing back: the rows are what was written.
    AsWritten(Prepared),
    /// Which says of each whether it is within the scope, and no more.
    Allowed(Prepared),
    /// Which gives all of them back.
    All(Prepared),
    /// For engines that give none back.
    One(WriteOne),
}

impl Rows {
    /// The text of a statement that makes several.
    fn text(&self) -> Option<SqlStr> {
        match self {
            Self::AsWritten(insert) | Self::Allowed(insert) | Self::All(insert) => Some(insert.text()),
            Self::One(_) => None,
        }
    }
}

/// What is known of the rows of a chunk once they are made.
enum Inserted {
    /// So many, each as it was written.
    AsWritten(usize),
    /// The rows, in the order of the drafts.
    Given(Vec<Stored>),
}

/// That rows are too large for one statement, and how many of them are not.
struct TooLarge {
    rows: usize,
}

impl Chunk {
    fn of(
        target: Target,
        capability: &'static Capability,
        drafts: Drafts,
        scope: Option<Condition>,
        (shape, known): (Shape, Option<SqlStr>),
    ) -> Result<Result<Self, TooLarge>, Error> {
        let records = drafts.records();
        let Some(first) = records.first() else { return Err(Error::Internal(Fault::of_us("a chunk of no rows"))) };
        let cells = returned_cells(target, capability, first, scope.clone());
        let columns = NewRow::columns(target, first);
        let insert = if !cells.is_empty() && !capability.insert_returns {
            Rows::One(WriteOne::insert(target, capability, target.insert(NewRow::of(target, first)?)?, first, scope, false)?)
        } else {
            let kind = match cells.len() {
                0 => Rows::AsWritten,
                1 => Rows::Allowed,
                _ => Rows::All,
            };
            kind(if columns.is_empty() {
                capability.prepare_insert(target.insert(NewRow::of(target, first)?)?, cells)
            } else {
                let mut insert = InsertRows::begin(capability, shape, (target.table(), &columns), records.len(), cells, known);
                for (rows, record) in records.iter().enumerate() {
                    NewRow::each(target, record, |value| insert.add(value))?;
                    if insert.is_full() && rows > 0 {
                        return Ok(Err(TooLarge { rows }));
                    }
                }
                insert.end()?
            })
        };
        let clash = target.mapping.natural().map(|natural| natural.clash_of_any(target, records)).transpose()?.flatten();
        let clash = clash.map(|clash| capability.prepare(&clash));
        Ok(Ok(Self { capability, clash, insert, drafts }))
    }

    async fn run(self, target: Target, connection: &mut Connection) -> Result<Inserted, Stop> {
        let Self { capability, clash, insert, drafts } = self;
        if let Some(clash) = clash {
            no_row(target, connection, clash).await?;
        }
        let others = || Stop::TakeBack(Error::integrity(target.object(), "other rows were made than were written", None));
        let (count, mut made) = (drafts.these.len(), Vec::new());
        match insert {
            Rows::AsWritten(insert) => {
                let rows = connection.execute(insert).await?;
                return if usize::try_from(rows) == Ok(count) { Ok(Inserted::AsWritten(count)) } else { Err(others()) };
            }
            Rows::Allowed(insert) => {
                let mut rows = 0;
                connection
                    .query(insert, |row| {
                        rows += 1;
                        target.allows(row, Operation::Create).map_err(Stop::TakeBack)?;
                        Ok::<_, Stop>(ControlFlow::Continue(()))
                    })
                    .await?;
                return if rows == count { Ok(Inserted::AsWritten(count)) } else { Err(others()) };
            }
            Rows::One(insert) => made.extend(insert.run(target, connection, Operation::Create).await?),
            Rows::All(insert) => {
                made.reserve(count);
                connection
                    .query(insert, |row| {
                        made.push(target.returned(row, Operation::Create).map_err(Stop::TakeBack)?);
                        Ok::<_, Stop>(ControlFlow::Continue(()))
                    })
                    .await?;
            }
        }
        let written: Vec<Written<'_>> = drafts.records().iter().map(|record| Written::of(target, capability, record)).collect();
        in_order(target, made, &written).map(Inserted::Given).ok_or_else(others)
    }
}

/// All chunks, in one transaction.
struct InsertMany {
    target: Target,
    chunks: Vec<Chunk>,
}

impl Work for InsertMany {
    type Done = Vec<Inserted>;

    fn rows(done: &Vec<Inserted>) -> usize {
        let rows = |made: &Inserted| match made {
            Inserted::AsWritten(rows) => *rows,
            Inserted::Given(rows) => rows.len(),
        };
        done.iter().map(rows).sum()
    }

    async fn run(self, connection: &mut Connection) -> Result<Vec<Inserted>, Stop> {
        let Self { target, chunks } = self;
        let mut all = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            match chunk.run(target, connection).await {
                Ok(made) => all.push(made),
                Err(stop) if all.is_empty() => return Err(stop),
                // The statement left no trace, but those before it did.
                Err(stop) => return Err(Stop::TakeBack(stop.on(target.object(), Operation::Create))),
            }
        }
        Ok(all)
    }
}

/// By what the row of a draft is known among those that a statement gives back, which may come in any order: its key,
/// or, where the database makes that, everything that was written. Rows that agree in all of it are as good for
/// one of their drafts as for another.
struct Written<'r> {
    capability: &'static Capability,
    record: &'r Record,
    has_key: bool,
}

impl<'r> Written<'r> {
    fn of(target: Target, capability: &'static Capability, record: &'r Record) -> Self {
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
fn in_order(target: Target, mut rows: Vec<Stored>, written: &[Written<'_>]) -> Option<Vec<Stored>> {
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
