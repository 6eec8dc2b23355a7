//! How an object lies in a table.

use std::fmt;

use recension_model::{Object, Rule, Value};
use uuid::Uuid;

use crate::NaturalKey;

/// An object that has a table. Implemented by the derive of the same name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no table",
    label = "derive `Persist` for it",
    note = "an object is stored in the table that `#[persist(table = \"..\", key = \"..\")]` names"
)]
pub trait Persist: Object {
    /// The sea-orm entity of the table: generated, or given with `#[persist(entity = ..)]`.
    type Entity: sea_orm::EntityTrait;
    /// The Rust type of the key field.
    type Key: RowKey;

    /// Which field lies in which column.
    fn mapping() -> &'static Mapping;
    /// The key of this object.
    fn key(&self) -> Self::Key;
}

/// A type that a key field can have: `i64`, which a database makes, or [`Uuid`], which the store makes.
pub trait RowKey: Clone + fmt::Debug + PartialEq + Send + Sync + 'static + sealed::Sealed {
    /// The key as a value of its field.
    fn to_value(&self) -> Value;
    /// The key from a value of its field.
    ///
    /// # Errors
    /// [`Rule::Kind`] or [`Rule::Width`] for a value of another kind.
    fn from_value(value: &Value) -> Result<Self, Rule>;
    /// A new key, for types whose keys the store makes; `None` where the database does.
    fn generate() -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i64 {}
    impl Sealed for uuid::Uuid {}
}

impl RowKey for i64 {
    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn from_value(value: &Value) -> Result<Self, Rule> {
        let width = recension_model::IntegerWidth::I64;
        let number = value.as_integer().ok_or(Rule::Kind { expected: "integer", found: value.kind() })?;
        number.try_into().map_err(|_| Rule::Width(width))
    }

    fn generate() -> Option<Self> {
        None
    }
}

impl RowKey for Uuid {
    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn from_value(value: &Value) -> Result<Self, Rule> {
        match value {
            Value::Uuid(key) => Ok(*key),
            other => Err(Rule::Kind { expected: "uuid", found: other.kind() }),
        }
    }

    /// A random key (version 4).
    fn generate() -> Option<Self> {
        Some(Self::new_v4())
    }
}

/// Which field of an object lies in which column. Built once for each object.
///
/// ```
/// use recension_store::{ColumnMap, Fill, Mapping};
///
/// let mapping = Mapping::new("instance_actions", 0)
///     .column(ColumnMap::new(0, "id").fill(Fill::Auto))
///     .column(ColumnMap::new(1, "action"))
///     .revision("revision")
///     .natural_key("natural_key", [1]);
/// assert_eq!(mapping.columns().len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Mapping {
    table: &'static str,
    key: usize,
    columns: Vec<ColumnMap>,
    revision: Option<&'static str>,
    natural_key: Option<NaturalKey>,
}

impl Mapping {
    /// The mapping of a table whose key is the field at index `key`. It has no columns yet: each field of
    /// the object, the key too, needs one.
    #[must_use]
    pub const fn new(table: &'static str, key: usize) -> Self {
        Self { table, key, columns: Vec::new(), revision: None, natural_key: None }
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, column: ColumnMap) -> Self {
        self.columns.push(column);
        self
    }

    /// Names the column that counts the writes of a row.
    #[must_use]
    pub const fn revision(mut self, column: &'static str) -> Self {
        self.revision = Some(column);
        self
    }

    /// Names the column that holds the digest of the fields at `fields`, which together must be unique.
    #[must_use]
    pub fn natural_key(mut self, column: &'static str, fields: impl IntoIterator<Item = usize>) -> Self {
        self.natural_key = Some(NaturalKey { column, fields: fields.into_iter().collect() });
        self
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// The index of the key field.
    #[must_use]
    pub const fn key(&self) -> usize {
        self.key
    }

    /// The columns that hold fields.
    #[must_use]
    pub fn columns(&self) -> &[ColumnMap] {
        &self.columns
    }

    /// The column of the field at `index`.
    #[must_use]
    pub fn column_of(&self, index: usize) -> Option<&ColumnMap> {
        // Columns are declared in the order of the fields, so the first look nearly always finds it.
        match self.columns.get(index) {
            Some(column) if column.field == index => Some(column),
            _ => self.columns.iter().find(|column| column.field == index),
        }
    }

    /// The column that counts the writes of a row.
    #[must_use]
    pub const fn revision_column(&self) -> Option<&'static str> {
        self.revision
    }

    /// The natural key.
    #[must_use]
    pub const fn natural(&self) -> Option<&NaturalKey> {
        self.natural_key.as_ref()
    }
}

/// One field and its column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ColumnMap {
    /// The index of the field.
    pub field: usize,
    /// The name of the column.
    pub column: &'static str,
    /// Who fills it.
    pub fill: Fill,
    /// What NULL in the column is read as, for a field that is not nullable.
    pub null_as: Option<Value>,
}

impl ColumnMap {
    /// The field at index `field` lies in `column`, as it is given.
    #[must_use]
    pub const fn new(field: usize, column: &'static str) -> Self {
        Self { field, column, fill: Fill::Given, null_as: None }
    }

    /// Who fills it.
    #[must_use]
    pub const fn fill(mut self, fill: Fill) -> Self {
        self.fill = fill;
        self
    }

    /// What NULL in the column is read as.
    #[must_use]
    pub fn null_as(mut self, value: impl Into<Value>) -> Self {
        self.null_as = Some(value.into());
        self
    }
}

/// Who fills a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fill {
    /// Whoever makes the object; a server-set field, the service.
    #[default]
    Given,
    /// A key: made by the database (`i64`) or by the store ([`Uuid`], at random).
    Auto,
    /// The time at which the object is made.
    Now,
    /// The time of the last write: at create and at every save that changes something.
    Touched,
    /// The user of the caller, at create.
    User,
    /// The project of the caller, at create.
    Project,
}
