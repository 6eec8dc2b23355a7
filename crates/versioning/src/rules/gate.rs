//! The gate as a whole: two lock files, a mode, and what was seen beside them.

use std::collections::BTreeMap;

use super::{Checked, Evidence, Finding, Mode, Report, drift, enums, evidence, fields, fold, going, history, limits, nesting, types};
use crate::LockFile;
use crate::side_by_side::side_by_side;

/// Compares what is declared now with what was released; without `base`, nothing was. The findings are in the order of
/// the objects and of the rules, as [`Gate`] gives them without evidence in the mode [`Mode::Rolling`].
///
/// A history that does not hold together is told as findings too, by the rules that it breaks: `now` need not make a
/// registry.
#[must_use]
pub fn check(base: Option<&LockFile>, now: &LockFile) -> Vec<Finding> {
    Gate::new(base, now).check()
}

/// What is asked of a change.
#[derive(Clone, Debug)]
pub struct Gate<'f> {
    base: Option<&'f LockFile>,
    now: &'f LockFile,
    mode: Mode,
    evidence: Evidence,
}

impl<'f> Gate<'f> {
    /// Compares what is declared now with what was released; without `base`, nothing was. In the mode [`Mode::Rolling`], and
    /// without evidence.
    #[must_use]
    pub fn new(base: Option<&'f LockFile>, now: &'f LockFile) -> Self {
        Self { base, now, mode: Mode::default(), evidence: Evidence::default() }
    }

    /// In which direction versions have to be compatible.
    #[must_use]
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// What was seen beside the lock files.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// What the change breaks in this mode, approved or not.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = self.found();
        findings.retain(|finding| self.mode.tells(finding));
        findings
    }

    /// The same, with what was approved, on the day `today`, `YYYY-MM-DD`. An approval of what another mode would tell is not stale.
    #[must_use]
    pub fn report(&self, today: &str) -> Report {
        let mut report = Report::of(self.found(), self.now, today);
        for findings in [&mut report.open, &mut report.approved] {
            findings.retain(|finding| self.mode.tells(finding));
        }
        report
    }

    /// What is found in any mode; schemas are compared only where the mode asks for it.
    fn found(&self) -> Vec<Finding> {
        let Self { base, now, evidence, .. } = self;
        let objects: Vec<Checked<'_>> = side_by_side(now.objects(), |object| Checked::of(*base, object));
        let by_name: BTreeMap<&str, &Checked<'_>> =
            objects.iter().map(|checked| (checked.now.declaration.head.name.as_str(), checked)).collect();
        let each = side_by_side(&objects, |checked| self.found_of(checked, &by_name));
        let mut findings = Vec::new();
        #[cfg(feature = "schema")]
        let mut schemas = (self.mode != Mode::Rolling).then(|| super::schemas::Schemas::of(now));
        for (checked, found) in objects.iter().zip(each) {
            let since = findings.len();
            findings.extend(found);
            #[cfg(feature = "schema")]
            if let Some(schemas) = &mut schemas {
                schemas.check(checked, self.mode, &mut findings);
            }
            for finding in findings.iter_mut().skip(since).filter(|finding| finding.is_unshaped()) {
                finding.shape_of(checked);
            }
        }
        findings.extend(fold::among(&objects));
        if let Some(base) = base {
            history::objects_gone(base, now, &mut findings);
        }
        evidence::behind(evidence, &mut findings);
        evidence::exports(evidence, &mut findings);
        findings
    }

    /// What is found of one object, but for its schemas.
    fn found_of(&self, checked: &Checked<'_>, by_name: &BTreeMap<&str, &Checked<'_>>) -> Vec<Finding> {
        let mut findings = Vec::new();
        fold::check(checked, &mut findings);
        history::check(checked, &mut findings);
        drift::check(checked, &mut findings);
        fields::check(checked, self.now, &mut findings);
        limits::check(checked, &mut findings);
        types::check(checked, &mut findings);
        enums::check(checked, &mut findings);
        nesting::check(checked, by_name, &mut findings);
        going::fields(checked, &mut findings);
        going::methods(checked, self.evidence.window.get(checked.now.declaration.head.name.as_str()), &mut findings);
        evidence::check(checked, &self.evidence, &mut findings);
        findings
    }
}
