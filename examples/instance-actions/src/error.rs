//! What can go wrong when actions are recorded.

use recension::store;

/// What can go wrong when actions are recorded or read. Messages name kinds, never ids or values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No action of that server and request is there for this caller.
    #[error("no such action")]
    ActionNotFound,
    /// The action has no such event, for this caller.
    #[error("no such event")]
    EventNotFound,
    /// The action after which a page was to begin is not there (any more), for this caller.
    #[error("the marker is not there any more")]
    MarkerNotFound,
    /// The action or event is finished: the first time stands (X13).
    #[error("already finished")]
    AlreadyFinished,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] store::Error),
}
