//! Parcels.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, date_time, date_time_null, string};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table("parcels").col(big_integer("id").primary_key().auto_increment());
        table.col(string("depot")).col(string("recipient"));
        table.col(date_time("received_at")).col(date_time_null("handed_over_at"));
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("parcels").to_owned()).await
    }
}
