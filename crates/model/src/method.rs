//! What can happen to a method of an object.

use std::sync::Arc;

use crate::Slot;

/// What a release did to a method. The shape of the object stays.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum MethodChange {
    /// It is new, or does something else: nothing more is said.
    #[default]
    Changed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It takes an argument more.
    ArgAdded {
        /// The argument.
        arg: Arc<str>,
        /// What it is where a caller of an older version does not give it: null or a value. [`Slot::Unset`] when it must be
        /// given.
        default: Slot,
    },
    /// It takes an argument less.
    ArgRemoved {
        /// The argument.
        arg: Arc<str>,
    },
}

impl MethodChange {
    /// Beside the name, as it is declared and without values; none where nothing more is said.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Changed => None,
            Self::Added => Some("added".to_owned()),
            Self::Removed => Some("removed".to_owned()),
            Self::ArgAdded { arg, .. } => Some(format!("arg_added({arg})")),
            Self::ArgRemoved { arg } => Some(format!("arg_removed({arg})")),
        }
    }
}
