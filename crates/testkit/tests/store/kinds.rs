//! An object with a field of each kind, in the table that is made for it.

use recension::store::create_table;
use recension::store::sea_orm::{Condition, ConnectionTrait};
use recension::store::{Caller, Decision, Error, Invalid, Operation, PageRequest, Policy, Store};
use recension::{
    Bytes, Date, Decimal, Duration, Object, ObjectDraft, ObjectName, Persist, Revision, Rule, Secret, Slot, Timestamp, VersionedObject,
};
use uuid::Uuid;

use crate::cells::Thing;
use crate::engine::{BACKEND, fresh};
use crate::support::{AllowAll, SCHEMA, State};

#[derive(Clone, PartialEq, VersionedObject, Persist)]
#[object(namespace = "kinds", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "kinds", key = "id", revision)]
struct Kinds {
    #[persist(fill = "auto")]
    id: i64,
    small: Option<i8>,
    short: Option<i16>,
    int: Option<i32>,
    long: Option<i64>,
    tiny: Option<u8>,
    word: Option<u16>,
    wide: Option<u32>,
    huge: Option<u64>,
    truth: Option<bool>,
    float: Option<f64>,
    text: Option<String>,
    bytes: Option<Bytes>,
    decimal: Option<Decimal>,
    uuid: Option<Uuid>,
    time: Option<Timestamp>,
    day: Option<Date>,
    span: Option<Duration>,
    list: Option<Vec<String>>,
}

/// What `Kinds` has, without the truth: so its rows are bound as columns where an engine takes arrays.
#[derive(Clone, PartialEq, VersionedObject, Persist)]
#[object(namespace = "kinds", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "flats", key = "id", revision)]
struct Flat {
    #[persist(fill = "auto")]
    id: i64,
    small: Option<i8>,
    short: Option<i16>,
    int: Option<i32>,
    long: Option<i64>,
    tiny: Option<u8>,
    word: Option<u16>,
    wide: Option<u32>,
    huge: Option<u64>,
    float: Option<f64>,
    text: Option<String>,
    #[field(max_bytes = 20_000)]
    large: Option<String>,
    bytes: Option<Bytes>,
    decimal: Option<Decimal>,
    uuid: Option<Uuid>,
    time: Option<Timestamp>,
    day: Option<Date>,
    span: Option<Duration>,
    list: Option<Vec<String>>,
}

async fn store() -> Store {
    store_with(AllowAll).await
}

async fn store_with(policy: impl Policy) -> Store {
    let store = Store::connect(&fresh().await).policy(policy).await.unwrap();
    let schema = store.schema_connection(&SCHEMA);
    for table in [create_table::<Kinds>(BACKEND), create_table::<Flat>(BACKEND)] {
        schema.execute(&table).await.unwrap();
    }
    store
}

/// The smallest values, something in between, and the largest.
fn drafts() -> [recension::Draft<Kinds>; 3] {
    let time = |text: &str| Timestamp::parse(text).unwrap();
    let day = |text: &str| text.parse::<Date>().unwrap();
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let bytes = |bytes: &[u8]| Bytes::from(bytes.to_vec());
    let small = Kinds::draft().small(i8::MIN).short(i16::MIN).int(i32::MIN).long(i64::MIN).tiny(0).word(0).wide(0).huge(0_u64);
    let small = small.truth(false).float(f64::MIN).text("").bytes(bytes(&[])).decimal(decimal("-99999999999999999999.99999999"));
    let small = small.uuid(Uuid::nil()).time(time("0001-01-01T00:00:00Z")).day(day("0001-01-01"));
    let small = small.span(Duration::from_micros(i64::MIN)).list(vec![]);
    let middle =
        Kinds::draft().small(-1).short(-1).int(-1).long(-1).tiny(1).word(1).wide(1).huge(1_u64).truth(true).float(f64::MIN_POSITIVE);
    let middle = middle.text("it's \"A\u{1f980}\u{e9}\" \\ %_ ").bytes(bytes(&[0, 255, 39])).decimal(decimal("0.10"));
    let middle = middle.uuid(Uuid::from_u128(7)).time(time("1999-12-31T23:59:59.999999Z")).day(day("1970-01-01"));
    let middle = middle.span(Duration::from_micros(-1)).list(vec!["a".to_owned(), String::new()]);
    let large = Kinds::draft().small(i8::MAX).short(i16::MAX).int(i32::MAX).long(i64::MAX).tiny(u8::MAX).word(u16::MAX).wide(u32::MAX);
    let large = large.huge(i64::MAX as u64).truth(true).float(f64::MAX).text("\u{10ffff}".repeat(255)).bytes(bytes(&[255; 300]));
    let large = large.decimal(decimal("99999999999999999999.99999999")).uuid(Uuid::max()).time(time("9999-12-31T23:59:59.999999Z"));
    let large = large.day(day("9999-12-31")).span(Duration::from_micros(i64::MAX)).list(vec!["x".repeat(200); 3]);
    [small, middle, large]
}

