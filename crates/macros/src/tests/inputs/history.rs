//! Every op, with every kind of default.
use recension::VersionedObject;

/// A job.
#[derive(Clone, VersionedObject)]
#[object(name = "Job", namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "the queue it waits in", add(queue, old_default = "main"), add(note), method(start))]
#[version("1.2", "one name for the queue", rename(queue => lane), remove(tries: u32, fallback = 0, class = "internal", max = 9))]
#[version("2", "weights; notes are gone", add(weight, old_default = -1), add(urgent, old_default = false), remove(note: Option<String>))]
pub struct JobObject {
    /// The lane.
    pub lane: String,
    /// The weight.
    pub weight: i64,
    /// Whether it comes first.
    pub urgent: bool,
}
