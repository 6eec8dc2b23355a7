//! The tokens of transactions, by which it can be told whether one was committed when the database did not say so.
//!
//! A table of its own: programs of the release before, and the reference, know nothing of it and need not.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::words::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COMMITS: &str = "recension_commits";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut token = ColumnDef::new("token");
        match manager.get_database_backend() {
            // They are in the order of their bytes, whatever the order of the database is.
            DbBackend::Postgres => token.custom(r#"text COLLATE "C""#),
            _ => token.string_len(36),
        };
        let mut commits = table(manager, COMMITS);
        commits.col(token.not_null().primary_key());
        commits.col(ColumnDef::new("kind").small_integer().not_null());
        manager.create_table(commits).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(COMMITS).to_owned()).await
    }
}