#[tokio::test]
async fn s4_what_is_written_of_each_kind_is_read() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    for draft in drafts() {
        let made = session.create(draft.clone()).await.unwrap();
        let read = session.get::<Kinds>(made.id).await.unwrap();
        assert!(read == made);
        for (name, given) in recension::ObjectDraft::to_record(&draft).slots().iter().enumerate().filter(|(_, slot)| slot.is_set()) {
            assert_eq!(read.to_record().slots()[name], *given);
        }
        // Each is changed to null and back.
        let empty = session.create(Kinds::draft()).await.unwrap();
        assert!(empty.small.is_none() && empty.truth.is_none() && empty.time.is_none() && empty.list.is_none());
    }
    let many = session.create_many(drafts()).await.unwrap();
    assert_eq!(many.iter().map(|object| object.small).collect::<Vec<_>>(), [Some(i8::MIN), Some(-1), Some(i8::MAX)]);
}

#[tokio::test]
async fn s4_a_value_whose_cell_is_made_of_it_keeps_its_limits_among_many() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    let sent = store.statements();
    let long = || Kinds::draft().decimal("1000000000000000000000000000".parse().unwrap());
    let many = session.create_many([Kinds::draft(), long()]).await.map(drop);
    let one = session.create(long()).await.map(drop);
    assert!(matches!(&many, Err(Error::Invalid(Invalid::Draft { index: 1, .. }))), "{many:?}");
    assert!(matches!(many.as_ref().err().and_then(Error::rule), Some(Rule::Digits { .. })), "{many:?}");
    assert_eq!(many.as_ref().err().and_then(Error::rule), one.as_ref().err().and_then(Error::rule));
    assert_eq!(store.statements(), sent);
}

/// The text of a change is kept, and no value with it.
#[tokio::test]
async fn s4_what_is_changed_again_and_again_is_what_is_given() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    let mut made = session.create(Kinds::draft()).await.unwrap();
    for round in 0..3 {
        for of_kind in drafts() {
            for truth in [true, false] {
                let mut edit = made.edit();
                edit.set_truth(truth);
                edit.set_list(vec!["x".to_owned(); round]);
                match of_kind.time_ref() {
                    Some(Some(time)) if truth => edit.set_time(*time),
                    _ => edit.clear_time(),
                }
                if truth {
                    edit.set_text(of_kind.text_ref().cloned().flatten().unwrap());
                }
                let saved = session.save(&edit).await;
                assert!(saved.is_ok(), "{:?}", saved.err());
                made = saved.unwrap();
                let read = session.get::<Kinds>(made.id).await.unwrap();
                assert!(read == made, "{round} {truth}");
                assert_eq!((read.truth, Some(&read.text), read.time.is_some()), (Some(truth), of_kind.text_ref(), truth));
            }
        }
    }
}

