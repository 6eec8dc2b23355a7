//! What an object of one version looks like.

use std::sync::Arc;

use crate::{
    EnumValue, Error, Escaped, FIELDS_MAX, FieldClass, FieldKind, IntegerWidth, Limits, ObjectName, ObjectVersion, Record, Rule, Secret,
    Slot, Value,
};

/// One field of an object at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub fn check(&self, slot: &Slot) -> Result<(), Rule> {
        match slot {
            Slot::Unset => Ok(()),
            Slot::Null if self.nullable => Ok(()),
            Slot::Null => Err(Rule::NotNull),
            Slot::Value(value) => self.check_value(value),
        }
    }

    /// Checks a state of this field, and brings its value into the form records hold: text of a secret
    /// field becomes a [`Value::Secret`].
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    pub fn admit(&self, slot: Slot) -> Result<Slot, Rule> {
        self.check(&slot)?;
        Ok(self.hold(slot))
    }

    fn check_value(&self, value: &Value) -> Result<(), Rule> {
        match (&self.kind, value) {
            (FieldKind::Integer(width), Value::Integer(number)) => self.check_integer(*width, *number),
            (FieldKind::Text, Value::Text(text)) => self.check_text(text),
            (FieldKind::Text, Value::Secret(text)) => self.check_text(text.expose()),
            (FieldKind::Enum(spec), Value::Enum(EnumValue::Known(text))) if !spec.knows(text) => Err(Rule::Enum(spec.name.to_string())),
            (FieldKind::Object(name), Value::Object(record)) => same_object(name, record),
            (FieldKind::ListOfObjects(name), Value::List(records)) => {
                let limit = self.limits.items();
                if records.len() > limit as usize {
                    return Err(Rule::Items { limit, found: records.len() });
                }
                records.iter().try_for_each(|record| same_object(name, record))
            }
            (FieldKind::Timestamp, Value::Timestamp(time)) if !time.has_common_year() => Err(Rule::Timestamp),
            (kind, value) if kind.as_str() == value.kind() => Ok(()),
            (kind, value) => Err(Rule::Kind { expected: kind.as_str(), found: value.kind() }),
        }
    }

    fn check_integer(&self, width: IntegerWidth, number: i128) -> Result<(), Rule> {
        let (low, high) = width.bounds();
        if !(low..=high).contains(&number) {
            return Err(Rule::Width(width));
        }
        let (min, max) = (self.limits.min.unwrap_or(low), self.limits.max.unwrap_or(high));
        if (min..=max).contains(&number) { Ok(()) } else { Err(Rule::Range { min, max }) }
    }

    /// A state in the form that records hold, unchecked.
    pub(crate) fn hold(&self, slot: Slot) -> Slot {
        match slot {
            Slot::Value(value) if self.kind == FieldKind::Text => Slot::Value(self.hold_text(value)),
            slot => slot,
        }
    }

    /// Text of a secret field is held as a secret, and no other text is.
    fn hold_text(&self, value: Value) -> Value {
        match (self.class, value) {
            (FieldClass::Secret, Value::Text(text)) => Value::Secret(Secret::new(text)),
            (FieldClass::Public | FieldClass::Internal | FieldClass::Personal, Value::Secret(text)) => Value::Text(text.expose().clone()),
            (_, value) => value,
        }
    }

    /// Checks the text of a field of kind text: NUL and length.
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    pub fn check_text(&self, text: &str) -> Result<(), Rule> {
        let limit = self.limits.bytes();
        if text.len() > limit as usize {
            return Err(Rule::Bytes { limit, found: text.len() });
        }
        // Counting characters is skipped where the bytes already show that there are few enough.
        if let Some(limit) = self.limits.chars().filter(|limit| text.len() > *limit as usize) {
            let found = text.chars().count();
            if found > limit as usize {
                return Err(Rule::Chars { limit, found });
            }
        }
        if text.contains('\0') {
            return Err(Rule::Nul);
        }
        Ok(())
    }
}

fn same_object(expected: &ObjectName, record: &Record) -> Result<(), Rule> {
    let found = &record.spec().name;
    if found == expected { Ok(()) } else { Err(Rule::Object { expected: expected.clone(), found: found.clone() }) }
}

/// What an object of one version looks like. Shared by the records of it.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl ObjectSpec {
    /// Begins a specification.
    #[expect(clippy::new_ret_no_self, reason = "a specification is whole only once its builder has checked it")]
    pub fn new(name: &str, namespace: &str, version: ObjectVersion) -> ObjectSpecBuilder {
        ObjectSpecBuilder { spec: Self { name: name.into(), namespace: namespace.into(), version, fields: Vec::new() } }
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

    /// The error for a value that breaks a rule of the field at `index`.
    #[must_use]
    pub fn invalid(&self, index: usize, rule: Rule) -> Error {
        let field = self.fields.get(index).map(|field| field.name.to_string()).unwrap_or_default();
        Error::Invalid { object: self.name.clone(), field, rule }
    }

    /// This shape under another version, with other fields.
    ///
    /// # Errors
    /// As [`ObjectSpecBuilder::build`].
    pub fn reshaped(&self, version: ObjectVersion, fields: Vec<FieldSpec>) -> Result<Arc<Self>, Error> {
        ObjectSpecBuilder { spec: Self { name: self.name.clone(), namespace: self.namespace.clone(), version, fields } }.build()
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
