//! The gate: what a change of the declarations means for whoever is still on the older ones.
//!
//! [`check`] compares the lock file of a change with that of what was released, and tells each [`Finding`] by the id of
//! its [`GateRule`]. A rule says why it is one and what helps; a finding names object, versions and field, and has a
//! fingerprint by which it can be approved, with a reason and a last day, in the lock file.
//!
//! | module | what it holds |
//! |---|---|
//! | `catalogue` | **every rule**, with its reason and its remedy |
//! | `history` | rules about what was released |
//! | `fields` | rules about fields, their types and limits |
//! | `approvals` | which findings were approved |

mod approvals;
mod catalogue;
mod fields;
mod history;

use std::fmt::{self, Write};

use recension_model::{ObjectVersion, Op};
use sha2::{Digest, Sha256};

pub use approvals::Report;
pub use catalogue::RULES;

use crate::{LockFile, LockedObject};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Somebody should look at it.
    Warning,
    /// An error unless it was approved.
    Acknowledge,
    /// Somebody would lose something, or could not go on.
    Error,
}

/// What a rule protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// What was released stays as it was.
    History,
    /// Nodes of our own that exchange objects.
    Wire,
    /// Rows that are there.
    Stored,
    /// Readers of JSON outside.
    Shape,
}

/// A rule of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateRule {
    /// Its id, which never changes.
    pub id: &'static str,
    /// What it protects.
    pub category: Category,
    /// How much a finding weighs.
    pub severity: Severity,
    /// When it fires, and why that matters.
    pub why: &'static str,
    /// What helps.
    pub remedy: &'static str,
}

/// A place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: &'static GateRule,
    /// The object; empty where it is about the file.
    pub object: String,
    /// The version, or the newer of two.
    pub version: Option<String>,
    /// The number and the name of the field.
    pub field: Option<(u32, String)>,
    /// What is there, in a sentence. Names and limits, never a value.
    pub says: String,
}

impl Finding {
    fn new(id: &'static str, object: &LockedObject, says: impl Into<String>) -> Option<Self> {
        let rule = catalogue::rule(id)?;
        let object = object.declaration.head.name.as_str().to_owned();
        Some(Self { rule, object, version: None, field: None, says: says.into() })
    }

    fn at(mut self, version: impl fmt::Display) -> Self {
        self.version = Some(version.to_string());
        self
    }

    /// About the field that is called `name` in the finding's version, or in the newest.
    fn of_field(mut self, object: &LockedObject, name: &str) -> Self {
        let mut later = name.to_owned();
        let version = self.version.as_deref().and_then(|version| version.parse::<ObjectVersion>().ok());
        for release in
            object.declaration.releases.iter().filter(|release| version.as_ref().is_some_and(|version| release.version > *version))
        {
            later = renamed(&release.ops, &later);
        }
        let gone = || object.numbers.gone().find(|gone| gone.name == later).map(|gone| gone.number);
        let number = object.numbers.of_field(&later).or_else(gone);
        self.field = Some((number.unwrap_or_default(), name.to_owned()));
        self
    }

    /// What the finding is known by, whatever the field is called: a digest of rule, object, version, the number of
    /// the field, and what is said.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let Self { rule, object, version, field, says } = self;
        let number = field.as_ref().map(|(number, _)| number);
        let digest = Sha256::digest(format!("{}\n{object}\n{version:?}\n{number:?}\n{says}", rule.id).as_bytes());
        digest.iter().take(8).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// What a field is called after these ops.
fn renamed(ops: &[Op], name: &str) -> String {
    ops.iter().fold(name.to_owned(), |name, op| match op {
        Op::Rename { from, to } if **from == *name => to.to_string(),
        _ => name,
    })
}

impl fmt::Display for Finding {
    /// The id, the place and what is there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, object, version, field, says } = self;
        write!(f, "{}: `{object}", rule.id)?;
        if let Some((_, name)) = field {
            write!(f, ".{name}")?;
        }
        f.write_str("`")?;
        if let Some(version) = version {
            write!(f, " {version}")?;
        }
        write!(f, ": {says}")
    }
}

/// Compares what is declared now with what was released; without `base`, nothing was. The findings are in the order of
/// the objects and of the rules.
#[must_use]
pub fn check(base: Option<&LockFile>, now: &LockFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for object in now.objects() {
        let before = base.and_then(|base| base.object(object.declaration.head.name.as_str()));
        history::check(before, object, &mut findings);
        fields::check(before, object, now, &mut findings);
    }
    if let Some(base) = base {
        history::objects_gone(base, now, &mut findings);
    }
    findings
}
