//! What was done to a server, step by step: the objects, the operations and the command of a service that
//! records it, on tables that the reference's own service can read and write beside us.
//!
//! | module | what it holds |
//! |---|---|
//! | [`action`](InstanceAction), [`event`](InstanceActionEvent) | the objects, with the histories they have had |
//! | [`actions`](Actions) | recording and reading, for one caller working on one request |
//! | [`failure`](Failure) | what is kept of a failure, and who may read it |
//! | [`recorder`](Recorder) | work bracketed by an event that is closed whatever happens |
//! | [`policy`](ByProject) | whose actions a caller sees |
//! | [`command`](command::main) | the `instance-actions` command |
//!
//! # Where we do not follow the reference
//!
//! Its defects are not inherited. Of those known by number: events and actions that are at hand can be
//! finished (X1, X2); what is absent is absent in one way (X3); a request has one action on a server (X4);
//! the newest open event of a name is the one that ends (X5); recovery needs a named permission, not a
//! missing project (X6), and leaves the action alone (X7); details are kept whole up to a limit, and a cut
//! is flagged (X8); a marker that is gone is named as such, limits are bounded and a negative one is
//! refused (X9); a message is read strictly (X10); what is finished stays so (X13); `Debug` shows public
//! fields only (X14); only reviewed text reaches a user (X15); conversion follows the declared history, with
//! nothing to call by hand (X17).

use recension::versioning::{HistoryError, Registry};

mod action;
mod actions;
pub mod command;
mod error;
mod event;
mod failure;
mod policy;
mod recorder;
// What is recorded knows events at 1.4.
#[cfg(feature = "release-2")]
pub mod replay;
mod request;

pub use action::{
    InstanceAction, InstanceActionColumns, InstanceActionDraft, InstanceActionList, InstanceActionListDraft, InstanceActionServerFields,
};
pub use actions::{Actions, Deleted, ListOptions};
pub use error::Error;
pub use event::{
    EventResult, InstanceActionEvent, InstanceActionEventColumns, InstanceActionEventDraft, InstanceActionEventList,
    InstanceActionEventListDraft, InstanceActionEventServerFields,
};
pub use failure::{DETAILS_MAX, Failure, Outcome, Reason, TRACEBACK_MAX};
pub use policy::{ByProject, DOCTOR, MIGRATE, READ_ALL_ACTIONS, RECOVER_ACTIONS};
pub use recorder::{EventGuard, RecordError, Recorder};
pub use request::Request;

/// The objects of the service, with their histories.
///
/// # Errors
/// The [`HistoryError`] of the first history that makes no sense.
pub fn registry() -> Result<Registry, HistoryError> {
    Registry::builder().object::<InstanceActionList>().object::<InstanceActionEventList>().build()
}
