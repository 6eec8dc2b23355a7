//! Kinds of errors, which is all that is compared of them.

use recension::store::{Error as StoreError, Sought};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The kind of an error. Texts are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub enum Kind {
    /// No such action for this caller.
    ActionNotFound,
    /// No such event for this caller.
    EventNotFound,
    /// The marker of a list is not there.
    MarkerNotFound,
    /// What is finished is not finished again.
    AlreadyFinished,
    /// The object is in the store. Of the runner: a call that our types do not let anyone write.
    AlreadyCreated,
    /// The object is not in the store yet. Of the runner, as above.
    NotCreated,
    /// There is no object to call, because the caller was never shown one. Of the runner.
    NoObject,
    /// The request has an action.
    AlreadyExists,
    /// A rule of a field, or of a list, is broken.
    Invalid,
    /// The policy does not allow it.
    Denied,
    /// What a row refers to is not there.
    ReferenceNotFound,
    /// Somebody changed the row since it was read.
    Conflict,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind that an error of the reference has here. An error that came from its language's runtime is a
    /// crash, and equals nothing.
    pub(super) fn of_recorded(class: &str, from_runtime: bool) -> Option<Self> {
        if from_runtime {
            return None;
        }
        Some(match class {
            "InstanceActionNotFound" => Self::ActionNotFound,
            "InstanceActionEventNotFound" => Self::EventNotFound,
            "MarkerNotFound" => Self::MarkerNotFound,
            "ObjectActionError" => Self::AlreadyCreated,
            _ => return None,
        })
    }
}

impl From<&Error> for Kind {
    fn from(error: &Error) -> Self {
        match error {
            Error::ActionNotFound => Self::ActionNotFound,
            Error::EventNotFound => Self::EventNotFound,
            Error::MarkerNotFound => Self::MarkerNotFound,
            Error::AlreadyFinished => Self::AlreadyFinished,
            Error::Store(StoreError::Invalid(_)) => Self::Invalid,
            Error::Store(StoreError::Denied { .. }) => Self::Denied,
            Error::Store(StoreError::Conflict { .. }) => Self::Conflict,
            Error::Store(StoreError::AlreadyExists { .. }) => Self::AlreadyExists,
            Error::Store(StoreError::NotFound { sought: Sought::Reference, .. }) => Self::ReferenceNotFound,
            Error::Store(_) => Self::Other,
        }
    }
}
