//! The tables, one file a change.

mod m20250301_000001_parcels;

use sea_orm_migration::prelude::*;

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20250301_000001_parcels::Migration)]
    }
}
