//! The gate: what a change of the declarations means for whoever is still on the older ones.
//!
//! [`Gate`] compares the lock file of a change with that of what was released, and tells each [`Finding`] by the id of
//! its [`GateRule`]. A rule says why it is one and what helps; a finding names object, versions and field, and has a
//! fingerprint by which it can be approved, with a reason and a last day, in the lock file.
//!
//! | module | what it holds |
//! |---|---|
//! | `catalogue` | **every rule**, with its reason and its remedy |
//! | `finding` | a place where a rule is broken |
//! | `history` | rules about what was released |
//! | `fold` | a history that does not hold together, told by the rule that it breaks |
//! | `drift` | what changed of a released shape though no op says so |
//! | `fields`, `limits`, `types`, `enums` | rules about fields, what they hold, and what older readers and older data make of it |
//! | `nesting` | rules about objects in objects |
//! | `going` | rules about fields that are to go, and about methods |
//! | `evidence` | rules about what lock files do not say: golden data, published schemas, laws |
//! | `schemas` | rules about readers outside, with the feature `schema` |
//! | `gate`, `mode` | **the gate as a whole**, and which rules are asked |
//! | `json` | findings for programs |
//! | `approvals` | which findings were approved |

mod approvals;
mod catalogue;
mod drift;
mod enums;
mod evidence;
mod fields;
mod finding;
mod fold;
mod gate;
mod going;
mod history;
mod json;
mod limits;
mod mode;
mod nesting;
#[cfg(feature = "schema")]
mod schemas;
mod types;

use std::sync::Arc;

use recension_model::{ObjectSpec, ObjectVersion, Op, Release};

pub use approvals::{GateVerdict, Report};
pub use catalogue::RULES;
pub use evidence::{Evidence, Export, Fixture, FixtureOutcome, LawOutcome, LawRun};
pub use finding::Finding;
pub use gate::{Gate, check};
pub use mode::{Mode, UnknownMode};

use crate::lineage::{HopPlan, NewerField};
use crate::{Lineage, LockFile, LockedObject};

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

/// Who would be harmed: which way an object goes that is read wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// A newer reader of what was written before.
    Backward,
    /// An older reader of what is written since.
    Forward,
    /// Either.
    Both,
}

/// A rule of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateRule {
    /// Its id, which never changes.
    pub id: &'static str,
    /// What it protects first of all.
    pub category: Category,
    /// What else it protects.
    pub also: &'static [Category],
    /// How much a finding weighs.
    pub severity: Severity,
    /// Who would be harmed.
    pub direction: Direction,
    /// When it fires, and why that matters.
    pub why: &'static str,
    /// What helps.
    pub remedy: &'static str,
}

macro_rules! words {
    ($($ty:ident { $($variant:ident => $word:literal),* $(,)? })*) => {$(
        impl $ty {
            /// As it is written for programs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    )*};
}

words! {
    Severity { Warning => "warning", Acknowledge => "acknowledge", Error => "error" }
    Category { History => "history", Wire => "wire", Stored => "stored", Shape => "shape" }
    Direction { Backward => "backward", Forward => "forward", Both => "both" }
}

/// One object, as it was released and as it is.
struct Checked<'f> {
    before: Option<&'f LockedObject>,
    now: &'f LockedObject,
    /// The history, if it holds together.
    lineage: Option<Arc<Lineage>>,
    /// The releases that were not released yet.
    fresh: Vec<Fresh<'f>>,
}

/// A release that was not released yet.
#[derive(Clone, Copy)]
struct Fresh<'f> {
    previous: &'f Release,
    release: &'f Release,
}

/// A fresh release with the shapes on its two sides.
struct Hop<'c> {
    release: &'c Release,
    previous: &'c Release,
    plan: &'c HopPlan,
    older: &'c ObjectSpec,
    newer: &'c ObjectSpec,
}

impl<'f> Checked<'f> {
    fn of(base: Option<&'f LockFile>, now: &'f LockedObject) -> Self {
        let before = base.and_then(|base| base.before(now));
        Self { before, now, lineage: Lineage::new(&now.declaration).ok().map(Arc::new), fresh: Fresh::of(before, now) }
    }

    /// The releases that were not released yet, each with the one before it.
    fn fresh(&self) -> impl Iterator<Item = Fresh<'f>> {
        self.fresh.iter().copied()
    }

    /// The same as hops; none if the history does not hold together.
    fn hops(&self) -> impl Iterator<Item = Hop<'_>> {
        let lineage = self.lineage.as_ref();
        self.fresh().filter_map(move |Fresh { previous, release }| {
            let lineage = lineage?;
            let place = lineage.place(&release.version)?;
            let before = place.checked_sub(1)?;
            let (older, newer) = (lineage.shapes().get(before)?, lineage.shapes().get(place)?);
            Some(Hop { release, previous, plan: lineage.hops().get(before)?, older, newer })
        })
    }

    /// What a released field is called now; none if it is gone.
    fn since(&self, name: &str) -> Option<String> {
        let mut name = name.to_owned();
        for Fresh { release, .. } in self.fresh() {
            for op in &release.ops {
                match op {
                    Op::Rename { from, to } if **from == *name => name = to.to_string(),
                    Op::Remove { field, .. } if *field.name == *name => return None,
                    _ => {}
                }
            }
        }
        self.now.declaration.head.index_of(&name).map(|_| name)
    }

    /// A finding about the object.
    fn tell(&self, id: &str, says: impl Into<String>) -> Option<Finding> {
        Finding::new(id, self.now, says)
    }
}

impl<'f> Fresh<'f> {
    /// The releases of `now` that `before` has not, each with the one before it.
    fn of(before: Option<&LockedObject>, now: &'f LockedObject) -> Vec<Self> {
        let known: Vec<&ObjectVersion> =
            before.iter().flat_map(|object| &object.declaration.releases).map(|release| &release.version).collect();
        let releases = &now.declaration.releases;
        let pairs = releases.iter().zip(releases.iter().skip(1)).filter(|(_, release)| !known.contains(&&release.version));
        pairs.map(|(previous, release)| Fresh { previous, release }).collect()
    }
}

impl<'c> Hop<'c> {
    /// The fields that both versions have, as they were and as they are.
    fn kept(&self) -> impl Iterator<Item = (&'c recension_model::FieldSpec, &'c recension_model::FieldSpec)> {
        let (older, newer) = (self.older, self.newer);
        let pairs = self.plan.newer.iter().zip(&newer.fields);
        pairs.filter_map(
            move |(from, field)| if let NewerField::Kept(place) = from { Some((older.fields.get(*place)?, field)) } else { None },
        )
    }

    /// A finding about this release.
    fn tell(&self, id: &str, checked: &Checked<'_>, says: impl Into<String>) -> Option<Finding> {
        checked.tell(id, says).map(|finding| finding.between(&self.previous.version, &self.release.version))
    }

    /// A finding about a field that both versions have.
    fn tell_of(
        &self,
        id: &str,
        checked: &Checked<'_>,
        (older, newer): (&recension_model::FieldSpec, &recension_model::FieldSpec),
        says: impl Into<String>,
    ) -> Option<Finding> {
        self.tell(id, checked, says).map(|finding| finding.of_field(checked.now, &newer.name).shaped(Some(older), Some(newer)))
    }
}

/// What a field is called after these ops.
fn renamed(ops: &[Op], name: &str) -> String {
    ops.iter().fold(name.to_owned(), |name, op| match op {
        Op::Rename { from, to } if **from == *name => to.to_string(),
        _ => name,
    })
}
