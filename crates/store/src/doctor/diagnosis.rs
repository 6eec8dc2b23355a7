//! What was found, as data and as text.

use std::fmt;

use recension_model::ObjectName;

use super::abilities;
use super::catalogue::{self, Check, Severity};
use crate::capability::Capability;

/// What an engine can do or cannot, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ability {
    /// Its id, which never changes: the name of the field of [`Capability`], where there is one.
    pub id: &'static str,
    /// Whether the engine has it.
    pub has: bool,
    /// What that means.
    pub means: &'static str,
}

/// Something that is not as it should be, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The check that it breaks.
    pub check: &'static Check,
    /// What was found: a setting with its value, or what of a table.
    pub says: String,
    /// The object whose table it is about.
    pub object: Option<ObjectName>,
    /// The columns that it is about.
    pub columns: Vec<&'static str>,
}

impl Finding {
    pub(super) fn of(id: &str, says: impl Into<String>) -> Self {
        Self { check: catalogue::of(id), says: says.into(), object: None, columns: Vec::new() }
    }

    /// A finding about a setting.
    #[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
    pub(super) fn of_setting(id: &str, setting: &str, value: &str) -> Self {
        Self::of(id, format!("`{setting}` is {}", plain(value)))
    }
}

/// A value of a setting that may be shown: settings are words and numbers, and nothing else is repeated.
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
fn plain(value: &str) -> String {
    let is_plain = value.len() <= 200 && value.chars().all(|char| char.is_ascii_alphanumeric() || " _-,.+".contains(char));
    match value {
        "" => "empty".to_owned(),
        value if is_plain => value.to_owned(),
        _ => "something else".to_owned(),
    }
}

/// A connection that is not encrypted.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) fn plain_connection(is_local: bool) -> Finding {
    let id = if is_local { "DB_CONNECTION_PLAIN_LOCAL" } else { "DB_CONNECTION_PLAIN" };
    Finding::of(id, "the connection is not encrypted")
}

/// What [`Store::doctor`](crate::Store::doctor) says of a database. `Display` shows all of it to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The engine: `sqlite`, `postgres`, `mariadb` or `mysql`.
    pub engine: &'static str,
    /// Its version, in numbers and points; empty where it was not asked.
    pub version: String,
    /// What it can do and cannot.
    pub abilities: Vec<Ability>,
    /// What was found, in the order in which it was looked for.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    pub(super) fn of(capability: &'static Capability, version: String, findings: Vec<Finding>) -> Self {
        Self { engine: capability.engine, version, abilities: abilities::of(capability), findings }
    }

    /// Whether nothing was found but notes.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.check.severity == Severity::Note)
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.engine, self.version)?;
        for ability in &self.abilities {
            writeln!(f, "  {} {}", if ability.has { '+' } else { '-' }, ability.means)?;
        }
        for finding in &self.findings {
            write!(f, "\n{finding}")?;
        }
        let count = |severity| self.findings.iter().filter(|finding| finding.check.severity == severity).count();
        let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
        write!(f, "\nerrors: {errors}, warnings: {warnings}, notes: {notes}")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, says, object, .. } = self;
        write!(f, "{} {}: ", check.severity.as_str(), check.id)?;
        if let Some(object) = object {
            write!(f, "`{object}`: ")?;
        }
        writeln!(f, "{says}")?;
        writeln!(f, "  why: {}", check.why)?;
        writeln!(f, "  remedy: {}", check.remedy)
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_no_word_is_not_repeated() {
        assert_eq!(plain("STRICT_ALL_TABLES,NO_ZERO_DATE"), "STRICT_ALL_TABLES,NO_ZERO_DATE");
        for text in ["host=db.example password='c4n4ry'", "c4n4ry@example", &"x".repeat(201)] {
            assert_eq!(plain(text), "something else");
        }
    }

    #[test]
    fn every_check_has_an_id_of_its_own_a_reason_and_a_remedy() {
        let mut ids: Vec<&str> = catalogue::CHECKS.iter().map(|check| check.id).collect();
        assert!(ids.iter().all(|id| id.starts_with("DB_") && catalogue::of(id).id == *id));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), catalogue::CHECKS.len());
        assert!(catalogue::CHECKS.iter().all(|check| !check.why.is_empty() && !check.remedy.is_empty()));
    }
}
