//! What an object of one version looks like.

mod check;
mod deprecation;

use std::sync::Arc;

pub use deprecation::Deprecation;

use crate::{Cell, Error, Escaped, FIELDS_MAX, FieldClass, FieldKind, Item, Limits, ObjectName, ObjectVersion, Rule, Secret, Slot, Value};

/// One field of an object at one version.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSpec {
    /// Its name, on the wire and in messages.
    pub name: Arc<str>,
    /// The kind of value it holds.
    pub kind: FieldKind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it stays as it was when the object was made.
    pub read_only: bool,
    /// Whether the service fills it: no caller may give it.
    pub server_set: bool,
    /// How large its value may be.
    pub limits: Limits,
    /// Who may see it.
    pub class: FieldClass,
    /// What a new object gets where nothing is given: null or a value, or [`Slot::Unset`] for nothing. Objects
    /// of older versions do not get it: see [`Op::Add`](crate::Op::Add).
    pub default: Slot,
    /// Whether its text may have secrets in it, as a URL with a password: where `Debug` shows it they are
    /// masked.
    pub sensitive: bool,
    /// That it will go, if it will.
    pub deprecated: Option<Arc<Deprecation>>,
}

impl FieldSpec {
    /// A field that is not nullable, of class [`FieldClass::Secret`], with the default limits.
    pub fn new(name: &str, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            nullable: false,
            read_only: false,
            server_set: false,
            limits: Limits::default(),
            class: FieldClass::Secret,
            default: Slot::Unset,
            sensitive: false,
            deprecated: None,
        }
    }

    /// The field may be null.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The field stays as it was when the object was made.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// The service fills the field.
    #[must_use]
    pub fn server_set(mut self) -> Self {
        self.server_set = true;
        self
    }

    /// Who may see the field.
    #[must_use]
    pub fn class(mut self, class: FieldClass) -> Self {
        self.class = class;
        self
    }

    /// What a new object gets where nothing is given.
    #[must_use]
    pub fn default(mut self, default: impl Into<Slot>) -> Self {
        self.default = default.into();
        self
    }

    /// The text may have secrets in it.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The field will go.
    #[must_use]
    pub fn deprecated(mut self, deprecation: Deprecation) -> Self {
        self.deprecated = Some(Arc::new(deprecation));
        self
    }

    /// How large its value may be.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Checks a state of this field.
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    #[inline]
    pub fn check(&self, slot: &Slot) -> Result<(), Rule> {
        match slot {
            Slot::Unset => Ok(()),
            Slot::Null if self.nullable => Ok(()),
            Slot::Null => Err(Rule::NotNull),
            Slot::Value(value) => check::value(self, &self.kind, value),
        }
    }

    /// Checks a cell that is lent of a draft ([`ObjectDraft::lend`](crate::ObjectDraft::lend)) as a state of this field: the same verdict as
    /// [`check`](Self::check) has of that. Kinds whose cell is made of their value are refused.
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    #[inline]
    pub fn check_cell(&self, cell: Cell<'_>) -> Result<(), Rule> {
        match cell {
            Cell::Null if self.nullable => Ok(()),
            Cell::Null => Err(Rule::NotNull),
            cell => check::cell(self, cell),
        }
    }

    /// Checks a value as one of `kind`, within the limits of this field: that of the field or of its items.
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    pub fn check_as(&self, kind: &FieldKind, value: &Value) -> Result<(), Rule> {
        check::value(self, kind, value)
    }

    /// The rule that a change of this field from one state to another breaks, if it is a state machine that does not
    /// allow it. From null and from what is not known any state may follow.
    #[must_use]
    pub fn forbids(&self, from: &Slot, to: &Slot) -> Option<Rule> {
        let FieldKind::Enum(machine) = &self.kind else { return None };
        let (from, to) = (from.value()?.as_text()?, to.value()?.as_text()?);
        (!machine.allows(from, to)).then(|| Rule::Transition(machine.name.to_string()))
    }

    /// Checks a state of this field, and brings its value into the form records hold: text of a secret
    /// field becomes a [`Value::Secret`].
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    #[inline]
    pub fn admit(&self, slot: Slot) -> Result<Slot, Rule> {
        self.check(&slot)?;
        Ok(self.hold(slot))
    }

    /// A state in the form that records hold, unchecked.
    #[inline]
    pub(crate) fn hold(&self, slot: Slot) -> Slot {
        match slot {
            // Most are held as they are.
            Slot::Value(Value::Integer(_) | Value::Bool(_) | Value::Uuid(_) | Value::Timestamp(_) | Value::Enum(_)) => slot,
            Slot::Value(Value::Text(_)) if self.class != FieldClass::Secret => slot,
            Slot::Value(value) => Slot::Value(self.hold_value(value)),
            Slot::Unset | Slot::Null => slot,
        }
    }

    /// Text of a secret field is held as a secret, and no other text is; the items of a set stand in their order.
    fn hold_value(&self, value: Value) -> Value {
        let item = |item: Item| item.map(|value| self.hold_value(value));
        match (self.class, value) {
            (FieldClass::Secret, Value::Text(text)) => Value::Secret(Secret::new(text)),
            (FieldClass::Public | FieldClass::Internal | FieldClass::Personal, Value::Secret(text)) => Value::Text(text.expose().clone()),
            (_, Value::Float(number)) => Value::Float(number + 0.0),
            (_, Value::List(items)) => Value::List(items.into_iter().map(item).collect()),
            (_, Value::Map(items)) => Value::Map(items.into_iter().map(|(name, value)| (name, item(value))).collect()),
            (_, Value::Set(items)) => {
                let mut items: Vec<Item> = items.into_iter().map(item).collect();
                items.sort_by(check::order);
                Value::Set(items)
            }
            (_, value) => value,
        }
    }
}

