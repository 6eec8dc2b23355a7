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

pub use error::{Error, Sealed};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

/// Every migration, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261123_000001_instance_actions::Migration), Box::new(m20261123_000002_revision_and_natural_key::Migration)]
    }
}

/// Applies what is missing. A database that already has everything is only looked at.
///
/// Nodes that start at once wait for one another: one of them applies, and the others find it done.
///
/// # Errors
/// [`Error::Newer`] when the database has a migration that this program does not know: a newer release was
/// here first, and nothing is changed. [`Error::Database`] when a statement fails.
pub async fn apply(connection: &DatabaseConnection) -> Result<(), Error> {
    if is_up_to_date(connection).await? {
        return Ok(());
    }
    // The lock is taken before the look that counts. Engines that have no such mode ignore it.
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    let transaction = connection.begin_with_options(options).await.map_err(Error::database)?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // Let go at the end of the transaction. The number means nothing, but is the same in every release.
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(7242611230001)").await.map_err(Error::database)?;
    }
    if !is_up_to_date(&transaction).await? {
        Migrator::up(&transaction, None).await.map_err(Error::database)?;
    }
    transaction.commit().await.map_err(Error::database)
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
