//! Fields of every kind that the derive tells apart, with every option.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, dead_code)]
use recension::{Secret, VersionedObject};

/// A server.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "internal")]
#[version("1.0", "first version")]
pub struct Server {
    /// Made by the service.
    #[field(server_set, read_only, class = "public")]
    pub id: i64,
    /// A name that is a word of the language.
    #[field(name = "kind", max_chars = 32)]
    pub r#type: String,
    /// Nullable, with a range.
    #[field(min = -1, max = 10)]
    pub slot: Option<i32>,
    /// Secret whatever the object says.
    #[field(max_bytes = 16_384)]
    pub token: Option<Secret<String>>,
}
