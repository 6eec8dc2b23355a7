//! A row as the object that it is, field by field while it arrives.

use std::cell::RefCell;
use std::fmt;

use recension_model::{Carry, Cell, FieldSpec, FieldType, Persisted, Revision, Rule, Slot, whole};

use crate::engine::Row;
use crate::target::Target;
use crate::{ColumnMap, Error, Persist, json_cell};

/// A row that has every column of an object, in the order of its [`Mapping`](crate::Mapping). Not for people: what a
/// derive reads an object from.
#[doc(hidden)]
pub struct ObjectRow<'r> {
    target: Target,
    row: &'r Row,
    /// What the objects in cells carry.
    carry: RefCell<Carry>,
}

impl ObjectRow<'_> {
    /// The field at `index`, of type `F`.
    ///
    /// # Errors
    /// [`Error::Integrity`] for a cell that is no value of the field, [`Error::Incompatible`] for an object in it at a
    /// version that this program does not know.
    #[inline]
    pub fn field<F: FieldType>(&self, index: usize) -> Result<F, Error> {
        let Self { target, row, .. } = self;
        let (position, column, field) = target.place(index)?;
        if !field.kind.is_scalar() {
            return self.json(position, column, field);
        }
        let value = match row.cell(position, field) {
            Ok(Cell::Null) => null(column, field),
            Ok(cell) => F::from_cell(cell, field),
            Err(rule) => Err(rule),
        };
        value.map_err(|rule| target.broken(column, rule))
    }

    fn json<F: FieldType>(&self, position: usize, column: &ColumnMap, field: &FieldSpec) -> Result<F, Error> {
        let Self { target, row, .. } = self;
        let text = row.text(position).map_err(|_| target.unreadable("cell that is no text", column))?;
        let value = match json_cell::read(target, field, column, text)? {
            Slot::Null => null(column, field),
            mut slot => {
                self.carry.borrow_mut().gather_field(column.field, &mut slot);
                whole(slot)
            }
        };
        value.map_err(|rule| target.broken(column, rule))
    }

    /// The object by way of a record, for one that is not derived.
    ///
    /// # Errors
    /// As [`field`](Self::field).
    pub fn by_record<T: Persist>(&self) -> Result<T, Error> {
        let Self { target, row, .. } = self;
        let persisted = target.persisted::<T>(target.read(row, target.all())?, Carry::default())?;
        *self.carry.borrow_mut() = persisted.carry().cloned().unwrap_or_default();
        Ok(persisted.into_inner())
    }
}

/// What NULL is to a field.
#[cold]
fn null<F: FieldType>(column: &ColumnMap, field: &FieldSpec) -> Result<F, Rule> {
    match &column.null_as {
        Some(value) => whole(Slot::Value(value.clone())),
        None => F::from_cell(Cell::Null, field),
    }
}

impl Target {
    /// The object of a row that [`select_all`](Self::select_all) gave, with what the objects in its cells carry.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn decode<T: Persist>(&self, row: &Row) -> Result<Persisted<T>, Error> {
        let fields = self.mapping.columns().len();
        let revision = self.mapping.revision_column();
        if row.len() != fields + usize::from(revision.is_some()) {
            return Err(Error::integrity(self.object(), "other columns than were asked for", None));
        }
        let row_of = ObjectRow { target: *self, row, carry: RefCell::default() };
        let object = T::from_row(&row_of)?;
        let revision = revision.map_or(Ok(Revision(0)), |column| self.revision_at(row, fields, column))?;
        Ok(Persisted::assemble(object, revision, row_of.carry.into_inner()))
    }

    /// The revision in the cell at `index`.
    pub(crate) fn revision_at(&self, row: &Row, index: usize, column: &'static str) -> Result<Revision, Error> {
        let number = row.integer(index).ok().flatten().and_then(|number| u64::try_from(number).ok());
        number.map(Revision).ok_or_else(|| Error::integrity(self.object(), "revision is no count", Some(column)))
    }
}

impl fmt::Debug for ObjectRow<'_> {
    /// The object alone: what is in a row is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectRow").field("object", self.target.object()).finish_non_exhaustive()
    }
}
