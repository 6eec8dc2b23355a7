//! Finding out what has become of a transaction.

use std::path::Path;
use std::time::Duration;

use recension::store::sea_orm::{ConnectionTrait, TransactionTrait};
use recension::store::{CommitToken, Connect, Error, Outcome, Store, SystemCapability, commit_table};

use crate::engine::BACKEND;
use crate::support::*;

const FORGET: SystemCapability = SystemCapability::named("forget-commits");

async fn keeping(connect: Connect) -> Store {
    let store = connect.policy(ByProject).clock(Ticking::default()).commit_tokens().await.unwrap();
    store.schema_connection(&SCHEMA).execute(&commit_table(BACKEND)).await.unwrap();
    store
}

async fn tokens(store: &Store) -> Vec<CommitToken> {
    let rows = rows(store, "SELECT token FROM recension_commits WHERE kind = 0 ORDER BY token").await;
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap().parse().unwrap()).collect()
}

/// A token that no transaction has, of a moment in the past.
fn some(last: u8) -> CommitToken {
    format!("0174876e-8000-7000-8000-0000000000{last:02x}").parse().unwrap()
}

#[tokio::test]
async fn a_transaction_leaves_its_token_when_it_is_committed_and_none_when_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = keeping(Store::connect(&file(folder.path()).await)).await;
    let session = store.session(&owner());
    session.transaction(async |tx| tx.create(job("r1")).await).await.unwrap();
    let [token] = tokens(&store).await[..] else { panic!("one transaction, one token") };
    assert_eq!(store.resolve(token).await.unwrap(), Outcome::Committed);
    session.transaction(async |tx| tx.get::<Job>(99).await).await.unwrap_err();
    assert_eq!(tokens(&store).await, [token]);
    // A write by itself, and a transaction in another, have none of their own.
    stored(&session, "r2").await;
    session.transaction(async |tx| tx.transaction(async |inner| inner.create(job("r3")).await).await).await.unwrap();
    assert_eq!(tokens(&store).await.len(), 2);
}

/// The URL of a database with the tables, in which two stores may write.
async fn file(folder: &Path) -> String {
    file_store(folder).await;
    url(folder, "rw").await
}

#[tokio::test]
async fn what_was_said_not_to_be_committed_cannot_be_committed_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = keeping(Store::connect(&file(folder.path()).await)).await;
    assert_eq!(store.resolve(some(1)).await.unwrap(), Outcome::NotCommitted);
    let late = format!("INSERT INTO recension_commits (token, kind) VALUES ('{}', 0)", some(1));
    let error = store.schema_connection(&SCHEMA).execute_unprepared(&late).await;
    assert!(error.is_err(), "the transaction that is on its way still writes the row that is there");
    assert_eq!(store.resolve(some(1)).await.unwrap(), Outcome::NotCommitted, "and asked again it says the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_open_still_is_waited_for_and_then_told_truly() {
    let folder = tempfile::tempdir().unwrap();
    let url = file(folder.path()).await;
    // MariaDB counts in whole seconds.
    let store = keeping(Store::connect(&url).busy_timeout(Duration::from_millis(50))).await;
    let other = Store::connect(&url).policy(ByProject).await.unwrap();
    let open = other.schema_connection(&SCHEMA).begin().await.unwrap();
    open.execute_unprepared(&format!("INSERT INTO recension_commits (token, kind) VALUES ('{}', 0)", some(2))).await.unwrap();
    let error = store.resolve(some(2)).await.unwrap_err();
    assert!(matches!(&error, Error::Contention(_)) && error.is_transient(), "{error:?}");
    open.commit().await.unwrap();
    assert_eq!(store.resolve(some(2)).await.unwrap(), Outcome::Committed);
}

#[tokio::test]
async fn what_was_forgotten_is_never_said_not_to_be_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = keeping(Store::connect(&file(folder.path()).await)).await;
    let session = store.session(&owner());
    session.transaction(async |tx| tx.create(job("r1")).await).await.unwrap();
    let kept = tokens(&store).await;
    assert_eq!(store.forget_commits(&FORGET, Duration::from_secs(3_600)).await.unwrap(), 0);
    assert_eq!(store.resolve(kept[0]).await.unwrap(), Outcome::Committed);
    // The transaction, and the horizon of before.
    assert_eq!(store.forget_commits(&FORGET, Duration::ZERO).await.unwrap(), 2);
    for _ in 0..2 {
        assert_eq!(store.resolve(kept[0]).await.unwrap(), Outcome::Forgotten, "asked once or twice");
    }
    assert_eq!(store.resolve(some(3)).await.unwrap(), Outcome::Forgotten, "nor what is older and was never there");
    session.transaction(async |tx| tx.create(job("r2")).await).await.unwrap();
    let [token] = tokens(&store).await[..] else { panic!("one transaction, one token") };
    assert_eq!(store.resolve(token).await.unwrap(), Outcome::Committed);
}

#[tokio::test]
async fn more_than_one_statement_forgets_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = keeping(Store::connect(&file(folder.path()).await)).await;
    let many = "INSERT INTO recension_commits (token, kind) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001) \
                SELECT concat('0174876e-8000-7000-8000-', CAST(100000000000 + i AS CHAR(12))), 0 FROM n";
    run(&store, many).await;
    assert_eq!(store.forget_commits(&FORGET, Duration::ZERO).await.unwrap(), 20_001);
    assert_eq!(number(&store, "SELECT count(*) FROM recension_commits").await, 1, "the horizon");
}

#[tokio::test]
async fn a_token_costs_no_round_trip_on_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let url = file(folder.path()).await;
    let with = keeping(Store::connect(&url)).await;
    let without = Store::connect(&url).policy(ByProject).await.unwrap();
    let mut counts = Vec::new();
    for store in [&with, &without] {
        let before = store.statements();
        store.session(&owner()).transaction(async |tx| tx.find::<Job>().count().await).await.unwrap();
        counts.push(store.statements() - before);
    }
    let more = u64::from(!with.capability().takes_batches);
    assert_eq!(counts, [3 + more, 3]);
}

#[tokio::test]
async fn a_table_of_tokens_that_is_missing_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let url = file(folder.path()).await;
    let store = Store::connect(&url).policy(ByProject).connections(1).commit_tokens().await.unwrap();
    for error in [
        store.session(&owner()).transaction(async |tx| tx.create(job("r1")).await).await.map(|_| ()).unwrap_err(),
        store.resolve(some(4)).await.map(|_| ()).unwrap_err(),
        store.forget_commits(&FORGET, Duration::ZERO).await.map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(&error, Error::Unavailable(fault) if fault.to_string().contains("table")), "{error:?}");
    }
    // The connection is as good as before.
    assert_eq!(store.session(&owner()).find::<Job>().count().await.unwrap(), 0);
}
