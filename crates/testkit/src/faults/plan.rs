//! Which fault is armed for which statement.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Fault;

/// The statement that a fault waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// The next COMMIT.
    Commit,
    /// The statement of this number, counted over all connections.
    Statement(u64),
}

#[derive(Debug, Default)]
struct Armed {
    /// How many statements there were.
    seen: u64,
    faults: Vec<(Target, Fault)>,
    /// How long each statement is held back.
    delay: Duration,
}

/// The faults that are armed. Shared by all connections, which take their statements to it in the order in which they arrive.
#[derive(Debug, Default)]
pub(super) struct Plan(Mutex<Armed>);

/// What is to be done with what a client has sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) delay: Duration,
    pub(super) fault: Option<Fault>,
}

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
        let number = armed.seen.saturating_add(number);
        armed.faults.push((Target::Statement(number), fault));
    }

    pub(super) fn delay(&self, time: Duration) {
        self.armed().delay = time;
    }

    pub(super) fn left(&self) -> usize {
        self.armed().faults.len()
    }

    pub(super) fn disarm(&self) {
        self.armed().faults.clear();
    }

    /// What is to be done with so many statements that were sent together. The first that was armed for one of them fires; others
    /// that were armed for the same by its number are gone with it.
    pub(super) fn verdict(&self, statements: u64, is_commit: bool) -> Verdict {
        if statements == 0 {
            return Verdict::default();
        }
        let mut armed = self.armed();
        let before = armed.seen;
        armed.seen = before.saturating_add(statements);
        let seen = armed.seen;
        let is_due = |target: &Target| match target {
            Target::Commit => is_commit,
            Target::Statement(number) => *number > before && *number <= seen,
        };
        let due = armed.faults.iter().position(|(target, _)| is_due(target));
        let fault = due.map(|index| armed.faults.remove(index).1);
        armed.faults.retain(|(target, _)| *target == Target::Commit || !is_due(target));
        Verdict { delay: armed.delay, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cut;
    use super::*;

    fn fault(plan: &Plan, statements: u64, is_commit: bool) -> Option<Fault> {
        plan.verdict(statements, is_commit).fault
    }

    #[test]
    fn a_commit_is_waited_for_and_meets_one_fault() {
        let plan = Plan::default();
        plan.at_commit(Cut::RequestLost.into());
        plan.at_commit(Cut::ReplyLost.into());
        assert_eq!((fault(&plan, 1, false), plan.left()), (None, 2));
        assert_eq!((fault(&plan, 1, true), plan.left()), (Some(Cut::RequestLost.into()), 1));
        assert_eq!((fault(&plan, 1, true), plan.left()), (Some(Cut::ReplyLost.into()), 0));
        assert_eq!(fault(&plan, 1, true), None);
    }

    #[test]
    fn statements_are_counted_from_where_the_fault_was_armed() {
        let plan = Plan::default();
        assert_eq!(fault(&plan, 5, false), None);
        plan.at_statement(3, Fault::error("40001"));
        plan.at_statement(3, Fault::error("40003"));
        plan.at_statement(1, Cut::HalfReply.into());
        assert_eq!(fault(&plan, 0, false), None, "no statement");
        assert_eq!(fault(&plan, 1, false), Some(Cut::HalfReply.into()));
        assert_eq!(fault(&plan, 1, false), None);
        assert_eq!((fault(&plan, 4, false), plan.left()), (Some(Fault::error("40001")), 0), "of two for one statement the first");
        plan.at_statement(1, Cut::HalfReply.into());
        plan.disarm();
        assert_eq!(fault(&plan, 1, false), None);
    }

    #[test]
    fn every_statement_is_held_back_until_none_is() {
        let plan = Plan::default();
        plan.delay(Duration::from_secs(1));
        assert_eq!(plan.verdict(1, true).delay, Duration::from_secs(1));
        assert_eq!(plan.verdict(0, false).delay, Duration::ZERO);
        plan.delay(Duration::ZERO);
        assert_eq!(plan.verdict(1, true).delay, Duration::ZERO);
    }
}
