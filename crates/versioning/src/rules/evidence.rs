//! What lock files do not say: golden data, published schemas, laws, and who is still about. Whoever runs the gate looks and
//! hands in what was seen.

use std::collections::BTreeMap;

use recension_model::ObjectVersion;

use super::{Checked, Finding};

/// What was seen outside of the lock files. What was not looked at fires nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// What came of reading the golden data of each version; none if that was not looked at.
    pub fixtures: Option<Vec<Fixture>>,
    /// Published schemas and documents.
    pub exports: Vec<Export>,
    /// What came of the laws of conversion.
    pub laws: Vec<LawRun>,
    /// For each object the lowest version that is supported; of one that is not in it, every released version is.
    pub window: BTreeMap<String, ObjectVersion>,
    /// The objects that the lock file has otherwise than the code has them; an empty name where it differs in its form alone.
    pub behind: Vec<String>,
}

/// Golden data of one version, read by the code of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixture {
    /// The object.
    pub object: String,
    /// The version that the data is of.
    pub version: ObjectVersion,
    /// What came of it.
    pub outcome: FixtureOutcome,
}

/// What came of reading golden data and writing it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FixtureOutcome {
    /// It is as it was, or as it was said that it would be.
    Same,
    /// It is not: where it differs or why it cannot be read, without values.
    Changed(String),
    /// It was said that it would differ, and it does not.
    StaleExpectation,
}

/// A schema or document that is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The file.
    pub path: String,
    /// The object that it is of; none for a document of several.
    pub object: Option<String>,
    /// Whether it is what would be written now.
    pub is_current: bool,
}

/// A law of conversion, asked for one hop of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawRun {
    /// The object.
    pub object: String,
    /// The newer version of the hop.
    pub version: ObjectVersion,
    /// What came of it.
    pub outcome: LawOutcome,
}

/// What came of the laws at a hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LawOutcome {
    /// All hold.
    Proven,
    /// One does not.
    Failed {
        /// Which, as `L1`.
        law: String,
        /// What makes it fail again.
        seed: String,
    },
    /// An op could not be asked: nothing generates what it takes.
    NoGenerator {
        /// The op, as it is declared.
        op: String,
    },
    /// An op loses something that the carry does not bring back, and does not say so.
    Loses {
        /// The op, as it is declared.
        op: String,
    },
}

/// What is seen of one object.
pub(super) fn check(checked: &Checked<'_>, evidence: &Evidence, findings: &mut Vec<Finding>) {
    let name = checked.now.declaration.head.name.as_str();
    if let Some(fixtures) = &evidence.fixtures {
        fixtures_of(checked, name, fixtures, evidence.window.get(name), findings);
    }
    for LawRun { version, outcome, .. } in evidence.laws.iter().filter(|run| run.object == name) {
        let told = match outcome {
            LawOutcome::Proven => None,
            LawOutcome::Failed { law, seed } => {
                checked.tell("VO_LAW_FAILED", format!("{law} does not hold, with the seed {seed}")).map(|finding| finding.part(law))
            }
            LawOutcome::NoGenerator { op } => {
                checked.tell("VO_CUSTOM_NO_GENERATOR", format!("nothing generates what `{op}` takes")).map(|finding| finding.part(op))
            }
            LawOutcome::Loses { op } => checked
                .tell("VO_LOSS_UNACKNOWLEDGED", format!("`{op}` loses something, and does not say so"))
                .map(|finding| finding.part(op)),
        };
        findings.extend(told.map(|finding| finding.at(version)));
    }
}

fn fixtures_of(checked: &Checked<'_>, name: &str, fixtures: &[Fixture], window: Option<&ObjectVersion>, findings: &mut Vec<Finding>) {
    let mine = || fixtures.iter().filter(|fixture| fixture.object == name);
    let released = checked.before.into_iter().flat_map(|before| &before.declaration.releases);
    for release in released.filter(|release| window.is_none_or(|lowest| release.version >= *lowest)) {
        if !mine().any(|fixture| fixture.version == release.version) {
            let finding = checked.tell("VO_FIXTURE_MISSING", "nothing is stored of what it writes");
            findings.extend(finding.map(|finding| finding.at(&release.version)));
        }
    }
    for Fixture { version, outcome, .. } in mine() {
        let told = match outcome {
            FixtureOutcome::Same => None,
            FixtureOutcome::Changed(how) => checked.tell("VO_FIXTURE_CHANGED", format!("what it wrote is not what it was: {how}")),
            FixtureOutcome::StaleExpectation => {
                checked.tell("VO_FIXTURE_STALE_EXPECTATION", "what it wrote comes back as it was, though another form is stored beside it")
            }
        };
        findings.extend(told.map(|finding| finding.at(version)));
    }
}

/// Objects whose lock file was not written since they changed.
pub(super) fn behind(evidence: &Evidence, findings: &mut Vec<Finding>) {
    let told = evidence.behind.iter().map(|object| {
        let says = if object.is_empty() {
            "the file is not written as the objects would be"
        } else {
            "the file has not the object as it is in the code"
        };
        Finding::of_file("VO_HIST_BASELINE_MISSING", object, format!("{says}: write it with `lock`"))
    });
    findings.extend(told.flatten());
}

/// Published files that are not what would be written now.
pub(super) fn exports(evidence: &Evidence, findings: &mut Vec<Finding>) {
    for Export { path, object, .. } in evidence.exports.iter().filter(|export| !export.is_current) {
        let says = format!("`{path}` is not what would be written now");
        let finding = Finding::of_file("VO_SCHEMA_EXPORT_STALE", object.as_deref().unwrap_or_default(), says);
        findings.extend(finding.map(|finding| finding.part(path)));
    }
}
