//! `#[persist]`: unknown words, fields that are not there, fills that do not fit.
use recension::{Persist, Timestamp, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(tabel = "servers", table = "servers", key = "id", revision, natural_key(nme, columns = "x"))]
pub struct Server {
    #[persist(fill = "auto")]
    pub id: i64,
    #[persist(fill = "auto")]
    pub name: String,
    #[persist(fill = "nwo", colum = "at")]
    pub created_at: Option<Timestamp>,
    #[persist(fill = "touched")]
    pub updated_at: Option<i64>,
    #[persist(fill = "user")]
    pub user: Option<i64>,
    #[persist(column = "name")]
    pub title: String,
    #[persist(null_as = null)]
    pub deleted: bool,
    #[persist(fill = "project")]
    pub project: Option<String>,
    #[persist(null_as = 3)]
    pub note: Option<String>,
    #[persist(null_as = "three")]
    pub size: i64,
    pub revision: i64,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Homeless {
    pub id: i64,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "servers", entity = servers, key = "uuid", natural_key())]
pub struct TwoHomes {
    pub id: i64,
}

fn main() {}
