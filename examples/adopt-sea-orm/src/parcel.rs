//! A parcel in the depot.
#![allow(unreachable_pub, reason = "the derive wants it public")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "parcels")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub depot: String,
    pub recipient: String,
    pub received_at: DateTime,
    pub handed_over_at: Option<DateTime>,
    pub revision: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
