//! On whose behalf the store works.

use std::fmt;
use std::sync::Arc;

/// A named permission of the service itself, such as `recover-actions`: what a policy asks for where no
/// user acts. Its name is a literal, so that every one can be found in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemCapability(&'static str);

impl SystemCapability {
    /// The permission called `name`.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0
    }
}

/// On whose behalf the store works: an authenticated user in a project, the service itself by a named
/// permission, or nobody. There is no default, and a caller without a project is no administrator.
///
/// ```
/// use recension_store::{Caller, SystemCapability};
///
/// let caller = Caller::user("u-1", "p-1");
/// assert_eq!(caller.project_id(), Some("p-1"));
/// assert!(!caller.has_capability("recover-actions"));
/// assert!(Caller::system(SystemCapability::named("recover-actions")).has_capability("recover-actions"));
/// assert_eq!(format!("{caller:?}"), "Caller(user)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Caller(Who);

#[derive(Clone, PartialEq, Eq)]
enum Who {
    User { user: Arc<str>, project: Arc<str> },
    System(SystemCapability),
    Nobody,
}

impl Caller {
    /// A user, acting in a project. Both ids must come from an authenticated request.
    #[must_use]
    pub fn user(user_id: impl Into<Arc<str>>, project_id: impl Into<Arc<str>>) -> Self {
        Self(Who::User { user: user_id.into(), project: project_id.into() })
    }

    /// The service itself, by a named permission.
    #[must_use]
    pub const fn system(capability: SystemCapability) -> Self {
        Self(Who::System(capability))
    }

    /// A context with neither project nor permission.
    #[must_use]
    pub const fn nobody() -> Self {
        Self(Who::Nobody)
    }

    /// The id of the user, if a user acts.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match &self.0 {
            Who::User { user, .. } => Some(user),
            Who::System(_) | Who::Nobody => None,
        }
    }

    /// The id of the project, if a user acts.
    #[must_use]
    pub fn project_id(&self) -> Option<&str> {
        match &self.0 {
            Who::User { project, .. } => Some(project),
            Who::System(_) | Who::Nobody => None,
        }
    }

    /// The permission by which the service itself acts, if it does.
    pub(crate) const fn capability(&self) -> Option<&SystemCapability> {
        match &self.0 {
            Who::System(capability) => Some(capability),
            Who::User { .. } | Who::Nobody => None,
        }
    }

    /// Whether the service itself acts by the permission called `name`.
    #[must_use]
    pub fn has_capability(&self, name: &str) -> bool {
        matches!(&self.0, Who::System(capability) if capability.name() == name)
    }
}

impl fmt::Debug for Caller {
    /// The kind of caller; ids are personal and not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Who::User { .. } => f.write_str("Caller(user)"),
            Who::System(capability) => write!(f, "Caller(system {})", capability.name()),
            Who::Nobody => f.write_str("Caller(nobody)"),
        }
    }
}
