//! The table of an object, as its first migration would make it.

use recension_model::{FieldKind, FieldSpec, ObjectSpec};
use sea_orm::DbBackend;
use sea_orm::sea_query::{Alias, ColumnDef, ColumnType, Index, Table, TableCreateStatement};

use crate::column_form::{chars_max, column_type, key_text};
use crate::{ColumnMap, Fill, Mapping, Persist};

/// Characters of the digest of a natural key, and of a request.
const DIGEST_CHARS: u32 = 64;

/// The `CREATE TABLE` for an object on `engine`: what the migration for a new object would create, for tests and for a
/// first table.
///
/// Each field lies in a column of [`column_type`], `NOT NULL` unless the field may be null or NULL is
/// read as something (`null_as`). The key is the primary key; where the database makes it, it is never used
/// again, so that an edit of a deleted row cannot meet another one. The revision is a nullable integer, the natural key and
/// the key of a request are nullable texts with a unique index each, and the mark of a deleted row an integer: it holds the row's key.
///
/// It has no foreign keys and no other indexes, and says nothing of how a table becomes another one: a column that is
/// *added* must be nullable or have a default, or programs that do not know it cannot write any more.
///
/// On MySQL the table is InnoDB and its texts compare as on the other engines. A key of texts may have 768 characters
/// there (191 on MySQL 5.6), and a row 65,535 bytes, four for each character of a `VARCHAR`; the engine refuses a table
/// that is past that.
///
/// ```
/// use recension::store::{create_table, sea_orm::DbBackend};
/// use recension::{Persist, VersionedObject};
///
/// #[derive(Clone, VersionedObject, Persist)]
/// #[object(namespace = "demo", default_class = "public")]
/// #[version("1.0", "first version")]
/// #[persist(table = "notes", key = "id", revision)]
/// pub struct Note {
///     #[field(server_set, read_only)]
///     #[persist(fill = "auto")]
///     pub id: i64,
///     pub text: Option<String>,
/// }
///
/// let create = create_table::<Note>(DbBackend::Sqlite);
/// assert_eq!(
///     DbBackend::Sqlite.build(&create).sql,
///     r#"CREATE TABLE "notes" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" text NULL, "revision" integer NULL )"#,
/// );
/// ```
#[must_use]
pub fn create_table<T: Persist>(engine: DbBackend) -> TableCreateStatement {
    table(&T::declaration().head, T::mapping(), engine)
}

fn table(spec: &ObjectSpec, mapping: &Mapping, engine: DbBackend) -> TableCreateStatement {
    let mut create = Table::create();
    create.table(Alias::new(mapping.table()));
    for column in mapping.columns() {
        if let Some(field) = spec.fields.get(column.field) {
            create.col(field_column(mapping, column, field, engine));
        }
    }
    if let Some(column) = mapping.revision_column() {
        create.col(named(column, big_integer(engine)).null());
    }
    if let Some(natural) = mapping.natural() {
        create.col(named(natural.column, key_text(DIGEST_CHARS, engine)).null().unique_key());
    }
    if let Some(request) = mapping.request() {
        create.col(named(request.key, key_text(DIGEST_CHARS, engine)).null().unique_key());
        create.col(named(request.payload, key_text(DIGEST_CHARS, engine)).null());
    }
    if let keys @ [_, _, ..] = mapping.keys() {
        let mut primary = Index::create();
        for column in keys.iter().filter_map(|key| mapping.column_of(*key)) {
            primary.col(Alias::new(column.column));
        }
        create.primary_key(&mut primary);
    }
    if engine == DbBackend::MySql {
        // Other engines of MySQL have no transactions, and on a cluster write one node only.
        create.engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_bin");
    }
    create
}

fn named(column: &str, column_type: ColumnType) -> ColumnDef {
    ColumnDef::new_with_type(Alias::new(column), column_type)
}

/// An integer of 64 bits.
const fn big_integer(engine: DbBackend) -> ColumnType {
    match engine {
        DbBackend::Postgres | DbBackend::MySql => ColumnType::BigInteger,
        _ => ColumnType::Integer,
    }
}

fn field_column(mapping: &Mapping, column: &ColumnMap, field: &FieldSpec, engine: DbBackend) -> ColumnDef {
    let is_key = mapping.keys().contains(&column.field);
    let is_mark = mapping.soft_deletion().is_some_and(|deletion| deletion.mark == Some(column.field));
    let column_type = match field.kind {
        // It holds the row's key, which may be larger than one.
        _ if is_mark => big_integer(engine),
        FieldKind::Text if is_key => key_text(chars_max(&field.limits), engine),
        _ => column_type(field, engine),
    };
    let mut definition = named(column.column, column_type);
    if is_key || !(field.nullable || column.null_as.is_some()) {
        definition.not_null();
    } else {
        definition.null();
    }
    if is_key && mapping.keys().len() == 1 {
        definition.primary_key();
        if column.fill == Fill::Auto && matches!(field.kind, FieldKind::Integer(_)) {
            definition.auto_increment();
        }
    }
    definition
}
