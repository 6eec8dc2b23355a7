//! What the doctor says of the tables of objects, on each engine.

use recension::store::sea_orm::{ConnectionTrait, DbBackend};
use recension::store::{Clock, Diagnosis, Severity, Store, SystemCapability, commit_table, create_table};
use recension::{Persist, Timestamp, VersionedObject};

use crate::engine::{BACKEND, fresh};
use crate::support::{AllowAll, Mark, SCHEMA, run};

pub const DOCTOR: SystemCapability = SystemCapability::named("doctor");

/// An object with what a table may have wrong.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "doctor", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "wares", key = "id", revision, natural_key(name), soft_delete(mark = "deleted"))]
pub struct Ware {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(max_chars = 64)]
    pub name: String,
    pub pieces: i64,
    pub made_at: Timestamp,
    pub is_open: bool,
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
}

/// The ids that are about tables, with the columns that each names.
fn of_tables(diagnosis: &Diagnosis) -> Vec<String> {
    let kinds = ["DB_TABLE", "DB_COLUMN", "DB_KEY", "DB_NATURAL", "DB_NO_REVISION", "DB_COMMITS"];
    let findings = diagnosis.findings.iter().filter(|finding| kinds.iter().any(|kind| finding.check.id.starts_with(kind)));
    findings.map(|finding| format!("{} {}", finding.check.id, finding.columns.join(" ")).trim_end().to_owned()).collect()
}

/// The statement that makes the table, without quotes.
fn create() -> String {
    let sql = BACKEND.build(&create_table::<Ware>(BACKEND)).sql;
    sql.replace(['"', '`'], "").replace("COLLATE C", "COLLATE \"C\"")
}

/// Replaces a part of the statement, what it is replaced with, a statement that follows, and what is found then.
type Fault = (&'static str, &'static str, &'static str, &'static str);

