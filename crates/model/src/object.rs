//! The typed view of an object.

use std::fmt;

use crate::error::join_path;
use crate::{Carry, Declaration, Error, FieldSet, LentField, ObjectName, Record, Rule, Slot};

/// A struct that is an object. Implemented by the derive `VersionedObject`; a value of it is *complete*:
/// every field is set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object",
    label = "derive `VersionedObject` for it",
    note = "an object is a struct with `#[derive(VersionedObject)]` and at least one `#[version(..)]`"
)]
pub trait Object: Clone + fmt::Debug + Send + Sync + 'static {
    /// The name of the object; that of the declaration too. A constant, so that a type which holds itself
    /// can name itself while its declaration is being made.
    const NAME: &'static str;
    /// The same object with each field unset, null or a value.
    type Draft: ObjectDraft<Object = Self>;
    /// The fields that only the service fills, as it hands them to a store.
    type ServerFields: ServerFields<Object = Self>;

    /// The shape and its history.
    fn declaration() -> &'static Declaration;
    /// The object as a draft with every field set and nothing changed.
    fn into_draft(self) -> Self::Draft;
    /// The complete object.
    ///
    /// # Errors
    /// The paths of the fields that are not set.
    fn from_draft(draft: Self::Draft) -> Result<Self, Missing>;
    /// The complete object of the states of its fields, one for each, in their order. Its limits are not checked.
    ///
    /// # Errors
    /// The [`Rule`] that the first state breaks which its field's Rust type cannot hold; [`Rule::Missing`] for one that is unset, or has
    /// something in it that is.
    fn from_slots(slots: Vec<Slot>) -> Result<Self, Rule>;
    /// The state of the field at `index`, as records hold it.
    fn slot(&self, index: usize) -> Slot;
    /// Shows the objects that the fields hold, or held in an earlier version, to a visitor.
    fn visit_children(visitor: &mut dyn ChildVisitor);

    /// An object yet to be made: every field unset.
    #[must_use]
    fn draft() -> Self::Draft {
        Self::Draft::default()
    }

    /// The object as a record of its newest version.
    #[must_use]
    fn to_record(&self) -> Record {
        record_of(Self::declaration(), |index| self.slot(index))
    }
}

/// A draft of `T`: each field unset, null or a value. Only a draft can be created in a store.
pub type Draft<T> = <T as Object>::Draft;

/// What the derive implements for the draft of an object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no draft",
    label = "only a draft can be created",
    note = "an object that is stored is changed with `edit()` and `save`"
)]
pub trait ObjectDraft: Clone + Default + fmt::Debug + Send + Sync + 'static {
    /// The object that the draft is of.
    type Object: Object<Draft = Self>;

    /// The state of the field at `index`, as records hold it.
    fn slot(&self, index: usize) -> Slot;
    /// Adds the states of all fields, in their order, as they lie in the draft.
    fn lend<'d>(&'d self, fields: &mut Vec<LentField<'d>>);
    /// Puts a state into the field at `index`; the changed fields stay as they are.
    ///
    /// # Errors
    /// The [`Rule`] that the state breaks.
    fn put(&mut self, index: usize, slot: Slot) -> Result<(), Rule>;
    /// The changed fields.
    fn changes(&self) -> FieldSet;
    /// Replaces the set of changed fields.
    fn set_changes(&mut self, changes: FieldSet);

    /// The state of the field at `index` in the form in which a record of the object has it: a secret as such, the items of a set in order.
    #[must_use]
    fn held_slot(&self, index: usize) -> Slot {
        Self::Object::declaration().head.fields.get(index).map_or(Slot::Unset, |field| field.hold(self.slot(index)))
    }

    /// The draft as a record of the newest version. The limits of the fields are not checked yet.
    #[must_use]
    fn to_record(&self) -> Record {
        let mut record = record_of(Self::Object::declaration(), |index| self.slot(index));
        record.set_changes(self.changes());
        record
    }

    /// The draft as a record of the newest version, its limits checked.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first field that breaks a rule.
    fn to_checked_record(&self) -> Result<Record, Error> {
        let spec = &Self::Object::declaration().head;
        let mut slots = Vec::with_capacity(spec.fields.len());
        for (index, field) in spec.fields.iter().enumerate() {
            slots.push(field.admit(self.slot(index)).map_err(|rule| spec.invalid(index, rule))?);
        }
        Ok(Record::assemble(spec.clone(), slots, self.changes(), Carry::default()))
    }

    /// The draft from a record of the newest version; the carry of the record is dropped.
    ///
    /// # Errors
    /// [`Error::OtherObject`] for a record of another shape, [`Error::Invalid`] for a state that the Rust
    /// type of the field cannot hold.
    fn from_record(mut record: Record) -> Result<Self, Error> {
        let spec = record.spec().clone();
        let head = &Self::Object::declaration().head;
        if spec.name != head.name || spec.version != head.version {
            let shown = |spec: &crate::ObjectSpec| format!("{} {}", spec.name, spec.version);
            return Err(Error::OtherObject { expected: shown(head), found: shown(&spec) });
        }
        let mut draft = Self::default();
        for index in 0..spec.fields.len() {
            draft.put(index, record.take(index)).map_err(|rule| spec.invalid(index, rule))?;
        }
        draft.set_changes(record.changes());
        Ok(draft)
    }
}

