//! Flavors of servers.

use std::collections::BTreeMap;

use recension::{Timestamp, VersionedObject};

/// What a server of a kind is made of.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "what it is, in words", add(description))]
pub struct Flavor {
    pub id: i64,
    pub name: Option<String>,
    pub memory_mb: i64,
    pub vcpus: i64,
    pub root_gb: i64,
    pub ephemeral_gb: i64,
    pub flavorid: String,
    pub swap: i64,
    #[field(default = 1.0)]
    pub rxtx_factor: Option<f64>,
    pub vcpu_weight: Option<i64>,
    pub disabled: bool,
    pub is_public: bool,
    pub extra_specs: BTreeMap<String, String>,
    pub projects: Vec<String>,
    pub description: Option<String>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}
