//! An object in the table of an entity that was there before.
#![allow(missing_docs)]
use recension::{Persist, VersionedObject};

pub mod nodes {
    use recension::store::sea_orm::{self, entity::prelude::*};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "nodes")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(column_name = "host_name")]
        pub name: Option<String>,
        pub counter: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(entity = nodes, key = "id")]
pub struct Node {
    pub id: i64,
    #[persist(column = "host_name")]
    pub name: Option<String>,
}
