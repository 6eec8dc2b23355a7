//! The statements that make many rows.

use std::ops::Range;
use std::sync::Arc;

use recension_model::{Cell, FieldKind, FieldSet, LentField, Record, Slot};
use sea_orm::Condition;
use sea_orm::sea_query::{Query, SimpleExpr};

use super::drafts::NewObjects;
use super::order::{Written, in_order};
use crate::capability::Capability;
use crate::engine::{Connection, InsertRows, Prepared, Shape};
use crate::session::Stop;
use crate::session::create::{NewRow, no_row};
use crate::session::row_after::WriteOne;
use crate::session::write::Work;
use crate::target::{Stored, Target};
use crate::value::Bindable;
use crate::{ColumnMap, Error, Operation};

/// Most rows of one statement where others of the same names are looked for: no engine takes a condition of any number of parts.
const NAMED_ROWS_MAX: usize = 100;

/// The statements that make the rows, written before a connection is taken.
pub(super) fn chunks(
    target: Target,
    capability: &'static Capability,
    objects: &Arc<dyn NewObjects>,
    scope: Option<Condition>,
) -> Result<Vec<Chunk>, Error> {
    let mut chunks = Vec::new();
    let mut at = 0;
    // Rows of one statement have the same columns; a key that the database makes may be given for some of them.
    for run in objects.set().chunk_by(|one, next| one == next) {
        let end = at + run.len();
        let Some(set) = run.first().copied() else { continue };
        let rows = NewRows::of(target, capability, set, scope.clone());
        let mut shape = rows.shape();
        while at < end {
            let drafts = at..at + shape.rows(end - at);
            match Chunk::of(&rows, shape, objects, drafts.clone())? {
                Ok(chunk) => {
                    chunks.push(chunk);
                    at = drafts.end;
                }
                Err(TooLarge { rows }) => shape = shape.at_most(rows),
            }
        }
    }
    Ok(chunks)
}

/// Rows in which the same fields are set.
struct NewRows {
    target: Target,
    capability: &'static Capability,
    set: FieldSet,
    scope: Option<Condition>,
    columns: Vec<&'static str>,
    /// Whether they are what is written.
    are_whole: bool,
}

impl NewRows {
    fn of(target: Target, capability: &'static Capability, set: FieldSet, scope: Option<Condition>) -> Self {
        Self { target, capability, set, scope, columns: NewRow::columns(target, set), are_whole: target.is_whole(set) }
    }

    /// How those of one statement are bound.
    fn shape(&self) -> Shape {
        let Self { target, capability, set, .. } = self;
        let cells = self.returned_cells();
        // Where a statement gives nothing back, the keys that the database makes for several rows cannot be told.
        if self.columns.is_empty() || !cells.is_empty() && !capability.insert_returns {
            return Shape::Cells(1);
        }
        let besides = if cells.is_empty() { 0 } else { capability.write(&Query::select().exprs(cells).take()).1.len() };
        let has_truths = target.columns().any(|(column, field)| field.kind == FieldKind::Bool && set.contains(column.field));
        let shape = Shape::of(capability, self.columns.len(), besides, has_truths);
        if target.mapping.natural().is_some() { shape.at_most(NAMED_ROWS_MAX) } else { shape }
    }

    /// What is asked of each row that is made: nothing where everything of it is written, and it is within a scope of no condition.
    fn returned_cells(&self) -> Vec<SimpleExpr> {
        let Self { target, capability, scope, .. } = self;
        match (self.are_whole, scope.clone()) {
            (true, None) => Vec::new(),
            (true, scope) => vec![Target::allowed(scope)],
            (false, scope) => target.returned_cells(capability, Target::allowed(scope)).into(),
        }
    }

    /// The statement that makes some of them, and what of them is read otherwise than it is written.
    fn insert(&self, shape: Shape, objects: &dyn NewObjects, drafts: Range<usize>) -> Result<Result<(Rows, Otherwise), TooLarge>, Error> {
        let Self { target, capability, set, scope, columns, .. } = self;
        let cells = self.returned_cells();
        let first = || objects.record(drafts.start, *set);
        if !cells.is_empty() && !capability.insert_returns {
            let record = first();
            let row = NewRow::of(*target, &record).map_err(|error| error.of_draft(drafts.start))?;
            let insert = target.insert(row)?;
            let insert = WriteOne::insert(*target, capability, insert, &record, scope.clone(), false)?;
            return Ok(Ok((Rows::One(insert), Vec::new())));
        }
        let kind = match cells.len() {
            0 => Rows::AsWritten,
            1 => Rows::Allowed,
            _ => Rows::All,
        };
        if columns.is_empty() {
            return Ok(Ok((kind(capability.prepare_insert(target.insert(NewRow::of(*target, &first())?)?, cells)), Vec::new())));
        }
        let mut insert = InsertRows::begin(capability, shape, (target.table(), columns), drafts.len(), cells);
        let mut lent = Vec::with_capacity(target.spec.fields.len());
        let mut row = vec![Bindable::Integer(None); columns.len()];
        let mut otherwise = Vec::new();
        for (rows, draft) in drafts.enumerate() {
            lent.clear();
            objects.lend(draft, &mut lent);
            self.bind(&mut row, &mut otherwise, (objects, draft), &lent).map_err(|error| error.of_draft(draft))?;
            insert.add(&mut row)?;
            if insert.is_full() && rows > 0 {
                return Ok(Err(TooLarge { rows }));
            }
        }
        Ok(Ok((kind(insert.end()?), otherwise)))
    }

