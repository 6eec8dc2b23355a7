//! What each op of a history did to one object.

use std::sync::Arc;

use recension_model::{Carry, FieldSpec, Hop, ObjectName, ObjectSpec, ObjectVersion, Op, Record, Release, Slot, Value};

use crate::{Error, Lineage, Manifest, Registry};

/// One op that an object went through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Where the object is in the whole, as `disks[0]`; empty for the whole.
    pub path: String,
    /// The object.
    pub object: ObjectName,
    /// The version it had.
    pub from: ObjectVersion,
    /// The neighbouring version that it got.
    pub to: ObjectVersion,
    /// The op, as it is declared.
    pub op: String,
    /// What became of the fields that the op is about; none for an op about none.
    pub fields: Vec<(String, Outcome)>,
}

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is as it was, perhaps under another name.
    Same,
    /// It has another value, which the op gives.
    Converted,
    /// It is gone or shown otherwise, and goes along in the carry.
    Carried,
    /// It is gone, and nothing is known of it that could go along.
    Dropped,
    /// It is as the carry had it.
    Restored,
    /// The carry had it, but what stood for it was changed since, which wins.
    Overridden,
    /// Nothing was known of it, and it got what the op declares.
    Given,
    /// Nothing is known of it.
    Unset,
}

/// An op as it is declared, without values.
#[must_use]
pub fn sentence(op: &Op) -> String {
    crate::lineage::sentence(op)
}

impl Outcome {
    /// The outcome in a word or two.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Converted => "converted",
            Self::Carried => "carried",
            Self::Dropped => "dropped",
            Self::Restored => "restored",
            Self::Overridden => "overridden",
            Self::Given => "given",
            Self::Unset => "unset",
        }
    }
}

impl Registry {
    /// Converts as [`convert`](Self::convert), and tells what each op did to the object and the objects in it. No step holds
    /// a value. Slower: for people.
    ///
    /// # Errors
    /// As [`convert`](Self::convert).
    pub fn explain(&self, record: Record, target: &ObjectVersion, manifest: &Manifest) -> Result<(Record, Vec<Step>), Error> {
        let converted = self.convert(record.clone(), target, manifest)?;
        let mut steps = Vec::new();
        self.explain_object(record, target, manifest, "", &mut steps)?;
        Ok((converted, steps))
    }

    fn explain_object(
        &self,
        record: Record,
        target: &ObjectVersion,
        manifest: &Manifest,
        path: &str,
        steps: &mut Vec<Step>,
    ) -> Result<(), Error> {
        let lineage = self.lineage(record.spec().name.as_str())?;
        let known = |version: &ObjectVersion| lineage.place(version).ok_or_else(|| lineage.incompatible(version));
        let (mut place, goal) = (known(&record.spec().version)?, known(target)?);
        let mut record = record;
        while place != goal {
            let next = if place < goal { place + 1 } else { place - 1 };
            let shape = lineage.shapes().get(next).ok_or_else(|| lineage.incompatible(target))?;
            let after = lineage.convert_among(record.clone(), &shape.version, Some(self))?;
            if let Some(release) = lineage.releases().get(place.max(next)) {
                let bare = || {
                    let mut bare = record.clone();
                    bare.set_carry(Carry::default());
                    lineage.convert_among(bare, &shape.version, Some(self)).ok()
                };
                let bare = if record.carry().is_empty() { None } else { bare() };
                let hop = Hopped { before: &record, after: &after, bare: bare.as_ref(), release, up: place < goal };
                steps.extend(hop.steps(path));
            }
            (place, record) = (next, after);
        }
        let spec = record.spec().clone();
        for (index, field) in spec.fields.iter().enumerate() {
            let Slot::Value(value) = record.at(index) else { continue };
            for (inner, child) in inside(path, field, value) {
                let version = self.child_version(lineage, &spec, field, child, manifest);
                self.explain_object(child.clone(), &version, manifest, &inner, steps)?;
            }
        }
        Ok(())
    }

    /// The version to which an object in a field is taken.
    fn child_version(&self, lineage: &Lineage, spec: &ObjectSpec, field: &FieldSpec, child: &Record, manifest: &Manifest) -> ObjectVersion {
        let named = self.version_in(manifest, child.spec().name.as_str());
        let pin = lineage.pin(&spec.version, &field.name);
        pin.into_iter().chain(named).min().unwrap_or(&child.spec().version).clone()
    }
}

/// The objects in a field, each with where it is.
fn inside<'r>(path: &str, field: &FieldSpec, value: &'r Value) -> Vec<(String, &'r Record)> {
    let here = if path.is_empty() { field.name.to_string() } else { format!("{path}.{}", field.name) };
    let objects = value.objects().into_iter().enumerate();
    // A name in a map is a value.
    let step = |place: usize| match value {
        Value::List(_) => format!("{here}[{place}]"),
        Value::Map(_) => format!("{here}[*]"),
        _ => here.clone(),
    };
    objects.map(|(place, object)| (step(place), object)).collect()
}

/// One hop that an object took.
struct Hopped<'h> {
    before: &'h Record,
    after: &'h Record,
    /// What it had become without what it carried, if it had become anything.
    bare: Option<&'h Record>,
    release: &'h Release,
    up: bool,
}

