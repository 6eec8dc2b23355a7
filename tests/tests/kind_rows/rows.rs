//! Objects in tables, and what becomes of a value that is written to a row, or of a cell that another program wrote.

use std::convert::Infallible;
use std::future::Future;

use recension::store::sea_orm::sea_query::SimpleExpr;
use recension::store::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};
use recension::store::{Caller, Decision, Error, Operation, Policy, Session, Store, SystemCapability, create_table};
use recension::{Draft, FieldSet, FieldSpec, Object, ObjectDraft, ObjectName, Persist, Persisted, Record, Rule, Slot, Value};
use recension_tests::{Kinds, Sample, given};

use super::database::{BACKEND, Database};
use super::numbers::Numbers;

/// An object whose rows are tried.
pub(crate) trait Tried: Persist<Key = i64> {
    /// One in which nothing is null.
    fn sample() -> Self;

    /// For each field that may be asked for, the condition that a row has what this object has.
    fn asked(&self) -> Vec<(&'static str, SimpleExpr)>;
}

macro_rules! tried {
    ($object:ident, $sample:expr; $($field:ident)*; $($nullable:ident)*) => {
        impl Tried for $object {
            fn sample() -> Self {
                $sample
            }

            fn asked(&self) -> Vec<(&'static str, SimpleExpr)> {
                let column = $object::COLUMN;
                vec![
                    $((stringify!($field), column.$field.eq(self.$field.clone())),)*
                    $((
                        stringify!($nullable),
                        match self.$nullable.clone() {
                            Some(value) => column.$nullable.eq(value),
                            None => column.$nullable.is_null(),
                        },
                    ),)*
                ]
            }
        }
    };
}

tried! {
    Kinds, Kinds::full("mark").unwrap();
    id ratio price born timeout address_v4 address network mac pci needs slug log retries phase;
    reading exact died span address_v6 network_v4 network_v6 spare_mac spare_pci needed code goal
}

tried! {
    Sample, Sample::full("mark").unwrap();
    id name size enabled state uuid made_at;
    note weight locked goal owner seen_at
}

tried! {
    Numbers, Numbers::default();
    id a b c d e f g h float text;
    a_or_none c_or_none f_or_none g_or_none h_or_none long day time whole fraction long_text
}

struct Open;

impl Policy for Open {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::All
    }
}

/// Runs a future to its end.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The field called `name` and its place.
pub(crate) fn field<T: Object>(name: &str) -> (usize, &'static FieldSpec) {
    let head = &T::declaration().head;
    let index = head.index_of(name).unwrap();
    (index, &head.fields[index])
}

/// A state as a table of cases writes it; no limit is checked.
pub(crate) fn slot<T: Tried>(name: &str, json: &str) -> Slot {
    match serde_json::from_str(json).unwrap() {
        serde_json::Value::Null => Slot::Null,
        value => Slot::Value(given::<T>(&field::<T>(name).1.kind, &value).unwrap_or_else(|| panic!("{json} for `{name}` is no value"))),
    }
}

/// A state as a row gives it back: the offset of a time is not kept, nor what was changed in an object.
pub(crate) fn kept_as(field: &FieldSpec, slot: &Slot) -> Slot {
    match field.admit(slot.clone()).unwrap() {
        Slot::Value(Value::Timestamp(time)) => Slot::Value(Value::Timestamp(time.to_utc())),
        Slot::Value(value) => {
            let mut unchanged = |mut child: Record| {
                child.set_changes(FieldSet::EMPTY);
                Ok::<_, Infallible>(child)
            };
            let Ok(value) = value.try_map_objects(&mut unchanged);
            Slot::Value(value)
        }
        slot => slot,
    }
}

/// The table of an object in a database of its own.
pub(crate) struct Rows {
    pub(crate) store: Store,
    pub(crate) session: Session,
    _database: Database,
}

impl Rows {
    /// The table that the migration of a new object would make.
    pub(crate) async fn of<T: Tried>() -> Self {
        let rows = Self::empty().await;
        rows.tables().execute(&create_table::<T>(BACKEND)).await.unwrap();
        rows
    }

    /// A table whose columns have no type, so that a cell keeps whatever is put into it.
    pub(crate) async fn of_anything<T: Tried>() -> Self {
        let rows = Self::empty().await;
        let columns: Vec<_> =
            T::mapping().columns().iter().map(|column| format!("\"{}\"", column.column)).filter(|column| column != "\"id\"").collect();
        rows.run(&format!("CREATE TABLE {} (id INTEGER PRIMARY KEY, {}, revision)", T::mapping().table(), columns.join(", "))).await;
        rows
    }

    async fn empty() -> Self {
        let database = Database::new();
        let store = Store::connect(&database.url()).policy(Open).await.unwrap();
        let session = store.session(&Caller::nobody());
        Self { store, session, _database: database }
    }

    fn tables(&self) -> &DatabaseConnection {
        self.store.schema_connection(&SystemCapability::named("test"))
    }

    /// Runs plain SQL.
    pub(crate) async fn run(&self, sql: &str) {
        self.tables().execute_unprepared(sql).await.unwrap();
    }

