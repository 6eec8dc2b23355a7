//! The commands.

pub(crate) mod changelog;
pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod diff;
pub(crate) mod fixtures;
pub(crate) mod lock;
pub(crate) mod rules;
pub(crate) mod schema;
