//! Named changes of what code does, which the shape does not show.

use std::collections::BTreeSet;

use recension_model::{ObjectSpec, Op, Release};

use super::fold::sentence;
use crate::{HistoryError, OpFault};

/// Checks that each name stands once: code that asks for it must mean one release.
pub(super) fn check(head: &ObjectSpec, releases: &[Release]) -> Result<(), HistoryError> {
    let mut names = BTreeSet::new();
    for release in releases {
        for op in &release.ops {
            if let Op::Behaviour { name } = op
                && !names.insert(name)
            {
                return Err(HistoryError::Op {
                    object: head.name.clone(),
                    version: release.version.clone(),
                    op: sentence(op),
                    fault: OpFault::BehaviourTwice,
                });
            }
        }
    }
    Ok(())
}
