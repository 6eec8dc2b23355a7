//! What the attributes of a stored object say, read once.

use heck::ToShoutySnakeCase;
use proc_macro2::Span;
use syn::{Ident, Path, Type, Visibility};

use crate::arg::Literal;
use crate::errors::plain;
use crate::rust_type::Shape;

/// An object and its table.
#[derive(Debug)]
pub(crate) struct Persist {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Where the facade crate is.
    pub(crate) facade: Path,
    pub(crate) table: Table,
    /// The indices of the key fields.
    pub(crate) keys: Vec<usize>,
    pub(crate) revision: Option<Column>,
    pub(crate) natural_key: Option<NaturalKey>,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) soft_delete: Option<SoftDelete>,
    /// Up to which day programs that count no writes write the table, as `YYYY-MM-DD`.
    pub(crate) shared_until: Option<String>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) fields: Vec<Field>,
    /// Whether these are all fields that the struct has.
    pub(crate) whole: bool,
    /// Whether it was found right; else only enough is emitted to be a stub.
    pub(crate) checked: bool,
}

impl Persist {
    /// The columns that no field of the object lies in, each with the name that it has in a generated row.
    pub(crate) fn own_columns(&self) -> impl Iterator<Item = (&'static str, &Column)> {
        let natural_key = self.natural_key.iter().map(|key| ("natural_key", &key.column));
        let request = self.idempotency.iter().flat_map(|own| [("idempotency_key", &own.key), ("idempotency_payload", &own.payload)]);
        self.revision.iter().map(|column| ("revision", column)).chain(natural_key).chain(request)
    }
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

/// The columns that say by which request a row was made.
#[derive(Debug)]
pub(crate) struct Idempotency {
    pub(crate) key: Column,
    pub(crate) payload: Column,
}

/// How a deleted row is marked: the indices of the fields that say so, and where it was written.
#[derive(Debug)]
pub(crate) struct SoftDelete {
    pub(crate) time: Option<(usize, Span)>,
    pub(crate) mark: Option<(usize, Span)>,
    pub(crate) span: Span,
}

/// What the object has to do with another.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) kind: RelationKind,
    pub(crate) name: Ident,
    pub(crate) other: Type,
    /// The field with the key: of the other object, or of this one.
    pub(crate) by: Ident,
}

impl Relation {
    /// The name of its constant.
    pub(crate) fn constant(&self) -> String {
        plain(&self.name).to_shouty_snake_case()
    }
}

/// Which of the two holds the key of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RelationKind {
    HasMany,
    BelongsTo,
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