/// Rows that were written with their keys are not asked for again.
#[tokio::test]
async fn what_create_many_has_written_with_keys_is_told_as_it_is_read() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    let time = |text: &str| Timestamp::parse(text).unwrap();
    // A moment in another zone, and a zero that is kept without its sign.
    let odd = Kinds::draft().time(time("2024-03-01T12:00:00+02:00")).float(-0.0).list(vec!["\u{1f980}".to_owned()]);
    let drafts: Vec<_> = drafts().into_iter().chain([odd, Kinds::draft()]).zip(11..).map(|(draft, id)| draft.id(id)).collect();
    let sent = store.statements();
    let made = session.create_many(drafts).await.unwrap();
    assert_eq!((made.len(), store.statements() - sent), (5, 3), "BEGIN, the rows, COMMIT");
    for (made, id) in made.into_iter().zip(11..) {
        let read = session.get::<Kinds>(id).await.unwrap();
        assert!(read == made, "{id}");
        assert_eq!((read.revision(), read.float.map(f64::to_bits)), (Revision(1), made.float.map(f64::to_bits)));
        let zones = |kinds: &Kinds| kinds.time.map(|time| time.to_chrono().offset().local_minus_utc());
        assert_eq!(zones(&read), zones(&made));
    }
}

/// The same of `Flat`, and each field null in one of them.
fn flats() -> Vec<recension::Draft<Flat>> {
    let fields = &Flat::declaration().head.fields;
    let of = |kinds: &recension::Draft<Kinds>, without: Option<usize>| {
        let mut flat = Flat::draft();
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| !matches!(&*field.name, "id" | "large")) {
            let slot = kinds.slot(Kinds::declaration().head.index_of(&field.name).unwrap());
            flat.put(index, if without == Some(index) { Slot::Null } else { slot }).unwrap();
        }
        flat
    };
    let [small, middle, large] = drafts();
    let without = (1..fields.len()).map(|index| of(&middle, Some(index)));
    let odd = Kinds::draft().time(Timestamp::parse("2024-03-01T12:00:00+02:00").unwrap()).float(-0.0);
    [of(&small, None), of(&large, None), of(&odd, None), Flat::draft()].into_iter().chain(without).collect()
}

#[tokio::test]
async fn s4_rows_that_are_written_together_are_those_that_are_written_alone() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    let with_keys = flats().into_iter().zip(1_000..).map(|(draft, id)| draft.id(id));
    for drafts in [flats(), with_keys.collect()] {
        let made = session.create_many(drafts.clone()).await;
        assert!(made.is_ok(), "{:?}", made.err());
        for (made, draft) in made.into_iter().flatten().zip(drafts) {
            let alone = session.create(draft.clone().id(made.id + 5_000)).await.unwrap();
            let read = session.get::<Flat>(made.id).await;
            assert!(matches!(&read, Ok(read) if *read == made), "what is told is what is there");
            let read = read.unwrap();
            assert_eq!((&read.to_record().slots()[1..], read.revision()), (&alone.to_record().slots()[1..], Revision(1)));
            for (index, given) in draft.to_record().slots().iter().enumerate().filter(|(_, slot)| slot.value().is_some()) {
                // A zone and the sign of a zero are not kept.
                let name = &*Flat::declaration().head.fields[index].name;
                let is_kept = !matches!(name, "time" | "float");
                assert!(!is_kept || read.to_record().slots()[index] == *given, "field {index}");
            }
        }
    }
}

#[tokio::test]
async fn rows_that_are_large_are_written_by_more_statements() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    let sent = store.statements();
    let large = "x".repeat(20_000);
    let made = session.create_many((0..500).map(|number| Flat::draft().long(number).large(&*large))).await.map(|made| made.len());
    assert!(made.as_ref().is_ok_and(|made| *made == 500), "{made:?}");
    assert_eq!(store.statements() - sent, 3 + 2, "some four million bytes each");
    assert_eq!(session.find::<Flat>().count().await.unwrap(), 500);
}

/// An object with what `Kinds` has not, whose key the store makes.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "kinds", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "wholes", key = "id", revision, natural_key(name))]
struct Whole {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: Uuid,
    name: String,
    #[persist(null_as = "Queued")]
    state: State,
    #[field(class = "secret", max_bytes = 16)]
    token: Option<Secret<String>>,
    top: Option<Thing>,
    things: Vec<Thing>,
}

