//! What lies in one column of a row.

use std::fmt;

use uuid::Uuid;

use crate::{Date, Duration, FieldClass, FieldKind, FieldSpec, FieldType, Finite, Rule, Secret, Slot, Timestamp, Value};

/// What a cell of a row holds, or is to hold, borrowed from the row or from what is written: one of the few forms that databases tell
/// apart. What it means to a field is the same on every engine, and is said here.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Cell<'r> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number with a point.
    Real(f64),
    /// A text.
    Text(&'r str),
    /// Bytes.
    Blob(&'r [u8]),
    /// A moment, for an engine that has no other form for it than this, and for one that keeps it as text: which
    /// text is the engine's to know.
    Time(Timestamp),
    /// A day, for an engine that keeps days as such.
    Date(Date),
    /// A UUID, for an engine that keeps them as such.
    Uuid(Uuid),
}

impl Cell<'_> {
    /// What the cell holds, in a word.
    #[must_use]
    pub const fn form(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Integer(_) => "integer",
            Self::Real(_) => "real",
            Self::Text(_) => "text",
            Self::Blob(_) => "blob",
            Self::Time(_) => "time",
            Self::Date(_) => "date",
            Self::Uuid(_) => "uuid",
        }
    }

    /// The state of `field`, of a kind that lies in a cell: null or a value. Limits are not checked: what is stored
    /// is read.
    ///
    /// # Errors
    /// [`Rule::Kind`] for a form that the kind has not, and the rules of the value's own form and width.
    pub fn slot(self, field: &FieldSpec) -> Result<Slot, Rule> {
        let value = match self {
            Self::Null => return Ok(Slot::Null),
            Self::Integer(number) => integer(&field.kind, number)?,
            Self::Real(number) => match field.kind {
                FieldKind::Float => Some(Value::Float(Finite::new(number)?.get())),
                _ => None,
            },
            Self::Text(text) => self::text(field, text)?,
            Self::Blob(bytes) => match field.kind {
                FieldKind::Bytes => Some(Value::Bytes(bytes.into())),
                _ => None,
            },
            Self::Time(time) => match field.kind {
                FieldKind::Timestamp => Some(Value::Timestamp(time)),
                _ => None,
            },
            Self::Date(day) => match field.kind {
                FieldKind::Date => Some(Value::Date(day)),
                _ => None,
            },
            Self::Uuid(uuid) => match field.kind {
                FieldKind::Uuid => Some(Value::Uuid(uuid)),
                _ => None,
            },
        };
        value.map(Slot::Value).ok_or(self.refused(field))
    }

    /// The rule that a cell of another form breaks.
    #[must_use]
    pub fn refused(&self, field: &FieldSpec) -> Rule {
        Rule::Kind { expected: field.kind.as_str(), found: self.form() }
    }

    /// The complete value of a field of type `F`, by way of the state that records hold.
    ///
    /// # Errors
    /// As [`slot`](Self::slot); [`Rule::NotNull`] for null where `F` has none.
    pub fn value<F: FieldType>(self, field: &FieldSpec) -> Result<F, Rule> {
        whole(self.slot(field)?)
    }
}

/// The complete value of a state.
///
/// # Errors
/// The rule that the state breaks; [`Rule::Missing`] where it, or something in it, is unset.
#[doc(hidden)]
pub fn whole<F: FieldType>(slot: Slot) -> Result<F, Rule> {
    F::complete(F::from_slot(slot)?.ok_or(Rule::Missing)?).map_err(|_| Rule::Missing)
}

/// The value that a whole number is to a field; nothing for a kind that none stands for.
fn integer(kind: &FieldKind, number: i64) -> Result<Option<Value>, Rule> {
    Ok(Some(match kind {
        FieldKind::Integer(width) => {
            let (low, high) = width.bounds();
            let number = i128::from(number);
            if !(low..=high).contains(&number) {
                return Err(Rule::Width(*width));
            }
            Value::Integer(number)
        }
        // As every engine has it where a truth is asked for: the reference marks a deleted row with its id.
        FieldKind::Bool => Value::Bool(number != 0),
        FieldKind::Duration => Value::Duration(Duration::from_micros(number)),
        // A column without the affinity of a float keeps whole numbers as such: those are read that a float has exactly.
        // The way back needs more bits: the float nearest to the largest integer is one more than it.
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the way back shows whether it is exact")]
        FieldKind::Float => match number as f64 {
            float if float as i128 == i128::from(number) => Value::Float(float),
            _ => return Err(Rule::Kind { expected: "float", found: "integer that no float is" }),
        },
        _ => return Ok(None),
    }))
}

/// The value that a text is to a field; nothing for a kind that none stands for.
fn text(field: &FieldSpec, text: &str) -> Result<Option<Value>, Rule> {
    Ok(Some(match &field.kind {
        FieldKind::Text if field.class == FieldClass::Secret => Value::Secret(Secret::from(text)),
        // Bytes have a form of their own, and the text of a time is the engine's.
        FieldKind::Integer(_) | FieldKind::Float | FieldKind::Bool | FieldKind::Duration | FieldKind::Bytes | FieldKind::Timestamp => {
            return Ok(None);
        }
        kind if kind.is_scalar() => Value::from_text(kind, text)?,
        _ => return Ok(None),
    }))
}

/// The state of a field of a draft, looked at where it lies: see [`ObjectDraft::lend`](crate::ObjectDraft::lend). A secret lies there as
/// its text, for those who store it; `Debug` shows no value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LentField<'d> {
    /// Nothing is known of the field.
    Unset,
    /// Null, or a value that lies in a cell as it is.
    Cell(Cell<'d>),
    /// A value whose cell is made of it: [`ObjectDraft::slot`](crate::ObjectDraft::slot) has it.
    Value,
}

impl fmt::Debug for Cell<'_> {
    /// The form alone: what is in a row is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form())
    }
}
