//! The settings of a PostgreSQL server, and its tables.

use super::ask::{Asked, Values};
use super::diagnosis::{Diagnosis, Finding};
use super::form::Form;
use super::table::{Column, Comparing, Table};
use crate::error::Failure;

/// Settings of the session, and for those that the store sets, what the session would have else (`reset_val`).
const SETTINGS: &str = "SELECT name::text, (CASE WHEN name = 'default_transaction_isolation' THEN reset_val ELSE setting END)::text \
     FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'default_transaction_isolation', \
     'idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'server_version_num')";

/// How the session has come here, and who follows the server.
const SESSION: &str = "SELECT 'encrypted', coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)::text \
     UNION ALL SELECT 'local', (inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1')::text \
     UNION ALL SELECT 'tcp', (inet_client_addr() IS NOT NULL)::text \
     UNION ALL SELECT 'is_superuser', current_setting('is_superuser') \
     UNION ALL SELECT 'standbys', (SELECT count(*) FROM pg_stat_replication)::text";

/// Seconds after which the server asks whether an idle client is there still, from which on it is told. The system's own is two hours.
const KEEPALIVE_LONG: u64 = 3_600;

pub(super) async fn settings(asked: &mut Asked<'_>) -> Result<Diagnosis, Failure> {
    let mut values = asked.values(SETTINGS).await?;
    values.0.extend(asked.values(SESSION).await?.0);
    let number = values.number("server_version_num").unwrap_or_default();
    let version = format!("{}.{}", number / 10_000, number % 10_000);
    Ok(Diagnosis::of(asked.capability, version, judge(&values)))
}

fn judge(values: &Values) -> Vec<Finding> {
    let is = |name: &str, value: &str| values.is(name, &[value]);
    let mut findings = Vec::new();
    let mut tell_if = |found: bool, id: &str, setting: &str| {
        if found {
            findings.push(Finding::of_setting(id, setting, values.get(setting)));
        }
    };
    // A server that did not say is not taken for a safe one.
    tell_if(!is("fsync", "on"), "DB_FSYNC_OFF", "fsync");
    tell_if(!is("full_page_writes", "on"), "DB_FULL_PAGE_WRITES_OFF", "full_page_writes");
    tell_if(is("synchronous_commit", "off"), "DB_COMMIT_ASYNCHRONOUS", "synchronous_commit");
    tell_if(!is("default_transaction_isolation", "read committed"), "DB_ISOLATION_DEFAULT", "default_transaction_isolation");
    tell_if(is("idle_in_transaction_session_timeout", "0"), "DB_IDLE_IN_TRANSACTION", "idle_in_transaction_session_timeout");
    let keepalive = values.number("tcp_keepalives_idle").unwrap_or_default();
    tell_if(is("tcp", "true") && (keepalive == 0 || keepalive >= KEEPALIVE_LONG), "DB_KEEPALIVE", "tcp_keepalives_idle");
    tell_if(!is("is_superuser", "off"), "DB_USER_SUPERUSER", "is_superuser");
    if is("standbys", "0") {
        findings.push(Finding::of("DB_NO_STANDBY", "no server follows this one"));
    }
    if !is("encrypted", "true") {
        findings.push(super::diagnosis::plain_connection(is("local", "true")));
    }
    findings
}

/// The columns of the table that a statement would find; a domain is what it is based on.
const COLUMNS: &str = "SELECT a.attname::text, coalesce(b.typname, t.typname)::text, \
     (CASE WHEN t.typtype = 'd' AND a.atttypmod = -1 THEN t.typtypmod ELSE a.atttypmod END)::text, \
     coalesce(c.collisdeterministic, true)::text, \
     (CASE WHEN a.attcollation = 0 THEN 'C' WHEN c.collname = 'default' AND d.datlocprovider = 'c' THEN d.datcollate \
           WHEN c.collprovider = 'c' THEN c.collcollate ELSE '' END)::text \
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype \
     LEFT JOIN pg_collation c ON c.oid = a.attcollation JOIN pg_database d ON d.datname = current_database() \
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

const INDEXES: &str = "SELECT i.indexrelid::text, a.attname::text FROM pg_index i \
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) \
     WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL";

