//! What the attributes of an enum say, read once.

use proc_macro2::Span;
use syn::{Ident, Path};

/// An enum as it is declared.
#[derive(Debug)]
pub(crate) struct FieldEnum {
    pub(crate) ident: Ident,
    /// Where the facade crate is.
    pub(crate) facade: Path,
    pub(crate) name: String,
    /// The values in declared order.
    pub(crate) values: Vec<Value>,
    /// How many variants there are; those that are neither a value nor marked are mistakes.
    pub(crate) variants: usize,
    /// The variants that are marked to hold unknown texts. There should be one.
    pub(crate) unknown: Vec<Ident>,
}

/// A variant that is a value.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) ident: Ident,
    /// What travels and is stored, and where it was written.
    pub(crate) text: String,
    pub(crate) span: Span,
    /// The variants that may follow, if that is declared.
    pub(crate) followers: Option<Vec<Ident>>,
}
