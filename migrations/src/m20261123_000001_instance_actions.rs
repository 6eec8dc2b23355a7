//! The two tables, in the reference's shape.
//!
//! They differ in one thing: `instance_uuid` has no key to a table of instances, which belongs to another
//! service. No column is NOT NULL but the keys, because the reference writes NULL into each of the others.

use sea_orm_migration::prelude::*;

use crate::words::{add_index, table, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut actions = common(manager, "instance_actions");
        actions
            .col(text("action"))
            .col(ColumnDef::new("instance_uuid").string_len(36))
            .col(text("request_id"))
            .col(text("user_id"))
            .col(text("project_id"))
            .col(time(manager, "start_time"))
            .col(time(manager, "finish_time"))
            .col(text("message"))
            .col(ColumnDef::new("deleted").integer());
        manager.create_table(actions).await?;
        for (name, columns) in [
            ("instance_actions_instance_uuid_updated_at_idx", vec!["instance_uuid", "updated_at"]),
            ("instance_uuid_idx", vec!["instance_uuid"]),
            ("request_id_idx", vec!["request_id"]),
        ] {
            let mut index = Index::create();
            for column in columns {
                index.col(column);
            }
            add_index(manager, "instance_actions", name, &mut index).await?;
        }
        let mut events = common(manager, "instance_actions_events");
        events
            .col(text("event"))
            .col(ColumnDef::new("action_id").integer())
            .col(time(manager, "start_time"))
            .col(time(manager, "finish_time"))
            .col(text("result"))
            .col(ColumnDef::new("traceback").text())
            .col(ColumnDef::new("deleted").integer())
            .col(text("host"))
            .col(ColumnDef::new("details").text())
            .foreign_key(
                ForeignKey::create().from_tbl("instance_actions_events").from_col("action_id").to_tbl("instance_actions").to_col("id"),
            );
        manager.create_table(events).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("instance_actions_events").if_exists().to_owned()).await?;
        manager.drop_table(Table::drop().table("instance_actions").if_exists().to_owned()).await
    }
}

/// A table with the columns that all tables of the reference begin with.
fn common(manager: &SchemaManager<'_>, name: &'static str) -> TableCreateStatement {
    table(manager, name)
        .col(time(manager, "created_at"))
        .col(time(manager, "updated_at"))
        .col(time(manager, "deleted_at"))
        .col(ColumnDef::new("id").integer().not_null().auto_increment().primary_key())
        .to_owned()
}

/// A nullable text of the length that the reference gives to short ones.
fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).string_len(255).to_owned()
}
