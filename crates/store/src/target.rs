//! The table of an object, without its Rust type: statements and rows.

use recension_model::{
    Carry, FieldSet, FieldSpec, Object, ObjectName, ObjectSpec, Partial, Persisted, Record, Revision, Rule, Slot, Value,
};
use recension_versioning::Registry;
use sea_orm::Value as Bound;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, Func, IntoIden, Query, SelectStatement, SimpleExpr};
use std::sync::Arc;

use crate::capability::Capability;
use crate::engine::Row;
use crate::error::Fault;
use crate::json_cell;
use crate::value::{Bindable, bind, truth};
use crate::{ColumnMap, Error, Mapping, Operation, Persist};

/// An object and its table. What is done with it needs no Rust type, so it is compiled once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) spec: &'static Arc<ObjectSpec>,
    pub(crate) mapping: &'static Mapping,
    /// The object and those it holds; nothing where its history makes no sense, as a test of it tells.
    pub(crate) registry: Option<&'static Registry>,
}

/// A row as it was read.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) slots: Vec<Slot>,
    pub(crate) revision: Revision,
}

impl Target {
    pub(crate) fn of<T: Persist>() -> Self {
        Self { spec: &T::declaration().head, mapping: T::mapping(), registry: T::registry().ok() }
    }

    pub(crate) fn object(&self) -> &'static ObjectName {
        &self.spec.name
    }

    pub(crate) fn table(&self) -> &'static str {
        self.mapping.table()
    }

    /// The fields with their columns, in the order of the columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'static ColumnMap, &'static FieldSpec)> {
        let Self { spec, mapping, .. } = *self;
        mapping.columns().iter().filter_map(move |column| Some((column, spec.fields.get(column.field)?)))
    }

    /// As [`columns`](Self::columns), without those of the key.
    pub(crate) fn columns_besides_key(&self) -> impl Iterator<Item = (&'static ColumnMap, &'static FieldSpec)> {
        let keys = self.mapping.keys();
        self.columns().filter(move |(column, _)| !keys.contains(&column.field))
    }

    /// The places of the columns of [`columns_besides_key`](Self::columns_besides_key) among all of them.
    pub(crate) fn places_besides_key(&self) -> impl Iterator<Item = usize> {
        let keys = self.mapping.keys();
        self.columns().enumerate().filter(move |(_, (column, _))| !keys.contains(&column.field)).map(|(place, _)| place)
    }

    /// The column of the field at `index`.
    pub(crate) fn column(&self, index: usize) -> Result<(&'static ColumnMap, &'static FieldSpec), Error> {
        let found = self.mapping.column_of(index).zip(self.spec.fields.get(index));
        found.ok_or_else(|| Error::integrity(self.object(), "field without a column", None))
    }

    /// The column of the field at `index`, and its place among all columns.
    pub(crate) fn place(&self, index: usize) -> Result<(usize, &'static ColumnMap, &'static FieldSpec), Error> {
        let found = self.mapping.place_of(index).zip(self.spec.fields.get(index));
        let ((place, column), field) = found.ok_or_else(|| Error::integrity(self.object(), "field without a column", None))?;
        Ok((place, column, field))
    }

    /// A column with its table. SQLite reads a bare name in quotes that is no column as text.
    pub(crate) fn expr(&self, column: &'static str) -> Expr {
        Expr::col((self.table(), column))
    }

    /// The revision of a row, with that of a row whose writer does not know it. Numbers of ours are written out: each value that is
    /// bound costs both sides, and the engine knows less of it.
    pub(crate) fn revision(&self, column: &'static str) -> SimpleExpr {
        Func::coalesce([self.expr(column), Expr::cust("0")]).into()
    }

    /// `SELECT` of the columns of `fields` and the revision, of the rows for which `condition` holds.
    pub(crate) fn select(&self, fields: FieldSet, condition: Condition) -> SelectStatement {
        self.cells(fields).from(self.table()).cond_where(condition).take()
    }

    /// As [`select`](Self::select) of all fields. The list of the columns is made once for each object and engine: to
    /// write it anew would be most of the work of a statement.
    pub(crate) fn select_all(&self, capability: &Capability, condition: Condition) -> SelectStatement {
        Query::select().expr(self.all_cells(capability)).from(self.table()).cond_where(condition).take()
    }

    /// The columns of all fields and the revision, as one expression.
    fn all_cells(&self, capability: &Capability) -> SimpleExpr {
        Expr::cust(self.mapping.column_list(capability.sql, || self.cells(self.all())))
    }

    /// `SELECT` of the columns of `fields` and the revision, without a table yet.
    fn cells(&self, fields: FieldSet) -> SelectStatement {
        let columns = self.columns().filter(|(column, _)| fields.contains(column.field));
        let mut select = Query::select();
        select.exprs(columns.map(|(column, _)| self.expr(column.column)));
        if let Some(column) = self.mapping.revision_column() {
            select.expr(self.revision(column));
        }
        select
    }

    /// One for a row within `scope`, and zero for another.
    pub(crate) fn allowed(scope: Option<Condition>) -> SimpleExpr {
        scope.map_or(Expr::cust("1"), |scope| Expr::case(scope, Expr::cust("1")).finally(Expr::cust("0")).into())
    }

    /// What is asked of a row that was written: whether it is `allowed`, and then what [`select`](Self::select) of all
    /// fields gives.
    pub(crate) fn returned_cells(&self, capability: &Capability, allowed: SimpleExpr) -> [SimpleExpr; 2] {
        [allowed, self.all_cells(capability)]
    }

    /// The same, an expression for each cell.
    pub(crate) fn returned_one_by_one(&self, allowed: SimpleExpr) -> Vec<SimpleExpr> {
        let cells = self.columns().map(|(column, _)| self.expr(column.column));
        let revision = self.mapping.revision_column().map(|column| self.revision(column));
        std::iter::once(allowed).chain(cells).chain(revision).collect()
    }

    /// The query for the same, for engines whose statement does not give it.
    pub(crate) fn select_returned(&self, capability: &Capability, scope: Option<Condition>, row: Condition) -> SelectStatement {
        Query::select().exprs(self.returned_cells(capability, Self::allowed(scope))).from(self.table()).cond_where(row).take()
    }

    /// What the row has of [`returned_cells`](Self::returned_cells).
    ///
    /// # Errors
    /// [`Error::Denied`] to be taken back when the new row is outside of the scope; as for [`read`](Self::read).
    pub(crate) fn returned(&self, row: &Row, operation: Operation) -> Result<Stored, Error> {
        self.allows(row, operation)?;
        self.returned_row(row)
    }

    /// Whether the row says first that it is allowed.
    ///
    /// # Errors
    /// [`Error::Denied`] to be taken back.
    pub(crate) fn allows(&self, row: &Row, operation: Operation) -> Result<(), Error> {
        if row.integer(0) == Ok(Some(1)) { Ok(()) } else { Err(Error::Denied { object: self.object().clone(), operation }) }
    }

    /// The same, whatever it says of the scope.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub(crate) fn returned_row(&self, row: &Row) -> Result<Stored, Error> {
        self.read_from(1, row, self.all())
    }

    /// All fields.
    pub(crate) fn all(&self) -> FieldSet {
        (0..self.spec.fields.len()).collect()
    }

    /// The row with that key.
    pub(crate) fn key_is(&self, key: &[Value], scope: Option<Condition>) -> Result<Condition, Error> {
        let mut condition = Cond::all();
        for (index, value) in self.mapping.keys().iter().zip(key) {
            let (column, _) = self.column(*index)?;
            let value = bind(value).map_err(|rule| self.spec.invalid(*index, rule))?;
            condition = condition.add(self.expr(column.column).eq(value));
        }
        // With fewer values it would hold for other rows too, and `all` of nothing holds for every row.
        if key.is_empty() || key.len() != self.mapping.keys().len() {
            return Err(Error::integrity(self.object(), "key of another length", None));
        }
        Ok(condition.add_option(scope))
    }

    /// The column of its key, where that is one.
    pub(crate) fn key_cell(&self) -> Result<Expr, Error> {
        match self.mapping.keys() {
            [key] => Ok(self.expr(self.column(*key)?.0.column)),
            _ => Err(Error::integrity(self.object(), "key of another length", None)),
        }
    }

    /// The row is not marked as deleted; `None` where no row is.
    pub(crate) fn live(&self) -> Result<Option<SimpleExpr>, Error> {
        let Some(deletion) = self.mapping.soft_deletion() else { return Ok(None) };
        Ok(match (deletion.mark, deletion.time) {
            (Some(mark), _) => {
                let (column, _) = self.column(mark)?;
                // A program that does not know the column leaves NULL.
                Some(self.expr(column.column).eq(Expr::cust("0")).or(self.expr(column.column).is_null()))
            }
            (None, Some(time)) => Some(self.expr(self.column(time)?.0.column).is_null()),
            (None, None) => None,
        })
    }

    /// A state as it is bound.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a value that no column can hold.
    pub(crate) fn bind(&self, index: usize, slot: &Slot) -> Result<Bound, Error> {
        let (_, field) = self.column(index)?;
        self.bindable(index, field, slot).map(Bound::from)
    }

    /// The same, as far as it can be borrowed, where the field at `index` is known already.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    #[inline]
    pub(crate) fn bindable<'s>(&self, index: usize, field: &FieldSpec, slot: &'s Slot) -> Result<Bindable<'s>, Error> {
        match slot.value() {
            Some(value) if !field.kind.is_scalar() => Ok(Bindable::Text(Some(json_cell::text(self, self.spec, field, value)?.into()))),
            _ => Ok(Bindable::of_slot(&field.kind, slot).map_err(|rule| self.spec.invalid(index, rule))?),
        }
    }

    /// A state as the engine keeps it: two that it keeps alike are equal.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub(crate) fn bound(&self, capability: &Capability, index: usize, slot: &Slot) -> Result<Bound, Error> {
        let mut value = self.bind(index, slot)?;
        capability.adapt(&mut value);
        Ok(value)
    }

    /// What holds for a row that is read with `slot` in the field at `index`.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub(crate) fn reads_as(&self, index: usize, slot: &Slot) -> Result<SimpleExpr, Error> {
        let (column, _) = self.column(index)?;
        let cell = || self.expr(column.column);
        let equal = match slot {
            Slot::Null => return Ok(cell().is_null()),
            // Programs write other numbers than one for true.
            Slot::Value(Value::Bool(true)) => cell().ne(truth(false)),
            slot => cell().eq(self.bind(index, slot)?),
        };
        Ok(if slot.value().is_some_and(|value| column.null_as.as_ref() == Some(value)) { equal.or(cell().is_null()) } else { equal })
    }

    /// The states and the revision of a row that [`select`](Self::select) of the same fields gave.
    ///
    /// # Errors
    /// [`Error::Integrity`] when a column is missing, null where the field has no null, or of another kind.
    pub(crate) fn read(&self, row: &Row, fields: FieldSet) -> Result<Stored, Error> {
        self.read_from(0, row, fields)
    }

    fn read_from(&self, first: usize, row: &Row, fields: FieldSet) -> Result<Stored, Error> {
        let mut slots = vec![Slot::Unset; self.spec.fields.len()];
        let mut at = first;
        for (column, field) in self.columns().filter(|(column, _)| fields.contains(column.field)) {
            let slot = if field.kind.is_scalar() {
                row.cell(at, field).and_then(|cell| cell.slot(field)).map_err(|rule| self.broken(column, rule))?
            } else {
                json_cell::read(self, field, column, row.text(at).map_err(|_| self.unreadable("cell that is no text", column))?)?
            };
            let slot = match (slot, &column.null_as) {
                (Slot::Null, Some(value)) => Slot::Value(value.clone()),
                (Slot::Null, None) if !field.nullable => return Err(self.broken(column, Rule::NotNull)),
                (slot, _) => slot,
            };
            if let Some(place) = slots.get_mut(column.field) {
                *place = slot;
            }
            at += 1;
        }
        let revision = match self.mapping.revision_column() {
            None => Revision(0),
            Some(column) => {
                at += 1;
                self.revision_at(row, at - 1, column)?
            }
        };
        if row.len() != at {
            return Err(Error::integrity(self.object(), "other columns than were asked for", None));
        }
        Ok(Stored { slots, revision })
    }

    /// The error for a cell that breaks a rule of its field.
    pub(crate) fn broken(&self, column: &ColumnMap, rule: Rule) -> Error {
        let broken = self.spec.invalid(column.field, rule);
        Error::Integrity { object: self.object().clone(), fault: Fault::of_cell(column.column, broken) }
    }

    pub(crate) fn unreadable(&self, detail: &'static str, column: &ColumnMap) -> Error {
        Error::integrity(self.object(), detail, Some(column.column))
    }

    fn record(&self, slots: Vec<Slot>, carry: Carry) -> Record {
        Record::assemble(self.spec.clone(), slots, FieldSet::EMPTY, carry)
    }

    /// The whole object of a row, with what was carried of it, beside what the objects in its cells carry.
    pub(crate) fn persisted<T: Persist>(&self, stored: Stored, carry: Carry) -> Result<Persisted<T>, Error> {
        let Stored { mut slots, revision } = stored;
        let mut nested = Carry::default();
        for (index, (field, slot)) in self.spec.fields.iter().zip(&mut slots).enumerate() {
            if !field.kind.is_scalar() {
                nested.gather_field(index, slot);
            }
        }
        let object = T::from_slots(slots).map_err(|_| Error::integrity(self.object(), "row does not make an object", None))?;
        Ok(Persisted::assemble(object, revision, carry.with_nested_of(nested)))
    }

    /// The object of a row of which some columns were asked for.
    pub(crate) fn partial<T: Object>(&self, stored: Stored) -> Result<Partial<T>, Error> {
        let record = self.record(stored.slots, Carry::default());
        Partial::from_record(record).map_err(|_| Error::integrity(self.object(), "row does not make an object", None))
    }

    /// A name for the left side of an assignment.
    pub(crate) fn name(column: &'static str) -> sea_orm::sea_query::DynIden {
        column.into_iden()
    }
}
