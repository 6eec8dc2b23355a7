//! `recension check`

use recension_versioning::rules::{self, Report};
use recension_versioning::{LockFile, Registry};
use serde_json::json;

use crate::answer::Answer;
use crate::args::{CheckArgs, Format};
use crate::error::Error;
use crate::place::Places;
use crate::report;
use crate::source::{self, Locked};

/// Compares the lock file of a change with what was released. With a team's own objects, also with those.
pub(crate) fn run(registry: Option<&Registry>, args: &CheckArgs, format: Format) -> Result<Answer, Error> {
    let now = Locked::read(&args.lock)?;
    let base = source::base(&args.base, &args.lock)?;
    let today = args.today.clone().unwrap_or_else(|| chrono::Utc::now().format("%Y-%m-%d").to_string());
    if !is_day(&today) {
        return Err(Error::Argument { argument: today, what: "is no day, as 2027-03-01" });
    }
    let findings = rules::check(base.as_ref().map(|base| &base.file), &now.file);
    let report = Report::of(findings, &now.file, &today);
    let behind = match registry {
        Some(registry) => is_behind(registry, &now)?,
        None => false,
    };
    let passes = report.passes() && !behind;
    let against = base.as_ref().map_or_else(|| "nothing: it was not released yet".to_owned(), |base| format!("`{}`", base.name));
    Ok(match format {
        Format::Json => {
            let places = Places::of(&now.text);
            let told =
                |findings: &[rules::Finding]| findings.iter().map(|finding| report::json(finding, &now, &places)).collect::<Vec<_>>();
            Answer::json(&json!({
                "verdict": if passes { "compatible" } else { "incompatible" },
                "base": base.as_ref().map(|base| &base.name),
                "behind": behind,
                "findings": told(&report.open),
                "approved": told(&report.approved),
            }))
        }
        Format::Human => {
            let mut text = report::human(&report.open, &now);
            if behind {
                text.push_str(&format!(
                    "error[VO_HIST_BASELINE_MISSING]: `{}` is not as the objects are: write it with `lock`\n\n",
                    now.name
                ));
            }
            let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
            let (open, approved) = (counted(report.open.len(), "finding"), report.approved.len());
            text.push_str(&format!("`{}` against {against}: {open}, {approved} approved\n", now.name));
            Answer::clean(text)
        }
    }
    .found(!passes))
}

/// Whether the file is not what would be written of the objects.
fn is_behind(registry: &Registry, now: &Locked) -> Result<bool, Error> {
    let fresh = LockFile::of(registry).map_err(|source| Error::Unlockable { source })?;
    Ok(fresh.allowing_as(&now.file).to_string() != now.text)
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}
