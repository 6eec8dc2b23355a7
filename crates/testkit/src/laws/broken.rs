//! A law that does not hold.

use std::fmt;

use recension_model::{Carry, Hop, ObjectName, ObjectVersion, Record, Slot, Value};
use recension_versioning::Manifest;

/// A law of [`laws`](crate::laws).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Law {
    /// [`same`](super::same)
    Same,
    /// [`restore`](super::restore)
    Restore,
    /// [`faithful`](super::faithful)
    Faithful,
    /// [`live_wins`](super::live_wins)
    LiveWins,
    /// [`path`](super::path)
    Path,
    /// [`partial_stays_partial`](super::partial_stays_partial)
    PartialStaysPartial,
    /// [`round_trip`](super::round_trip)
    RoundTrip,
    /// [`typed`](crate::typed)
    TypedAndDynamicAgree,
    /// [`ways_agree`](super::ways_agree)
    WaysAgree,
}

impl Law {
    /// What the rules of the gate call it: `L1` to `L8` as far as it has a number there.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Restore => "L1",
            Self::Faithful => "L2",
            Self::LiveWins => "L3",
            Self::Path => "L6",
            Self::PartialStaysPartial => "L7",
            Self::Same => "L8",
            Self::RoundTrip => "round trip",
            Self::TypedAndDynamicAgree => "typed and dynamic agree",
            Self::WaysAgree => "the short and the long way agree",
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same",
            Self::Restore => "restore",
            Self::Faithful => "faithful",
            Self::LiveWins => "live wins",
            Self::Path => "path",
            Self::PartialStaysPartial => "partial stays partial",
            Self::RoundTrip => "round trip",
            Self::TypedAndDynamicAgree => "typed and dynamic agree",
            Self::WaysAgree => "the short and the long way agree",
        })
    }
}

/// What is not as the law says. Names fields, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The object is of another name or version.
    #[error("expected {expected}, found {found}")]
    Version {
        /// Name and version expected.
        expected: String,
        /// Name and version found.
        found: String,
    },
    /// A field is in another state.
    #[error("field `{field}` is {found} in place of {expected}")]
    State {
        /// The field, with a path into nested objects.
        field: String,
        /// The state expected.
        expected: &'static str,
        /// The state found.
        found: &'static str,
    },
    /// A field has another value.
    #[error("field `{field}` has another value")]
    Value {
        /// The field, with a path into nested objects.
        field: String,
    },
    /// A field is changed and should not be, or the other way round.
    #[error("field `{field}` is changed at one end only")]
    Changed {
        /// The field, with a path into nested objects.
        field: String,
    },
    /// The carry of a hop is another one.
    #[error("the carry of {object} differs at hop {hop}")]
    Carry {
        /// The object that carries: its path, or "the object".
        object: String,
        /// The hop.
        hop: ObjectVersion,
    },
    /// The bytes of two messages differ.
    #[error("the bytes differ")]
    Bytes,
    /// The short way between an object and its message is not as the long one.
    #[error("{what} {message}: {differs}")]
    Way {
        /// What is written or read.
        what: &'static str,
        /// The message: its format, and what was done to it.
        message: String,
        /// How the ways differ.
        differs: String,
    },
    /// A version has no counterpart for a value, in the first conversion of the object. [`prove!`](crate::prove) passes over such an
    /// object: it is for the history to say what has none. Refused later, the law is broken: what was converted goes back.
    #[error("refused: {0}")]
    Misfit(String),
    /// A conversion or a message was refused; errors hold no values.
    #[error("refused: {0}")]
    Refused(String),
}

impl Fault {
    pub(super) fn of_states(field: &str, expected: &Slot, found: &Slot) -> Self {
        let (field, expected, found) = (field.to_owned(), state_of(expected), state_of(found));
        if expected == found { Self::Value { field } } else { Self::State { field, expected, found } }
    }
}

/// The state of a field in a word: unset, null or the kind of its value.
pub(crate) const fn state_of(slot: &Slot) -> &'static str {
    slot.kind()
}

