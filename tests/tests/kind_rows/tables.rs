//! The tables of the objects on each engine, as text. The one for SQLite is that in which all other tests here run.

use recension::Persist;
use recension::store::create_table;
use recension::store::sea_orm::DbBackend;
use recension_tests::{Kinds, Sample};

use super::numbers::Numbers;

/// The statement, a column a line.
fn shown<T: Persist>(engine: DbBackend) -> String {
    let sql = engine.build(&create_table::<T>(engine)).sql;
    let quote = if engine == DbBackend::MySql { '`' } else { '"' };
    sql.replace(&format!(", {quote}"), &format!(",\n    {quote}"))
        .replace(&format!("( {quote}"), &format!("(\n    {quote}"))
        .replace(" )", "\n)")
}

fn pinned<T: Persist>(engine: &str, backend: DbBackend) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("{}-{engine}", T::mapping().table()), shown::<T>(backend));
    });
}

fn on_each_engine<T: Persist>() {
    for (engine, backend) in [("sqlite", DbBackend::Sqlite), ("postgres", DbBackend::Postgres), ("mysql", DbBackend::MySql)] {
        pinned::<T>(engine, backend);
    }
}

#[test]
fn a_column_of_every_kind_on_each_engine() {
    on_each_engine::<Kinds>();
}

#[test]
fn states_secrets_uuids_and_times_on_each_engine() {
    on_each_engine::<Sample>();
}

#[test]
fn numbers_and_long_texts_on_each_engine() {
    on_each_engine::<Numbers>();
}
