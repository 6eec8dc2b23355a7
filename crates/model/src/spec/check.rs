//! The rules that a value of a field must keep.

use std::cmp::Ordering;

use super::FieldSpec;
use crate::{Cell, Decimal, Duration, EnumValue, FieldKind, Finite, IntegerWidth, Item, Limits, ObjectName, Record, Rule, Value};

impl FieldSpec {
    /// Checks the text of a field of kind text: length, NUL and pattern.
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    pub fn check_text(&self, text: &str) -> Result<(), Rule> {
        self.limits.check_text(text)
    }
}

impl Limits {
    /// Checks a text: length, NUL and pattern.
    ///
    /// # Errors
    /// The [`Rule`] that it breaks.
    pub fn check_text(&self, text: &str) -> Result<(), Rule> {
        self.check_length(text)?;
        if text.as_bytes().contains(&0) {
            return Err(Rule::Nul);
        }
        self.check_pattern(text)
    }

    /// Checks how long a text is.
    ///
    /// # Errors
    /// [`Rule::Bytes`] or [`Rule::Chars`].
    #[inline]
    pub fn check_length(&self, text: &str) -> Result<(), Rule> {
        let limit = self.bytes();
        if text.len() > limit as usize {
            return Err(Rule::Bytes { limit, found: text.len() });
        }
        // Counting characters is skipped where the bytes already show that there are few enough.
        if let Some(limit) = self.chars().filter(|limit| text.len() > *limit as usize) {
            let found = text.chars().count();
            if found > limit as usize {
                return Err(Rule::Chars { limit, found });
            }
        }
        Ok(())
    }

    /// Checks what a text looks like.
    ///
    /// # Errors
    /// [`Rule::Pattern`].
    #[inline]
    pub fn check_pattern(&self, text: &str) -> Result<(), Rule> {
        match &self.pattern {
            Some(pattern) if !pattern.matches(text) => Err(Rule::Pattern(pattern.clone())),
            _ => Ok(()),
        }
    }

    /// Checks a string of bytes.
    ///
    /// # Errors
    /// [`Rule::Bytes`].
    pub fn check_bytes(&self, found: usize) -> Result<(), Rule> {
        let limit = self.bytes();
        if found > limit as usize { Err(Rule::Bytes { limit, found }) } else { Ok(()) }
    }

    /// Checks an integer of a width.
    ///
    /// # Errors
    /// [`Rule::Width`] or [`Rule::Range`].
    pub fn check_integer(&self, width: IntegerWidth, number: i128) -> Result<(), Rule> {
        let (low, high) = width.bounds();
        if !(low..=high).contains(&number) {
            return Err(Rule::Width(width));
        }
        let (min, max) = (self.min.unwrap_or(low), self.max.unwrap_or(high));
        if (min..=max).contains(&number) { Ok(()) } else { Err(Rule::Range { min, max }) }
    }

    /// Checks a float.
    ///
    /// # Errors
    /// [`Rule::NotFinite`] or [`Rule::FloatRange`].
    pub fn check_float(&self, number: f64) -> Result<(), Rule> {
        let number = Finite::new(number)?;
        let (below, above) = (self.min_float.is_some_and(|min| number < min), self.max_float.is_some_and(|max| number > max));
        if !below && !above {
            return Ok(());
        }
        let bound = |bound: Option<Finite>, none: f64| bound.map_or_else(|| Finite::new(none), Ok);
        Err(Rule::FloatRange { min: bound(self.min_float, f64::MIN)?, max: bound(self.max_float, f64::MAX)? })
    }

    /// Checks a duration.
    ///
    /// # Errors
    /// [`Rule::DurationRange`].
    pub fn check_duration(&self, duration: Duration) -> Result<(), Rule> {
        let micros = i128::from(duration.as_micros());
        if self.min.is_none_or(|min| min <= micros) && self.max.is_none_or(|max| micros <= max) {
            return Ok(());
        }
        let bound = |bound: Option<i128>, none: i64| Duration::from_micros(bound.and_then(|bound| bound.try_into().ok()).unwrap_or(none));
        Err(Rule::DurationRange { min: bound(self.min, i64::MIN), max: bound(self.max, i64::MAX) })
    }

    /// Checks a decimal number.
    ///
    /// # Errors
    /// [`Rule::Digits`].
    pub fn check_decimal(&self, number: Decimal) -> Result<(), Rule> {
        let (whole, scale) = self.decimal();
        if number.integer_digits() > whole || number.scale() > scale { Err(Rule::Digits { whole, scale }) } else { Ok(()) }
    }

