//! The type of the column that a field lies in, on each engine.

use recension_model::{FieldKind, FieldSpec, IntegerWidth, IpFamily, Limits};
use sea_orm::DbBackend;
use sea_orm::sea_query::{Alias, ColumnType, MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder, TableBuilder};

/// Characters of a text, and of an enum, that lies in a `VARCHAR` on MySQL; longer ones lie in a `LONGTEXT`.
const VARCHAR_MAX: u32 = 255;
/// Bytes that lie in a `VARBINARY` on MySQL: as many as a string of bytes has that declares no limit.
const VARBINARY_MAX: u32 = 1_020;
/// Texts compare by their code points, and no two that differ are equal: as on SQLite.
const POSTGRES_TEXT: &str = "text COLLATE \"C\"";
/// The same on MySQL and MariaDB, whose own default takes upper and lower case for the same. Blanks at the end of
/// a text do not count there.
const MYSQL_COLLATION: &str = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/// The type of the column that holds `field` on `engine`, for a migration that makes or adds it. It holds every value
/// that the kind and the limits of the field allow, exactly. Where a kind has texts of one length at most, or
/// limits say so, MySQL has it in the type, which must grow with the limit; elsewhere limits are checked by the store alone.
///
/// ```
/// use recension_model::{FieldKind, FieldSpec, IntegerWidth, Limits};
/// use recension_store::{column_sql, column_type};
/// use sea_orm::{DbBackend, sea_query::ColumnType};
///
/// let port = FieldSpec::new("port", FieldKind::Integer(IntegerWidth::U16));
/// // Databases have no unsigned integers in common: it is the next wider one.
/// assert_eq!(column_type(&port, DbBackend::Postgres), ColumnType::Integer);
/// let name = FieldSpec::new("name", FieldKind::Text).limits(Limits { max_chars: Some(64), ..Limits::default() });
/// assert_eq!(column_sql(&name, DbBackend::MySql), "varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
/// ```
#[must_use]
pub fn column_type(field: &FieldSpec, engine: DbBackend) -> ColumnType {
    match engine {
        DbBackend::Postgres => postgres(&field.kind),
        DbBackend::MySql => mysql(field),
        _ => sqlite(&field.kind),
    }
}

/// [`column_type`] as the engine writes it.
#[must_use]
pub fn column_sql(field: &FieldSpec, engine: DbBackend) -> String {
    let column = column_type(field, engine);
    let mut sql = String::new();
    match engine {
        DbBackend::Postgres => PostgresQueryBuilder.prepare_column_type(&column, &mut sql),
        DbBackend::MySql => MysqlQueryBuilder.prepare_column_type(&column, &mut sql),
        _ => TableBuilder::prepare_column_type(&SqliteQueryBuilder, &column, &mut sql),
    }
    sql
}

/// A text of at most so many characters that is part of a key: MySQL has no keys over a `LONGTEXT`.
pub(crate) fn key_text(chars: u32, engine: DbBackend) -> ColumnType {
    match engine {
        DbBackend::MySql => mysql_varchar(chars),
        DbBackend::Postgres => custom(POSTGRES_TEXT),
        _ => ColumnType::Text,
    }
}

/// Characters that a text may have: a character is at least a byte.
pub(crate) fn chars_max(limits: &Limits) -> u32 {
    limits.chars().map_or(limits.bytes(), |chars| chars.min(limits.bytes()))
}

fn custom(sql: &str) -> ColumnType {
    ColumnType::Custom(Alias::new(sql).into())
}

/// What an integer is: the names of the four types are those of sea-query.
const fn integer(width: IntegerWidth) -> ColumnType {
    match width {
        IntegerWidth::I8 => ColumnType::TinyInteger,
        IntegerWidth::I16 | IntegerWidth::U8 => ColumnType::SmallInteger,
        IntegerWidth::I32 | IntegerWidth::U16 => ColumnType::Integer,
        IntegerWidth::I64 | IntegerWidth::U32 | IntegerWidth::U64 => ColumnType::BigInteger,
    }
}

/// The declared type gives the affinity, and each value binds in its own storage class: text is never taken for a number.
fn sqlite(kind: &FieldKind) -> ColumnType {
    match kind {
        FieldKind::Integer(_) | FieldKind::Bool | FieldKind::Duration => ColumnType::Integer,
        FieldKind::Float => custom("real"),
        FieldKind::Bytes => ColumnType::Blob,
        _ => ColumnType::Text,
    }
}

fn postgres(kind: &FieldKind) -> ColumnType {
    match kind {
        FieldKind::Integer(width) => integer(*width),
        FieldKind::Duration => ColumnType::BigInteger,
        FieldKind::Bool => custom("boolean"),
        FieldKind::Float => ColumnType::Double,
        FieldKind::Bytes => ColumnType::Blob,
        FieldKind::Timestamp => custom("timestamp(6)"),
        FieldKind::Date => ColumnType::Date,
        _ => custom(POSTGRES_TEXT),
    }
}

fn mysql(field: &FieldSpec) -> ColumnType {
    let limits = &field.limits;
    match &field.kind {
        FieldKind::Integer(width) => return integer(*width),
        FieldKind::Duration => return ColumnType::BigInteger,
        FieldKind::Bool => return custom("boolean"),
        FieldKind::Float => return ColumnType::Double,
        FieldKind::Bytes => return mysql_bytes(limits.bytes()),
        // Without the digits a time would have whole seconds.
        FieldKind::Timestamp => return custom("datetime(6)"),
        FieldKind::Date => return ColumnType::Date,
        _ => {}
    }
    // Another release may know longer values of an enum.
    let chars = text_chars(field).map(|chars| if matches!(field.kind, FieldKind::Enum(_)) { chars.max(VARCHAR_MAX) } else { chars });
    match chars {
        Some(chars) if chars <= VARCHAR_MAX => mysql_varchar(chars),
        _ => custom(&format!("longtext {MYSQL_COLLATION}")),
    }
}

/// Characters of the texts that a field is bound as, if they are bounded; none for what is no text.
pub(crate) fn text_chars(field: &FieldSpec) -> Option<u32> {
    let limits = &field.limits;
    match &field.kind {
        FieldKind::Text => Some(chars_max(limits)),
        FieldKind::Enum(spec) => {
            let longest = spec.values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
            Some(u32::try_from(longest).unwrap_or(u32::MAX))
        }
        FieldKind::Decimal => Some(decimal_chars(limits)),
        FieldKind::Uuid => Some(36),
        FieldKind::IpAddress(IpFamily::V4) => Some(15),
        FieldKind::IpAddress(_) => Some(39),
        FieldKind::IpNetwork(IpFamily::V4) => Some(18),
        FieldKind::IpNetwork(_) => Some(43),
        FieldKind::MacAddress => Some(17),
        FieldKind::PciAddress => Some(12),
        // JSON, and predicates, which may have any number of comparisons.
        _ => None,
    }
}

fn mysql_varchar(chars: u32) -> ColumnType {
    custom(&format!("varchar({}) {MYSQL_COLLATION}", chars.max(1)))
}

fn mysql_bytes(bytes: u32) -> ColumnType {
    if bytes <= VARBINARY_MAX { ColumnType::var_binary(bytes.max(1)) } else { custom("longblob") }
}

/// Characters of a decimal number: a sign, the digits before the point, of which there is one at least, the point
/// and the digits behind it.
fn decimal_chars(limits: &Limits) -> u32 {
    let (whole, scale) = limits.decimal();
    1 + u32::from(whole.max(1)) + if scale == 0 { 0 } else { 1 + u32::from(scale) }
}
