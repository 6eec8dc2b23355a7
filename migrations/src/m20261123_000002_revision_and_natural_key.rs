//! What lets two writers meet without loss: the revision of a row, and the digest of what names it; and an
//! index that every look at the events of an action needs.
//!
//! The columns are nullable and have no default, so a program that does not know them writes beside us:
//! its rows have NULL, which counts as revision zero and as no natural key.

use sea_orm_migration::prelude::*;

use crate::words::{add_column, add_index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const EVENTS: &str = "instance_actions_events_action_id_idx";
const UNIQUE: &str = "instance_actions_natural_key_idx";
const TABLES: [&str; 2] = ["instance_actions", "instance_actions_events"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            add_column(manager, table, ColumnDef::new("revision").big_integer()).await?;
        }
        add_column(manager, "instance_actions", ColumnDef::new("natural_key").char_len(64)).await?;
        add_index(manager, "instance_actions", UNIQUE, Index::create().col("natural_key").unique()).await?;
        // The reference has none, and looks events up by their action all the same; so does our policy.
        add_index(manager, "instance_actions_events", EVENTS, Index::create().col("action_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(EVENTS).table("instance_actions_events").to_owned()).await?;
        manager.drop_index(Index::drop().name(UNIQUE).table("instance_actions").to_owned()).await?;
        manager.alter_table(Table::alter().table("instance_actions").drop_column("natural_key").to_owned()).await?;
        for table in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column("revision").to_owned()).await?;
        }
        Ok(())
    }
}
