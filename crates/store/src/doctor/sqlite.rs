//! The settings of SQLite, and its tables.

use super::ask::Asked;
use super::diagnosis::{Diagnosis, Finding};
use super::form::Form;
use super::table::{Column, Comparing, Table};
use crate::error::Failure;

/// The settings of the connection that writes, which are those of the readers too.
pub(super) async fn settings(asked: &mut Asked<'_>, integrity: bool) -> Result<Diagnosis, Failure> {
    let [version, is_file, journal] = asked
        .row(
            "SELECT sqlite_version(), \
             (SELECT CAST(coalesce(max(file), '') <> '' AS TEXT) FROM pragma_database_list WHERE name = 'main'), \
             (SELECT journal_mode FROM pragma_journal_mode)",
        )
        .await?;
    let [synchronous, foreign_keys] = asked
        .row("SELECT (SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous), (SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys)")
        .await?;
    let mut findings = Vec::new();
    if is_file == "1" && journal != "wal" {
        findings.push(Finding::of_setting("DB_JOURNAL_NOT_WAL", "journal_mode", &journal));
    }
    if synchronous == "0" {
        findings.push(Finding::of_setting("DB_FSYNC_OFF", "synchronous", "OFF"));
    }
    if foreign_keys == "0" {
        findings.push(Finding::of_setting("DB_FOREIGN_KEYS_OFF", "foreign_keys", "OFF"));
    }
    if integrity {
        findings.extend(damage(asked).await?);
    }
    Ok(Diagnosis::of(asked.capability, version, findings))
}

/// Reads the whole file. What is said of a fault has keys of rows in it, so only their number is told.
async fn damage(asked: &mut Asked<'_>) -> Result<Option<Finding>, Failure> {
    let told = match asked.rows("PRAGMA quick_check(100)", &[]).await {
        Ok(told) => told,
        // It cannot even be read to its end.
        Err(failure) if failure.is_of_damage() => return Ok(Some(Finding::of("DB_DAMAGED", "`quick_check` could not read the file"))),
        Err(failure) => return Err(failure),
    };
    let faults = told.iter().flatten().filter(|line| *line != "ok").count();
    let most = if faults == 100 { "at least " } else { "" };
    Ok((faults > 0).then(|| Finding::of("DB_DAMAGED", format!("`quick_check` tells of {most}{faults} faults"))))
}

pub(super) async fn table(asked: &mut Asked<'_>, name: &str) -> Result<Table, Failure> {
    let rows = asked.rows("SELECT name, upper(type), CAST(pk AS TEXT) FROM pragma_table_xinfo(?)", &[name]).await?;
    let mut table = Table { has_transactions: true, ..Table::default() };
    let mut key = Vec::new();
    for row in rows {
        let [column, declared, pk] = row.try_into().unwrap_or_default();
        let comparing = comparing(asked, name, &column).await?;
        if pk != "0" {
            key.push(column.clone());
        }
        table.columns.push(Column { form: form(&declared), comparing, name: column });
    }
    table.unique.push(key);
    // A column of an index that is an expression has no name, so no key is within it.
    let indexes =
        "SELECT l.name, i.name FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i WHERE l.\"unique\" AND NOT l.partial";
    let indexes = asked.rows(indexes, &[name]).await?.into_iter();
    Ok(table.with_unique(indexes.filter_map(|row| <[String; 2]>::try_from(row).ok().map(|[index, column]| (index, column)))))
}

/// How a column compares, which no table of the engine tells: by comparing what has its collation.
async fn comparing(asked: &mut Asked<'_>, table: &str, column: &str) -> Result<Comparing, Failure> {
    let [table, column] = [table, column].map(|name| name.replace('"', "\"\""));
    let sql =
        format!("SELECT CAST(x = 'A' OR x = 'a ' AS TEXT) FROM (SELECT \"{column}\" AS x FROM \"{table}\" WHERE 0 UNION ALL SELECT 'a')");
    let [is_loose] = asked.row(&sql).await?;
    Ok(if is_loose == "1" { Comparing::Loosely } else { Comparing::Exactly })
}

/// What a declared type makes of a value that is stored: its affinity, by the rules of SQLite in their order.
fn form(declared: &str) -> Form {
    let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
    if has(&["INT"]) {
        Form::Numeric
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Form::Text { chars: None, bytes: None, is_unicode: true }
    } else if has(&["BLOB"]) || declared.is_empty() {
        Form::Any
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Form::Real { is_double: true }
    } else {
        Form::Numeric
    }
}
