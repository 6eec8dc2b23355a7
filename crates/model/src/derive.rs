//! What generated code calls. Not for people: it takes on trust what the derive has checked.

use std::collections::BTreeMap;

use crate::{
    ChildVisitor, Date, Decimal, Declaration, Deprecation, Duration, EnumValue, FieldKind, FieldSet, FieldSpec, FieldType, Finite,
    LentField, ObjectSpec, ObjectSpecBuilder, ObjectVersion, Pattern, Ratio, Release, Rule, Slot, Value,
};

pub use crate::conversion::typed as conversion;
pub use crate::regrouping::typed as regrouping;

/// A literal of a declaration: what an `old_default` or a `fallback` gives.
#[derive(Clone, Copy, Debug)]
pub enum Literal {
    /// `null`.
    Null,
    /// A whole number.
    Integer(i128),
    /// A number with a point.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A text, which may stand for any value that is text on the wire.
    Text(&'static str),
    /// `[]`, a list, set or map without items.
    Empty,
}

/// The specification of a field of type `F`: not nullable unless `F` is, of class secret.
#[must_use]
pub fn field<F: FieldType>(name: &str) -> FieldSpec {
    FieldSpec { nullable: F::NULLABLE, ..FieldSpec::new(name, F::kind()) }
}

/// A literal as a state of a field of type `F`. One that does not fit stays as it is written, and is
/// refused where the declaration is registered.
#[must_use]
pub fn default<F: FieldType>(literal: Literal) -> Slot {
    match literal {
        Literal::Null => Slot::Null,
        literal => Slot::Value(value::<F>(literal)),
    }
}

/// A literal as a state of what has no declared type, as an argument of a method.
#[must_use]
pub fn bare_default(literal: Literal) -> Slot {
    Slot::Value(match literal {
        Literal::Null => return Slot::Null,
        Literal::Integer(number) => Value::Integer(number),
        Literal::Float(number) => Value::Float(number),
        Literal::Bool(value) => Value::Bool(value),
        Literal::Text(text) => Value::from(text),
        Literal::Empty => Value::List(Vec::new()),
    })
}

/// A literal as a value of a field of type `F`; `null`, which the derive refuses here, as an empty text.
#[must_use]
pub fn value<F: FieldType>(literal: Literal) -> Value {
    let kind = F::kind();
    match (literal, &kind) {
        (Literal::Null, _) => Value::from(""),
        // A literal of a float may be written without a point.
        #[expect(clippy::cast_precision_loss, reason = "as Rust reads the same literal with a point")]
        (Literal::Integer(number), FieldKind::Float) => Value::Float(number as f64),
        (Literal::Integer(number), FieldKind::Decimal) => Decimal::new(number, 0).map_or_else(|_| Value::Integer(number), Value::Decimal),
        (Literal::Integer(number), _) => Value::Integer(number),
        (Literal::Float(number), _) => Value::Float(number),
        (Literal::Bool(value), _) => Value::Bool(value),
        (Literal::Empty, FieldKind::Set(_)) => Value::Set(Vec::new()),
        (Literal::Empty, FieldKind::Map(_)) => Value::Map(BTreeMap::new()),
        (Literal::Empty, _) => Value::List(Vec::new()),
        (Literal::Text(text), kind) => match Value::from_text(kind, text) {
            // What does not fit is refused where the declaration is registered.
            Ok(Value::Enum(EnumValue::Unknown(_))) | Err(_) => Value::from(text),
            Ok(value) => value,
        },
    }
}

/// A declared pattern.
///
/// # Panics
/// When it is malformed: the derive cannot tell without the engine, and the first test that makes the object does.
#[must_use]
#[expect(clippy::panic, reason = "a declaration at fault, found by the first test that makes the object")]
pub fn pattern(source: &str) -> Pattern {
    source.parse().unwrap_or_else(|error| panic!("`pattern = {source:?}`: {error}"))
}

/// A declared deprecation; the derive has checked that the day is one.
#[must_use]
pub fn deprecation(since: &[u64], until: Option<&str>, reason: &str) -> Deprecation {
    let deprecation = Deprecation::new(version(since), reason);
    match until.and_then(|day| day.parse().ok()) {
        Some(day) => deprecation.until(day),
        None => deprecation,
    }
}

/// A declared day; the derive has checked that it is one.
///
/// # Panics
/// When it is none.
#[must_use]
#[expect(clippy::panic, reason = "a declaration at fault, found by the derive")]
pub fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|error| panic!("the day {text:?}: {error}"))
}