#[tokio::test]
async fn rows_with_keys_that_the_store_makes_are_told_as_they_are_read() {
    let store = store().await;
    store.schema_connection(&SCHEMA).execute(&create_table::<Whole>(BACKEND)).await.unwrap();
    let session = store.session(&Caller::nobody());
    let thing = |grams| Thing { name: "it's \"\u{1f980}\"".to_owned(), grams };
    let draft = |name: &str| Whole::draft().name(name).things(vec![]);
    let drafts = [
        draft("a").state(State::Done).token(Secret::new("c4n4ry".to_owned())).top(thing(1)),
        draft("b").things(vec![thing(2), thing(3)]),
        draft("c").state(State::Queued),
    ];
    let made = session.create_many(drafts).await.unwrap();
    assert_eq!(made.iter().map(|made| made.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    for made in made {
        let read = session.get::<Whole>(made.id).await.unwrap();
        assert_eq!((read.to_record(), read.revision()), (made.to_record(), made.revision()));
    }
    let again = session.create_many([draft("d"), draft("b")]).await;
    assert!(matches!(again, Err(Error::AlreadyExists { .. })));
    assert_eq!(session.find::<Whole>().count().await.unwrap(), 3);
}

/// Lets through what is not large.
struct Small;

impl Policy for Small {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::Where(Condition::all().add(Kinds::COLUMN.small.lte(1)))
    }
}

#[tokio::test]
async fn s2_create_many_checks_the_policy_on_every_row_that_has_its_key() {
    let store = store_with(Small).await;
    let session = store.session(&Caller::nobody());
    let rows = |large: Option<i64>| (0..1_050).map(move |id| Kinds::draft().id(id + 1).small(if large == Some(id) { 2 } else { 1 }));
    for large in [0, 999, 1_000, 1_049] {
        let denied = session.create_many(rows(Some(large))).await.map(|made| made.len());
        assert!(matches!(denied, Err(Error::Denied { operation: Operation::Create, .. })), "{denied:?}");
        assert_eq!(session.find::<Kinds>().count().await.unwrap(), 0);
    }
    let made = session.create_many(rows(None)).await.unwrap();
    assert_eq!(made.iter().map(|made| made.id).collect::<Vec<_>>(), (1..=1_050).collect::<Vec<_>>());
    assert_eq!(session.find::<Kinds>().count().await.unwrap(), 1_050);
}

#[tokio::test]
async fn s16_pages_in_the_order_of_each_kind_give_every_row_once() {
    let store = store().await;
    let session = store.session(&Caller::nobody());
    let mut made = vec![session.create(Kinds::draft()).await.unwrap().id];
    made.extend(session.create_many(drafts()).await.unwrap().iter().map(|object| object.id));
    let c = Kinds::COLUMN;
    for (name, up, down) in [
        ("small", c.small.asc(), c.small.desc()),
        ("long", c.long.asc(), c.long.desc()),
        ("huge", c.huge.asc(), c.huge.desc()),
        ("float", c.float.asc(), c.float.desc()),
        ("truth", c.truth.asc(), c.truth.desc()),
        ("text", c.text.asc(), c.text.desc()),
        ("time", c.time.asc(), c.time.desc()),
        ("day", c.day.asc(), c.day.desc()),
        ("span", c.span.asc(), c.span.desc()),
    ] {
        for (order, expected) in [(up, [1, 2, 3, 4]), (down, [4, 3, 2, 1])] {
            let mut seen = Vec::new();
            let mut request = PageRequest::first(1);
            loop {
                let page = session.find::<Kinds>().order_by(order).page(request).await.unwrap();
                seen.extend(page.items.iter().map(|object| object.id));
                match page.next {
                    Some(next) => request = PageRequest::after(next, 1),
                    None => break,
                }
            }
            // Two are true, and within what is equal the keys rise.
            let expected = if name == "truth" && expected[0] == 4 { [3, 4, 2, 1] } else { expected };
            assert_eq!(seen, expected.map(|which: usize| made[which - 1]), "{name}");
        }
    }
}
