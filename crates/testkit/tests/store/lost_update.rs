//! Many writers of one row.

use std::ops::AddAssign;
use std::sync::Arc;

use recension::store::{Error, Session, Store};
use recension::{Persisted, Revision};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::campaign::how_many;
use crate::engine::RACING;
use crate::support::*;

pub(crate) const WRITERS: usize = 64;

/// How often the write of another was in the way.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// It was seen in the row.
    pub(crate) conflicts: u64,
    /// A node took this one back as a whole, since another node's was first.
    pub(crate) contended: u64,
}

impl AddAssign for Others {
    fn add_assign(&mut self, other: Self) {
        self.conflicts += other.conflicts;
        self.contended += other.contended;
    }
}

/// Adds one to the size of a job `times` times, each until it is let through: what is written comes from what was read.
pub(crate) async fn add_ones(session: &Session, id: i64, times: u64, turns: &Semaphore) -> Others {
    let mut others = Others::default();
    for _ in 0..times {
        let _turn = turns.acquire().await.unwrap();
        loop {
            let read: Persisted<Job> = session.get(id).await.unwrap();
            let mut edit = read.edit();
            edit.set_size(read.size.unwrap_or(0) + 1);
            match session.save(&edit).await {
                Ok(_) => break,
                Err(Error::Conflict { .. }) => others.conflicts += 1,
                Err(Error::Contention(fault)) if fault.code() == Some(1213) => others.contended += 1,
                Err(error) => panic!("{error:?} {}", error.log()),
            }
        }
    }
    others
}

/// All writers, the stores by turns, `racing` of them at a time: the others wait, so that it has an end.
pub(crate) async fn add_at_once(stores: &[Store], id: i64, times: u64, racing: usize) -> Others {
    let turns = Arc::new(Semaphore::new(racing));
    let mut tasks = JoinSet::new();
    for store in stores.iter().cycle().take(WRITERS) {
        let (session, turns) = (store.session(&owner()), turns.clone());
        tasks.spawn(async move { add_ones(&session, id, times, &turns).await });
    }
    let mut others = Others::default();
    tasks.join_all().await.into_iter().for_each(|of_one| others += of_one);
    others
}

/// Each of the writes was made, and counted.
pub(crate) async fn all_are_there(store: &Store, id: i64, times: u64) {
    let end = store.session(&owner()).get::<Job>(id).await.unwrap();
    let writes = WRITERS as u64 * times;
    assert_eq!((end.size, end.revision()), (Some(writes), Revision(writes + 1)));
}

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
    assert_eq!(others.contended, 0, "what is run again by itself is not seen");
}
