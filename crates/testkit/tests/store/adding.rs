//! Many that add to one row.

use std::collections::BTreeSet;
use std::ops::AddAssign;
use std::sync::Arc;

use recension::store::{Error, Session, Store};
use recension::{Persisted, Revision};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::*;

pub(crate) const WRITERS: usize = 64;

/// How often the write of another was in the way.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// It was seen in the row.
    pub(crate) conflicts: u64,
    /// The engine gave up a statement of this one.
    pub(crate) contended: u64,
    /// With which codes.
    pub(crate) codes: BTreeSet<i32>,
}

impl AddAssign for Others {
    fn add_assign(&mut self, other: Self) {
        self.conflicts += other.conflicts;
        self.contended += other.contended;
        self.codes.extend(other.codes);
    }
}

/// Adds one to the size of a job `times` times, each until it is let through: what is written comes from what was read.
pub(crate) async fn add_ones(session: &Session, id: i64, times: u64, turns: &Semaphore) -> Others {
    let mut others = Others::default();
    for _ in 0..times {
        let _turn = turns.acquire().await.unwrap();
        loop {
            let read: Result<Persisted<Job>, Error> = session.get(id).await;
            let saved = match read {
                Ok(read) => {
                    let mut edit = read.edit();
                    edit.set_size(read.size.unwrap_or(0) + 1);
                    session.save(&edit).await
                }
                Err(error) => Err(error),
            };
            match saved {
                Ok(_) => break,
                Err(Error::Conflict { .. }) => others.conflicts += 1,
                Err(Error::Contention(fault)) => {
                    others.contended += 1;
                    others.codes.extend(fault.code());
                }
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
