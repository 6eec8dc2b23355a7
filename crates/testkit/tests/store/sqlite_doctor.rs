//! What the doctor says of the settings of SQLite.

use std::fs;
use std::path::Path;

use recension::store::{Diagnosis, Store};

use crate::doctor::DOCTOR;
use crate::support::*;

fn ids(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis.findings.iter().map(|finding| finding.check.id).collect()
}

async fn look(store: &Store) -> Vec<&'static str> {
    ids(&store.doctor(&DOCTOR).await.unwrap())
}

#[tokio::test]
async fn each_setting_that_is_unsafe_is_told_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    assert_eq!(look(&store).await, [""; 0]);
    for (setting, bad, good, id) in [
        ("synchronous", "OFF", "FULL", "DB_FSYNC_OFF"),
        ("foreign_keys", "OFF", "ON", "DB_FOREIGN_KEYS_OFF"),
        ("journal_mode", "DELETE", "WAL", "DB_JOURNAL_NOT_WAL"),
    ] {
        run(&store, &format!("PRAGMA {setting} = {bad}")).await;
        assert_eq!(look(&store).await, [id], "{setting}");
        run(&store, &format!("PRAGMA {setting} = {good}")).await;
        assert_eq!(look(&store).await, [""; 0], "{setting}");
    }
    // A database in memory has no journal of that kind.
    assert_eq!(look(&Store::connect("sqlite::memory:").await.unwrap()).await, [""; 0]);
}

/// Writes over the beginning of each page but the first two.
fn damage(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    for page in bytes.chunks_mut(4_096).skip(2) {
        page.iter_mut().take(64).for_each(|byte| *byte = 0xff);
    }
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn damage_is_told_where_it_is_asked_for_and_no_key_of_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    for number in 0..100 {
        stored(&store.session(&owner()), &format!("c4n4ry-{number}")).await;
    }
    let whole = store.doctor(&DOCTOR).integrity().await.unwrap();
    assert_eq!(ids(&whole), [""; 0], "{whole}");
    store.close().await;
    damage(&folder.path().join("jobs.db"));
    let store = Store::connect(&url(folder.path(), "rw").await).await.unwrap();
    assert_eq!(look(&store).await, [""; 0], "it takes long, so it is not done unasked");
    let damaged = store.doctor(&DOCTOR).integrity().await.unwrap();
    assert_eq!(ids(&damaged), ["DB_DAMAGED"], "{damaged}");
    assert!(damaged.to_string().contains("`quick_check` "), "{damaged}");
    assert!(!damaged.to_string().contains("c4n4ry"), "{damaged}");
}