pub(super) async fn table(asked: &mut Asked<'_>, name: &str) -> Result<Table, Failure> {
    let name = format!("\"{}\"", name.replace('"', "\"\""));
    let mut table = Table { has_transactions: true, ..Table::default() };
    for row in asked.rows(COLUMNS, &[&name]).await? {
        let [column, type_name, modifier, deterministic, collation] = row.try_into().unwrap_or_default();
        let comparing = match &*collation {
            _ if deterministic == "false" => Comparing::Loosely,
            "C" | "POSIX" => Comparing::Exactly,
            collation if collation.starts_with("C.") => Comparing::Exactly,
            _ => Comparing::InAnotherOrder,
        };
        table.columns.push(Column { form: form(&type_name, modifier.parse().unwrap_or(-1)), comparing, name: column });
    }
    let indexes = asked.rows(INDEXES, &[&name]).await?.into_iter();
    Ok(table.with_unique(indexes.filter_map(|row| <[String; 2]>::try_from(row).ok().map(|[index, column]| (index, column)))))
}

/// What a type holds, with the modifier that says how much.
fn form(type_name: &str, modifier: i64) -> Form {
    // The length of a text has four bytes of its own in it.
    let length = (modifier > 4).then(|| modifier.unsigned_abs() - 4);
    match type_name {
        "int2" => Form::Integer(i16::MIN.into(), i16::MAX.into()),
        "int4" => Form::Integer(i32::MIN.into(), i32::MAX.into()),
        "int8" => Form::Integer(i64::MIN.into(), i64::MAX.into()),
        "bool" => Form::Truth,
        "float4" => Form::Real { is_double: false },
        "float8" => Form::Real { is_double: true },
        "text" | "varchar" => Form::Text { chars: length, bytes: None, is_unicode: true },
        "bpchar" => Form::Padded(length.unwrap_or_default()),
        "bytea" => Form::Bytes(None),
        "timestamp" | "timestamptz" => Form::Time { digits: u8::try_from(modifier).unwrap_or(6), has_each_year: true },
        "date" => Form::Date,
        _ => Form::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 12] = [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read committed"),
        ("idle_in_transaction_session_timeout", "60000"),
        ("tcp_keepalives_idle", "60"),
        ("is_superuser", "off"),
        ("server_version_num", "150018"),
        ("encrypted", "true"),
        ("local", "false"),
        ("tcp", "true"),
        ("standbys", "1"),
    ];

    fn ids(but: &[(&str, &str)]) -> Vec<&'static str> {
        let values = GOOD.iter().chain(but).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        judge(&Values(values)).iter().map(|finding| finding.check.id).collect()
    }

    /// Those of a whole server, which no test may change on one that others use.
    #[test]
    fn each_setting_that_is_unsafe_is_told_and_no_other() {
        assert!(ids(&[]).is_empty());
        for (name, value, id) in [
            ("fsync", "off", "DB_FSYNC_OFF"),
            ("full_page_writes", "off", "DB_FULL_PAGE_WRITES_OFF"),
            ("synchronous_commit", "off", "DB_COMMIT_ASYNCHRONOUS"),
            ("default_transaction_isolation", "serializable", "DB_ISOLATION_DEFAULT"),
            ("idle_in_transaction_session_timeout", "0", "DB_IDLE_IN_TRANSACTION"),
            ("tcp_keepalives_idle", "7200", "DB_KEEPALIVE"),
            ("tcp_keepalives_idle", "0", "DB_KEEPALIVE"),
            ("is_superuser", "on", "DB_USER_SUPERUSER"),
            ("standbys", "0", "DB_NO_STANDBY"),
            ("encrypted", "false", "DB_CONNECTION_PLAIN"),
        ] {
            assert_eq!(ids(&[(name, value)]), [id], "{name}");
        }
        assert_eq!(ids(&[("encrypted", "false"), ("local", "true")]), ["DB_CONNECTION_PLAIN_LOCAL"]);
        // A socket has no idle peers, and the others of `synchronous_commit` wait for the disk.
        assert!(ids(&[("tcp", "false"), ("tcp_keepalives_idle", "0")]).is_empty());
        assert!(ids(&[("synchronous_commit", "local"), ("synchronous_commit", "remote_apply")]).is_empty());
    }
}
