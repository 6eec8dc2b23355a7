//! The tables, one file a change.

mod m20250301_000001_parcels;
mod m20260301_000002_revision;
mod m20260601_000003_left_with;

use sea_orm_migration::prelude::*;

pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20250301_000001_parcels::Migration),
            Box::new(m20260301_000002_revision::Migration),
            Box::new(m20260601_000003_left_with::Migration),
        ]
    }
}
