//! Moves of servers.

use recension::{FieldEnum, Timestamp, VersionedObject};
use uuid::Uuid;

/// A server on its way from one host to another.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version(
    "1.2",
    "what kind of move it is, and whether it is listed",
    add(migration_type, old_default = "migration"),
    add(hidden, old_default = false)
)]
#[version("1.3", "its fields stayed as they were")]
#[version(
    "1.4",
    "how far it is",
    add(memory_total),
    add(memory_processed),
    add(memory_remaining),
    add(disk_total),
    add(disk_processed),
    add(disk_remaining)
)]
#[version("1.5", "a name that is unique everywhere", add(uuid, old_default = "00000000-0000-0000-0000-000000000000"))]
#[version("1.6", "whether it leaves its cell", add(cross_cell_move, old_default = false))]
#[version("1.7", "who asked for it", add(user_id), add(project_id))]
#[version("1.8", "the node by its number", add(dest_compute_id))]
pub struct Migration {
    pub id: i64,
    pub uuid: Uuid,
    pub source_compute: Option<String>,
    pub dest_compute: Option<String>,
    pub source_node: Option<String>,
    pub dest_node: Option<String>,
    pub dest_compute_id: Option<i64>,
    pub dest_host: Option<String>,
    pub old_instance_type_id: Option<i64>,
    pub new_instance_type_id: Option<i64>,
    pub instance_uuid: Option<String>,
    pub status: Option<String>,
    pub migration_type: MigrationType,
    #[field(default = false)]
    pub hidden: bool,
    pub memory_total: Option<i64>,
    pub memory_processed: Option<i64>,
    pub memory_remaining: Option<i64>,
    pub disk_total: Option<i64>,
    pub disk_processed: Option<i64>,
    pub disk_remaining: Option<i64>,
    #[field(default = false)]
    pub cross_cell_move: bool,
    pub user_id: Option<String>,
    pub project_id: Option<String>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}

/// One of the texts of the enumeration `MigrationType` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
pub enum MigrationType {
    #[field_enum(value = "migration")]
    Migration,
    #[field_enum(value = "resize")]
    Resize,
    #[field_enum(value = "live-migration")]
    LiveMigration,
    #[field_enum(value = "evacuation")]
    Evacuation,
    #[field_enum(unknown)]
    Unknown(String),
}
