//! A secret is a text.
use recension::{Secret, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Server {
    pub pin: Secret<u32>,
}

fn main() {}
