//! The settings of a MariaDB or MySQL server, and its tables.

use super::ask::{Asked, Values};
use super::diagnosis::{Diagnosis, Finding};
use super::form::Form;
use super::galera;
use super::table::{Column, Comparing, Table};
use crate::error::Failure;

/// What the server has for all sessions: each of the store sets what it needs.
const SETTINGS: &str = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'sql_mode', \
     'autocommit', 'max_allowed_packet', 'tx_isolation', 'transaction_isolation', 'wsrep_on', 'wsrep_sync_wait', 'innodb_autoinc_lock_mode')";

const CIPHER: &str = "SHOW SESSION STATUS LIKE 'Ssl_cipher'";

/// From where the server sees us, and whether the user may do everything.
const SESSION: &str = "SELECT 'local', CAST(SUBSTRING_INDEX(USER(), '@', -1) IN ('localhost', '127.0.0.1', '::1') AS CHAR) \
     UNION ALL SELECT 'super', CAST((SELECT count(*) > 0 FROM information_schema.user_privileges WHERE privilege_type = 'SUPER' \
     AND grantee = concat('''', replace(CURRENT_USER(), '@', '''@'''), '''')) AS CHAR) \
     UNION ALL SELECT 'version', CAST(VERSION() AS CHAR)";

/// Bytes of a message that a server should take.
const PACKET: u64 = 16 << 20;

pub(super) async fn settings(asked: &mut Asked<'_>) -> Result<Diagnosis, Failure> {
    let mut values = asked.values(SETTINGS).await?;
    values.0.extend(asked.values(CIPHER).await?.0);
    values.0.extend(asked.values(SESSION).await?.0);
    let mut diagnosis = Diagnosis::of(asked.capability, version(values.get("version")), judge(&values));
    if values.is("wsrep_on", &["ON"]) {
        let status = asked.values(galera::STATUS).await?;
        diagnosis.abilities.extend(galera::ABILITIES);
        diagnosis.findings.extend(galera::judge(&values, &status));
    }
    Ok(diagnosis)
}

/// The numbers that a version begins with; some versions and proxies of MariaDB write `5.5.5-` before theirs.
fn version(text: &str) -> String {
    let text = text.strip_prefix("5.5.5-").unwrap_or(text);
    text.chars().take_while(|char| char.is_ascii_digit() || *char == '.').collect()
}

fn judge(values: &Values) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell_if = |found: bool, id: &str, setting: &str| {
        if found {
            findings.push(Finding::of_setting(id, setting, values.get(setting)));
        }
    };
    let flush = "innodb_flush_log_at_trx_commit";
    tell_if(!values.is(flush, &["1"]), "DB_COMMIT_ASYNCHRONOUS", flush);
    tell_if(values.is("log_bin", &["ON", "1"]) && !values.is("sync_binlog", &["1"]), "DB_BINLOG_NOT_SYNCED", "sync_binlog");
    let is_strict = values.get("sql_mode").split(',').any(|mode| mode == "STRICT_ALL_TABLES" || mode == "STRICT_TRANS_TABLES");
    tell_if(!is_strict, "DB_SQL_MODE_LAX", "sql_mode");
    tell_if(values.is("autocommit", &["OFF", "0"]), "DB_AUTOCOMMIT_OFF", "autocommit");
    tell_if(values.number("max_allowed_packet").is_some_and(|bytes| bytes < PACKET), "DB_PACKET_SMALL", "max_allowed_packet");
    // One of the two, whatever the server calls it.
    for level in ["tx_isolation", "transaction_isolation"] {
        tell_if(values.0.contains_key(level) && !values.is(level, &["READ-COMMITTED"]), "DB_ISOLATION_DEFAULT", level);
    }
    if !values.is("super", &["0"]) {
        findings.push(Finding::of("DB_USER_SUPERUSER", "the user has the privilege SUPER"));
    }
    if values.get("ssl_cipher").is_empty() {
        findings.push(super::diagnosis::plain_connection(values.is("local", &["1"])));
    }
    findings
}

const COLUMNS: &str = "SELECT CAST(column_name AS CHAR), lower(CAST(data_type AS CHAR)), lower(CAST(column_type AS CHAR)), \
     CAST(character_maximum_length AS CHAR), CAST(datetime_precision AS CHAR), CAST(character_set_name AS CHAR), CAST(collation_name AS CHAR) \
     FROM information_schema.columns WHERE table_schema = database() AND table_name = ? ORDER BY ordinal_position";

/// An index over the beginning of a column is none of the column.
const INDEXES: &str = "SELECT CAST(index_name AS CHAR), CAST(CASE WHEN sub_part IS NULL THEN column_name ELSE '' END AS CHAR) \
     FROM information_schema.statistics WHERE table_schema = database() AND table_name = ? AND non_unique = 0";

const TRANSACTIONS: &str = "SELECT CAST(coalesce(e.transactions, 'NO') AS CHAR) FROM information_schema.tables t \
     LEFT JOIN information_schema.engines e ON e.engine = t.engine WHERE t.table_schema = database() AND t.table_name = ?";