    /// Checks how many items there are.
    ///
    /// # Errors
    /// [`Rule::Items`].
    pub fn check_items(&self, found: usize) -> Result<(), Rule> {
        let limit = self.items();
        if found > limit as usize { Err(Rule::Items { limit, found }) } else { Ok(()) }
    }

    /// Checks a name in a map.
    ///
    /// # Errors
    /// [`Rule::KeyBytes`] or [`Rule::KeyNul`].
    pub fn check_key(&self, name: &str) -> Result<(), Rule> {
        let limit = self.key_bytes();
        if name.len() > limit as usize {
            return Err(Rule::KeyBytes { limit, found: name.len() });
        }
        if name.contains('\0') { Err(Rule::KeyNul) } else { Ok(()) }
    }
}

/// Checks a value as one of `kind`, within the limits of the field.
pub(super) fn value(field: &FieldSpec, kind: &FieldKind, value: &Value) -> Result<(), Rule> {
    let limits = &field.limits;
    match (kind, value) {
        (FieldKind::Integer(width), Value::Integer(number)) => limits.check_integer(*width, *number),
        (FieldKind::Float, Value::Float(number)) => limits.check_float(*number),
        (FieldKind::Text, Value::Text(text)) => limits.check_text(text),
        (FieldKind::Text, Value::Secret(text)) => limits.check_text(text.expose()),
        (FieldKind::Bytes, Value::Bytes(bytes)) => limits.check_bytes(bytes.len()),
        (FieldKind::Decimal, Value::Decimal(number)) => limits.check_decimal(*number),
        (FieldKind::Duration, Value::Duration(duration)) => limits.check_duration(*duration),
        (FieldKind::Enum(spec), Value::Enum(EnumValue::Known(text))) if !spec.knows(text) => Err(Rule::Enum(spec.name.to_string())),
        (FieldKind::Timestamp, Value::Timestamp(time)) if !time.has_common_year() => Err(Rule::Timestamp),
        (FieldKind::IpAddress(family), Value::IpAddress(address)) if !family.takes(address) => Err(Rule::Form(family.address_form())),
        (FieldKind::IpNetwork(family), Value::IpNetwork(network)) if !family.takes(&network.addr()) => {
            Err(Rule::Form(family.network_form()))
        }
        (FieldKind::Object(name), Value::Object(record)) => same_object(name, record),
        (FieldKind::Union(spec), Value::Object(record)) if !spec.knows(&record.spec().name) => Err(Rule::Union(spec.name.to_string())),
        (FieldKind::List(element), Value::List(items)) => {
            limits.check_items(items.len())?;
            let check = |(index, found)| item(field, element, found).map_err(|rule| Rule::Item(index, Box::new(rule)));
            items.iter().enumerate().try_for_each(check)
        }
        (FieldKind::Set(element), Value::Set(items)) => {
            limits.check_items(items.len())?;
            items.iter().try_for_each(|found| item(field, element, found).map_err(|rule| Rule::Entry(Box::new(rule))))?;
            distinct(items)
        }
        (FieldKind::Map(element), Value::Map(items)) => {
            limits.check_items(items.len())?;
            items.iter().try_for_each(|(name, found)| {
                limits.check_key(name)?;
                item(field, element, found).map_err(|rule| Rule::Entry(Box::new(rule)))
            })
        }
        (kind, value) if kind.as_str() == value.kind() => Ok(()),
        (kind, value) => Err(Rule::Kind { expected: kind.as_str(), found: value.kind() }),
    }
}

/// Checks what a cell holds as a value of the field, for the kinds that lie in one as they are.
#[inline]
pub(super) fn cell(field: &FieldSpec, cell: Cell<'_>) -> Result<(), Rule> {
    let limits = &field.limits;
    match (&field.kind, cell) {
        (FieldKind::Integer(width), Cell::Integer(number)) => limits.check_integer(*width, number.into()),
        (FieldKind::Float, Cell::Real(number)) => limits.check_float(number),
        (FieldKind::Text, Cell::Text(text)) => limits.check_text(text),
        (FieldKind::Bytes, Cell::Blob(bytes)) => limits.check_bytes(bytes.len()),
        (FieldKind::Duration, Cell::Integer(micros)) => limits.check_duration(Duration::from_micros(micros)),
        (FieldKind::Timestamp, Cell::Time(time)) if !time.has_common_year() => Err(Rule::Timestamp),
        (FieldKind::Bool, Cell::Integer(_))
        | (FieldKind::Timestamp, Cell::Time(_))
        | (FieldKind::Date, Cell::Date(_))
        | (FieldKind::Uuid, Cell::Uuid(_)) => Ok(()),
        (_, cell) => Err(cell.refused(field)),
    }
}

