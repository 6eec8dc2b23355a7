//! What the store says, and what is in the table, when the connection is cut or a statement fails on its way to a real server.

use std::time::Duration;

use recension::store::{Error, Store};
use recension_testkit::faults::{Cut, Fault, FaultProxy};

use crate::engine::fresh;
use crate::support::*;

/// A store by way of a proxy, and one past it, on the same new tables.
struct Ways {
    proxy: FaultProxy,
    store: Store,
    past: Store,
}

impl Ways {
    async fn new() -> Self {
        let url = fresh().await;
        let past = store_at(&url, ByProject).await;
        let proxy = FaultProxy::start(&url).await.unwrap();
        // One connection, which is there and set up before the first fault is armed.
        let connect = Store::connect(&proxy.url()).policy(ByProject).clock(Ticking::default());
        let store = connect.connections(1).retry_timeout(Duration::ZERO).await.unwrap();
        store.session(&owner()).find::<Job>().count().await.unwrap();
        Self { proxy, store, past }
    }

    /// How many jobs of this name there are.
    async fn jobs(&self, request: &str) -> i64 {
        number(&self.past, &format!("SELECT count(*) FROM jobs WHERE request = '{request}'")).await
    }

    /// The connection that comes after one that was cut is as good as new.
    async fn recovers(&self) {
        stored(&self.store.session(&owner()), "after").await;
        assert_eq!(self.proxy.armed(), 0);
        let made = self.past.session(&owner()).find::<Job>().filter(Job::COLUMN.request.eq("after")).one().await.unwrap().unwrap();
        self.past.session(&owner()).delete(&made).await.unwrap();
    }
}

async fn two_writes(store: &Store, request: &str) -> Result<(), Error> {
    let work = async |tx: &recension::Session| {
        let mut edit = tx.create(job(request)).await?.edit();
        edit.set_progress(1);
        tx.save(&edit).await.map(|_| ())
    };
    store.session(&owner()).transaction(work).await
}

#[tokio::test]
async fn s21_a_cut_at_commit_leaves_the_outcome_unknown_whichever_it_is() {
    let ways = Ways::new().await;
    for (cut, is_there) in [(Cut::RequestLost, 0), (Cut::ReplyLost, 1), (Cut::HalfReply, 1)] {
        let fired = ways.proxy.fired();
        ways.proxy.at_commit(cut);
        let error = two_writes(&ways.store, &format!("{cut:?}")).await.unwrap_err();
        assert_eq!(ways.proxy.fired() - fired, 1, "{cut:?}");
        assert!(matches!(&error, Error::CommitUnknown(_)) && !error.is_transient(), "{cut:?}: {error:?}");
        assert_eq!(ways.jobs(&format!("{cut:?}")).await, is_there, "{cut:?}");
        ways.recovers().await;
    }
}

#[tokio::test]
async fn s21_an_error_at_commit_says_whether_it_was_done_as_far_as_its_code_does() {
    let ways = Ways::new().await;
    for (fault, code, is_there) in [
        (Fault::errno(1213, "40001"), "contention", 0),
        (Fault::errno(1053, "57P01").closing(), "commit_unknown", 0),
        (Fault::errno(1053, "57P01").after().closing(), "commit_unknown", 1),
        (Fault::errno(1180, "40003").after(), "commit_unknown", 1),
    ] {
        let (fired, request) = (ways.proxy.fired(), format!("{code}{is_there}"));
        ways.proxy.at_commit(fault.clone());
        let error = two_writes(&ways.store, &request).await.unwrap_err();
        assert_eq!(ways.proxy.fired() - fired, 1, "{fault:?}");
        assert_eq!(error.code(), code, "{fault:?}: {error:?}");
        assert_eq!(ways.jobs(&request).await, is_there, "{fault:?}");
        ways.recovers().await;
        run(&ways.past, "DELETE FROM jobs").await;
    }
}
