//! What the attributes of an object say, read once.

mod ops;

use proc_macro2::Span;
use syn::{Ident, Path, Type, Visibility};

use super::options::Options;
use crate::arg::Literal;
use crate::rust_type::Shape;

pub(crate) use self::ops::{Each, EntryOp, Former, Functions, Keyed, Listed, Mapped, Part, Regrouped, Regrouping, Scaled, Within};

/// An object as it is declared.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Where the facade crate is.
    pub(crate) facade: Path,
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) fields: Vec<Field>,
    /// Oldest first.
    pub(crate) releases: Vec<Release>,
    /// Whether it is a struct and all of its fields were read; else only enough is emitted to be a stub.
    pub(crate) whole: bool,
    /// Whether all releases and ops were read.
    pub(crate) history_whole: bool,
}

/// A field of the newest version.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// The name on the wire and in the history.
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) shape: Shape,
    pub(crate) options: Options,
}

/// A name of a field, and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// One `#[version]`.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) version: Version,
    pub(crate) why: String,
    pub(crate) ops: Vec<Op>,
}

/// One to three numbers, and where they were written.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) parts: Vec<u64>,
    pub(crate) span: Span,
}

/// A change that a version made, with the place of its name.
#[derive(Debug)]
pub(crate) struct Op {
    pub(crate) span: Span,
    pub(crate) change: Change,
}

/// What an [`Op`] changed.
#[derive(Debug)]
pub(crate) enum Change {
    Add(Box<Added>),
    Remove(Box<Removed>),
    Rename {
        from: Name,
        to: Name,
    },
    Retype(Box<Retyped>),
    Require(Box<Filled>),
    Relax(Box<Filled>),
    Widen(Box<Widened>),
    Constrain(Box<Constrained>),
    Values(Box<Values>),
    Map(Box<Mapped>),
    Scale(Box<Scaled>),
    Listify(Box<Listed>),
    Key(Box<Keyed>),
    Each(Box<Each>),
    Within(Box<Within>),
    Regroup(Box<Regrouped>),
    /// Its name until then, and the project if it was another.
    RenameObject {
        from: Name,
        namespace: Option<String>,
    },
    Child(Box<Pinned>),
    Behaviour {
        name: Name,
    },
    Method(Method),
}

/// A field that is there since.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) name: Name,
    /// The type that the field had then: known once the history is folded back.
    pub(crate) ty: Option<Type>,
    pub(crate) old_default: Option<Default>,
}

/// A field that is no longer there.
#[derive(Debug)]
pub(crate) struct Removed {
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) shape: Shape,
    pub(crate) options: Options,
    pub(crate) fallback: Option<Default>,
}

/// A field that has another type since.
#[derive(Debug)]
pub(crate) struct Retyped {
    pub(crate) name: Name,
    /// The type it had, and what is said of it. What is not said is as it is since, which is known once the
    /// history is folded back.
    pub(crate) older: Type,
    pub(crate) shape: Shape,
    pub(crate) options: Options,
    pub(crate) newer: Type,
    pub(crate) up: Path,
    pub(crate) down: Path,
}

/// A field that may be null on one side only, and what stands for its null on the other.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) name: Name,
    /// The type that the field has on the side where it is required: known once the history is folded back.
    pub(crate) ty: Option<Type>,
    pub(crate) value: Default,
}

/// A field that has a wider type since.
#[derive(Debug)]
pub(crate) struct Widened {
    pub(crate) name: Name,
    /// As in [`Retyped`].
    pub(crate) older: Type,
    pub(crate) shape: Shape,
    pub(crate) options: Options,
    pub(crate) fallback: Option<Default>,
}

/// A field that has other limits since.
#[derive(Debug)]
pub(crate) struct Constrained {
    pub(crate) name: Name,
    /// Its type: known once the history is folded back.
    pub(crate) ty: Option<Type>,
    /// The limits that it had, and else what it is.
    pub(crate) options: Options,
    pub(crate) fallback: Option<Default>,
    pub(crate) fill: Option<Default>,
}

/// A value of an enum that came, went or was renamed, and the other that it has to do with.
#[derive(Debug)]
pub(crate) struct Values {
    pub(crate) name: Name,
    pub(crate) change: ValueChange,
    pub(crate) value: String,
    pub(crate) other: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueChange {
    Added,
    Removed,
    Renamed,
}

/// A field, and the versions of the objects in it until a release and since.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) name: Name,
    pub(crate) from: Version,
    pub(crate) to: Version,
}

/// What happened to a method.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) change: MethodChange,
}

#[derive(Debug)]
pub(crate) enum MethodChange {
    Changed,
    Added,
    Removed,
    /// What the argument is where it is not given; without it, it must be.
    ArgAdded {
        arg: String,
        default: Option<Literal>,
    },
    ArgRemoved {
        arg: String,
    },
}

/// The literal of an `old_default`, a `fallback` or a `fill`, and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Default {
    pub(crate) literal: Literal,
    pub(crate) span: Span,
}

impl Version {
    /// The parts that count when versions are compared.
    pub(crate) fn order(&self) -> [u64; 3] {
        let part = |index: usize| self.parts.get(index).copied().unwrap_or_default();
        [part(0), part(1), part(2)]
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(u64::to_string).collect();
        f.write_str(&parts.join("."))
    }
}
