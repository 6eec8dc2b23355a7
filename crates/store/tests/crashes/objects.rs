//! Money in accounts, and the book of what has moved it: the balance of an account is what the entries about it come to.

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Caller, Connect, Decision, Operation, Policy, Session, Store, SystemCapability, commit_table, create_table};
use recension::{Draft, Object, ObjectName, Persist, VersionedObject};

use crate::ledger::Write;

/// What somebody has.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "crash_accounts", key = "id", revision)]
pub struct Account {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub balance: i64,
}

/// A line of the book. Nothing in the table keeps a write from being in it twice: that is for the store.
#[derive(Clone, PartialEq, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "crash_entries", key = "id")]
pub struct Entry {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub writer: i64,
    pub number: i64,
    pub source: Option<i64>,
    pub target: Option<i64>,
    pub amount: i64,
}

/// A line for a write.
pub fn entry(write: Write) -> Draft<Entry> {
    Entry::draft().writer(write.writer).number(write.number).amount(0)
}

/// Everyone may do everything.
pub struct AllowAll;

impl Policy for AllowAll {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::All
    }
}

pub const SCHEMA: SystemCapability = SystemCapability::named("make-tables");

/// A store that is about to be opened.
pub fn connect(url: &str) -> Connect {
    Store::connect(url).policy(AllowAll).commit_tokens()
}

pub fn session(store: &Store) -> Session {
    store.session(&Caller::user("writer", "p1"))
}

/// Makes the tables anew: a run that was broken off may have left some.
pub async fn make_tables(store: &Store) {
    let connection = store.schema_connection(&SCHEMA);
    let engine = connection.get_database_backend();
    for table in ["crash_accounts", "crash_entries", "recension_commits"] {
        connection.execute_unprepared(&format!("DROP TABLE IF EXISTS {table}")).await.unwrap();
    }
    for table in [create_table::<Account>(engine), create_table::<Entry>(engine), commit_table(engine)] {
        connection.execute(&table).await.unwrap();
    }
}

/// Accounts with nothing in them, by their ids.
pub async fn accounts(store: &Store, count: usize) -> Vec<i64> {
    let session = session(store);
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(session.create(Account::draft().balance(0)).await.unwrap().id);
    }
    ids
}
