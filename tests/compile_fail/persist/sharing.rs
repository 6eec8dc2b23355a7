//! `#[persist(shared_with_reference(..))]`: no end, a day that is none, words that are not known.
use recension::{Persist, VersionedObject};

macro_rules! shared {
    ($name:ident, $($sharing:tt)*) => {
        #[derive(Clone, VersionedObject, Persist)]
        #[object(namespace = "demo")]
        #[version("1.0", "first version")]
        #[persist(table = "servers", key = "id", $($sharing)*)]
        pub struct $name {
            pub id: i64,
        }
    };
}

shared!(Forever, shared_with_reference);
shared!(Empty, shared_with_reference());
shared!(NoDay, shared_with_reference(until = "2027-02-29"));
shared!(Unknown, shared_with_reference(untill = "2027-03-01"));
shared!(NotAText, shared_with_reference(until = 2027));

fn main() {}
