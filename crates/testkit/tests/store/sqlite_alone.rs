//! What SQLite has of its own.

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Error, Store};

use crate::engine::url;
use crate::support::*;

/// With a full disk SQLite takes the whole transaction back by itself, and would commit each statement behind it at once.
#[tokio::test]
async fn s21_after_a_full_disk_nothing_is_written_outside_of_the_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let other = file_store(folder.path()).await;
    let store = Store::connect(&url(folder.path(), "rw").await).policy(ByProject).await.unwrap();
    let work = async |tx: &recension::Session| -> Result<(), Error> {
        stored(tx, "before").await;
        let raw = tx.unscoped(&SCHEMA);
        raw.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let mut failed = None;
        for n in 0..1_000 {
            let large = job(&format!("r{n}")).title("x".repeat(200));
            if let Err(error) = tx.create(large).await {
                failed = Some(error);
                break;
            }
        }
        let error = failed.unwrap();
        assert!(matches!(&error, Error::Unavailable(fault) if fault.code() == Some(13)), "{error:?}");
        let next = tx.create(job("behind")).await.map(|_| ());
        assert!(matches!(next, Err(Error::Internal(_))), "{next:?}");
        raw.execute_unprepared("DELETE FROM jobs").await.unwrap_err();
        Ok(())
    };
    let done = store.session(&owner()).transaction(work).await;
    assert_eq!(number(&other, "SELECT count(*) FROM jobs").await, 0, "{done:?}");
    assert!(matches!(done, Err(Error::Internal(_))), "{done:?}");
    // The connection is another, which knows no limit.
    stored(&store.session(&owner()), "after").await;
}
