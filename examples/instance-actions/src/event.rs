//! The steps of an action.

use recension::{FieldEnum, Persist, Secret, Timestamp, VersionedObject};

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
pub enum EventResult {
    /// It did what it was to do.
    Success,
    /// It failed; the event's details and traceback say how.
    Error,
    /// Another release wrote it. Kept, and never written.
    #[field_enum(unknown)]
    Unknown(String),
}

/// One step of an action, as it ran on one host.
#[derive(Clone, VersionedObject, Persist)]
#[object(name = "InstanceActionEvent", namespace = "nova", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "failures travel as text", method(event_finish_with_failure))]
#[version("1.2", "where the step ran", add(host))]
#[version("1.3", "events can be created whole, to copy them between databases", method(create))]
#[cfg_attr(feature = "release-2", version("1.4", "a short reason that a user may read", add(details)))]
#[persist(table = "instance_actions_events", key = "id", revision, shared_with_reference(until = "2028-06-30"))]
pub struct InstanceActionEvent {
    /// The row.
    #[field(read_only, server_set)]
    #[persist(fill = "auto")]
    pub id: i64,
    /// What is done in this step, such as `compute_stop_instance`.
    #[field(read_only, max_chars = 255)]
    pub event: Option<String>,
    /// The action whose step it is.
    #[field(read_only, server_set)]
    pub action_id: Option<i64>,
    /// When the step began.
    #[field(read_only)]
    pub start_time: Option<Timestamp>,
    /// When it ended. Set once.
    pub finish_time: Option<Timestamp>,
    /// How it ended.
    pub result: Option<EventResult>,
    /// Where the program stood when the step failed. A secret: it may hold anything the program knew.
    #[field(max_bytes = 16_384, class = "secret")]
    pub traceback: Option<Secret<String>>,
    /// The host on which the step ran.
    #[field(max_chars = 255, class = "internal")]
    pub host: Option<String>,
    /// A short reason that a user may read.
    #[cfg(feature = "release-2")]
    #[field(max_bytes = 4_096, class = "personal")]
    pub details: Option<String>,
    /// When the row was made.
    #[field(read_only, server_set)]
    #[persist(fill = "now")]
    pub created_at: Option<Timestamp>,
    /// When the event last changed.
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

/// Events of one action, newest first.
#[derive(Clone, VersionedObject)]
#[object(name = "InstanceActionEventList", namespace = "nova", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "elements up to 1.1")]
pub struct InstanceActionEventList {
    /// The events.
    pub objects: Vec<InstanceActionEvent>,
}
