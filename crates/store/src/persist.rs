//! How an object lies in a table.

use std::sync::OnceLock;

use recension_model::{Date, Value};
use recension_versioning::VersionedObject;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbBackend, StatementBuilder};

use crate::update_texts::UpdateTexts;
use crate::{Error, Idempotency, NaturalKey, ObjectRow, RowKey};

/// An object that has a table. Implemented by the derive of the same name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no table",
    label = "derive `Persist` for it",
    note = "an object is stored in the table that `#[persist(table = \"..\", key = \"..\")]` names"
)]
pub trait Persist: VersionedObject {
    /// The sea-orm entity of the table: generated, or given with `#[persist(entity = ..)]`.
    type Entity: sea_orm::EntityTrait;
    /// The Rust type of the key field; a tuple where the key is several.
    type Key: RowKey;

    /// Which field lies in which column.
    fn mapping() -> &'static Mapping;
    /// The key of this object.
    fn key(&self) -> Self::Key;
    /// The object of a row. The derive writes it out field by field; by itself it goes by way of a record.
    ///
    /// # Errors
    /// As [`ObjectRow::field`].
    #[doc(hidden)]
    fn from_row(row: &ObjectRow<'_>) -> Result<Self, Error> {
        row.by_record()
    }
}

/// Which field of an object lies in which column. Built once for each object.
///
/// ```
/// use recension_store::{ColumnMap, Fill, Mapping};
///
/// let mapping = Mapping::new("instance_actions", [0])
///     .column(ColumnMap::new(0, "id").fill(Fill::Auto))
///     .column(ColumnMap::new(1, "action"))
///     .revision("revision")
///     .natural_key("natural_key", [1]);
/// assert_eq!(mapping.columns().len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Mapping {
    table: &'static str,
    keys: Vec<usize>,
    columns: Vec<ColumnMap>,
    revision: Option<&'static str>,
    natural_key: Option<NaturalKey>,
    idempotency: Option<Idempotency>,
    soft_delete: Option<SoftDeletion>,
    shared: Option<Sharing>,
    lists: ColumnLists,
    updates: UpdateTexts,
}

impl Mapping {
    /// The mapping of a table whose key is the fields at the indices `keys`, in this order. It has no columns
    /// yet: each field of the object, those of the key too, needs one.
    #[must_use]
    pub fn new(table: &'static str, keys: impl IntoIterator<Item = usize>) -> Self {
        Self {
            table,
            keys: keys.into_iter().collect(),
            columns: Vec::new(),
            revision: None,
            natural_key: None,
            idempotency: None,
            soft_delete: None,
            shared: None,
            lists: ColumnLists::default(),
            updates: UpdateTexts::default(),
        }
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, column: ColumnMap) -> Self {
        self.columns.push(column);
        self.lists = ColumnLists::default();
        self
    }

    /// Names the column that counts the writes of a row.
    #[must_use]
    pub fn revision(mut self, column: &'static str) -> Self {
        self.revision = Some(column);
        self.lists = ColumnLists::default();
        self
    }

    /// Names the column that holds the digest of the fields at `fields`, which together must be unique.
    #[must_use]
    pub fn natural_key(mut self, column: &'static str, fields: impl IntoIterator<Item = usize>) -> Self {
        self.natural_key = Some(NaturalKey { column, fields: fields.into_iter().collect() });
        self
    }

    /// Names the columns that say by which request a row was made, and what was asked for.
    #[must_use]
    pub const fn idempotency(mut self, key: &'static str, payload: &'static str) -> Self {
        self.idempotency = Some(Idempotency { key, payload });
        self
    }

    /// Says how a deleted row is marked, in place of being taken out.
    #[must_use]
    pub const fn soft_delete(mut self, deletion: SoftDeletion) -> Self {
        self.soft_delete = Some(deletion);
        self
    }