/// A law does not hold for an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("law `{law}` is broken for `{object}` {from} (to {}): {fault}", if to.is_empty() { "its own version".to_owned() } else { to.to_string() })]
pub struct LawBroken {
    /// The law.
    pub law: Law,
    /// The object.
    pub object: ObjectName,
    /// The version it had.
    pub from: ObjectVersion,
    /// The versions it was taken to: its own where this names none.
    pub to: Manifest,
    /// What is wrong.
    pub fault: Fault,
}

/// An error on the way; whether it is one that the functions of a history may give.
pub(crate) trait Refusal: std::error::Error {
    fn is_misfit(&self) -> bool {
        false
    }
}

impl Refusal for recension_model::Error {}
impl Refusal for &recension_versioning::HistoryError {}

impl Refusal for recension_versioning::Error {
    fn is_misfit(&self) -> bool {
        matches!(self, Self::NotConverted(_))
    }
}

impl Refusal for recension_wire::Error {
    fn is_misfit(&self) -> bool {
        matches!(self, Self::NotConverted(_))
    }
}

/// An error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// One law tried on one object.
pub(crate) struct Trial<'t> {
    law: Law,
    record: &'t Record,
    to: &'t Manifest,
}

impl<'t> Trial<'t> {
    pub(crate) const fn new(law: Law, record: &'t Record, to: &'t Manifest) -> Self {
        Self { law, record, to }
    }

    pub(crate) fn broken(&self, fault: Fault) -> LawBroken {
        let spec = self.record.spec();
        LawBroken { law: self.law, object: spec.name.clone(), from: spec.version.clone(), to: self.to.clone(), fault }
    }

    pub(crate) fn check(&self, checked: Result<(), Fault>) -> Result<(), LawBroken> {
        checked.map_err(|fault| self.broken(fault))
    }

    /// The first that is done with an object that somebody made: it may be that a version on the way has no counterpart for it.
    pub(crate) fn first<V, E: Refusal>(&self, result: Result<V, E>) -> Result<V, LawBroken> {
        result.map_err(|error| {
            let told = told(&error);
            self.broken(if error.is_misfit() { Fault::Misfit(told) } else { Fault::Refused(told) })
        })
    }

    /// What comes after: an object that was converted goes back, and goes the same way again.
    pub(crate) fn ok<V>(&self, result: Result<V, impl std::error::Error>) -> Result<V, LawBroken> {
        result.map_err(|error| self.broken(Fault::Refused(told(&error))))
    }

    /// Two records are equal in everything, the carry included.
    pub(crate) fn equal(&self, expected: &Record, found: &Record) -> Result<(), LawBroken> {
        self.check(kept(expected, found, ""))?;
        // What is left is a carry that grew.
        if expected == found { Ok(()) } else { self.check(kept(found, expected, "")) }
    }
}

/// Everything of `expected` is in `found`, which may carry more.
pub(crate) fn kept(expected: &Record, found: &Record, path: &str) -> Result<(), Fault> {
    let name_of = |record: &Record| format!("`{}` {}", record.spec().name, record.spec().version);
    if name_of(expected) != name_of(found) {
        return Err(Fault::Version { expected: name_of(expected), found: name_of(found) });
    }
    for (index, field) in expected.spec().fields.iter().enumerate() {
        let name = format!("{path}{}", field.name);
        kept_state(expected.at(index), found.at(index), &name)?;
        if expected.changes().contains(index) != found.changes().contains(index) {
            return Err(Fault::Changed { field: name });
        }
    }
    kept_carry(expected.carry(), found.carry(), path)
}

pub(super) fn kept_state(expected: &Slot, found: &Slot, path: &str) -> Result<(), Fault> {
    match pairs(expected, found, path) {
        Some(pairs) => pairs.into_iter().try_for_each(|(path, expected, found)| kept(expected, found, &path)),
        None if expected == found => Ok(()),
        None => Err(Fault::of_states(path, expected, found)),
    }
}

