//! Many writers of one row.

use std::sync::Arc;

use recension::store::Error;
use recension::{Persisted, Revision};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::campaign::how_many;
use crate::engine::RACING;
use crate::support::*;

const TASKS: u64 = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_no_update_of_sixty_four_writers_is_lost() {
    let writes = how_many("RECENSION_WRITES", 200);
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let made = stored(&store.session(&owner()), "r1").await;
    // So many race at a time; the others wait for their turn, so that it has an end.
    let racing = Arc::new(Semaphore::new(RACING));
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (session, racing, id) = (store.session(&owner()), racing.clone(), made.id);
        tasks.spawn(async move {
            let mut conflicts = 0_u64;
            for _ in 0..writes {
                let _turn = racing.acquire().await.unwrap();
                loop {
                    let read: Persisted<Job> = session.get(id).await.unwrap();
                    let mut edit = read.edit();
                    edit.set_size(read.size.unwrap_or(0) + 1);
                    match session.save(&edit).await {
                        Ok(_) => break,
                        Err(Error::Conflict { .. }) => conflicts += 1,
                        Err(error) => panic!("{error:?} {}", error.log()),
                    }
                }
            }
            conflicts
        });
    }
    let conflicts: u64 = tasks.join_all().await.into_iter().sum();
    let end = store.session(&owner()).get::<Job>(made.id).await.unwrap();
    assert_eq!((end.size, end.revision()), (Some(TASKS * writes), Revision(TASKS * writes + 1)));
    assert!(conflicts >= TASKS, "there was a race: {conflicts}");
    println!("{TASKS} tasks of {writes} writes, {conflicts} conflicts");
}