impl Hopped<'_> {
    fn steps(&self, path: &str) -> Vec<Step> {
        let mut ops: Vec<(usize, &Op)> = self.release.ops.iter().enumerate().collect();
        if !self.up {
            ops.reverse();
        }
        let step = |(place, op): (usize, &Op)| Step {
            path: path.to_owned(),
            object: self.after.spec().name.clone(),
            from: self.before.spec().version.clone(),
            to: self.after.spec().version.clone(),
            op: sentence(op),
            fields: self.fields(place, op),
        };
        ops.into_iter().map(step).collect()
    }

    fn fields(&self, place: usize, op: &Op) -> Vec<(String, Outcome)> {
        let (older, newer) = about(op);
        let older: Vec<Arc<str>> = older.into_iter().map(|name| self.renamed(place, name, false)).collect();
        let newer: Vec<Arc<str>> = newer.into_iter().map(|name| self.renamed(place, name, true)).collect();
        let (from, to) = if self.up { (&older, &newer) } else { (&newer, &older) };
        let one_to_one = from.len() == 1 && to.len() == 1;
        let mut outcomes: Vec<(String, Outcome)> = Vec::new();
        for name in to {
            let source = if one_to_one { from.first() } else { None };
            outcomes.push((name.to_string(), self.arrived(source, name, from)));
        }
        for name in from {
            let carried = carried(self.after.carry(), &self.release.version, name);
            match (carried, one_to_one) {
                // One line for a field of both versions; that it is carried says more than that it was converted.
                (Some(_), true) => {
                    if let Some((_, outcome)) = outcomes.first_mut()
                        && *outcome == Outcome::Converted
                    {
                        *outcome = Outcome::Carried;
                    }
                }
                (None, true) => {}
                (Some(_), false) => outcomes.push((name.to_string(), Outcome::Carried)),
                (None, false) if to.is_empty() => {
                    let known = self.before.slot(name).is_ok_and(Slot::is_set);
                    outcomes.push((name.to_string(), if known { Outcome::Dropped } else { Outcome::Unset }));
                }
                (None, false) => {}
            }
        }
        outcomes
    }

    /// What a field of the version that the object got is.
    fn arrived(&self, source: Option<&Arc<str>>, name: &Arc<str>, from: &[Arc<str>]) -> Outcome {
        let slot = self.after.slot(name).unwrap_or(&Slot::Unset);
        if let Some(carried) = carried(self.before.carry(), &self.release.version, name).filter(|_| slot.is_set()) {
            // Of a list the order alone may be carried, or a few items: what is seen of it in the field came from there.
            let is_seen = carried == slot || self.bare.is_some_and(|bare| bare.slot(name).unwrap_or(&Slot::Unset) != slot);
            return if is_seen { Outcome::Restored } else { Outcome::Overridden };
        }
        let before = source.and_then(|source| self.before.slot(source).ok());
        match before {
            _ if !slot.is_set() => Outcome::Unset,
            Some(before) if before == slot => Outcome::Same,
            None if from.is_empty() => Outcome::Given,
            _ => Outcome::Converted,
        }
    }

    /// The name that a field has in the newer shape or the older, of the name it has at an op of the release.
    fn renamed(&self, place: usize, name: Arc<str>, newer: bool) -> Arc<str> {
        let ops = &self.release.ops;
        let mut name = name;
        if newer {
            for op in ops.get(place + 1..).unwrap_or_default() {
                if let Op::Rename { from, to } = op
                    && *from == name
                {
                    name = to.clone();
                }
            }
        } else {
            for op in ops.get(..place).unwrap_or_default().iter().rev() {
                if let Op::Rename { from, to } = op
                    && *to == name
                {
                    name = from.clone();
                }
            }
        }
        name
    }
}

fn carried<'c>(carry: &'c Carry, version: &ObjectVersion, name: &str) -> Option<&'c Slot> {
    let (_, hop) = carry.hops().find(|(filed, _)| *filed == version)?;
    match hop {
        Hop::Known(fields) => fields.get(name).map(|carried| &carried.slot),
        Hop::Opaque(_) => None,
    }
}

/// The fields that an op is about, as they are called before it and after it.
fn about(op: &Op) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
    let names = |fields: &[FieldSpec]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let same = |name: &Arc<str>| (vec![name.clone()], vec![name.clone()]);
    match op {
        Op::Add { field, .. } => (Vec::new(), vec![field.clone()]),
        Op::Remove { field, .. } => (vec![field.name.clone()], Vec::new()),
        Op::Rename { from, to } => (vec![from.clone()], vec![to.clone()]),
        Op::Retype { field, .. }
        | Op::Widen { field, .. }
        | Op::Constrain { field, .. }
        | Op::MapValues { field, .. }
        | Op::Scale { field, .. }
        | Op::Listify { field, .. }
        | Op::KeyBy { field, .. }
        | Op::Unkey { field, .. } => same(&field.name),
        Op::Require { field, .. }
        | Op::Relax { field, .. }
        | Op::EnumAdd { field, .. }
        | Op::EnumRemove { field, .. }
        | Op::EnumRename { field, .. }
        | Op::Each { field, .. }
        | Op::Within { field, .. }
        | Op::Child { field, .. } => same(field),
        Op::Nest { fields, into, .. } | Op::Merge { fields, into, .. } => (names(fields), vec![into.clone()]),
        Op::Flatten { field, into, .. } | Op::Split { field, into, .. } => (vec![field.name.clone()], into.clone()),
        Op::Custom { fields, into, .. } => (names(fields), into.clone()),
        _ => (Vec::new(), Vec::new()),
    }
}
