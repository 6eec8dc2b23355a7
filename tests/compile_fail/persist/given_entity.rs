//! Each field is checked against the entity that is given.
use recension::{Persist, VersionedObject};

mod nodes {
    use recension::store::sea_orm::{self, entity::prelude::*};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "nodes")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: Option<String>,
        pub revision: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(entity = nodes, key = "id", revision)]
pub struct Node {
    pub id: i64,
    pub name: String,
    pub rack: Option<String>,
}

fn main() {}
