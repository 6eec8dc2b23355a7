//! Who may do what with which rows.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use recension_model::ObjectName;
use sea_orm::Condition;

use crate::{Caller, Error};

/// What is about to be done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Read, list, count, or start a page after it.
    Read,
    /// Make it.
    Create,
    /// Change it.
    Update,
    /// Delete it.
    Delete,
}

impl Operation {
    /// The operation in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a policy decides.
#[derive(Clone, Debug)]
#[must_use = "a decision that is not applied protects nothing"]
pub enum Decision {
    /// Not at all.
    Deny,
    /// On rows for which the condition holds. For a caller all others are absent.
    Where(Condition),
    /// On every row.
    All,
}

/// Decides who may do what with which rows.
///
/// The condition becomes part of every statement. A write must satisfy it twice: with the row as it is stored,
/// and with the row as it would be. A condition therefore names the columns that it depends on: where a write sets
/// none of these, the second is known from the first, and one statement is enough. A store without a policy, and a policy that
/// panics, deny everything.
///
/// Write conditions with typed columns, such as `Job::COLUMN.project_id.eq(project)`, or name the table
/// with the column: SQLite takes a bare name in quotes that is no column for text.
///
/// ```
/// use recension_model::ObjectName;
/// use recension_store::sea_orm::{Condition, sea_query::{Expr, ExprTrait}};
/// use recension_store::{Caller, Decision, Operation, Policy};
///
/// struct ByProject;
///
/// impl Policy for ByProject {
///     fn scope(&self, caller: &Caller, _operation: Operation, _object: &ObjectName) -> Decision {
///         match caller.project_id() {
///             Some(project) => Decision::Where(Condition::all().add(Expr::col(("jobs", "project_id")).eq(project))),
///             None if caller.has_capability("recover-actions") => Decision::All,
///             None => Decision::Deny,
///         }
///     }
/// }
/// ```
pub trait Policy: Send + Sync + 'static {
    /// Decides.
    fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Decision;
}

/// The policy of a store that was given none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DenyAll;

impl Policy for DenyAll {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::Deny
    }
}

/// The condition that a statement must carry; none for every row.
///
/// # Errors
/// [`Error::Denied`] when the policy denies or panics.
pub(crate) fn scope(policy: &dyn Policy, caller: &Caller, operation: Operation, object: &ObjectName) -> Result<Option<Condition>, Error> {
    match catch_unwind(AssertUnwindSafe(|| policy.scope(caller, operation, object))) {
        Ok(Decision::All) => Ok(None),
        Ok(Decision::Where(condition)) => Ok(Some(condition)),
        Ok(Decision::Deny) | Err(_) => Err(Error::Denied { object: object.clone(), operation }),
    }
}
