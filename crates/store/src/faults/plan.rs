//! Which fault is armed for which statement.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Fault;

/// When a fault is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
    /// As before, without the transaction that was open.
    TakingBack,
}

/// What a store has sent since it was opened, on all connections together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Faults that have fired.
    pub fired: u64,
    /// Statements, BEGIN, COMMIT and each ROLLBACK that is waited for included, and those that a fault kept from being sent.
    pub statements: u64,
    /// Those of them that were COMMIT.
    pub commits: u64,
}

impl Counts {
    /// What has been counted since an earlier look.
    #[must_use]
    pub const fn since(self, earlier: &Self) -> Self {
        Self {
            fired: self.fired.saturating_sub(earlier.fired),
            statements: self.statements.saturating_sub(earlier.statements),
            commits: self.commits.saturating_sub(earlier.commits),
        }
    }
}

/// The statement that a fault waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// The next COMMIT.
    Commit,
    /// The statement of this number.
    Statement(u64),
}

#[derive(Debug, Default)]
struct Armed {
    counts: Counts,
    faults: Vec<(Target, Fault)>,
}

/// The faults that are armed, and the statements that came by. Shared by all connections of a store.
#[derive(Debug, Default)]
pub(super) struct Plan(Mutex<Armed>);

impl Plan {
    fn armed(&self) -> MutexGuard<'_, Armed> {
        // Each change of it is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn at_commit(&self, fault: Fault) {
        self.armed().faults.push((Target::Commit, fault));
    }

    pub(super) fn at_statement(&self, number: u64, fault: Fault) {
        let mut armed = self.armed();
        let number = armed.counts.statements.saturating_add(number);
        armed.faults.push((Target::Statement(number), fault));
    }

    pub(super) fn left(&self) -> usize {
        self.armed().faults.len()
    }

    pub(super) fn disarm(&self) {
        self.armed().faults.clear();
    }

    pub(super) fn counts(&self) -> Counts {
        self.armed().counts
    }

    pub(super) fn has_fired(&self) {
        self.armed().counts.fired += 1;
    }

    /// What is to be done with the next statement. The first fault that was armed for it fires; others that were armed for the same
    /// by its number are gone with it.
    pub(super) fn met(&self, is_commit: bool) -> Option<Fault> {
        let mut armed = self.armed();
        armed.counts.statements += 1;
        armed.counts.commits += u64::from(is_commit);
        let number = armed.counts.statements;
        let is_due = |target: &Target| match target {
            Target::Commit => is_commit,
            Target::Statement(of) => *of == number,
        };
        let due = armed.faults.iter().position(|(target, _)| is_due(target));
        let fault = due.map(|index| armed.faults.remove(index).1);
        armed.faults.retain(|(target, _)| *target == Target::Commit || !is_due(target));
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn a_commit_is_waited_for_and_meets_one_fault() {
        let plan = Plan::default();
        plan.at_commit(Kind::Busy.into());
        plan.at_commit(Kind::Full.into());
        assert_eq!((plan.met(false), plan.left()), (None, 2));
        assert_eq!((plan.met(true), plan.left()), (Some(Kind::Busy.into()), 1));
        assert_eq!((plan.met(true), plan.left()), (Some(Kind::Full.into()), 0));
        assert_eq!(plan.met(true), None);
        assert_eq!(plan.counts(), Counts { fired: 0, statements: 4, commits: 3 });
    }

    #[test]
    fn statements_are_counted_from_where_the_fault_was_armed() {
        let plan = Plan::default();
        assert_eq!(plan.met(false), None);
        plan.at_statement(2, Kind::Busy.into());
        plan.at_statement(2, Kind::Full.into());
        plan.at_statement(1, Fault::number(5).after());
        assert_eq!(plan.met(false), Some(Fault::number(5).after()));
        assert_eq!((plan.met(false), plan.left()), (Some(Kind::Busy.into()), 0), "of two for one statement the first");
        plan.at_statement(1, Kind::Busy.into());
        plan.disarm();
        assert_eq!(plan.met(false), None);
    }
}
