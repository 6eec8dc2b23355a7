//! Faults that the store itself tells: they mean the same on every engine.

use std::time::Duration;

use recension::Session;
use recension::store::faults::{Fault, Faults, Kind};
use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Error, PageRequest, Store};

use crate::support::*;

/// A store whose statements fail, and one whose do not, on the same new tables.
struct Ways {
    faults: Faults,
    store: Store,
    past: Store,
    /// Where the database is, for as long as it is used.
    _folder: tempfile::TempDir,
}

impl Ways {
    async fn new() -> Self {
        Self::with_retries(Duration::ZERO).await
    }

    /// With a store that runs again for so long what others were in the way of.
    async fn with_retries(timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let past = file_store(folder.path()).await;
        let faults = Faults::default();
        let connect = Store::connect(&url(folder.path(), "rw").await).policy(ByProject).faults(&faults);
        let store = connect.connections(1).retry_timeout(timeout).await.unwrap();
        Self { faults, store, past, _folder: folder }
    }

    fn session(&self) -> Session {
        self.store.session(&owner())
    }

    async fn jobs(&self, request: &str) -> i64 {
        number(&self.past, &format!("SELECT count(*) FROM jobs WHERE request = '{request}'")).await
    }
}

/// The class of a read that meets it.
fn class(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Busy | Kind::Order => &["contention"],
        Kind::Interrupted => &["deadline"],
        Kind::Corrupt | Kind::Missing => &["integrity"],
        Kind::NotUnique => &["already_exists"],
        Kind::ForeignKey => &["not_found"],
        Kind::Check | Kind::NotNull | Kind::Unknown => &["internal"],
        // SQLite has no users.
        Kind::NotAllowed => &["unavailable", "internal"],
        _ => &["unavailable"],
    }
}

#[tokio::test]
async fn s21_a_statement_fails_once_in_each_way_and_its_error_has_the_class() {
    let ways = Ways::new().await;
    let made = stored(&ways.session(), "r1").await;
    for kind in Kind::ALL {
        for fault in [Fault::from(kind), Fault::from(kind).after()] {
            let before = ways.faults.counts();
            ways.faults.at_statement(1, fault.clone());
            let error = ways.session().get::<Job>(made.id).await.map(|_| ()).unwrap_err();
            assert!(class(kind).contains(&error.code()), "{fault:?}: {error:?}");
            let counts = ways.faults.counts().since(&before);
            assert_eq!((counts.fired, counts.statements, ways.faults.armed()), (1, 1, 0), "{fault:?}");
            assert_eq!(ways.session().get::<Job>(made.id).await.unwrap().request, "r1", "{fault:?}");
        }
    }
    println!("{} faults on {}", ways.faults.fired(), ways.store.capability().engine);
}

#[tokio::test]
async fn s21_a_fault_at_commit_says_whether_it_was_done_as_far_as_its_kind_does() {
    let ways = Ways::new().await;
    for (n, (fault, code, is_there)) in [
        (Fault::from(Kind::Order), "contention", 0),
        (Fault::from(Kind::Full).taking_back(), "unavailable", 0),
        (Fault::from(Kind::Gone), "commit_unknown", 0),
        (Fault::from(Kind::Gone).after(), "commit_unknown", 1),
        (Fault::from(Kind::Io).after(), "commit_unknown", 1),
    ]
    .into_iter()
    .enumerate()
    {
        // On servers a full disk does not say either that nothing was committed.
        let codes = if code == "unavailable" { vec![code, "commit_unknown"] } else { vec![code] };
        let (before, request) = (ways.faults.counts(), format!("r{n}"));
        ways.faults.at_commit(fault.clone());
        let work = async |tx: &Session| {
            let mut edit = tx.create(job(&request)).await?.edit();
            edit.set_progress(1);
            tx.save(&edit).await.map(|_| ())
        };
        let error = ways.session().transaction(work).await.unwrap_err();
        assert!(codes.contains(&error.code()), "{fault:?}: {error:?}");
        let counts = ways.faults.counts().since(&before);
        assert_eq!((counts.fired, counts.commits, ways.jobs(&request).await), (1, 1, is_there), "{fault:?}");
        stored(&ways.session(), &format!("after{n}")).await;
    }
}

#[tokio::test]
async fn s21_what_has_run_before_its_fault_stays_and_what_has_not_is_not_there() {
    let ways = Ways::new().await;
    let held = ways.session().hold().await.unwrap();
    for (n, (fault, rows)) in [(Fault::from(Kind::Unknown), 0), (Fault::from(Kind::Unknown).after(), 1)].into_iter().enumerate() {
        let raw = held.unscoped(&SCHEMA);
        let insert = |id: usize| format!("INSERT INTO marks (id, text) VALUES ({id}, 'm{n}')");
        ways.faults.at_statement(1, fault.clone());
        assert!(raw.execute_unprepared(&insert(n + 1)).await.is_err(), "{fault:?}");
        assert_eq!(number(&ways.past, &format!("SELECT count(*) FROM marks WHERE text = 'm{n}'")).await, rows, "{fault:?}");
        raw.execute_unprepared(&insert(n + 11)).await.unwrap();
    }
    assert_eq!((ways.faults.fired(), ways.faults.counts().statements), (2, 4));
}

#[tokio::test]
async fn s21_rows_arrive_before_a_fault_that_comes_after_them() {
    let ways = Ways::new().await;
    for request in ["r1", "r2", "r3"] {
        stored(&ways.session(), request).await;
    }
    for (fault, expected) in [(Fault::from(Kind::Unknown), 0), (Fault::from(Kind::Unknown).after(), 3)] {
        let session = ways.session();
        ways.faults.at_statement(1, fault.clone());
        let (mut rows, mut seen) = (session.find::<Job>().stream(), 0);
        let ended = loop {
            match rows.try_next().await {
                Ok(Some(_)) => seen += 1,
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        assert!(matches!(&ended, Some(Error::Internal(_))), "{fault:?}: {ended:?}");
        assert_eq!(seen, expected, "{fault:?}");
    }
}

#[tokio::test]
async fn s21_a_read_that_is_run_again_forgets_the_rows_of_the_run_before() {
    let ways = Ways::with_retries(Duration::from_secs(60)).await;
    let session = ways.session();
    let mut ids = Vec::new();
    for request in ["r1", "r2", "r3"] {
        ids.push(stored(&session, request).await.id);
    }
    let others_are_in_the_way = || ways.faults.at_statement(1, Fault::from(Kind::Order).after());

    others_are_in_the_way();
    let all = session.find::<Job>().order_by(Job::COLUMN.id.asc()).all().await.unwrap();
    assert_eq!(all.iter().map(|job| job.id).collect::<Vec<_>>(), ids);
    others_are_in_the_way();
    let page = session.find::<Job>().order_by(Job::COLUMN.id.asc()).page(PageRequest::first(2)).await.unwrap();
    assert_eq!(page.items.iter().map(|job| job.id).collect::<Vec<_>>(), ids[..2]);
    others_are_in_the_way();
    let page = session.find::<Job>().page(PageRequest::first(3)).await.unwrap();
    assert!(page.items.len() == 3 && page.next.is_none(), "rows of the run before are no page behind this one");
    others_are_in_the_way();
    assert_eq!(session.find::<Job>().count().await.unwrap(), 3);
    others_are_in_the_way();
    assert_eq!(session.get::<Job>(ids[0]).await.unwrap().request, "r1");
    assert_eq!((ways.faults.fired(), ways.faults.armed()), (5, 0));
}
