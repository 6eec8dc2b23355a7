//! Findings, as a compiler shows them and as JSON.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use recension_versioning::rules::{Finding, Severity};
use serde_json::Value as Json;

use crate::place::{self, Places};
use crate::source::Locked;

/// Findings, each with its place in the lock file.
pub(crate) fn human(findings: &[Finding], locked: &Locked) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let places = Places::of(&locked.text);
    findings.iter().map(|finding| one(finding, locked, &places) + "\n\n").collect()
}

fn one(finding: &Finding, locked: &Locked, places: &Places) -> String {
    let level = match finding.rule.severity {
        Severity::Warning => Level::WARNING,
        Severity::Acknowledge | Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(&*finding.says).id(finding.rule.id);
    let mut group = match at(finding, places) {
        Some(span) => {
            let snippet = Snippet::source(&*locked.text).path(&*locked.name).fold(true);
            Group::with_title(title).element(snippet.annotation(AnnotationKind::Primary.span(span).label(label(finding))))
        }
        None => Group::with_title(title),
    };
    group = group.element(Level::NOTE.message(finding.rule.why)).element(Level::HELP.message(finding.rule.remedy));
    if finding.rule.severity == Severity::Acknowledge {
        let approve = format!(
            "to approve it, add to the object: [[object.allow]] rule = \"{}\", finding = \"{}\", with a `reason` and a last day, `until`",
            finding.rule.id,
            finding.fingerprint()
        );
        return Renderer::plain().render(&[group.element(Level::HELP.message(approve))]);
    }
    Renderer::plain().render(&[group])
}

fn at(finding: &Finding, places: &Places) -> Option<std::ops::Range<usize>> {
    let field = finding.field.as_ref().map(|(_, name)| name.as_str());
    places.find(&finding.object, finding.version.as_deref(), field)
}

/// What stands at the place.
fn label(finding: &Finding) -> String {
    match &finding.field {
        Some((number, name)) => format!("field {number}, `{name}`, of `{}`", finding.object),
        None => format!("of `{}`", finding.object),
    }
}

/// A finding for programs, with its place in the lock file.
pub(crate) fn json(finding: &Finding, locked: &Locked, places: &Places) -> Json {
    let mut json = serde_json::to_value(finding).unwrap_or_default();
    if let Json::Object(keys) = &mut json {
        keys.insert("file".to_owned(), locked.name.clone().into());
        keys.insert("line".to_owned(), at(finding, places).map(|span| place::line(&locked.text, &span)).into());
    }
    json
}
