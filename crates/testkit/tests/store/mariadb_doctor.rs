//! What the doctor says of the settings of a MariaDB server.

use recension::store::Store;
use sqlx::{Executor, Row};

use crate::doctor::DOCTOR;
use crate::engine::{admin, fresh};
use crate::support::AllowAll;

/// No test may change those of a server that others use: they are told as it says itself to another connection, and nothing of the
/// way to it.
#[tokio::test]
async fn settings_of_the_server_are_told_as_it_says_itself() {
    let url = fresh().await;
    let store = Store::connect(&url).policy(AllowAll).await.unwrap();
    let diagnosis = store.doctor(&DOCTOR).await.unwrap();
    let sql = "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit <> 1, @@GLOBAL.log_bin AND @@GLOBAL.sync_binlog <> 1, \
               @@GLOBAL.sql_mode NOT LIKE '%STRICT%', NOT @@GLOBAL.autocommit, @@GLOBAL.max_allowed_packet < 16777216, \
               @@GLOBAL.tx_isolation <> 'READ-COMMITTED', @@GLOBAL.wsrep_on AND NOT @@GLOBAL.wsrep_sync_wait & 1, \
               (SELECT variable_value = '' FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'), \
               (SELECT count(*) > 0 FROM information_schema.user_privileges WHERE privilege_type = 'SUPER')";
    let row = admin().await.fetch_one(sql).await.unwrap();
    for (index, id) in [
        "DB_COMMIT_ASYNCHRONOUS",
        "DB_BINLOG_NOT_SYNCED",
        "DB_SQL_MODE_LAX",
        "DB_AUTOCOMMIT_OFF",
        "DB_PACKET_SMALL",
        "DB_ISOLATION_DEFAULT",
        "DB_CLUSTER_READS_STALE",
        "DB_CONNECTION_PLAIN_LOCAL",
        "DB_USER_SUPERUSER",
    ]
    .into_iter()
    .enumerate()
    {
        let is_found = diagnosis.findings.iter().any(|finding| finding.check.id == id);
        assert_eq!(is_found, row.get::<i64, _>(index) != 0, "{id}\n{diagnosis}");
    }
    let text = diagnosis.to_string();
    let (_, rest) = url.strip_prefix("mysql://").unwrap().split_once(':').unwrap();
    let (password, rest) = rest.split_once('@').unwrap();
    for part in [password, rest.split_once('/').unwrap().0, "127.0.0.1"] {
        assert!(!text.contains(part), "{text}");
    }
}
