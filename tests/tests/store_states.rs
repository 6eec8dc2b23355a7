//! The three states in rows: null and value come back as they were, an untouched field stays, and what a
//! projection does not ask for is unset; every kind of field that fits a column, in every combination.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use recension::prelude::*;
use recension::store::sea_orm::ConnectionTrait;
use recension::store::{AnyColumn, SystemCapability};
use recension::{Decision, ObjectName, Operation, Record, Slot};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, FieldEnum)]
enum Mood {
    Good,
    #[field_enum(unknown)]
    Other(String),
}

/// Nothing but nullable fields, one of each kind that fits a column.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "sample", key = "id", revision)]
struct Sample {
    #[field(read_only, server_set)]
    #[persist(fill = "auto")]
    id: i64,
    number: Option<i64>,
    small: Option<u8>,
    flag: Option<bool>,
    text: Option<String>,
    #[field(class = "secret")]
    token: Option<Secret<String>>,
    mood: Option<Mood>,
    uuid: Option<Uuid>,
    time: Option<Timestamp>,
}

/// The first nullable field, and how many there are.
const FIRST: usize = 1;
const NULLABLE: usize = 8;

struct Everyone;

impl Policy for Everyone {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::All
    }
}

/// One of two values of each field, neither of which reads as null or as the other.
fn value(index: usize, second: bool) -> Slot {
    let pick = i64::from(second);
    let values = [
        Sample::draft().number(-pick),
        Sample::draft().small(u8::from(second)),
        Sample::draft().flag(second),
        Sample::draft().text(if second { "null" } else { "" }),
        Sample::draft().token(if second { "0" } else { "" }),
        Sample::draft().mood(Mood::Good),
        Sample::draft().uuid(if second { Uuid::max() } else { Uuid::nil() }),
        Sample::draft().time(Timestamp::parse(if second { "9999-12-31T23:59:59.999999Z" } else { "0001-01-01T00:00:00Z" }).unwrap()),
    ];
    values.get(index - FIRST).unwrap().slot(index)
}

fn state(combination: usize, index: usize, second: bool) -> Slot {
    if combination >> (index - FIRST) & 1 == 1 { value(index, second) } else { Slot::Null }
}

fn columns(combination: usize) -> Vec<AnyColumn<Sample>> {
    let c = Sample::COLUMN;
    let all = [c.number.any(), c.small.any(), c.flag.any(), c.text.any(), c.token.any(), c.mood.any(), c.uuid.any(), c.time.any()];
    all.into_iter().enumerate().filter(|(place, _)| combination >> place & 1 == 1).map(|(_, column)| column).collect()
}

/// The nullable fields of a record.
fn states(record: &Record) -> Vec<Slot> {
    (FIRST..FIRST + NULLABLE).map(|index| record.at(index).clone()).collect()
}

#[tokio::test]
async fn s17_null_value_and_unset_survive_the_store_in_every_combination() {
    let store = Store::connect("sqlite::memory:").policy(Everyone).await.unwrap();
    let table = "CREATE TABLE sample (id INTEGER PRIMARY KEY, number BIGINT, small SMALLINT, flag BOOLEAN, text VARCHAR(255), \
                 token VARCHAR(255), mood VARCHAR(255), uuid VARCHAR(36), time DATETIME, revision BIGINT)";
    store.schema_connection(&SystemCapability::named("make-tables")).execute_unprepared(table).await.unwrap();
    let session = store.session(&Caller::nobody());
    for combination in 0..1_usize << NULLABLE {
        let mut draft = Sample::draft();
        let given: Vec<Slot> = (FIRST..FIRST + NULLABLE).map(|index| state(combination, index, false)).collect();
        for (place, slot) in given.iter().enumerate() {
            draft.put(FIRST + place, slot.clone()).unwrap();
        }
        let made = session.create(draft).await.unwrap();
        assert_eq!(states(&made.to_record()), given, "created {combination:08b}");
        let read = session.get::<Sample>(made.id).await.unwrap();
        assert_eq!(states(&read.to_record()), given, "read {combination:08b}");

        // Asked for: every other pattern of columns, so that each meets null and value.
        let asked = combination.rotate_left(3) ^ 0b0101_0101;
        let asked = asked & ((1 << NULLABLE) - 1);
        if asked != 0 {
            let find = session.find::<Sample>().filter(Sample::COLUMN.id.eq(made.id));
            let partial = find.select_one(columns(asked)).await.unwrap().unwrap();
            let expected = |place: usize, slot: &Slot| if asked >> place & 1 == 1 { slot.clone() } else { Slot::Unset };
            let expected: Vec<Slot> = given.iter().enumerate().map(|(place, slot)| expected(place, slot)).collect();
            assert_eq!(states(&partial.to_record()), expected, "projected {asked:08b} of {combination:08b}");
        }

        // Every other field is touched: null becomes a value, and a value null or another value.
        let mut edit = read.edit();
        let mut expected = given.clone();
        for (place, slot) in expected.iter_mut().enumerate().filter(|(place, _)| (place + combination).is_multiple_of(2)) {
            let index = FIRST + place;
            *slot = if *slot == Slot::Null || combination.is_multiple_of(3) { value(index, true) } else { Slot::Null };
            edit.put(index, slot.clone()).unwrap();
            let mut changes = edit.changes();
            changes.insert(index);
            edit.set_changes(changes);
        }
        session.save(&edit).await.unwrap();
        let saved = session.get::<Sample>(made.id).await.unwrap();
        assert_eq!(states(&saved.to_record()), expected, "saved {combination:08b}");
    }
}
