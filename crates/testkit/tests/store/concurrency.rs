//! Many writers at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use recension::store::{Error, Store};
use recension::{Persisted, Revision};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::campaign::how_many;
use crate::support::*;

const WRITERS: usize = 8;
const ROUNDS: usize = 25;

/// Two stores on one database stand for two processes.
pub(crate) async fn two_stores(folder: &Path) -> [Store; 2] {
    [file_store(folder).await, Store::connect(&url(folder, "rw").await).policy(ByProject).await.unwrap()]
}

const RACERS: usize = 64;

/// All of them hear the same: one has made it, the others are told so, and each finds that one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s19_of_sixty_four_that_create_one_key_one_wins() {
    let rounds = how_many("RECENSION_CREATES", 5);
    let folder = tempfile::tempdir().unwrap();
    let stores = two_stores(folder.path()).await;
    for round in 0..rounds {
        let start = Arc::new(Barrier::new(RACERS));
        let mut tasks = JoinSet::new();
        for racer in 0..RACERS {
            let (session, start) = (stores[racer % 2].session(&owner()), start.clone());
            let request = format!("r{round}");
            tasks.spawn(async move {
                start.wait().await;
                let made = session.create(job(&request)).await;
                let found = session.find::<Job>().filter(Job::COLUMN.request.eq(&*request)).one().await.unwrap();
                (made.map(|made| made.id), found.map(|found| found.id))
            });
        }
        let results = tasks.join_all().await;
        let made: Vec<i64> = results.iter().filter_map(|(made, _)| made.as_ref().ok().copied()).collect();
        let lost = results.iter().filter(|(made, _)| matches!(made, Err(Error::AlreadyExists { .. }))).count();
        assert_eq!((made.len(), lost), (1, RACERS - 1), "round {round}: {results:?}");
        assert!(results.iter().all(|(_, found)| *found == made.first().copied()), "round {round}: {results:?}");
    }
    assert_eq!(number(&stores[0], "SELECT count(*) FROM jobs").await, i64::try_from(rounds).unwrap());
    println!("{rounds} rounds of {RACERS}: one each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_transactions_that_read_and_write_follow_one_another() {
    let folder = tempfile::tempdir().unwrap();
    // None is run again: each has the lock before it reads.
    let [first, _] = two_stores(folder.path()).await;
    let connect = async || Store::connect(&url(folder.path(), "rw").await).policy(ByProject).retry_timeout(Duration::ZERO).await.unwrap();
    let stores = [connect().await, connect().await];
    let made = stored(&first.session(&owner()), "r1").await;
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let session = stores[writer % 2].session(&owner());
        let id = made.id;
        tasks.spawn(async move {
            for _ in 0..ROUNDS {
                let added = session.transaction(async |tx| {
                    let read: Persisted<Job> = tx.get(id).await?;
                    let mut edit = read.edit();
                    edit.set_size(read.size.unwrap_or(0) + 1);
                    tx.save(&edit).await
                });
                added.await?;
            }
            Ok::<_, Error>(())
        });
    }
    let results = tasks.join_all().await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(stores[0].session(&owner()).get::<Job>(made.id).await.unwrap().size, Some((WRITERS * ROUNDS) as u64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s21_a_write_by_itself_that_others_were_in_the_way_of_is_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let made = stored(&store.session(&owner()), "r1").await;
    // MariaDB counts in whole seconds.
    let other = Store::connect(&url(folder.path(), "rw").await).policy(ByProject).busy_timeout(Duration::from_millis(20)).await.unwrap();
    let mut edit = made.edit();
    edit.set_progress(1);
    let (late, counted) = (edit.clone(), other.clone());
    let writer = store
        .session(&owner())
        .transaction(async |tx| {
            tx.save(&edit).await?;
            let (session, late) = (other.session(&owner()), late.clone());
            let writer = tokio::spawn(async move { session.save(&late).await });
            while counted.statements() < 2 && !writer.is_finished() {
                tokio::task::yield_now().await;
            }
            Ok(writer)
        })
        .await
        .unwrap();
    let error = writer.await.unwrap().map(|_| ()).unwrap_err();
    assert!(
        matches!(&error, Error::Conflict { expected: Revision(1), actual: Revision(2), .. }),
        "it found the row as it is now: {error:?}"
    );
}
