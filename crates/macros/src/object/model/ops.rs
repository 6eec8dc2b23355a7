//! Ops on values that have a table, a unit or items, and ops that make fields of others.

use syn::{Ident, Path, Type};

use super::{Change, Default, Name, Op, Version};
use crate::object::options::Options;
use crate::rust_type::Shape;

/// A field as it was, under the name that it still has.
#[derive(Debug)]
pub(crate) struct Former {
    pub(crate) name: Name,
    /// The type that it had. Where none is said it is that which it has since, known once the history is folded back.
    pub(crate) ty: Option<Type>,
    /// What is said of it. What is not said is as it is since.
    pub(crate) options: Options,
}

/// A field whose values are others since, by a table.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub(crate) field: Former,
    /// The type that it has since: known once the history is folded back.
    pub(crate) newer: Option<Type>,
    /// Each older value with the newer one.
    pub(crate) table: Vec<(Default, Default)>,
    pub(crate) fallback: Option<Default>,
    pub(crate) fill: Option<Default>,
}

/// A number that is told in another unit since.
#[derive(Debug)]
pub(crate) struct Scaled {
    pub(crate) field: Former,
    /// As in [`Mapped`].
    pub(crate) newer: Option<Type>,
    /// What is multiplied by, and what is divided by.
    pub(crate) by: [u64; 2],
    /// The variant of `Rounding`.
    pub(crate) rounding: Option<Ident>,
    pub(crate) fallback: Option<Default>,
    pub(crate) fill: Option<Default>,
}

/// A field that is a list since.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) field: Former,
    /// The variants of `Pick` and of `Others`.
    pub(crate) pick: Option<Ident>,
    pub(crate) others: Option<Ident>,
    pub(crate) fallback: Option<Default>,
}

/// A list of objects that is a map since, or a map that is a list.
#[derive(Debug)]
pub(crate) struct Keyed {
    pub(crate) field: Former,
    pub(crate) key: String,
    /// Whether it is a map since.
    pub(crate) up: bool,
}

/// What happened to the items of a field.
#[derive(Debug)]
pub(crate) struct Each {
    pub(crate) name: Name,
    pub(crate) op: Op,
}

/// What happened to an entry of a map.
#[derive(Debug)]
pub(crate) struct Within {
    pub(crate) name: Name,
    pub(crate) entry: Name,
    pub(crate) op: EntryOp,
    /// The type of the items, and what is said of the field: known once the history is folded back.
    pub(crate) item: Option<(Type, Options)>,
}

#[derive(Debug)]
pub(crate) enum EntryOp {
    /// What it is called since.
    Rename(String),
    Retype(Functions),
    Map(Mapped),
    Scale(Scaled),
}

/// Fields that are other fields since.
#[derive(Debug)]
pub(crate) struct Regrouped {
    pub(crate) how: Regrouping,
    pub(crate) older: Vec<Part>,
    pub(crate) into: Vec<Name>,
    /// The types of the newer fields: known once the history is folded back.
    pub(crate) newer: Vec<Type>,
}

/// How fields became others.
#[derive(Debug)]
pub(crate) enum Regrouping {
    /// With the version of the object that has just these fields.
    Nest(Version),
    Flatten(Version),
    Split(Functions),
    Merge(Functions),
    Custom {
        name: String,
        functions: Functions,
        loss: Option<String>,
    },
}

/// One of the fields that became others.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) shape: Shape,
    pub(crate) options: Options,
}

/// What takes values to the newer version and back.
#[derive(Debug)]
pub(crate) struct Functions {
    pub(crate) up: Path,
    pub(crate) down: Path,
}

impl Change {
    /// The types of the fields that are no longer there.
    pub(crate) fn gone(&self) -> Vec<(Shape, &Type)> {
        match self {
            Self::Remove(field) => vec![(field.shape, &field.ty)],
            Self::Regroup(group) => group.older.iter().map(|part| (part.shape, &part.ty)).collect(),
            _ => Vec::new(),
        }
    }

    /// What is said of a field whose values are others since.
    pub(crate) fn options_mut(&mut self) -> Option<&mut Options> {
        match self {
            Self::Retype(field) => Some(&mut field.options),
            Self::Widen(field) => Some(&mut field.options),
            Self::Constrain(field) => Some(&mut field.options),
            Self::Map(field) => Some(&mut field.field.options),
            Self::Scale(field) => Some(&mut field.field.options),
            _ => None,
        }
    }

    /// The field whose values an op changes that may stand in `each`; none for another op.
    pub(crate) fn of_values(&self) -> Option<&Name> {
        match self {
            Self::Retype(field) => Some(&field.name),
            Self::Require(field) | Self::Relax(field) => Some(&field.name),
            Self::Widen(field) => Some(&field.name),
            Self::Constrain(field) => Some(&field.name),
            Self::Values(field) => Some(&field.name),
            Self::Map(field) => Some(&field.field.name),
            Self::Scale(field) => Some(&field.field.name),
            _ => None,
        }
    }
}

impl Regrouping {
    /// What happened to the older fields, in one word.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Nest(_) => "nested",
            Self::Flatten(_) => "flattened",
            Self::Split(_) => "split",
            Self::Merge(_) => "merged",
            Self::Custom { .. } => "regrouped",
        }
    }
}
