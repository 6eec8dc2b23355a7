//! What the attributes of a stored object say, read once.

use proc_macro2::Span;
use syn::{Ident, Path, Type, Visibility};

use crate::arg::Literal;
use crate::rust_type::Shape;

/// An object and its table.
#[derive(Debug)]
pub(crate) struct Persist {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Where the facade crate is.
    pub(crate) facade: Path,
    pub(crate) table: Table,
    /// The index of the key field.
    pub(crate) key: usize,
    pub(crate) revision: Option<Column>,
    pub(crate) natural_key: Option<NaturalKey>,
    pub(crate) fields: Vec<Field>,
    /// Whether it was found right; else only enough is emitted to be a stub.
    pub(crate) checked: bool,
}

/// Where the rows are.
#[derive(Debug)]
pub(crate) enum Table {
    /// In this table, whose entity is generated.
    Named(Column),
    /// In the table of an entity: the module that holds it.
    Entity(Path),
}

/// The name of a column or a table, and where it was written.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) span: Span,
}

/// Fields that together name an object.
#[derive(Debug)]
pub(crate) struct NaturalKey {
    pub(crate) column: Column,
    /// Their indices.
    pub(crate) fields: Vec<usize>,
}

/// A field and its column.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) shape: Shape,
    pub(crate) column: Column,
    /// Whether only the service gives it.
    pub(crate) server_set: bool,
    pub(crate) fill: Option<Fill>,
    /// What NULL is read as, and where that was written.
    pub(crate) null_as: Option<(Literal, Span)>,
}

/// Who fills a field, as the variant of `Fill` that it is.
#[derive(Debug)]
pub(crate) struct Fill(pub(crate) Ident);
