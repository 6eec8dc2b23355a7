//! Which findings were approved, until when, and which approvals are of no use any more.

use super::{Finding, Severity};
use crate::{Allowed, LockFile};

/// What comes of the findings once approvals are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What is not approved, approvals that are stale among it.
    pub open: Vec<Finding>,
    /// What is approved. An error never is.
    pub approved: Vec<Finding>,
}

impl Report {
    /// Looks the findings up among the approvals of the file, on the day `today`, `YYYY-MM-DD`. What was a finding until an earlier
    /// day is none any more.
    #[must_use]
    pub fn of(findings: Vec<Finding>, now: &LockFile, today: &str) -> Self {
        let mut report = Self::default();
        let mut used = Vec::new();
        for finding in findings.into_iter().filter(|finding| finding.ends.as_deref().is_none_or(|last| today <= last)) {
            let print = finding.fingerprint();
            // Of several the one that ends last: after a merge an older one may stand before it.
            let mine = |allowed: &&Allowed| allowed.rule == finding.rule.id && allowed.finding == print;
            let allowed = now.object(&finding.object);
            let allowed = allowed.and_then(|object| object.allowed.iter().filter(mine).max_by(|left, right| left.until.cmp(&right.until)));
            match allowed.filter(|allowed| finding.rule.severity != Severity::Error && *allowed.until >= *today) {
                Some(_) => {
                    used.push(print);
                    report.approved.push(finding);
                }
                None => report.open.push(finding),
            }
        }
        for object in now.objects() {
            for allowed in object.allowed.iter().filter(|allowed| !used.contains(&allowed.finding)) {
                let says = if *allowed.until < *today {
                    format!("the approval of {} {} ended on {}", allowed.rule, allowed.finding, allowed.until)
                } else {
                    format!("the approval of {} {} is of no finding", allowed.rule, allowed.finding)
                };
                report.open.extend(Finding::new("VO_LOSS_ACK_STALE", object, says));
            }
        }
        report
    }

    /// Whether versions are compatible, as far as they were asked to be. What could not be decided is not.
    #[must_use]
    pub fn verdict(&self) -> GateVerdict {
        if !self.passes() {
            GateVerdict::Incompatible
        } else if self.open.iter().any(|finding| finding.rule.id == "VO_SCHEMA_UNKNOWN_KEYWORD") {
            GateVerdict::Unknown
        } else {
            GateVerdict::Compatible
        }
    }

    /// Whether nothing stands in the way: warnings do not.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.open.iter().all(|finding| finding.rule.severity == Severity::Warning)
    }
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateVerdict {
    /// Nothing stands in the way.
    Compatible,
    /// Something does.
    Incompatible,
    /// Something was not decided.
    Unknown,
}

impl GateVerdict {
    /// As it is written for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Incompatible => "incompatible",
            Self::Unknown => "unknown",
        }
    }
}