    /// Puts what the row of a draft binds in its place.
    fn bind<'d>(
        &self,
        row: &mut [Bindable<'d>],
        otherwise: &mut Otherwise,
        (objects, draft): (&dyn NewObjects, usize),
        lent: &[LentField<'d>],
    ) -> Result<(), Error> {
        let Self { target, capability, set, are_whole, .. } = self;
        let mut places = row.iter_mut();
        let columns = target.columns().filter(|(column, _)| set.contains(column.field));
        for ((column, field), place) in columns.zip(&mut places) {
            let index = column.field;
            let state = match lent.get(index).copied().unwrap_or(LentField::Value) {
                LentField::Cell(cell) => {
                    place.take_cell(&field.kind, cell).map_err(|rule| target.spec.invalid(index, rule))?;
                    if !are_whole || reads_as_it_is(column, &cell) {
                        continue;
                    }
                    objects.state(draft, index)
                }
                LentField::Unset | LentField::Value => {
                    let state = objects.state(draft, index);
                    *place = target.bindable(index, field, &state)?.into_owned();
                    state
                }
            };
            if *are_whole {
                otherwise.push((draft, index, target.as_read(capability, index, &state)?));
            }
        }
        let digest = target.mapping.natural().map(|natural| natural.of(&objects.record(draft, natural.fields.iter().copied().collect())));
        places.zip(NewRow::besides(*target, digest)).for_each(|(place, value)| *place = value);
        Ok(())
    }
}

/// Whether what is written is what is read: to bind the others and to read that again would be most of the work.
fn reads_as_it_is(column: &ColumnMap, cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Null => column.null_as.is_none(),
        Cell::Time(time) => time.is_utc(),
        Cell::Integer(_) | Cell::Text(_) | Cell::Blob(_) | Cell::Date(_) | Cell::Uuid(_) => true,
        _ => false,
    }
}

/// States that are read in another form than they are written in: the draft, the field, and how it is read.
pub(super) type Otherwise = Vec<(usize, usize, Slot)>;

/// The statements that make the rows of one chunk.
pub(super) struct Chunk {
    capability: &'static Capability,
    clash: Option<Prepared>,
    insert: Rows,
    otherwise: Otherwise,
    objects: Arc<dyn NewObjects>,
    drafts: Range<usize>,
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

/// What is known of the rows of a chunk once they are made.
pub(super) enum Inserted {
    /// So many, each as it was written but for what is read otherwise.
    AsWritten(usize, Otherwise),
    /// The rows, in the order of the drafts.
    Given(Vec<Stored>),
}

/// That rows are too large for one statement, and how many of them are not.
struct TooLarge {
    rows: usize,
}

impl Chunk {
    fn of(rows: &NewRows, shape: Shape, objects: &Arc<dyn NewObjects>, drafts: Range<usize>) -> Result<Result<Self, TooLarge>, Error> {
        let NewRows { target, capability, .. } = *rows;
        let (insert, otherwise) = match rows.insert(shape, &**objects, drafts.clone())? {
            Ok(insert) => insert,
            Err(too_large) => return Ok(Err(too_large)),
        };
        let clash = match target.mapping.natural() {
            Some(natural) => {
                let named = natural.fields.iter().copied().collect();
                let records: Vec<Record> = drafts.clone().map(|draft| objects.record(draft, named)).collect();
                natural.clash_of_any(target, &records)?
            }
            None => None,
        };
        let clash = clash.map(|clash| capability.prepare(&clash));
        Ok(Ok(Self { capability, clash, insert, otherwise, objects: objects.clone(), drafts }))
    }

    async fn run(self, target: Target, connection: &mut Connection) -> Result<Inserted, Stop> {
        let Self { capability, clash, insert, otherwise, objects, drafts } = self;
        if let Some(clash) = clash {
            no_row(target, connection, clash).await?;
        }
        let others = || Stop::TakeBack(Error::integrity(target.object(), "other rows were made than were written", None));
        let (count, mut made) = (drafts.len(), Vec::new());
        match insert {
            Rows::AsWritten(insert) => {
                let rows = connection.execute(insert).await?;
                return if usize::try_from(rows) == Ok(count) { Ok(Inserted::AsWritten(count, otherwise)) } else { Err(others()) };
            }
            Rows::Allowed(insert) => {
                let mut rows = 0;
                connection
                    .query(insert, |row| {
                        rows += 1;
                        target.allows(row, Operation::Create).map_err(Stop::TakeBack)?;
                        Ok::<_, Stop>(())
                    })
                    .await?;
                return if rows == count { Ok(Inserted::AsWritten(count, otherwise)) } else { Err(others()) };
            }
            Rows::One(insert) => made.extend(insert.run(target, connection, Operation::Create).await?),
            Rows::All(insert) => {
                made.reserve(count);
                connection
                    .query(insert, |row| {
                        made.push(target.returned(row, Operation::Create).map_err(Stop::TakeBack)?);
                        Ok::<_, Stop>(())
                    })
                    .await?;
            }
        }
        let set = objects.set();
        let record = |draft: usize| objects.record(draft, set.get(draft).copied().unwrap_or_default());
        let records: Vec<Record> = drafts.map(record).collect();
        let written: Vec<Written<'_>> = records.iter().map(|record| Written::of(target, capability, record)).collect();
        in_order(target, made, &written).map(Inserted::Given).ok_or_else(others)
    }
}

/// All chunks, in one transaction.
pub(super) struct InsertMany {
    pub(super) target: Target,
    pub(super) chunks: Vec<Chunk>,
}

impl Work for InsertMany {
    type Done = Vec<Inserted>;

    fn rows(done: &Vec<Inserted>) -> usize {
        let rows = |made: &Inserted| match made {
            Inserted::AsWritten(rows, _) => *rows,
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
