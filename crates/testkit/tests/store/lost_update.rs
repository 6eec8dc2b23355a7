//! Many writers of one row.

use crate::adding::{WRITERS, add_at_once, all_are_there};
use crate::campaign::how_many;
use crate::concurrency::two_stores;
use crate::engine::RACING;
use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_no_update_of_sixty_four_writers_is_lost() {
    let times = how_many("RECENSION_WRITES", 200);
    let folder = tempfile::tempdir().unwrap();
    let stores = two_stores(folder.path()).await;
    let made = stored(&stores[0].session(&owner()), "r1").await;
    let others = add_at_once(&stores, made.id, times, RACING).await;
    println!("{WRITERS} writers of {times} each: {others:?}");
    all_are_there(&stores[1], made.id, times).await;
    assert!(others.conflicts >= WRITERS as u64, "there was a race: {others:?}");
    assert_eq!(others.contended, 0, "what is run again by itself is not seen: {others:?}");
}