fn item(field: &FieldSpec, element: &crate::Element, found: &Item) -> Result<(), Rule> {
    match found {
        Some(found) => value(field, &element.kind, found),
        None if element.nullable => Ok(()),
        None => Err(Rule::NotNull),
    }
}

/// The order of items in a set.
pub(super) fn order(left: &Item, right: &Item) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.order(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// Checks that no item stands twice.
fn distinct(items: &[Item]) -> Result<(), Rule> {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by(|left, right| order(left, right));
    let twice = sorted.windows(2).any(|pair| matches!(pair, [left, right] if order(left, right).is_eq()));
    if twice { Err(Rule::Twice) } else { Ok(()) }
}

fn same_object(expected: &ObjectName, record: &Record) -> Result<(), Rule> {
    let found = &record.spec().name;
    if found == expected { Ok(()) } else { Err(Rule::Object { expected: expected.clone(), found: found.clone() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EnumSpec, IpFamily, Slot};

    /// Three values of every scalar kind in ascending order, near to each other.
    fn ascending() -> Vec<(FieldKind, Vec<Value>)> {
        let texts = |kind: FieldKind, texts: [&str; 3]| {
            let values = texts.iter().map(|text| Value::from_text(&kind, text).unwrap()).collect();
            (kind, values)
        };
        let tenth_up = f64::from_bits(0.1_f64.to_bits() + 1);
        vec![
            (FieldKind::Integer(IntegerWidth::I64), vec![Value::Integer(-1), Value::Integer(9), Value::Integer(10)]),
            (FieldKind::Float, vec![Value::Float(-5e-324), Value::Float(0.1), Value::Float(tenth_up)]),
            (FieldKind::Bool, vec![Value::Bool(false), Value::Bool(true)]),
            texts(FieldKind::Text, ["", "A", "a"]),
            texts(FieldKind::Bytes, ["", "AA==", "AAA="]),
            // As text the last of these is the least.
            (FieldKind::Bytes, vec![Value::Bytes([0x60].into()), Value::Bytes([0xd0].into()), Value::Bytes([0xf8].into())]),
            texts(FieldKind::Decimal, ["-1.5", "9", "10"]),
            texts(FieldKind::Enum(EnumSpec::new("E", ["a", "b", "c"])), ["a", "b", "c"]),
            texts(
                FieldKind::Uuid,
                ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001", "a0000000-0000-0000-0000-000000000000"],
            ),
            texts(FieldKind::Timestamp, ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00.000001Z"]),
            texts(FieldKind::Date, ["0001-01-01", "2024-02-29", "9999-12-31"]),
            texts(FieldKind::Duration, ["-PT1S", "PT9S", "PT10S"]),
            texts(FieldKind::IpAddress(IpFamily::Any), ["9.0.0.0", "10.0.0.0", "::"]),
            texts(FieldKind::IpNetwork(IpFamily::Any), ["9.0.0.0/8", "9.0.0.0/9", "10.0.0.0/8"]),
            texts(FieldKind::MacAddress, ["00:00:00:00:00:00", "00:00:00:00:00:01", "ff:00:00:00:00:00"]),
            texts(FieldKind::PciAddress, ["0000:00:00.0", "0000:00:00.1", "0000:00:01.0"]),
            texts(FieldKind::VersionPredicate, ["<2", "==1", ">=1"]),
        ]
    }

    #[test]
    fn items_of_a_set_are_compared_exactly_whatever_their_kind() {
        for (kind, values) in ascending() {
            let field = FieldSpec::new("set", FieldKind::set_of(kind.clone()));
            for (left, one) in values.iter().enumerate() {
                for (right, other) in values.iter().enumerate() {
                    assert_eq!(one.order(other), left.cmp(&right), "{} {left} {right}", kind.as_str());
                }
                let twice = values.iter().chain([one]).cloned().map(Some).collect();
                assert_eq!(field.check(&Slot::Value(Value::Set(twice))), Err(Rule::Twice), "{}", kind.as_str());
            }
            let sorted = Slot::Value(Value::Set(values.iter().cloned().map(Some).collect()));
            let reversed = Slot::Value(Value::Set(values.iter().rev().cloned().map(Some).collect()));
            let public = FieldSpec { class: crate::FieldClass::Public, ..field };
            assert_eq!(public.admit(reversed), Ok(sorted), "{}", kind.as_str());
        }
        assert_eq!(Value::Float(-0.0).order(&Value::Float(0.0)), Ordering::Equal);
        // A secret is the text that it is.
        assert_eq!(Value::Secret("a".into()).order(&Value::Text("a".to_owned())), Ordering::Equal);
        assert!(Value::Float(1.0).order(&Value::Bool(true)).is_ne());
    }
}
