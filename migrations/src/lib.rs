//! The tables of the instance-actions service, one file a change.
//!
//! Each migration is safe to apply twice, and none needs the service to stop. The first makes the tables
//! in the reference's own shape and leaves tables that are already there alone, so that a database of the
//! reference is taken over by the second, which only adds.
//!
//! Not here: objects and rows. A migration knows tables and columns by name, never by today's types.

mod error;
mod m20261123_000001_instance_actions;
mod m20261123_000002_revision_and_natural_key;

pub use error::Error;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseConnection;

/// Every migration, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261123_000001_instance_actions::Migration), Box::new(m20261123_000002_revision_and_natural_key::Migration)]
    }
}

/// Applies what is missing. A database that already has everything is left as it is.
///
/// # Errors
/// [`Error::Newer`] when the database has a migration that this program does not know: a newer release was
/// here first, and nothing is changed. [`Error::Database`] when a statement fails.
pub async fn apply(connection: &DatabaseConnection) -> Result<(), Error> {
    if let Some(name) = unknown_migration(connection).await? {
        return Err(Error::Newer { name });
    }
    Migrator::up(connection, None).await.map_err(Error::database)
}

/// A migration that the database has and this program has not.
async fn unknown_migration(connection: &DatabaseConnection) -> Result<Option<String>, Error> {
    if !SchemaManager::new(connection).has_table("seaql_migrations").await.map_err(Error::database)? {
        return Ok(None);
    }
    let applied = Migrator::get_migration_models(connection).await.map_err(Error::database)?;
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    Ok(applied.into_iter().map(|migration| migration.version).find(|name| !known.contains(name)))
}