    /// Says that the reference, or another program that counts no writes, writes the table too, up to that day at the latest: a row is
    /// then changed only if it has all the values that were read.
    #[must_use]
    pub fn shared_with_reference(mut self, until: Date) -> Self {
        self.shared = Some(Sharing { until, is_told: OnceLock::new() });
        self
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// The indices of the key fields.
    #[must_use]
    pub fn keys(&self) -> &[usize] {
        &self.keys
    }

    /// The columns that hold fields.
    #[must_use]
    pub fn columns(&self) -> &[ColumnMap] {
        &self.columns
    }

    /// The column of the field at `index`.
    #[must_use]
    pub fn column_of(&self, index: usize) -> Option<&ColumnMap> {
        self.place_of(index).map(|(_, column)| column)
    }

    /// The column of the field at `index`, and its place among the columns.
    pub(crate) fn place_of(&self, index: usize) -> Option<(usize, &ColumnMap)> {
        // Columns are declared in the order of the fields, so the first look nearly always finds it.
        match self.columns.get(index) {
            Some(column) if column.field == index => Some((index, column)),
            _ => self.columns.iter().enumerate().find(|(_, column)| column.field == index),
        }
    }

    /// The list of all columns in the SQL of `backend`, made at the first call from a statement that selects them and
    /// nothing more.
    pub(crate) fn column_list(&self, backend: DbBackend, select: impl FnOnce() -> SelectStatement) -> &str {
        let list = match backend {
            DbBackend::MySql => &self.lists.backticks,
            _ => &self.lists.quotes,
        };
        list.get_or_init(|| {
            let statement = StatementBuilder::build(&select(), &backend).to_string();
            statement.strip_prefix("SELECT ").unwrap_or(&statement).into()
        })
    }

    /// The texts of statements that change one row of it.
    pub(crate) const fn updates(&self) -> &UpdateTexts {
        &self.updates
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

    /// Where a row says by which request it was made; `None` where none does.
    #[must_use]
    pub const fn request(&self) -> Option<&Idempotency> {
        self.idempotency.as_ref()
    }

    /// Up to which day programs that count no writes write the table, if they do.
    #[must_use]
    pub fn shared_until(&self) -> Option<Date> {
        self.shared.as_ref().map(|sharing| sharing.until)
    }

    /// Whether that day is over, the first time that it is asked.
    pub(crate) fn has_just_expired(&self, today: Date) -> bool {
        self.shared.as_ref().is_some_and(|sharing| sharing.until < today && sharing.is_told.set(()).is_ok())
    }

    /// How a deleted row is marked; `None` where it is taken out.
    #[must_use]
    pub const fn soft_deletion(&self) -> Option<&SoftDeletion> {
        self.soft_delete.as_ref()
    }
}

/// That programs write a table that count nothing.
#[derive(Clone, Debug)]
struct Sharing {
    until: Date,
    /// Whether the log has been told that it should have ended.
    is_told: OnceLock<()>,
}

/// The list of the columns for engines that quote names in one way or the other, each made when it is first needed.
#[derive(Clone, Debug, Default)]
struct ColumnLists {
    quotes: OnceLock<Box<str>>,
    backticks: OnceLock<Box<str>>,
}

/// How a deleted row is marked: by a time, by a number, or by both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SoftDeletion {
    /// The index of the field with the time at which the row was deleted; null in a live row.
    pub time: Option<usize>,
    /// The index of the field whose column, an integer, is not zero in a deleted row: there it holds the key,
    /// if that is one integer, and else 1. Zero and NULL mean a live row. Where there is a mark, it decides.
    pub mark: Option<usize>,
}

impl SoftDeletion {
    /// Marked by nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { time: None, mark: None }
    }

    /// The field at index `field` holds the time of deletion.
    #[must_use]
    pub const fn time(mut self, field: usize) -> Self {
        self.time = Some(field);
        self
    }

    /// The field at index `field` says whether the row is deleted.
    #[must_use]
    pub const fn mark(mut self, field: usize) -> Self {
        self.mark = Some(field);
        self
    }
}

/// An object whose rows are marked when it is deleted, and can be restored. Implemented by the derive
/// `Persist` where it says `soft_delete(..)`.
#[diagnostic::on_unimplemented(
    message = "the rows of `{Self}` are not marked when they are deleted",
    label = "deleted rows of it are gone",
    note = "say `#[persist(soft_delete(time = \"..\", mark = \"..\"))]` to keep them"
)]
pub trait SoftDelete: Persist {}

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
    /// A key: made by the database (`i64`) or by the store (`Uuid`, at random).
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
