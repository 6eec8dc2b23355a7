//! What somebody on an older version changes.

use std::collections::BTreeSet;

use recension_model::{Hop, ObjectSpec, Record};
use recension_versioning::{Lineage, Manifest, Registry};

use super::broken::kept_state;
use super::others::others_stay;
use super::replay::{Traced, replay};
use super::{Fault, Law, LawBroken, Trial, convert, without_carry};

/// An object of the newest version is taken to the versions of `to`, where somebody changes fields to what
/// they are in `other`, an object of the same version. Back at the newest version everything else is as it was, and
/// whoever takes it to the older version again finds the changes there. Of a list that one item stands for there, and whose others
/// stay, the others are as they were.
///
/// # Errors
/// [`LawBroken`].
pub fn live_wins(registry: &Registry, record: &Record, other: &Record, to: &Manifest) -> Result<(), LawBroken> {
    let trial = Trial::new(Law::LiveWins, record, to);
    let lineage = trial.ok(registry.lineage(record.spec().name.as_str()))?;
    let newest = trial.first(registry.upgrade(record.clone()))?;
    let shown = trial.first(convert(registry, &newest, to))?;
    let mut edited = shown.clone();
    let other = trial.first(convert(registry, other, to))?;
    let mut changed: Vec<usize> = Vec::new();
    for (index, field) in shown.spec().fields.iter().enumerate().filter(|(index, _)| other.changes().contains(*index)) {
        let mut trying = edited.clone();
        trial.ok(trying.set(&field.name, other.at(index).clone()))?;
        // What the history has no counterpart for, nobody can change a field to.
        if !matches!(registry.upgrade(trying.clone()), Err(recension_versioning::Error::NotConverted(_))) {
            edited = trying;
            changed.push(index);
        }
    }
    let back = trial.ok(registry.upgrade(edited.clone()))?;
    let sources = Sources::of(&trial, registry, lineage, &shown, newest.spec())?;
    for (index, sources) in sources.newest.iter().enumerate() {
        if !changed.iter().any(|place| sources.contains(place)) {
            let name = newest.spec().fields.get(index).map(|field| field.name.to_string()).unwrap_or_default();
            trial.check(kept_state(newest.at(index), back.at(index), &name))?;
        }
    }
    let again = trial.ok(convert(registry, &back, to))?;
    for (index, field) in edited.spec().fields.iter().enumerate() {
        trial.check(kept_state(edited.at(index), again.at(index), &field.name))?;
        let (before, after) = (edited.changes().contains(index), again.changes().contains(index));
        if before != after && (before || !sources.together(index).any(|other| edited.changes().contains(other))) {
            return Err(trial.broken(Fault::Changed { field: field.name.to_string() }));
        }
    }
    others_stay(&trial, registry, lineage, (&newest, &edited), to)?;
    arrived(&trial, registry, lineage, (&edited, &changed), to)
}

/// What was changed at an older version is so at the next, and not only in what is carried there for the way back: without any carry
/// it is shown again. This is for fields that the ops by themselves give back, and that are one field in both versions: of several
/// that became others together some may be known from the carry alone. Objects have a history of their own.
fn arrived(
    trial: &Trial<'_>,
    registry: &Registry,
    lineage: &Lineage,
    (edited, changed): (&Record, &[usize]),
    to: &Manifest,
) -> Result<(), LawBroken> {
    let spec = edited.spec();
    let Some(next) = lineage.shapes().iter().find(|shape| shape.version > spec.version) else { return Ok(()) };
    let up = |record: Record| registry.convert(record, &next.version, to);
    let expected = without_carry(edited.clone());
    let told = up(edited.clone()).and_then(|next| registry.convert(without_carry(next), &spec.version, to));
    let (Ok(by_ops), Ok(told)) = (up(expected.clone()), told) else { return Ok(()) };
    let told = without_carry(told);
    let sources = Sources::of(trial, registry, lineage, edited, next)?;
    for index in changed.iter().copied().filter(|index| sources.alone.contains(index)) {
        let Some(field) = spec.fields.get(index).filter(|field| field.kind.children().is_empty()) else { continue };
        let carried = |hop: &Hop| matches!(hop, Hop::Known(fields) if fields.contains_key(&field.name));
        if !by_ops.carry().hops().any(|(_, hop)| carried(hop)) {
            trial.check(kept_state(expected.at(index), told.at(index), &field.name))?;
        }
    }
    Ok(())
}

/// The fields of an older shape that those of newer ones are made of.
struct Sources {
    /// For each field of the newest shape.
    newest: Vec<BTreeSet<usize>>,
    /// Those that are one field all the way to the newest.
    alone: BTreeSet<usize>,
    /// Those that are one field in some version on the way.
    groups: Vec<BTreeSet<usize>>,
}

impl Sources {
    fn of(trial: &Trial<'_>, registry: &Registry, lineage: &Lineage, older: &Record, newest: &ObjectSpec) -> Result<Self, LawBroken> {
        // Where each field comes from, whatever it holds.
        let nothing = Record::new(older.spec().clone());
        let traced = |shape: &ObjectSpec| {
            let traced = replay(registry, lineage.releases(), &nothing, shape);
            traced.map_err(|misfit| trial.broken(Fault::Misfit(misfit.to_string())))
        };
        let places = |traced: &Traced| traced.sources.iter().filter_map(|name| older.spec().index_of(name)).collect::<BTreeSet<_>>();
        let between = lineage.shapes().iter().filter(|shape| shape.version > older.spec().version && shape.version <= newest.version);
        let groups = between.map(|shape| traced(shape)).collect::<Result<Vec<_>, _>>()?.iter().flatten().map(places).collect();
        let newest = traced(newest)?;
        let alone = newest.iter().filter(|traced| traced.alone).flat_map(places).collect();
        Ok(Self { newest: newest.iter().map(places).collect(), alone, groups })
    }

    /// Fields that are one field somewhere count as changed together.
    fn together(&self, index: usize) -> impl Iterator<Item = usize> {
        self.groups.iter().filter(move |group| group.contains(&index)).flatten().copied()
    }
}