/// The fields of an object that only the service fills: ids, owners, times. A type of its own, with
/// setters for those fields alone, so that nothing that came from a caller can reach them (S6).
pub trait ServerFields: Default + fmt::Debug + Send + Sync + 'static {
    /// The object whose fields they are.
    type Object: Object<ServerFields = Self>;

    /// The fields as a draft in which nothing else is set.
    fn as_draft(&self) -> &Draft<Self::Object>;
}

/// A record filled without checks from the states of a typed object, whose types are the check; what only
/// limits can tell is checked where the record is written.
fn record_of(declaration: &Declaration, slot: impl Fn(usize) -> Slot) -> Record {
    Record::trusted(declaration.head.clone(), slot)
}

/// Paths of fields that are not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub Vec<String>);

impl Missing {
    /// The same paths, seen from an object that holds the incomplete one at `path`.
    #[must_use]
    pub fn below(self, path: &str) -> Self {
        Self(self.0.iter().map(|inner| join_path(path, inner)).collect())
    }

    /// The error that says so.
    #[must_use]
    pub fn of(self, object: &ObjectName) -> Error {
        Error::Incomplete { object: object.clone(), missing: self.0 }
    }
}

/// Notes what is missing of a draft that is made complete. What the derive uses to write `from_draft`.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Completion {
    /// By the place of the field.
    missing: Vec<(usize, String)>,
}

impl Completion {
    /// The complete value of the field at `index`, or `None` and a note of what is missing in it.
    pub fn field<F: crate::FieldType>(&mut self, index: usize, name: &str, slot: Option<F::Draft>) -> Option<F> {
        match slot.map(F::complete) {
            Some(Ok(value)) => return Some(value),
            Some(Err(missing)) => self.missing.extend(missing.below(name).0.into_iter().map(|path| (index, path))),
            None => self.missing.push((index, name.to_owned())),
        }
        None
    }

    /// Notes that the field at `index` is missing, if it is.
    pub fn look<D>(&mut self, index: usize, name: &str, slot: &Option<D>) {
        if slot.is_none() {
            self.missing.push((index, name.to_owned()));
        }
    }

    /// What is missing, in the order of the fields.
    #[must_use]
    pub fn missing(mut self) -> Missing {
        self.missing.sort_by_key(|(index, _)| *index);
        Missing(self.missing.into_iter().map(|(_, path)| path).collect())
    }
}

/// Visits the objects that an object holds. The visitor says itself whether it goes on to *their*
/// children, so that recursive types end.
pub trait ChildVisitor {
    /// Called for each object that a field holds; `children` shows what that object holds in turn.
    fn visit(&mut self, declaration: &'static Declaration, children: fn(&mut dyn ChildVisitor));
}
