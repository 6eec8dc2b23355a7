//! Services.

use recension::{Timestamp, VersionedObject};
use uuid::Uuid;

use super::ComputeNode;

/// A process of the fleet, as it reports itself.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "its fields stayed as they were")]
#[version("1.3", "its fields stayed as they were")]
#[version("1.4", "its fields stayed as they were")]
#[version("1.5", "its fields stayed as they were")]
#[version("1.6", "its fields stayed as they were")]
#[version("1.7", "its fields stayed as they were")]
#[version("1.8", "its fields stayed as they were")]
#[version("1.9", "its fields stayed as they were")]
#[version("1.10", "its fields stayed as they were")]
#[version("1.11", "its fields stayed as they were")]
#[version("1.12", "its fields stayed as they were")]
#[version("1.13", "when it was seen", add(last_seen_up))]
#[version("1.14", "somebody may say that it is down", add(forced_down, old_default = false))]
#[version("1.15", "its fields stayed as they were")]
#[version("1.16", "the version of its code", add(version, old_default = 0))]
#[version("1.17", "its fields stayed as they were")]
#[version("1.18", "its fields stayed as they were")]
#[version("1.19", "its fields stayed as they were")]
#[version("1.20", "its fields stayed as they were")]
#[version("1.21", "a name that is unique everywhere", add(uuid, old_default = "00000000-0000-0000-0000-000000000000"))]
#[version("1.22", "its fields stayed as they were")]
pub struct Service {
    #[field(read_only)]
    pub id: i64,
    pub uuid: Uuid,
    pub host: Option<String>,
    pub binary: Option<String>,
    pub topic: Option<String>,
    pub report_count: i64,
    pub disabled: bool,
    #[field(max_bytes = 65_535)]
    pub disabled_reason: Option<String>,
    pub availability_zone: Option<String>,
    pub compute_node: ComputeNode,
    pub last_seen_up: Option<Timestamp>,
    pub forced_down: bool,
    pub version: i64,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}
