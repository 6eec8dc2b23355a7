//! An object of a specification known only at run time.

use std::fmt;
use std::sync::Arc;

use crate::{Carry, Error, FieldSet, ObjectSpec, Slot, Value, debug_fields};

/// An object of a specification known only at run time: a state for each field, the set of changed ones,
/// and what an older version could not say.
///
/// Two records are equal when version, states, changes and carry are. `Debug` shows the values of public
/// fields only.
#[derive(Clone)]
pub struct Record {
    spec: Arc<ObjectSpec>,
    slots: Vec<Slot>,
    changes: FieldSet,
    carry: Carry,
}

impl Record {
    /// An object with every field unset and nothing changed.
    #[must_use]
    pub fn new(spec: Arc<ObjectSpec>) -> Self {
        let slots = vec![Slot::Unset; spec.fields.len()];
        Self { spec, slots, changes: FieldSet::EMPTY, carry: Carry::default() }
    }

    /// An object whose states need no check, because their Rust types are the check.
    pub(crate) fn trusted(spec: Arc<ObjectSpec>, slot: impl Fn(usize) -> Slot) -> Self {
        let slots = spec.fields.iter().enumerate().map(|(index, field)| field.hold(slot(index))).collect();
        Self { spec, slots, changes: FieldSet::EMPTY, carry: Carry::default() }
    }

    /// An object whose states were taken from another record of the same history, and so need no check.
    #[doc(hidden)]
    #[must_use]
    pub fn assemble(spec: Arc<ObjectSpec>, slots: Vec<Slot>, changes: FieldSet, carry: Carry) -> Self {
        debug_assert_eq!(spec.fields.len(), slots.len());
        Self { spec, slots, changes, carry }
    }

    /// What the object looks like.
    #[must_use]
    pub const fn spec(&self) -> &Arc<ObjectSpec> {
        &self.spec
    }

    /// The state of the field called `name`.
    ///
    /// # Errors
    /// [`Error::UnknownField`].
    pub fn slot(&self, name: &str) -> Result<&Slot, Error> {
        let index = self.spec.require(name)?;
        Ok(self.at(index))
    }

    /// The state of the field at `index`; unset past the end.
    #[must_use]
    pub fn at(&self, index: usize) -> &Slot {
        self.slots.get(index).unwrap_or(&Slot::Unset)
    }

    /// Changes the field called `name`: checks the new state, stores it and adds the field to the changed ones.
    ///
    /// # Errors
    /// [`Error::UnknownField`]; [`Error::Invalid`] when the state breaks a rule of the field, which then stays as it was.
    pub fn set(&mut self, name: &str, slot: impl Into<Slot>) -> Result<(), Error> {
        let index = self.spec.require(name)?;
        self.fill(index, slot.into())?;
        self.changes.insert(index);
        Ok(())
    }

    /// Fills the field at `index` without counting it as changed, as reading an object does.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn fill(&mut self, index: usize, slot: Slot) -> Result<(), Error> {
        let (Some(field), Some(place)) = (self.spec.fields.get(index), self.slots.get_mut(index)) else {
            return Err(self.spec.unknown_field(&index.to_string()));
        };
        *place = field.admit(slot).map_err(|rule| self.spec.invalid(index, rule))?;
        Ok(())
    }

    /// Makes the field called `name` unset, and takes it out of the changed ones.
    ///
    /// # Errors
    /// [`Error::UnknownField`].
    pub fn unset(&mut self, name: &str) -> Result<Slot, Error> {
        let index = self.spec.require(name)?;
        self.changes.remove(index);
        Ok(self.take(index))
    }

    /// Takes the state of the field at `index` out; the field is unset then.
    pub fn take(&mut self, index: usize) -> Slot {
        self.slots.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    /// The changed fields.
    #[must_use]
    pub const fn changes(&self) -> FieldSet {
        self.changes
    }

    /// Replaces the set of changed fields.
    pub const fn set_changes(&mut self, changes: FieldSet) {
        self.changes = changes;
    }

    /// What an older version could not say.
    #[must_use]
    pub const fn carry(&self) -> &Carry {
        &self.carry
    }

    /// Replaces the carry.
    pub fn set_carry(&mut self, carry: Carry) {
        self.carry = carry;
    }

    /// Takes the carry out.
    pub fn take_carry(&mut self) -> Carry {
        std::mem::take(&mut self.carry)
    }

    /// Shows each object in the object, with its place.
    pub(crate) fn visit_children(&mut self, visit: &mut dyn FnMut(ChildPlace<'_>, &mut Self)) {
        for (field, slot) in self.slots.iter_mut().enumerate() {
            visit_field(field, slot, visit);
        }
    }

    /// The fields that are null or have a value.
    #[must_use]
    pub fn set_fields(&self) -> FieldSet {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.is_set()).map(|(index, _)| index).collect()
    }

    /// Whether every field is set.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.slots.iter().all(Slot::is_set)
    }

    /// The states in field order.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }
}

/// Shows each object in a state of the field at index `field`.
pub(crate) fn visit_field(field: usize, slot: &mut Slot, visit: &mut dyn FnMut(ChildPlace<'_>, &mut Record)) {
    if let Slot::Value(value) = slot {
        let is_item = !matches!(value, Value::Object(_));
        value.visit_objects(&mut |name, child| visit(ChildPlace { field, is_item, name }, child));
    }
}

/// Where an object in another is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChildPlace<'r> {
    /// The index of the field that holds it.
    pub(crate) field: usize,
    /// Whether it is an item of a list or a map.
    pub(crate) is_item: bool,
    /// Its name, in a map.
    pub(crate) name: Option<&'r str>,
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.spec.name == other.spec.name
            && self.spec.version == other.spec.version
            && self.slots == other.slots
            && self.changes == other.changes
            && self.carry == other.carry
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_fields(f, &self.spec, |index| self.at(index).clone())
    }
}
