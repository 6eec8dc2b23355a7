//! What was asked of a server.

use recension::{Persist, Timestamp, VersionedObject};
use uuid::Uuid;

/// What was asked of a server (an *instance*): one row for each request.
///
/// Every column but the key may be null, because the reference writes null into each of them.
#[derive(Clone, PartialEq, VersionedObject, Persist)]
#[object(name = "InstanceAction", namespace = "nova", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "text is Unicode")]
#[version("1.2", "actions can be created whole, to copy them between databases", method(create))]
#[persist(table = "instance_actions", key = "id", revision, natural_key(instance_uuid, request_id))]
#[persist(soft_delete(time = "deleted_at", mark = "deleted"), shared_with_reference(until = "2028-06-30"))]
pub struct InstanceAction {
    /// The row.
    #[field(read_only, server_set)]
    #[persist(fill = "auto")]
    pub id: i64,
    /// What was asked, such as `reboot`.
    #[field(read_only, max_chars = 255)]
    pub action: Option<String>,
    /// The server.
    #[field(read_only)]
    pub instance_uuid: Option<Uuid>,
    /// The request that asked.
    #[field(read_only, max_chars = 255)]
    pub request_id: Option<String>,
    /// Who asked.
    #[field(read_only, server_set, max_chars = 255, class = "personal")]
    #[persist(fill = "user")]
    pub user_id: Option<String>,
    /// On behalf of which project: the owner of the action.
    #[field(read_only, server_set, max_chars = 255, class = "personal")]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    /// When the request began.
    #[field(read_only)]
    pub start_time: Option<Timestamp>,
    /// When the action was finished. Set once.
    pub finish_time: Option<Timestamp>,
    /// `Error` once an event of the action failed.
    #[field(max_chars = 255, class = "personal")]
    pub message: Option<String>,
    /// When the row was made.
    #[field(read_only, server_set)]
    #[persist(fill = "now")]
    pub created_at: Option<Timestamp>,
    /// When the action or one of its events last changed.
    #[field(server_set)]
    pub updated_at: Option<Timestamp>,
    /// When the row was deleted.
    #[field(server_set)]
    pub deleted_at: Option<Timestamp>,
    /// Whether the row is deleted. In the table: the row's own id if it is, else 0.
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
}

/// Actions of one server, newest first.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(name = "InstanceActionList", namespace = "nova", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "pages and filters", method(get_by_instance_uuid))]
pub struct InstanceActionList {
    /// The actions.
    pub objects: Vec<InstanceAction>,
}
