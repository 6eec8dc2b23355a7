//! COMMITs that are cut off on their way to a real server, and what is found out about them; and which transactions are run again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use recension::store::sea_orm::{ConnectionTrait, DbBackend};
use recension::store::{Error, Outcome, Session, Store, commit_table};
use recension_testkit::faults::{Cut, Fault, FaultProxy};

use crate::engine::{BACKEND, fresh};
use crate::requests;
use crate::support::*;

const CUTS: [Cut; 3] = [Cut::RequestLost, Cut::ReplyLost, Cut::HalfReply];

/// How many COMMITs are cut off: more in a campaign.
fn cuts() -> usize {
    std::env::var("RECENSION_COMMIT_CUTS").map_or(30, |cuts| cuts.parse().unwrap())
}

/// A store by way of a proxy that keeps tokens and runs transactions again for so long, and one past it.
async fn ways(retry_timeout: Duration) -> (FaultProxy, Store, Store) {
    let url = fresh().await;
    let past = store_at(&url, ByProject).await;
    past.schema_connection(&SCHEMA).execute(&commit_table(BACKEND)).await.unwrap();
    let proxy = FaultProxy::start(&url).await.unwrap();
    let store = Store::connect(&proxy.url()).policy(ByProject).retry_timeout(retry_timeout).commit_tokens().await.unwrap();
    (proxy, store, past)
}

async fn jobs(store: &Store, request: &str) -> i64 {
    number(store, &format!("SELECT count(*) FROM jobs WHERE request = '{request}'")).await
}

#[tokio::test]
async fn g8_a_commit_that_is_cut_off_is_found_out_and_everything_is_done_once() {
    let (proxy, store, past) = ways(Duration::from_secs(30)).await;
    for (number, cut) in CUTS.into_iter().cycle().take(cuts()).enumerate() {
        // No more than a tenth of all transactions is run again, whatever for.
        for _ in 0..4 {
            store.session(&owner()).transaction(async |_| Ok(())).await.unwrap();
        }
        let (request, fired, runs) = (format!("r{number}"), proxy.fired(), AtomicU32::new(0));
        proxy.at_commit(cut);
        let session = store.session(&owner());
        let made = session.transaction(async |tx| {
            runs.fetch_add(1, Ordering::Relaxed);
            let mut edit = tx.create(job(&request)).await?.edit();
            edit.set_progress(1);
            tx.save(&edit).await
        });
        let made = made.await;
        assert!(made.as_ref().is_ok_and(|made| made.request == request), "{cut:?}: {:?}", made.err());
        assert_eq!((proxy.fired() - fired, jobs(&past, &request).await), (1, 1), "{cut:?}");
        assert_eq!(runs.into_inner(), if cut == Cut::RequestLost { 2 } else { 1 }, "{cut:?}: what was committed is not run again");
    }
}

#[tokio::test]
async fn g8_who_does_not_wait_has_a_token_and_what_it_says_is_true_for_good() {
    let (proxy, store, past) = ways(Duration::ZERO).await;
    for (number, cut) in CUTS.into_iter().cycle().take(cuts()).enumerate() {
        let request = format!("r{number}");
        let make = async || store.session(&owner()).transaction(async |tx| tx.create(job(&request)).await).await;
        proxy.at_commit(cut);
        let error = make().await.map(|_| ()).unwrap_err();
        let Error::CommitUnknown { token: Some(token), .. } = error else { panic!("{cut:?}: {error:?}") };
        assert_eq!(error.user(), format!("commit_unknown: the outcome of the transaction is not known (token {token})"));
        // On another connection, and another store, as another program would.
        let outcome = past.resolve(token.to_string().parse().unwrap()).await.unwrap();
        let is_there = jobs(&past, &request).await;
        assert_eq!(
            (outcome, is_there),
            if cut == Cut::RequestLost { (Outcome::NotCommitted, 0) } else { (Outcome::Committed, 1) },
            "{cut:?}"
        );
        if is_there == 0 {
            make().await.unwrap();
        }
        assert_eq!((jobs(&past, &request).await, past.resolve(token).await.unwrap()), (1, outcome), "{cut:?}");
    }
}

