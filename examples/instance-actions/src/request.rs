//! The request that is being worked on.

use recension::Timestamp;

/// The request that is being worked on. With the server it names an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its id, such as `req-7e1a…`, at most 255 characters.
    pub id: String,
    /// When it began: the start of the action it makes.
    pub began: Timestamp,
}

impl Request {
    /// A request that begins now.
    pub fn now(id: impl Into<String>) -> Self {
        Self { id: id.into(), began: Timestamp::now() }
    }
}