/// What an object of one version looks like. Shared by the records of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ObjectSpec {
    /// The name of the object.
    pub name: ObjectName,
    /// The project it belongs to; names are unique within one.
    pub namespace: Arc<str>,
    /// The version of this shape.
    pub version: ObjectVersion,
    /// Its fields, in declared order.
    pub fields: Vec<FieldSpec>,
    /// What its messages call it at this version, where that is not its name and its namespace: see
    /// [`Op::RenameObject`](crate::Op::RenameObject).
    pub alias: Option<Alias>,
}

/// What the messages of an object call it at a version at which it was called otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name of the object then.
    pub name: ObjectName,
    /// The project that it belonged to.
    pub namespace: Arc<str>,
}

impl ObjectSpec {
    /// Begins a specification.
    #[expect(clippy::new_ret_no_self, reason = "a specification is whole only once its builder has checked it")]
    pub fn new(name: &str, namespace: &str, version: ObjectVersion) -> ObjectSpecBuilder {
        ObjectSpecBuilder { spec: Self { name: name.into(), namespace: namespace.into(), version, fields: Vec::new(), alias: None } }
    }

    /// The name and the namespace that its messages have at this version.
    #[must_use]
    pub fn called(&self) -> (&ObjectName, &str) {
        self.alias.as_ref().map_or((&self.name, &*self.namespace), |alias| (&alias.name, &*alias.namespace))
    }

    /// The place of the field called `name`.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }

    /// The place of the field called `name`, or the error that says there is none.
    ///
    /// # Errors
    /// [`Error::UnknownField`].
    pub fn require(&self, name: &str) -> Result<usize, Error> {
        self.index_of(name).ok_or_else(|| self.unknown_field(name))
    }

    /// The error for a field that this object has not: the name is shortened and escaped, since it may
    /// come from anywhere.
    #[must_use]
    pub fn unknown_field(&self, name: &str) -> Error {
        let short: String = name.chars().take(64).collect();
        Error::UnknownField { object: self.name.clone(), version: self.version.clone(), field: Escaped(&short).to_string() }
    }

    /// The error for a value that breaks a rule of the field at `index`. An item at fault is named by its place
    /// in a list, `events[3]`, and as `tags[*]` in a set or a map, where its place would be a value.
    #[must_use]
    pub fn invalid(&self, index: usize, rule: Rule) -> Error {
        let name = self.fields.get(index).map(|field| field.name.to_string()).unwrap_or_default();
        Error::invalid(&self.name, name, rule)
    }

    /// This shape under another version, with other fields, and as it was called then.
    ///
    /// # Errors
    /// As [`ObjectSpecBuilder::build`].
    pub fn reshaped(&self, version: ObjectVersion, fields: Vec<FieldSpec>, alias: Option<Alias>) -> Result<Arc<Self>, Error> {
        ObjectSpecBuilder { spec: Self { name: self.name.clone(), namespace: self.namespace.clone(), version, fields, alias } }.build()
    }
}

/// Collects the fields of an [`ObjectSpec`].
#[derive(Clone, Debug)]
pub struct ObjectSpecBuilder {
    spec: ObjectSpec,
}

impl ObjectSpecBuilder {
    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: FieldSpec) -> Self {
        self.spec.fields.push(field);
        self
    }

    /// The whole specification, without the checks of [`build`](Self::build): the derive has made them.
    pub(crate) fn declared(self) -> Arc<ObjectSpec> {
        Arc::new(self.spec)
    }

    /// The whole specification.
    ///
    /// # Errors
    /// [`Error::TooManyFields`] past 128 fields, [`Error::DuplicateField`] when two share a name.
    pub fn build(self) -> Result<Arc<ObjectSpec>, Error> {
        let spec = self.spec;
        if spec.fields.len() > FIELDS_MAX {
            return Err(Error::TooManyFields { object: spec.name, found: spec.fields.len() });
        }
        let twice = spec.fields.iter().enumerate().find(|(index, field)| spec.index_of(&field.name) != Some(*index));
        if let Some((_, field)) = twice {
            return Err(Error::DuplicateField { field: field.name.to_string(), object: spec.name });
        }
        Ok(Arc::new(spec))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, NaiveDate};

    use super::*;
    use crate::Timestamp;

    #[test]
    fn s15_a_year_that_cannot_be_written_here_or_in_utc_is_refused() {
        let field = FieldSpec::new("f", FieldKind::Timestamp);
        let check = |year, month, day, hour, offset: i32| {
            let utc = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(hour, 0, 0).unwrap().and_utc();
            let time = Timestamp::from(utc.with_timezone(&FixedOffset::east_opt(offset * 3_600).unwrap()));
            field.check(&Slot::Value(Value::Timestamp(time)))
        };
        for (year, month, day, hour, offset) in [(1, 1, 1, 0, 0), (1, 1, 1, 2, -2), (9999, 12, 31, 23, 0), (9999, 12, 31, 21, 2)] {
            assert_eq!(check(year, month, day, hour, offset), Ok(()), "{year} {offset}");
        }
        let outside =
            [(0, 12, 31, 23, 0), (0, 12, 31, 23, 2), (1, 1, 1, 1, -2), (10_000, 1, 1, 0, 0), (10_000, 1, 1, 0, -2), (9999, 12, 31, 22, 2)];
        for (year, month, day, hour, offset) in outside {
            assert_eq!(check(year, month, day, hour, offset), Err(Rule::Timestamp), "{year} {offset}");
        }
    }
}
