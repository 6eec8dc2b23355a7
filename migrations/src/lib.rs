//! The tables of the instance-actions service, one file a change.
//!
//! Each migration is safe to apply twice, one time after the other, and none needs the service to stop. The first makes the tables
//! in the reference's own shape and leaves tables that are already there alone, so that a database of the
//! reference is taken over by the second, which only adds.
//!
//! Not here: objects and rows. A migration knows tables and columns by name, never by today's types.

mod error;
mod m20261123_000001_instance_actions;
mod m20261123_000002_revision_and_natural_key;
mod m20261130_000003_commits;
mod words;

pub use error::{Error, Sealed};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

/// Every migration, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_instance_actions::Migration),
            Box::new(m20261123_000002_revision_and_natural_key::Migration),
            Box::new(m20261130_000003_commits::Migration),
        ]
    }
}

/// Applies what is missing. A database that already has everything is only looked at.
///
/// Nodes that start at once wait for one another: one of them applies, and the others find it done.
///
/// # Errors
/// [`Error::Newer`] when the database has a migration that this program does not know: a newer release was
/// here first, and nothing is changed. [`Error::Locked`] when another node is at it for too long, and [`Error::Database`] when a
/// statement fails.
pub async fn apply(connection: &DatabaseConnection) -> Result<(), Error> {
    if look(connection).await? {
        return Ok(());
    }
    // The lock is taken before the look that counts. Engines that have no such mode ignore it.
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    let transaction = connection.begin_with_options(options).await.map_err(Error::database)?;
    lock(&transaction).await?;
    let applied = apply_missing(&transaction).await;
    let unlocked = unlock(&transaction).await;
    applied?;
    unlocked?;
    transaction.commit().await.map_err(Error::database)
}

/// How often a database is looked at that is being migrated by another node.
const LOOKS: u32 = 10;

/// Whether the database is up to date, without the lock: a node of a cluster gives up what reads a table while another one changes it.
async fn look(connection: &DatabaseConnection) -> Result<bool, Error> {
    for _ in 1..LOOKS {
        match is_up_to_date(connection).await {
            Err(error) if error.is_of_contention() => {}
            looked => return looked,
        }
    }
    is_up_to_date(connection).await
}

async fn apply_missing(transaction: &DatabaseTransaction) -> Result<(), Error> {
    if is_up_to_date(transaction).await? {
        return Ok(());
    }
    Migrator::up(transaction, None).await.map_err(Error::database)
}

/// The name of the lock means nothing, but is the same in every release.
const LOCK: i64 = 7_242_611_230_001;
/// How long one node waits for another one on MySQL, in seconds.
const PATIENCE: u32 = 60;

/// Takes the lock of the engines whose BEGIN takes none.
///
/// That of MySQL is one of the connection, since there each change of a table ends the transaction; on a cluster it is one of the
/// node, so that nodes of the service that start at once against several nodes of the database must not migrate.
async fn lock(transaction: &DatabaseTransaction) -> Result<(), Error> {
    let backend = transaction.get_database_backend();
    match backend {
        DbBackend::Postgres => {
            let sql = format!("SELECT pg_advisory_xact_lock({LOCK})");
            transaction.execute_unprepared(&sql).await.map_err(Error::database)?;
        }
        DbBackend::MySql => {
            let sql = format!("SELECT CAST(coalesce(GET_LOCK(concat(database(), '.{LOCK}'), {PATIENCE}), 0) AS SIGNED)");
            let row = transaction.query_one_raw(Statement::from_string(backend, sql)).await.map_err(Error::database)?;
            let got: Option<i64> = row.and_then(|row| row.try_get_by_index(0).ok());
            return if got == Some(1) { Ok(()) } else { Err(Error::Locked) };
        }
        _ => {}
    }
    Ok(())
}

/// Lets go of what the end of the transaction does not let go of.
async fn unlock(transaction: &DatabaseTransaction) -> Result<(), Error> {
    if transaction.get_database_backend() == DbBackend::MySql {
        let sql = format!("DO RELEASE_LOCK(concat(database(), '.{LOCK}'))");
        transaction.execute_unprepared(&sql).await.map_err(Error::database)?;
    }
    Ok(())
}

/// Whether the database has every migration of this program.
///
/// # Errors
/// [`Error::Newer`] when it has one more.
async fn is_up_to_date<'c, C>(connection: &'c C) -> Result<bool, Error>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if !SchemaManager::new(connection).has_table("seaql_migrations").await.map_err(Error::database)? {
        return Ok(false);
    }
    let applied = Migrator::get_migration_models(connection).await.map_err(Error::database)?;
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    match applied.iter().find(|migration| !known.contains(&migration.version)) {
        Some(newer) => Err(Error::Newer { name: newer.version.clone() }),
        None => Ok(applied.len() == known.len()),
    }
}
