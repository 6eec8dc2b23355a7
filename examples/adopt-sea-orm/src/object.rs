//! The parcel as old and new releases of this service share it, and whose it is.

use recension::prelude::*;
use recension::store::sea_orm::Condition;
use recension::{Decision, ObjectName, Operation};

use super::parcel;

/// A parcel in the depot.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "depot", default_class = "internal")]
#[version("1.0", "parcels as the table has always had them")]
#[persist(entity = parcel, key = "id", revision)]
pub(crate) struct Parcel {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub(crate) id: i64,
    #[field(server_set, read_only)]
    #[persist(fill = "project")]
    pub(crate) depot: String,
    #[field(max_chars = 255, class = "personal")]
    pub(crate) recipient: String,
    #[field(server_set, read_only)]
    #[persist(fill = "now")]
    pub(crate) received_at: Timestamp,
    pub(crate) handed_over_at: Option<Timestamp>,
}

/// A clerk sees and changes the parcels of one depot.
pub(crate) struct ByDepot;

impl Policy for ByDepot {
    fn scope(&self, caller: &Caller, _: Operation, _: &ObjectName) -> Decision {
        match caller.project_id() {
            Some(depot) => Decision::Where(Condition::all().add(Parcel::COLUMN.depot.eq(depot))),
            None => Decision::Deny,
        }
    }
}
