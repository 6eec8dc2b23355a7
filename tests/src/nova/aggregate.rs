//! Aggregates of hosts.

use std::collections::BTreeMap;

use recension::{Timestamp, VersionedObject};
use uuid::Uuid;

/// Hosts that belong together.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "its fields stayed as they were")]
#[version("1.3", "its fields stayed as they were")]
pub struct Aggregate {
    pub id: i64,
    pub uuid: Uuid,
    pub name: String,
    pub hosts: Option<Vec<String>>,
    pub metadata: Option<BTreeMap<String, String>>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}