const ON_EACH: [Fault; 5] = [
    (" name ", " label ", "", "DB_COLUMN_MISSING name"),
    (" revision ", " revised ", "", "DB_COLUMN_MISSING revision"),
    (" natural_key ", " other_key ", "", "DB_COLUMN_MISSING natural_key"),
    (" UNIQUE", "", "", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
    (" UNIQUE", "", "CREATE UNIQUE INDEX wider ON wares (natural_key, pieces)", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
];

const ON_SQLITE: [Fault; 9] = [
    (" PRIMARY KEY AUTOINCREMENT", "", "", "DB_KEY_NOT_UNIQUE id"),
    (" UNIQUE", "", "CREATE UNIQUE INDEX partly ON wares (natural_key) WHERE pieces > 0", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
    (" UNIQUE", "", "CREATE UNIQUE INDEX low ON wares (lower(natural_key))", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
    ("name text", "name datetime", "", "DB_COLUMN_TYPE name"),
    ("pieces integer", "pieces text", "", "DB_COLUMN_TYPE pieces"),
    ("pieces integer", "pieces real", "", "DB_COLUMN_TYPE pieces"),
    ("revision integer", "revision text", "", "DB_COLUMN_TYPE revision"),
    ("name text", "name text COLLATE NOCASE", "", "DB_COLUMN_COLLATION name"),
    ("name text", "name text COLLATE RTRIM", "", "DB_COLUMN_COLLATION name"),
];

const ON_POSTGRES: [Fault; 14] = [
    (" PRIMARY KEY", "", "", "DB_KEY_NOT_UNIQUE id"),
    (" UNIQUE", "", "CREATE UNIQUE INDEX partly ON wares (natural_key) WHERE pieces > 0", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
    (" UNIQUE", "", "CREATE UNIQUE INDEX low ON wares (lower(natural_key))", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
    ("pieces bigint", "pieces numeric", "", "DB_COLUMN_TYPE pieces"),
    ("made_at timestamp(6)", "made_at text", "", "DB_COLUMN_TYPE made_at"),
    ("name text COLLATE \"C\"", "name uuid", "", "DB_COLUMN_TYPE name"),
    ("name text", "name char(64)", "", "DB_COLUMN_TYPE name"),
    ("is_open boolean", "is_open interval", "", "DB_COLUMN_TYPE is_open"),
    ("deleted bigint", "deleted boolean", "", "DB_COLUMN_TYPE deleted"),
    ("pieces bigint", "pieces integer", "", "DB_COLUMN_NARROW pieces"),
    ("name text", "name varchar(63)", "", "DB_COLUMN_NARROW name"),
    ("made_at timestamp(6)", "made_at timestamp(0)", "", "DB_COLUMN_DIGITS made_at"),
    ("name text COLLATE \"C\"", "name text COLLATE loose", "", "DB_COLUMN_COLLATION name"),
    ("name text COLLATE \"C\"", "name text COLLATE \"und-x-icu\"", "", "DB_COLUMN_ORDER name"),
];

const ON_MYSQL: [Fault; 13] = [
    (" PRIMARY KEY AUTO_INCREMENT", "", "", "DB_KEY_NOT_UNIQUE id"),
    (" UNIQUE", "", "CREATE UNIQUE INDEX begins ON wares (natural_key(10))", "DB_NATURAL_KEY_NOT_UNIQUE natural_key"),
    ("ENGINE=InnoDB", "ENGINE=MyISAM", "", "DB_TABLE_ENGINE"),
    ("pieces bigint", "pieces decimal(20)", "", "DB_COLUMN_TYPE pieces"),
    ("made_at datetime(6)", "made_at date", "", "DB_COLUMN_TYPE made_at"),
    ("is_open boolean", "is_open bit(1)", "", "DB_COLUMN_TYPE is_open"),
    ("pieces bigint", "pieces int", "", "DB_COLUMN_NARROW pieces"),
    ("pieces bigint", "pieces bigint unsigned", "", "DB_COLUMN_NARROW pieces"),
    ("name varchar(64)", "name varchar(63)", "", "DB_COLUMN_NARROW name"),
    ("made_at datetime(6)", "made_at timestamp(6)", "", "DB_COLUMN_NARROW made_at"),
    (
        "name varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "name varchar(64) CHARACTER SET latin1 COLLATE latin1_bin",
        "",
        "DB_COLUMN_NARROW name",
    ),
    ("made_at datetime(6)", "made_at datetime", "", "DB_COLUMN_DIGITS made_at"),
    ("utf8mb4_bin NOT NULL", "utf8mb4_general_ci NOT NULL", "", "DB_COLUMN_COLLATION name"),
];

async fn open() -> Store {
    Store::connect(&fresh().await).policy(AllowAll).await.unwrap()
}

#[tokio::test]
async fn a_table_that_was_made_for_its_object_has_nothing_wrong() {
    let store = open().await;
    store.schema_connection(&SCHEMA).execute(&create_table::<Ware>(BACKEND)).await.unwrap();
    let diagnosis = store.doctor(&DOCTOR).table::<Ware>().await.unwrap();
    assert_eq!(of_tables(&diagnosis), [""; 0], "{diagnosis}");
    assert_eq!(diagnosis.engine, store.capability().engine);
    let has = |id: &str| diagnosis.abilities.iter().find(|ability| ability.id == id).unwrap().has;
    assert_eq!((has("insert_returns"), has("update_returns")), (store.capability().insert_returns, store.capability().update_returns));
    assert_eq!(has("goes_on_after_errors"), BACKEND != DbBackend::Postgres);
    assert!(diagnosis.version.split('.').all(|part| part.parse::<u32>().is_ok()), "{diagnosis}");
}

#[tokio::test]
async fn each_fault_of_a_table_is_found_and_no_other() {
    let store = open().await;
    if BACKEND == DbBackend::Postgres {
        run(&store, "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)").await;
    }
    let of_engine: &[Fault] = match BACKEND {
        DbBackend::Postgres => &ON_POSTGRES,
        DbBackend::MySql => &ON_MYSQL,
        _ => &ON_SQLITE,
    };
    for (part, with, then, expected) in ON_EACH.iter().chain(of_engine) {
        let sql = create();
        assert!(sql.contains(part), "{part} is not in {sql}");
        let sql = sql.replace(part, with);
        // Some engines take no statement after another.
        for statement in [&*sql, then].into_iter().filter(|statement| !statement.is_empty()) {
            store.schema_connection(&SCHEMA).execute_unprepared(statement).await.unwrap();
        }
        let diagnosis = store.doctor(&DOCTOR).table::<Ware>().await.unwrap();
        assert_eq!(of_tables(&diagnosis), [*expected], "{sql} {then}\n{diagnosis}");
        let finding = diagnosis.findings.iter().find(|finding| expected.starts_with(finding.check.id)).unwrap();
        assert_eq!(finding.object.as_ref().unwrap().as_str(), "Ware");
        store.schema_connection(&SCHEMA).execute_unprepared("DROP TABLE wares").await.unwrap();
    }
    let diagnosis = store.doctor(&DOCTOR).table::<Ware>().await.unwrap();
    assert_eq!(of_tables(&diagnosis), ["DB_TABLE_MISSING"], "{diagnosis}");
    assert!(!diagnosis.is_clean());
    let text = diagnosis.to_string();
    assert!(text.contains("error DB_TABLE_MISSING: `Ware`: there is no table `wares`\n  why: "), "{text}");
    assert!(text.contains("\n  remedy: run the migrations\n"), "{text}");
}

#[tokio::test]
async fn an_object_without_a_revision_and_tokens_without_a_table_are_told() {
    let url = fresh().await;
    let store = Store::connect(&url).policy(AllowAll).commit_tokens().await.unwrap();
    store.schema_connection(&SCHEMA).execute(&create_table::<Mark>(BACKEND)).await.unwrap();
    let diagnosis = store.doctor(&DOCTOR).table::<Mark>().await.unwrap();
    assert_eq!(of_tables(&diagnosis), ["DB_NO_REVISION", "DB_COMMITS_TABLE"], "{diagnosis}");
    let mut tokens = BACKEND.build(&commit_table(BACKEND)).sql;
    for primary in [" PRIMARY KEY", ""] {
        tokens = if primary.is_empty() { BACKEND.build(&commit_table(BACKEND)).sql } else { tokens.replace(primary, "") };
        run(&store, &tokens).await;
        let diagnosis = store.doctor(&DOCTOR).await.unwrap();
        let expected: &[&str] = if primary.is_empty() { &[] } else { &["DB_COMMITS_TABLE"] };
        assert_eq!(of_tables(&diagnosis), expected, "{diagnosis}");
        run(&store, "DROP TABLE recension_commits").await;
    }
}

struct At(&'static str);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::parse(self.0).unwrap()
    }
}

#[tokio::test]
async fn a_server_that_nobody_mends_any_more_is_told() {
    let url = fresh().await;
    for (now, is_over) in [("2026-11-30T12:00:00Z", false), ("2099-01-01T00:00:00Z", true)] {
        let store = Store::connect(&url).policy(AllowAll).clock(At(now)).await.unwrap();
        let diagnosis = store.doctor(&DOCTOR).await.unwrap();
        let found = diagnosis.findings.iter().find(|finding| finding.check.id == "DB_VERSION_UNSUPPORTED");
        assert_eq!(found.is_some(), is_over && BACKEND != DbBackend::Sqlite, "{diagnosis}");
        assert!(found.is_none_or(|finding| finding.check.severity == Severity::Warning));
    }
}
