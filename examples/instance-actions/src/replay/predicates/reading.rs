//! Lists and look-ups.

use super::Named;
use crate::replay::call::Arguments;
use crate::replay::row::{ACTIONS, EVENTS, Row, Table};
use crate::replay::situation::{Broken, Situation, Who, breaks_rule};

pub(super) const ALL: Named = &[
    ("rows_of_other_projects", rows_of_other_projects),
    ("rows_for_nobody", rows_for_nobody),
    ("marker_of_other_project", marker_of_other_project),
    ("limit_out_of_range", limit_out_of_range),
    ("no_such_event", no_such_event),
    ("row_breaks_rules", row_breaks_rules),
];

/// The most items of a page.
const PAGE_MAX: i64 = 1_000;

fn hides(situation: &Situation<'_>) -> bool {
    let ids = |rows: Vec<&Row>| rows.iter().map(|row| row.id()).collect::<Vec<_>>();
    match (situation.read(true), situation.read(false)) {
        // What is shown is looked at only if it can be sent at all.
        (Some(ours), Some(theirs)) => ids(ours) != ids(theirs) && !row_breaks_rules(situation),
        _ => false,
    }
}

/// A user would be shown rows of other projects.
fn rows_of_other_projects(situation: &Situation<'_>) -> bool {
    matches!(situation.who(), Who::User(_)) && hides(situation)
}

/// A caller without a project and without a permission would be shown rows.
fn rows_for_nobody(situation: &Situation<'_>) -> bool {
    situation.who() == Who::Nobody && hides(situation)
}

/// The marker is an action that the caller may not see.
fn marker_of_other_project(situation: &Situation<'_>) -> bool {
    situation.read(false).is_some() && situation.read(true).is_none()
}

/// The limit is negative, or above what one page may have.
fn limit_out_of_range(situation: &Situation<'_>) -> bool {
    let limit = match situation.arguments() {
        Arguments::ListActions { page, .. } => page.limit,
        _ => None,
    };
    limit.is_some_and(|limit| !(0..=PAGE_MAX).contains(&limit)) && situation.read(true).is_some()
}

/// The action has no event of that id.
fn no_such_event(situation: &Situation<'_>) -> bool {
    situation.read(false).is_some_and(|rows| rows.is_empty())
}

/// A row that the call gives holds what no object may hold: the reference stored it.
fn row_breaks_rules(situation: &Situation<'_>) -> bool {
    if !situation.asked.call.wants_result {
        return false;
    }
    match situation.arguments() {
        Arguments::FinishAction { .. } => situation.our_action().is_some_and(|row| breaks(&ACTIONS, row, &[])),
        Arguments::FinishEvent { exception, .. } => {
            let mut written = vec!["result"];
            written.extend(exception.traceback().map(|_| "traceback"));
            written.extend(exception.details().map(|_| "details"));
            situation.our_event().is_some_and(|row| breaks(&EVENTS, row, &written))
        }
        _ => situation.read(true).is_some_and(|rows| rows.iter().any(|row| breaks(situation.table(), row, &[]))),
    }
}

/// Whether a row breaks a rule in a column that the call does not write.
fn breaks(table: &Table, row: &Row, written: &[&str]) -> bool {
    let kept = table.columns.iter().filter(|(column, _)| !written.contains(column));
    let mut texts = kept.filter_map(|(column, _)| Some((*column, row.text(column)?)));
    texts.any(|(column, text)| breaks_rule(table, column, text).is_some_and(|broken| broken != Broken::NoUuid))
}