/// A declared bound of a float; the derive has checked that it is finite.
#[must_use]
pub fn finite(number: f64) -> Option<Finite> {
    Finite::new(number).ok()
}

/// A declared bound of a duration, in microseconds; the derive has checked its form.
#[must_use]
pub fn micros(text: &str) -> Option<i128> {
    text.parse::<Duration>().ok().map(|duration| duration.as_micros().into())
}

/// The version of these one to three parts.
#[must_use]
pub fn version(parts: &[u64]) -> ObjectVersion {
    ObjectVersion::declared(parts)
}

/// What a number is multiplied by; the derive has checked that neither is zero.
#[must_use]
pub fn ratio(numerator: u64, denominator: u64) -> Ratio {
    Ratio::declared(numerator, denominator)
}

/// A shape to add fields to.
#[must_use]
pub fn head(name: &str, namespace: &str, parts: &[u64]) -> ObjectSpecBuilder {
    ObjectSpec::new(name, namespace, version(parts))
}

/// A release to add ops to.
#[must_use]
pub fn release(parts: &[u64], why: &str) -> Release {
    Release::new(version(parts), why)
}

/// The shape and the releases that led to it.
#[must_use]
pub fn declaration<const N: usize>(head: ObjectSpecBuilder, releases: [Release; N]) -> Declaration {
    Declaration { head: head.declared(), releases: releases.into() }
}

/// The place of a field in a draft: `None` is unset.
pub type Place<F> = Option<<F as FieldType>::Draft>;

/// Gives a field of a draft a value.
pub fn give<F: FieldType>(place: &mut Place<F>, value: F::Bare, changes: &mut FieldSet, index: usize) {
    *place = Some(F::lift(value));
    changes.insert(index);
}

/// Makes a field of a draft null.
pub fn clear<D>(place: &mut Option<Option<D>>, changes: &mut FieldSet, index: usize) {
    *place = Some(None);
    changes.insert(index);
}

/// The place of a field of a complete object.
pub fn full<F: FieldType>(value: F) -> Place<F> {
    Some(value.into_draft())
}

/// The state of a field of a draft.
#[must_use]
pub fn slot<F: FieldType>(place: &Place<F>) -> Slot {
    place.as_ref().map_or(Slot::Unset, F::to_slot)
}

/// The same, looked at where it lies.
#[inline]
#[must_use]
pub fn lend<F: FieldType>(place: &Place<F>) -> LentField<'_> {
    place.as_ref().map_or(LentField::Unset, |draft| F::as_cell(draft).map_or(LentField::Value, LentField::Cell))
}

/// The value of a field of a complete object from the next of its states.
///
/// # Errors
/// The [`Rule`] that the state breaks; [`Rule::Missing`] where there is none.
#[inline]
pub fn next<F: FieldType>(slots: &mut std::vec::IntoIter<Slot>) -> Result<F, Rule> {
    F::of_slot(slots.next().unwrap_or_default())
}

/// Puts a state into a field of a draft.
///
/// # Errors
/// The [`Rule`] that the state breaks.
pub fn put<F: FieldType>(place: &mut Place<F>, slot: Slot) -> Result<(), Rule> {
    *place = F::from_slot(slot)?;
    Ok(())
}

/// The state of a field of a complete object.
#[must_use]
pub fn state<F: FieldType>(value: &F) -> Slot {
    value.as_slot()
}

/// Shows the objects that a field holds to a visitor.
pub fn visit<F: FieldType>(visitor: &mut dyn ChildVisitor) {
    F::visit_children(visitor);
}
