//! `#[field]`: unknown words, values that do not fit the type, names that are taken.
use recension::{Secret, Timestamp, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Server {
    #[field(readonly, server_sett, flatten)]
    pub id: i64,
    #[field(max_chars = 3, min = -3, max = 3)]
    pub size: u8,
    #[field(min = 3)]
    pub name: String,
    #[field(max_bytes = -1, max_chars = "ten", max_items = 3)]
    pub note: Option<String>,
    #[field(max_items = 3)]
    pub at: Timestamp,
    #[field(class = "public")]
    pub token: Secret<String>,
    #[field(name = "size")]
    pub other: i64,
    #[field(name = "a b")]
    pub odd: i64,
    #[field(class = secret)]
    pub bare: i64,
    #[field(deprecated)]
    pub old: i64,
    #[field(deprecated(since = "1.7", until = "2027-02-29", why = "..", reason = "see `id`"))]
    pub older: i64,
    #[field(deprecated(since = "1.0"))]
    pub oldest: i64,
}

fn main() {}
