//! What the doctor says of the settings of a PostgreSQL server.

use recension::store::{Diagnosis, Store};
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::doctor::DOCTOR;
use crate::engine::{admin, database};
use crate::support::AllowAll;

fn ids(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis.findings.iter().map(|finding| finding.check.id).collect()
}

async fn look(url: &str) -> Diagnosis {
    let store = Store::connect(url).policy(AllowAll).await.unwrap();
    store.doctor(&DOCTOR).await.unwrap()
}

/// Those that a database may have of its own, each set and set back.
#[tokio::test]
async fn each_setting_of_a_database_is_told_as_long_as_it_is_unsafe() {
    let (url, name) = database().await;
    let mut admin = admin().await;
    for (setting, bad, good, id) in [
        ("synchronous_commit", "off", "on", "DB_COMMIT_ASYNCHRONOUS"),
        ("default_transaction_isolation", "'repeatable read'", "'read committed'", "DB_ISOLATION_DEFAULT"),
        ("idle_in_transaction_session_timeout", "0", "60000", "DB_IDLE_IN_TRANSACTION"),
        ("tcp_keepalives_idle", "7200", "60", "DB_KEEPALIVE"),
    ] {
        for (value, is_found) in [(bad, true), (good, false)] {
            let sql = format!("ALTER DATABASE {name} SET {setting} = {value}");
            admin.execute(AssertSqlSafe(sql)).await.unwrap();
            let diagnosis = look(&url).await;
            assert_eq!(ids(&diagnosis).contains(&id), is_found, "{setting} {value}\n{diagnosis}");
        }
    }
}

/// Those of the whole server are told as it says itself to another connection, and nothing of the way to it.
#[tokio::test]
async fn settings_of_the_server_are_told_as_it_says_itself() {
    let (url, _) = database().await;
    let diagnosis = look(&url).await;
    let sql = "SELECT current_setting('fsync') = 'off', current_setting('full_page_writes') = 'off', current_setting('is_superuser') = 'on', \
               NOT (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), NOT EXISTS (SELECT FROM pg_stat_replication), \
               split_part(current_setting('server_version'), ' ', 1)";
    let row = admin().await.fetch_one(sql).await.unwrap();
    for (index, id) in ["DB_FSYNC_OFF", "DB_FULL_PAGE_WRITES_OFF", "DB_USER_SUPERUSER", "DB_CONNECTION_PLAIN_LOCAL", "DB_NO_STANDBY"]
        .into_iter()
        .enumerate()
    {
        assert_eq!(ids(&diagnosis).contains(&id), row.get::<bool, _>(index), "{id}\n{diagnosis}");
    }
    assert_eq!(diagnosis.version, row.get::<String, _>(5));
    let text = diagnosis.to_string();
    let (user, rest) = url.strip_prefix("postgres://").unwrap().split_once(':').unwrap();
    let (password, rest) = rest.split_once('@').unwrap();
    for part in [password, rest.split_once('/').unwrap().0, "127.0.0.1"] {
        assert!(!text.contains(part), "{user}: {text}");
    }
}