    /// The storage class of a cell, in a word. Only SQLite has such: elsewhere it is that of the column.
    async fn storage<T: Tried>(&self, id: i64, column: &str) -> String {
        let sql = format!("SELECT typeof(\"{column}\") FROM {} WHERE id = {id}", T::mapping().table());
        let row: QueryResult = self.tables().query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// A draft of the sample with this state in the field at `index`.
    fn draft<T: Tried>(index: usize, slot: &Slot) -> Result<Draft<T>, Rule> {
        let mut record = T::sample().to_record();
        record.take(T::mapping().keys()[0]);
        let mut draft = <Draft<T> as ObjectDraft>::from_record(record).unwrap();
        draft.put(index, slot.clone())?;
        Ok(draft)
    }

    /// Makes the sample with this state in the field at `index`.
    pub(crate) async fn create<T: Tried>(&self, index: usize, slot: &Slot) -> Result<Persisted<T>, Error> {
        let draft = Self::draft::<T>(index, slot).map_err(|rule| T::declaration().head.invalid(index, rule))?;
        self.session.create(draft).await
    }

    /// Makes the sample.
    pub(crate) async fn sample<T: Tried>(&self) -> Persisted<T> {
        self.create(1, T::sample().to_record().at(1)).await.unwrap()
    }

    /// Saves this state in the field at `index` of a row.
    pub(crate) async fn save<T: Tried>(&self, row: &Persisted<T>, index: usize, slot: &Slot) -> Result<Persisted<T>, Error> {
        let mut edit = row.edit();
        edit.put(index, slot.clone()).map_err(|rule| T::declaration().head.invalid(index, rule))?;
        let mut changes = edit.changes();
        changes.insert(index);
        edit.set_changes(changes);
        self.session.save(&edit).await
    }

    /// The row as it is read, which is as it was given back when it was written.
    pub(crate) async fn read<T: Tried>(&self, written: &Persisted<T>) -> Record {
        let read = self.session.get::<T>(written.key()).await.unwrap();
        assert_eq!(read.revision(), written.revision());
        let record = read.to_record();
        assert_eq!(record, written.to_record(), "as it was written and as it is read");
        record
    }

    /// The row is found by each of its fields, or by the one called `only`, if that may be asked for.
    pub(crate) async fn found<T: Tried>(&self, row: &Persisted<T>, only: Option<&str>) {
        for (name, asked) in row.asked().into_iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
            let found = self.session.find::<T>().filter(asked).all().await.unwrap();
            assert!(found.iter().any(|found| found.key() == row.key()), "not found by `{name}`");
        }
    }
}

/// The storage class that a value has in its cell.
fn storage(slot: &Slot) -> &'static str {
    match slot {
        Slot::Value(Value::Integer(_) | Value::Bool(_) | Value::Duration(_)) => "integer",
        Slot::Value(Value::Float(_)) => "real",
        Slot::Value(Value::Bytes(_)) => "blob",
        Slot::Value(_) => "text",
        Slot::Null | Slot::Unset => "null",
    }
}

/// Each value goes into a new row and into one that is there, comes back as it was, and is found.
pub(crate) fn kept<T: Tried>(name: &str, values: &[&str]) {
    let (index, field) = field::<T>(name);
    wait(async {
        let rows = Rows::of::<T>().await;
        let other = rows.sample::<T>().await;
        for text in values {
            let slot = slot::<T>(name, text);
            let made = rows.create::<T>(index, &slot).await.unwrap_or_else(|error| panic!("{text} for `{name}`: {}", error.log()));
            let record = rows.read(&made).await;
            assert_eq!(record.at(index), &kept_as(field, &slot), "{text} for `{name}`");
            if BACKEND == DbBackend::Sqlite {
                assert_eq!(rows.storage::<T>(made.key(), &field.name).await, storage(&slot), "{text} for `{name}`");
            }
            rows.found(&made, Some(name)).await;
            let refused = field.forbids(other.to_record().at(index), &slot);
            match rows.save(&rows.session.get::<T>(other.key()).await.unwrap(), index, &slot).await {
                Ok(saved) if !field.read_only => {
                    assert_eq!(rows.read(&saved).await.at(index), &kept_as(field, &slot), "{text} for `{name}`, saved");
                    rows.found(&saved, Some(name)).await;
                }
                Err(error) if field.read_only => assert_eq!(error.rule(), Some(&Rule::ReadOnly), "{text} for `{name}`"),
                Err(error) => assert_eq!(error.rule(), refused.as_ref(), "{text} for `{name}`: {}", error.log()),
                Ok(_) => panic!("`{name}` is read-only and was written"),
            }
        }
    });
}

#[test]
fn every_field_that_may_be_asked_for_is() {
    fn check<T: Tried>() {
        let asked: Vec<_> = T::sample().asked().into_iter().map(|(name, _)| name).collect();
        for field in &T::declaration().head.fields {
            let secret = field.class == recension::FieldClass::Secret;
            let filterable = field.kind.is_scalar() && !secret && field.kind != recension::FieldKind::Bytes;
            assert_eq!(asked.contains(&&*field.name), filterable, "{}", field.name);
        }
    }
    check::<Kinds>();
    check::<Sample>();
    check::<Numbers>();
}
