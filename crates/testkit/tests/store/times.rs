//! Times come back as they went in, whatever their year; and nothing that the store decides hangs on whose clock is right.

use std::sync::atomic::{AtomicU64, Ordering};

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Caller, Clock, Error, PageRequest, Store, create_table};
use recension::{Object, Persist, Timestamp, VersionedObject};

use crate::adding::{add_at_once, all_are_there};
use crate::campaign::{Dice, how_many};
use crate::engine::{BACKEND, fresh};
use crate::support::*;

#[derive(Clone, PartialEq, VersionedObject, Persist)]
#[object(namespace = "times", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "moments", key = "id", revision)]
struct Moment {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: i64,
    time: Option<Timestamp>,
}

/// The years that programs count wrongly, in the order of time.
const MOMENTS: [&str; 20] = [
    "0001-01-01T00:00:00.000000Z",
    "1582-10-10T12:00:00.000000Z",
    "1900-02-28T23:59:59.999999Z",
    "1900-03-01T00:00:00.000000Z",
    "1901-12-13T20:45:51.999999Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00.000000Z",
    "1970-01-01T00:00:00.000001Z",
    "2000-02-29T23:59:59.999999Z",
    "2016-12-31T23:59:59.999999Z",
    "2017-01-01T00:00:00.000000Z",
    // The hours that are not there, or twice, where clocks are put forward and back.
    "2024-03-31T01:30:00.100000Z",
    "2024-10-27T00:30:00.000010Z",
    "2024-10-27T01:30:00.000010Z",
    "2038-01-19T03:14:07.999999Z",
    "2038-01-19T03:14:08.000000Z",
    "2100-02-28T23:59:59.500000Z",
    "2106-02-07T06:28:16.000000Z",
    "4147-08-20T07:32:16.000001Z",
    "9999-12-31T23:59:59.999999Z",
];

async fn moments() -> Store {
    let store = Store::connect(&fresh().await).policy(AllowAll).await.unwrap();
    store.schema_connection(&SCHEMA).execute(&create_table::<Moment>(BACKEND)).await.unwrap();
    store
}

#[tokio::test]
async fn g29_each_time_comes_back_to_the_microsecond() {
    let store = moments().await;
    let session = store.session(&Caller::nobody());
    let times = how_many("RECENSION_TIMES", 200);
    let (_, seed) = Dice::seeded();
    // Backwards, so that their order is not that of their keys.
    for text in MOMENTS.into_iter().rev() {
        let time = Timestamp::parse(text).unwrap();
        let made = session.create(Moment::draft().time(time)).await.unwrap();
        let read = session.get::<Moment>(made.id).await.unwrap();
        let found = session.find::<Moment>().filter(Moment::COLUMN.time.eq(time)).all().await.unwrap();
        assert_eq!((made.time.unwrap().to_string(), read.time.unwrap().to_string()), (text.to_owned(), text.to_owned()));
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [made.id], "{text}");
    }
    let (mut seen, mut request) = (Vec::new(), PageRequest::first(3));
    loop {
        let page = session.find::<Moment>().order_by(Moment::COLUMN.time.asc()).page(request).await.unwrap();
        seen.extend(page.items.iter().map(|moment| moment.time.unwrap().to_string()));
        match page.next {
            Some(next) => request = PageRequest::after(next, 3),
            None => break,
        }
    }
    assert_eq!(seen, MOMENTS);
    // A second that no database keeps.
    let day = "2016-12-31".parse::<chrono::NaiveDate>().unwrap();
    let leap = Timestamp::from_utc(day.and_time(chrono::NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap()));
    let made = session.create(Moment::draft().time(leap)).await.unwrap();
    assert_eq!(session.get::<Moment>(made.id).await.unwrap().time.unwrap().to_string(), "2016-12-31T23:59:59.999999Z");

    let mut state = seed;
    for number in 0..times {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Of the years 1 to 9999.
        let micros = i64::try_from((u128::from(state) * 315_537_897_600_000_000) >> 64).unwrap() - 62_135_596_800_000_000;
        let time: Timestamp = chrono::DateTime::from_timestamp_micros(micros).unwrap().into();
        let made = session.create(Moment::draft().time(time)).await.unwrap();
        let read = session.get::<Moment>(made.id).await.unwrap();
        assert_eq!((made.time, read.time), (Some(time), Some(time)), "time {number}, seed {seed}");
    }
    println!("{} times that programs count wrongly, and {times} others, came back as they went; seed {seed}", MOMENTS.len());
}

/// A clock that is up to an hour before or behind another, and never twice alike: one that goes on, and is put forward and back.
struct Astray(AtomicU64);

impl Clock for Astray {
    fn now(&self) -> Timestamp {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let astray = i64::try_from((mixed >> 32) % 7_200_000_000).unwrap() - 3_600_000_000;
        chrono::DateTime::from_timestamp_micros(1_700_000_000_000_000 + astray).unwrap().into()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g29_no_order_hangs_on_a_clock() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), "rwc").await;
    store_at(&url, ByProject).await.close().await;
    let of = async |seed: u64| Store::connect(&url).policy(ByProject).clock(Astray(AtomicU64::new(seed))).await.unwrap();
    let stores = [of(1).await, of(2).await];
    let made = stored(&stores[0].session(&owner()), "r1").await;
    add_at_once(&stores, made.id, 4, 8).await;
    all_are_there(&stores[0], made.id, 4).await;
    let [one, two] = [&stores[0], &stores[1]].map(|store| store.session(&owner()));
    // Who is based on an old row is told, and who is not writes, whatever their times are.
    let mut backwards = 0;
    for round in 0..20_u64 {
        let (late, next) = if round % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let before = late.get::<Job>(made.id).await.unwrap();
        let mut edit = before.edit();
        edit.set_size(round);
        let saved = next.save(&edit).await.unwrap();
        backwards += usize::from(saved.updated_at.unwrap().to_utc() < before.updated_at.unwrap().to_utc());
        let mut edit = before.edit();
        edit.set_size(99);
        let refused = late.save(&edit).await;
        assert!(matches!(refused, Err(Error::Conflict { actual, .. }) if actual == saved.revision()), "{refused:?}");
    }
    assert!(backwards > 0, "time went back");
    // Rows are in the order of their keys, and of what was made first.
    for number in 0..10 {
        stored(if number % 2 == 0 { &one } else { &two }, &format!("later{number}")).await;
    }
    let page = one.find::<Job>().page(PageRequest::first(100)).await.unwrap();
    assert_eq!(
        page.items.iter().map(|job| job.request.as_str()).collect::<Vec<_>>()[1..],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|number| format!("later{number}"))
    );
}
