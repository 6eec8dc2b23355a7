//! Every rule, by category and id.

use super::Category::{History, Shape, Stored, Wire};
use super::Severity::{Acknowledge, Error, Warning};
use super::{Category, GateRule, Severity};

const fn rule_of(id: &'static str, category: Category, severity: Severity, why: &'static str, remedy: &'static str) -> GateRule {
    GateRule { id, category, severity, why, remedy }
}

/// Every rule that [`check`](super::check) knows.
pub const RULES: &[GateRule] = &[
    rule_of(
        "VO_HIST_FOLD_MISMATCH",
        History,
        Error,
        "the ops of a history do not lead to its newest shape, or a version has another fingerprint than the file says: the file was edited, or merged wrongly",
        "write the lock file anew from the code",
    ),
    rule_of(
        "VO_HIST_RELEASED_CHANGED",
        History,
        Error,
        "a version that was released has other ops or another shape now, while objects and nodes of the released one are about",
        "take the change back and make it in a new version",
    ),
    rule_of(
        "VO_HIST_BUMP_MISSING",
        History,
        Error,
        "the newest shape changed and its version did not: two nodes would call different objects the same",
        "add a version with the ops that say what changed",
    ),
    rule_of(
        "VO_HIST_BUMP_EMPTY",
        History,
        Warning,
        "a new version says nothing of what changed",
        "say what changed, with `method` or `behaviour` where the shape stayed",
    ),
    rule_of(
        "VO_HIST_GAP",
        History,
        Error,
        "versions do not follow one another by one: a version between them may be in use where nobody looks",
        "number the new version next to the last one",
    ),
    rule_of(
        "VO_HIST_FN_CHANGED",
        History,
        Acknowledge,
        "a function of a released op gives something else for the same value: nodes of the two releases would disagree",
        "leave the function as it is and put the correction into a new version",
    ),
    rule_of(
        "VO_HIST_BASELINE_MISSING",
        History,
        Error,
        "an object or a version that was released is not in the file any more: it is behind, or was edited",
        "merge the released file and write it anew",
    ),
    rule_of(
        "VO_FIELD_ID_REUSED",
        History,
        Error,
        "a field has another number than it was released with, or the number of a field that is gone",
        "write the lock file anew from the code",
    ),
    rule_of(
        "VO_FIELD_NAME_TOMBSTONED",
        History,
        Acknowledge,
        "a new field has the name of one that was removed: old data and old readers take one for the other",
        "give the new field another name",
    ),
    rule_of(
        "VO_FIELD_OLD_DEFAULT_CHANGED",
        Stored,
        Error,
        "what older objects get for a released field is something else now: rows that nobody touched would change",
        "leave the value, and change it in a new version",
    ),
    rule_of(
        "VO_FIELD_WRITE_DEFAULT_CHANGED",
        Shape,
        Warning,
        "what new objects get where nothing is given changed",
        "tell those who make objects",
    ),
    rule_of(
        "VO_FIELD_RENAME_SUSPECTED",
        Wire,
        Acknowledge,
        "one version removes a field and adds another of the same type: as two fields, what the old one held is lost to the new",
        "say `rename(old => new)` if it is the same field",
    ),
    rule_of(
        "VO_CONSTRAINT_TIGHTENED",
        Stored,
        Acknowledge,
        "a limit excludes values that were right before, and nothing stands for them",
        "say `fill`, or see that there are no such values",
    ),
    rule_of(
        "VO_CONSTRAINT_LOOSENED",
        Shape,
        Acknowledge,
        "a limit lets values through that readers outside refuse, and nothing stands for them",
        "say `fallback`, or tell those who read",
    ),
    rule_of(
        "VO_LIST_NO_KEY",
        Wire,
        Warning,
        "a list holds objects that nothing tells apart: what an older release cannot say of one is lost when it changes that object",
        "give the objects a read-only field",
    ),
    rule_of(
        "VO_LOSS_ACK_STALE",
        Wire,
        Warning,
        "an approval is past its last day, or of a finding that is no more",
        "take it out of the lock file",
    ),
];

/// The rule with that id.
pub(super) fn rule(id: &str) -> Option<&'static GateRule> {
    RULES.iter().find(|rule| rule.id == id)
}
