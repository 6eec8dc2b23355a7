//! What the doctor says of the database, as text or as JSON.

use std::io::Write;

use recension::store::{Ability, Diagnosis, Finding, Severity};
use serde::Serialize;

use super::arguments::{Common, Doctor};
use super::{CommandError, json, open};
use crate::{DOCTOR, InstanceAction, InstanceActionEvent};

/// What is found: what `doctor` prints.
#[derive(Debug, Serialize)]
struct DiagnosisDocument<'d> {
    engine: &'static str,
    version: &'d str,
    clean: bool,
    abilities: Vec<AbilityDocument>,
    findings: Vec<FindingDocument<'d>>,
}

#[derive(Debug, Serialize)]
struct AbilityDocument {
    id: &'static str,
    has: bool,
    means: &'static str,
}

#[derive(Debug, Serialize)]
struct FindingDocument<'d> {
    id: &'static str,
    severity: &'static str,
    says: &'d str,
    object: Option<&'d str>,
    columns: &'d [&'static str],
    why: &'static str,
    remedy: &'static str,
}

pub(super) async fn run(common: &Common, options: &Doctor, out: &mut dyn Write) -> Result<(), CommandError> {
    let store = open::unmigrated(&common.database).await?;
    let doctor = store.doctor(&DOCTOR).table::<InstanceAction>().table::<InstanceActionEvent>();
    let doctor = if options.integrity { doctor.integrity() } else { doctor };
    let diagnosis = doctor.await.map_err(CommandError::Database)?;
    if common.json {
        json::write(&DiagnosisDocument::of(&diagnosis), out)?;
    } else {
        writeln!(out, "{diagnosis}")?;
    }
    if diagnosis.is_clean() {
        return Ok(());
    }
    // What was found is for standard output, whatever the exit code.
    out.flush()?;
    let count = diagnosis.findings.iter().filter(|finding| finding.check.severity > Severity::Note).count();
    Err(CommandError::Unsound(count))
}

impl<'d> DiagnosisDocument<'d> {
    fn of(diagnosis: &'d Diagnosis) -> Self {
        Self {
            engine: diagnosis.engine,
            version: &diagnosis.version,
            clean: diagnosis.is_clean(),
            abilities: diagnosis.abilities.iter().map(AbilityDocument::of).collect(),
            findings: diagnosis.findings.iter().map(FindingDocument::of).collect(),
        }
    }
}

impl AbilityDocument {
    const fn of(ability: &Ability) -> Self {
        Self { id: ability.id, has: ability.has, means: ability.means }
    }
}

impl<'d> FindingDocument<'d> {
    fn of(finding: &'d Finding) -> Self {
        Self {
            id: finding.check.id,
            severity: finding.check.severity.as_str(),
            says: &finding.says,
            object: finding.object.as_ref().map(recension::ObjectName::as_str),
            columns: &finding.columns,
            why: finding.check.why,
            remedy: finding.check.remedy,
        }
    }
}
