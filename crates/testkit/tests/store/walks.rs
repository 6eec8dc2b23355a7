//! Walks through all pages of a list while others write: each row that was there before is met once, in its place.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use recension::store::{Find, PageRequest, Session};
use tokio::task::JoinSet;

use crate::campaign::{Dice, how_many};
use crate::support::*;

/// How many rows are there before.
const ROWS: usize = 60;
const WRITERS: u64 = 2;
/// How many more are written during a walk.
const AMONG: u64 = 40;

type Asked = fn(Find<Job>) -> Find<Job>;

const ORDERS: [Asked; 6] = [
    |find| find,
    |find| find.order_by(Job::COLUMN.title.asc()),
    |find| find.order_by(Job::COLUMN.title.desc()),
    |find| find.order_by(Job::COLUMN.progress.desc()).order_by(Job::COLUMN.title.asc()),
    |find| find.order_by(Job::COLUMN.size.asc()).order_by(Job::COLUMN.title.desc()),
    |find| find.order_by(Job::COLUMN.id.desc()),
];

/// A job whose place is anywhere in each order, among others that are equal.
fn placed(dice: &mut Dice, request: &str) -> recension::Draft<Job> {
    let mut draft = job(request).progress(i32::try_from(dice.below(4)).unwrap());
    if dice.below(4) > 0 {
        draft.set_title(char::from(b'a' + u8::try_from(dice.below(4)).unwrap()).to_string());
    }
    if dice.below(3) > 0 {
        draft.set_size(dice.below(3));
    }
    draft
}

/// The rows of a walk in pages of that size, and what is done before each.
async fn walk(session: &Session, ask: Asked, size: i64, before: impl Fn()) -> Vec<i64> {
    let mut seen = Vec::new();
    let mut request = PageRequest::first(size);
    loop {
        before();
        let page = ask(session.find()).page(request).await.unwrap();
        seen.extend(page.items.iter().map(|job| job.id));
        match page.next {
            Some(next) => request = PageRequest::after(next, size),
            None => return seen,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g27_walks_through_pages_meet_each_row_once_while_others_write() {
    let walks = how_many("RECENSION_WALKS", 12);
    let (mut dice, seed) = Dice::seeded();
    let store = store().await;
    let session = store.session(&owner());
    for row in 0..ROWS {
        // Not one after the other by their keys: half of what others write comes between.
        session.create(placed(&mut dice, &format!("old{row}"))).await.unwrap();
    }
    let mut expected = Vec::new();
    for ask in ORDERS {
        let whole = walk(&session, ask, 10, || {}).await;
        let mut each = whole.clone();
        each.sort_unstable();
        each.dedup();
        assert_eq!((each.len(), whole.len()), (ROWS, ROWS), "while nobody writes");
        expected.push(whole);
    }
    let (stop, made, may_write) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (session, stop, made, may_write, mut dice) =
            (session.clone(), stop.clone(), made.clone(), may_write.clone(), Dice(seed + writer));
        writers.spawn(async move {
            let mut number = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                if may_write.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |rows| rows.checked_sub(1)).is_err() {
                    tokio::task::yield_now().await;
                    continue;
                }
                session.create(placed(&mut dice, &format!("new{writer}-{number}"))).await.unwrap();
                number += 1;
                made.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let mut among = 0;
    for number in 0..walks {
        let size = i64::try_from(1 + dice.below(10)).unwrap();
        let order = usize::try_from(number).unwrap() % ORDERS.len();
        let begun = made.load(Ordering::Relaxed);
        // A few before each page, and not so many that there is no end.
        let left = Cell::new(AMONG);
        let seen = walk(&session, ORDERS[order], size, || {
            let more = left.get().min(3);
            left.set(left.get() - more);
            may_write.fetch_add(more, Ordering::Relaxed);
        });
        let seen = seen.await;
        let old: Vec<i64> = seen.iter().copied().filter(|id| expected[order].contains(id)).collect();
        assert_eq!(old, expected[order], "walk {number}, order {order}, pages of {size}, seed {seed}");
        let mut twice = seen.clone();
        twice.sort_unstable();
        twice.dedup();
        assert_eq!(twice.len(), seen.len(), "walk {number}: no row of any kind comes twice");
        among += made.load(Ordering::Relaxed) - begun;
        // What others wrote goes, so that the walks stay short; no page refers to it now.
        run(&store, "DELETE FROM jobs WHERE request LIKE 'new%'").await;
    }
    stop.store(true, Ordering::Relaxed);
    writers.join_all().await;
    assert!(among > walks, "rows came while it was walked: {among}");
    println!("{walks} walks over {ROWS} rows, {} orders, {among} rows written meanwhile, seed {seed}", ORDERS.len());
}