/// What others have recorded of the reference: which errors a call is made again after. It waits longer, and not as often (ten runs here);
/// what it does when asked to is the program's to do here.
#[tokio::test]
async fn what_the_reference_runs_again_is_run_again_and_nothing_else() {
    let recorded: serde_json::Value = serde_json::from_str(include_str!("db_retry.json")).unwrap();
    let (proxy, store, _) = ways(Duration::from_secs(60)).await;
    let session = store.session(&owner());
    let mut seen = 0;
    for case in recorded["cases"].as_array().unwrap() {
        if case["options"]["retry_on_deadlock"] != true {
            continue;
        }
        seen += 1;
        let events: Vec<&str> = case["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap()).collect();
        let calls = AtomicU32::new(0);
        let done = session.transaction(async |tx| play(tx, &proxy, events[calls.fetch_add(1, Ordering::Relaxed) as usize]).await).await;
        let deadlocks = events.iter().take_while(|event| **event == "deadlock").count();
        let theirs_gave_up = case["error"]["class"] == "DBDeadlock";
        // Six runs are not too many here.
        let expected = if theirs_gave_up { deadlocks as u64 + 1 } else { case["calls"].as_u64().unwrap() };
        assert_eq!(u64::from(calls.into_inner()), expected, "{events:?}");
        assert_eq!(done.is_ok(), case["ok"] == "done" || theirs_gave_up, "{events:?}: {done:?}");
        match events[deadlocks] {
            "disconnect" => assert!(matches!(done, Err(Error::Unavailable(_))), "{done:?}"),
            "other" => assert!(matches!(done, Err(Error::NotFound { .. })), "{done:?}"),
            _ => assert!(done.is_ok(), "{done:?}"),
        }
    }
    assert_eq!(seen, 6);
}

/// One call, as it went.
async fn play(tx: &Session, proxy: &FaultProxy, event: &str) -> Result<(), Error> {
    match event {
        "deadlock" => proxy.at_statement(1, Fault::errno(1213, "40001")),
        "disconnect" => proxy.at_statement(1, Cut::RequestLost),
        "other" => return tx.get::<Job>(0).await.map(|_| ()),
        _ => {}
    }
    tx.find::<Job>().count().await.map(|_| ())
}

#[tokio::test]
async fn g3_a_request_whose_answer_is_lost_makes_one_object_and_is_answered() {
    let url = fresh().await;
    let past = requests::open(&url).await;
    let proxy = FaultProxy::start(&url).await.unwrap();
    let patient = requests::connect(&proxy.url()).retry_timeout(Duration::from_secs(30)).await.unwrap();
    let impatient = requests::connect(&proxy.url()).retry_timeout(Duration::ZERO).await.unwrap();
    // Which statement is cut off, of those on a connection of its own, and whether it may be committed then: the INSERT, or where that has
    // a transaction its COMMIT as well.
    let places: &[(u64, bool)] = if BACKEND == DbBackend::Postgres { &[(1, true)] } else { &[(2, false), (3, true)] };
    let (patient, impatient) = (patient.session(&owner()).hold().await.unwrap(), impatient.session(&owner()).hold().await.unwrap());
    let all = CUTS.into_iter().flat_map(|cut| places.iter().map(move |place| (cut, *place)));
    for (number, (cut, (statement, may_do))) in all.cycle().take(cuts()).enumerate() {
        let (key, pieces, fired) = (format!("k{number}"), i64::try_from(number).unwrap(), proxy.fired());
        patient.find::<requests::Order>().count().await.unwrap();
        proxy.at_statement(statement, cut);
        let made = requests::once(&patient, &key, requests::order(pieces)).await;
        assert!(made.as_ref().is_ok_and(|made| made.pieces == Some(pieces)), "{cut:?}: {:?}", made.err());
        assert_eq!(proxy.fired() - fired, 1, "{cut:?}");
        // Who does not wait is told, and may ask again.
        let key = format!("later {key}");
        impatient.find::<requests::Order>().count().await.unwrap();
        proxy.at_statement(statement, cut);
        let error = requests::once(&impatient, &key, requests::order(-pieces)).await.map(|_| ()).unwrap_err();
        let is_told = match error {
            Error::CommitUnknown { token: None, .. } => may_do,
            Error::Unavailable(_) => !may_do,
            _ => false,
        };
        assert!(is_told, "{cut:?} {statement}: {error:?}");
        requests::once(&impatient, &key, requests::order(-pieces)).await.unwrap();
    }
    assert_eq!(requests::orders(&past).await, 2 * i64::try_from(cuts()).unwrap(), "each once");
}

/// Shorter than what is never answered.
const SHORT: Duration = Duration::from_secs(1);

#[tokio::test]
async fn g11_what_is_not_answered_in_time_is_unknown_where_it_may_have_been_done() {
    let url = fresh().await;
    let past = requests::open(&url).await;
    let proxy = FaultProxy::start(&url).await.unwrap();
    let store = requests::connect(&proxy.url()).retry_timeout(Duration::ZERO).await.unwrap();
    let session = store.session(&owner());
    let late = async |work: &dyn Fn()| {
        let in_time = session.within(SHORT);
        in_time
            .transaction(async |tx| {
                tx.create(requests::order(1)).await?;
                work();
                Ok(())
            })
            .await
    };
    // COMMIT.
    let done = late(&|| proxy.pause()).await;
    proxy.resume();
    assert!(matches!(done, Err(Error::CommitUnknown { token: None, .. })), "{done:?}");
    // A write by itself.
    let held = session.hold().await.unwrap();
    held.find::<requests::Order>().count().await.unwrap();
    proxy.pause();
    let done = held.within(SHORT).find::<requests::Order>().filter(requests::Order::COLUMN.pieces.eq(-1)).delete().await;
    proxy.resume();
    assert!(matches!(done, Err(Error::CommitUnknown { token: None, .. })), "{done:?}");
    // BEGIN, and a read: nothing can have been done.
    held.find::<requests::Order>().count().await.unwrap();
    proxy.pause();
    let (begun, read) =
        (held.within(SHORT).transaction(async |_| Ok(())).await, session.within(SHORT).find::<requests::Order>().count().await);
    proxy.resume();
    assert!(matches!((&begun, &read), (Err(Error::Deadline(_)), Err(Error::Deadline(_)))), "{begun:?} {read:?}");
    // What was not sent leaves no mark on what is sent next.
    held.find::<requests::Order>().count().await.unwrap();
    assert!(matches!(held.within(Duration::ZERO).create(requests::order(2)).await, Err(Error::Deadline(_))));
    proxy.pause();
    let read = held.within(SHORT).find::<requests::Order>().count().await;
    proxy.resume();
    assert!(matches!(read, Err(Error::Deadline(_))), "{read:?}");
    assert!(requests::orders(&past).await <= 2);
}
