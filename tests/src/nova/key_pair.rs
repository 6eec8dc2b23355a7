//! Keys.

use recension::{Timestamp, VersionedObject};

/// The key of somebody who logs in.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "there are certificates too", add(type, old_default = "ssh"))]
#[version("1.3", "its fields stayed as they were")]
#[version("1.4", "its fields stayed as they were")]
pub struct KeyPair {
    pub id: i64,
    pub name: String,
    pub user_id: Option<String>,
    pub fingerprint: Option<String>,
    #[field(max_bytes = 65_535)]
    pub public_key: Option<String>,
    pub r#type: String,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}
