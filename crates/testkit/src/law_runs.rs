//! The laws at every hop of every object of a registry, as evidence for the gate.

use std::cell::RefCell;
use std::collections::BTreeMap;

use recension_model::{Op, Record};
use recension_versioning::rules::{LawOutcome, LawRun};
use recension_versioning::{Error, Lineage, Manifest, Registry, explain};
use recension_wire::Codec;

use crate::laws::{Fault, Law, LawBroken};
use crate::prove::every;
use crate::records::{complete_records, records, versions};
use crate::trials::Trials;

/// Objects that are taken over a hop to see whether it takes any.
const SAMPLES: u32 = 64;

/// Tries every law on random objects at each hop of each object: what the rules `VO_LAW_FAILED`, `VO_CUSTOM_NO_GENERATOR` and
/// `VO_LOSS_UNACKNOWLEDGED` go by. A registry from a lock file has no functions, so ops that need them convert nothing there.
///
/// Newest hops first; below one where a law is broken, or that takes hardly any object, no more are tried, since every older object
/// goes through it.
#[must_use]
pub fn law_runs(registry: &Registry, trials: Trials) -> Vec<LawRun> {
    registry.lineages().flat_map(|lineage| of_object(registry, lineage, trials)).collect()
}

fn of_object(registry: &Registry, lineage: &Lineage, trials: Trials) -> Vec<LawRun> {
    let mut runs = Vec::new();
    for place in (1..lineage.shapes().len()).rev() {
        let hop = Hop { registry, lineage, place };
        let Some(version) = lineage.shapes().get(place).map(|shape| shape.version.clone()) else { break };
        let outcome = hop.untried(trials).unwrap_or_else(|| hop.tried(trials));
        let is_proven = outcome == LawOutcome::Proven;
        runs.push(LawRun { object: lineage.head().name.to_string(), version, outcome });
        if !is_proven {
            break;
        }
    }
    runs
}

/// The hop between the shape at a place of a history and the one before.
struct Hop<'h> {
    registry: &'h Registry,
    lineage: &'h Lineage,
    place: usize,
}

impl Hop<'_> {
    /// An op that has no counterpart for nearly all that is generated, if there is one.
    fn untried(&self, trials: Trials) -> Option<LawOutcome> {
        let name = &self.lineage.head().name;
        let (newer, older) = (self.lineage.shapes().get(self.place)?, self.lineage.shapes().get(self.place - 1)?);
        for (from, to) in [(newer, older), (older, newer)] {
            let mut refused: BTreeMap<String, u32> = BTreeMap::new();
            let start = Manifest::default().with(name.clone(), from.version.clone());
            for record in trials.sample(SAMPLES, &complete_records(self.registry, name, &start)) {
                if let Err(Error::NotConverted(not)) = self.registry.convert(record, &to.version, &Manifest::default()) {
                    *refused.entry(not.op).or_default() += 1;
                }
            }
            if let Some((op, _)) = refused.into_iter().find(|(_, count)| *count > SAMPLES - SAMPLES / 16) {
                return Some(LawOutcome::NoGenerator { op });
            }
        }
        None
    }

    fn tried(&self, trials: Trials) -> LawOutcome {
        let (registry, name) = (self.registry, &self.lineage.head().name);
        let Some(older) = self.lineage.shapes().get(self.place - 1) else { return LawOutcome::Proven };
        let there = Manifest::default().with(name.clone(), older.version.clone());
        let values = (records(registry, name, &Manifest::default()), versions(registry), records(registry, name, &there));
        let (codec, first) = (Codec::default(), RefCell::new(None));
        let held = trials.run(&values, |(record, children, other): (Record, Manifest, Record)| {
            let to = children.with(name.clone(), older.version.clone());
            let held = every(&codec, registry, (&record, &other), &to, |broken| self.is_acknowledged(broken));
            held.map_err(|broken| {
                if !matches!(broken.fault, Fault::Misfit(_)) {
                    first.borrow_mut().get_or_insert_with(|| broken.clone());
                }
                broken.unless_refused()
            })
        });
        match (held, first.into_inner()) {
            (Ok(()), _) => LawOutcome::Proven,
            (Err(_), Some(broken)) => self.outcome(&broken, trials),
            // Hardly any object came through, each op of the hop refusing some.
            (Err(_), None) => {
                let op = self.functions().next().or_else(|| self.ops().first());
                LawOutcome::NoGenerator { op: op.map_or_else(|| "no op".to_owned(), explain::sentence) }
            }
        }
    }

    /// What a broken law means: where an op has functions, what does not come back is lost by them.
    fn outcome(&self, broken: &LawBroken, trials: Trials) -> LawOutcome {
        match self.functions().next().filter(|_| is_loss(broken)) {
            Some(op) => LawOutcome::Loses { op: explain::sentence(op) },
            None => LawOutcome::Failed { law: broken.law.id().to_owned(), seed: trials.from().to_string() },
        }
    }

    /// Whether an op on the way says that something is lost.
    fn is_acknowledged(&self, broken: &LawBroken) -> bool {
        let releases = self.lineage.releases().get(self.place..).unwrap_or_default();
        let mut ops = releases.iter().flat_map(|release| &release.ops);
        is_loss(broken) && ops.any(|op| matches!(op, Op::Custom { loss: Some(_), .. }))
    }

    fn ops(&self) -> &[Op] {
        self.lineage.releases().get(self.place).map(|release| release.ops.as_slice()).unwrap_or_default()
    }

    /// The ops of this hop that have functions.
    fn functions(&self) -> impl Iterator<Item = &Op> {
        self.ops().iter().filter(|op| op.has_functions())
    }
}

/// Whether an object did not come back as it was.
const fn is_loss(broken: &LawBroken) -> bool {
    matches!(broken.law, Law::Restore | Law::Faithful) && matches!(broken.fault, Fault::State { .. } | Fault::Value { .. })
}