pub(super) async fn table(asked: &mut Asked<'_>, name: &str) -> Result<Table, Failure> {
    let transactions = asked.rows(TRANSACTIONS, &[name]).await?;
    let has_transactions = transactions.iter().flatten().any(|has| has == "YES");
    let mut table = Table { has_transactions, ..Table::default() };
    for row in asked.rows(COLUMNS, &[name]).await? {
        let [column, data_type, column_type, length, digits, characters, collation] = row.try_into().unwrap_or_default();
        // Those of the binary kind count no case; blanks at the end count with none that both servers have.
        let comparing = if collation.is_empty() || collation.ends_with("_bin") { Comparing::Exactly } else { Comparing::Loosely };
        let described = Described {
            data_type: &data_type,
            is_unsigned: column_type.contains("unsigned"),
            length: length.parse().ok(),
            digits: digits.parse().unwrap_or_default(),
            is_unicode: characters == "utf8mb4",
        };
        table.columns.push(Column { form: described.form(), comparing, name: column });
    }
    let indexes = asked.rows(INDEXES, &[name]).await?.into_iter();
    Ok(table.with_unique(indexes.filter_map(|row| <[String; 2]>::try_from(row).ok().map(|[index, column]| (index, column)))))
}

/// A column as the engine describes it.
struct Described<'d> {
    data_type: &'d str,
    is_unsigned: bool,
    /// Characters or bytes.
    length: Option<u64>,
    digits: u8,
    is_unicode: bool,
}

impl Described<'_> {
    fn form(&self) -> Form {
        let integer = |bits: u32| {
            let all = 1_i128 << bits;
            if self.is_unsigned { Form::Integer(0, all - 1) } else { Form::Integer(-all / 2, all / 2 - 1) }
        };
        let text = |chars, bytes| Form::Text { chars, bytes, is_unicode: self.is_unicode };
        match self.data_type {
            "tinyint" => integer(8),
            "smallint" => integer(16),
            "mediumint" => integer(24),
            "int" => integer(32),
            "bigint" => integer(64),
            "float" => Form::Real { is_double: false },
            "double" => Form::Real { is_double: true },
            "char" | "varchar" | "enum" => text(self.length, None),
            "tinytext" | "text" | "mediumtext" | "longtext" => text(None, self.length),
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Form::Bytes(self.length),
            "datetime" => Form::Time { digits: self.digits, has_each_year: true },
            "timestamp" => Form::Time { digits: self.digits, has_each_year: false },
            "date" => Form::Date,
            _ => Form::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 10] = [
        ("innodb_flush_log_at_trx_commit", "1"),
        ("sync_binlog", "0"),
        ("log_bin", "OFF"),
        ("sql_mode", "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"),
        ("autocommit", "ON"),
        ("max_allowed_packet", "16777216"),
        ("tx_isolation", "READ-COMMITTED"),
        ("ssl_cipher", "TLS_AES_256_GCM_SHA384"),
        ("local", "0"),
        ("super", "0"),
    ];

    fn ids(but: &[(&str, &str)]) -> Vec<&'static str> {
        let values = GOOD.iter().chain(but).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        judge(&Values(values)).iter().map(|finding| finding.check.id).collect()
    }

    /// Those of a whole server, which no test may change on one that others use.
    #[test]
    fn each_setting_that_is_unsafe_is_told_and_no_other() {
        assert!(ids(&[]).is_empty());
        for (changed, id) in [
            (&[("innodb_flush_log_at_trx_commit", "2")][..], "DB_COMMIT_ASYNCHRONOUS"),
            (&[("log_bin", "ON")], "DB_BINLOG_NOT_SYNCED"),
            (&[("sql_mode", "NO_ENGINE_SUBSTITUTION")], "DB_SQL_MODE_LAX"),
            (&[("sql_mode", "")], "DB_SQL_MODE_LAX"),
            (&[("autocommit", "OFF")], "DB_AUTOCOMMIT_OFF"),
            (&[("max_allowed_packet", "1048576")], "DB_PACKET_SMALL"),
            (&[("tx_isolation", "REPEATABLE-READ")], "DB_ISOLATION_DEFAULT"),
            (&[("super", "1")], "DB_USER_SUPERUSER"),
            (&[("ssl_cipher", "")], "DB_CONNECTION_PLAIN"),
            (&[("ssl_cipher", ""), ("local", "1")], "DB_CONNECTION_PLAIN_LOCAL"),
        ] {
            assert_eq!(ids(changed), [id], "{changed:?}");
        }
        assert!(ids(&[("log_bin", "ON"), ("sync_binlog", "1")]).is_empty());
    }

    #[test]
    fn a_version_is_numbers_and_points() {
        for (text, expected) in [("10.11.19-MariaDB-0+deb12u1", "10.11.19"), ("5.5.5-10.11.6-MariaDB", "10.11.6"), ("8.0.36", "8.0.36")] {
            assert_eq!(version(text), expected);
        }
    }
}