/// The objects of two states side by side, each with the path below which its fields are; `None` for states
/// without objects, and for those whose objects do not belong together.
pub(crate) fn pairs<'r>(before: &'r Slot, after: &'r Slot, path: &str) -> Option<Vec<(String, &'r Record, &'r Record)>> {
    let (Slot::Value(left), Slot::Value(right)) = (before, after) else { return None };
    let together = match (left, right) {
        (Value::Map(left), Value::Map(right)) => left.keys().eq(right.keys()),
        (left, right) => left.kind() == right.kind(),
    };
    let (before, after) = (left.objects(), right.objects());
    if !together || before.is_empty() || before.len() != after.len() {
        return None;
    }
    let step = |index: usize| if matches!(left, Value::Object(_)) { format!("{path}.") } else { format!("{path}[{index}].") };
    Some(before.into_iter().zip(after).enumerate().map(|(index, (before, after))| (step(index), before, after)).collect())
}

fn carrier(path: &str) -> String {
    if path.is_empty() { "the object".to_owned() } else { format!("`{}`", path.trim_end_matches('.')) }
}

fn kept_carry(expected: &Carry, found: &Carry, path: &str) -> Result<(), Fault> {
    for (version, hop) in expected.hops() {
        let differs = || Fault::Carry { object: carrier(path), hop: version.clone() };
        let (_, other) = found.hops().find(|(other, _)| *other == version).ok_or_else(differs)?;
        match (hop, other) {
            (Hop::Known(expected), Hop::Known(found)) if expected.keys().eq(found.keys()) => {
                for ((name, expected), found) in expected.iter().zip(found.values()) {
                    if expected.changed != found.changed {
                        return Err(differs());
                    }
                    kept_state(&expected.slot, &found.slot, &format!("{path}{name}"))?;
                }
            }
            (hop, other) if hop == other => {}
            _ => return Err(differs()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use recension_model::{FieldClass, FieldKind, FieldSpec, ObjectSpec};

    use super::*;

    fn record(note: Option<&str>) -> Record {
        let note_field = FieldSpec::new("note", FieldKind::Text).nullable().class(FieldClass::Internal);
        let list = FieldSpec::new("items", FieldKind::list_of_objects("A"));
        let spec = ObjectSpec::new("A", "testkit", ObjectVersion::new(1, 0)).field(note_field).field(list).build().unwrap();
        let mut record = Record::new(spec);
        record.fill(0, note.map_or(Slot::Null, |note| Value::from(note).into())).unwrap();
        record
    }

    fn holding(child: Record) -> Record {
        let mut record = record(None);
        record.fill(1, Value::from(vec![child]).into()).unwrap();
        record
    }

    fn broken(expected: &Record, found: &Record) -> String {
        Trial::new(Law::Restore, expected, &Manifest::default()).equal(expected, found).unwrap_err().to_string()
    }

    #[test]
    fn s11_what_is_broken_is_named_without_a_value() {
        let base = record(Some("canary"));
        assert_eq!(Trial::new(Law::Same, &base, &Manifest::default()).equal(&base, &base), Ok(()));
        let at = "law `restore` is broken for `A` 1.0 (to its own version):";
        assert_eq!(broken(&base, &record(Some("canary 2"))), format!("{at} field `note` has another value"));
        assert_eq!(broken(&base, &record(None)), format!("{at} field `note` is null in place of text"));
        assert_eq!(broken(&holding(base.clone()), &holding(record(None))), format!("{at} field `items[0].note` is null in place of text"));
        let mut changed = base.clone();
        changed.set("note", Value::from("canary")).unwrap();
        assert_eq!(broken(&base, &changed), format!("{at} field `note` is changed at one end only"));
        let mut carrying = base.clone();
        let mut carry = Carry::default();
        carry.put(ObjectVersion::new(9, 0), Hop::Opaque("canary".into()));
        carrying.set_carry(carry);
        for (expected, found) in [(&base, &carrying), (&carrying, &base)] {
            assert_eq!(broken(expected, found), format!("{at} the carry of the object differs at hop 9.0"));
        }
    }
}
