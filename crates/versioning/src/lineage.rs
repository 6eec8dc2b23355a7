//! A declaration folded back into the shape of each version.

mod behaviours;
mod fold;
mod pins;

use std::sync::Arc;

use recension_model::{Declaration, ObjectSpec, ObjectVersion, Release, Slot};

pub(crate) use self::fold::sentence;
use self::pins::{PinOp, Pins};
use crate::jump::{Jump, Jumps, Moves};
use crate::regroup::Regrouped;
use crate::reshape::{Direction, Reshaped};
use crate::{Error, HistoryError};

/// Every version of one object: the shape of each, and a plan for the hop between neighbours.
///
/// Made from the newest shape by undoing the ops of each release, newest first.
#[derive(Clone, Debug)]
pub struct Lineage {
    shapes: Vec<Arc<ObjectSpec>>,
    releases: Vec<Release>,
    /// `hops[i]` leads from `shapes[i]` to `shapes[i + 1]`.
    hops: Vec<HopPlan>,
    pins: Pins,
    /// For each shape the fields that hold objects made of fields, or that fields are made of.
    made: Vec<Vec<usize>>,
    /// Plans of jumps, each made when it is first needed.
    jumps: Jumps,
}

/// How the fields of two neighbouring versions belong together.
#[derive(Clone, Debug, Default)]
pub(crate) struct HopPlan {
    /// For each field of the older shape, where it is in the newer one.
    pub(crate) older: Vec<OlderField>,
    /// For each field of the newer shape, where it is in the older one.
    pub(crate) newer: Vec<NewerField>,
    /// The fields of both shapes whose values differ.
    pub(crate) reshaped: Vec<Reshaped>,
    /// Fields of one shape that are other fields of the other.
    pub(crate) regrouped: Vec<Regrouped>,
    /// The fields of both shapes that say of which version the objects in them are.
    pins: Vec<PinOp>,
    /// What becomes of each field on either way.
    pub(crate) down: Moves,
    pub(crate) up: Moves,
}

/// A field of the older shape.
#[derive(Clone, Debug)]
pub(crate) enum OlderField {
    /// It is the field at this index of the newer shape.
    Kept(usize),
    /// It was removed; an object that never had it shows this.
    Removed(Slot),
    /// It became other fields, by the op at this place of `regrouped`.
    Regrouped(usize),
}

/// A field of the newer shape.
#[derive(Clone, Debug)]
pub(crate) enum NewerField {
    /// It is the field at this index of the older shape.
    Kept(usize),
    /// It was added; an object made before it gets this.
    Added(Slot),
    /// It was other fields, by the op at this place of `regrouped`.
    Regrouped(usize),
}

/// A hop that lies behind an object, and so is in its carry.
pub(crate) struct Carrying<'l> {
    pub(crate) plan: &'l HopPlan,
    /// The way that the object took over it.
    pub(crate) direction: Direction,
    /// The shape that the object came from, whose fields are carried.
    pub(crate) shape: &'l Arc<ObjectSpec>,
}

impl HopPlan {
    /// Fields of the newer shape that the older one has not.
    pub(crate) fn added(&self) -> impl Iterator<Item = usize> {
        self.newer.iter().enumerate().filter(|(_, field)| matches!(field, NewerField::Added(_))).map(|(index, _)| index)
    }

    /// Fields of the older shape that the newer one has not.
    pub(crate) fn removed(&self) -> impl Iterator<Item = usize> {
        self.older.iter().enumerate().filter(|(_, field)| matches!(field, OlderField::Removed(_))).map(|(index, _)| index)
    }

    /// Whether fields move, come and go, and no value is another in the other shape.
    pub(crate) const fn only_moves(&self) -> bool {
        self.reshaped.is_empty() && self.regrouped.is_empty()
    }

    /// Whether the field at `index` is in the carry of every object that went this way and had it.
    pub(crate) fn moves(&self, index: usize, direction: Direction) -> bool {
        match direction {
            Direction::Down => matches!(self.newer.get(index), Some(NewerField::Added(_))),
            Direction::Up => matches!(self.older.get(index), Some(OlderField::Removed(_))),
        }
    }

    /// What becomes of the field that is at `index` and goes this way together with others, or as others.
    pub(crate) fn regroups(&self, index: usize, direction: Direction) -> Option<&Regrouped> {
        let place = match direction {
            Direction::Down => {
                self.newer.get(index).and_then(|field| if let NewerField::Regrouped(place) = field { Some(*place) } else { None })
            }
            Direction::Up => {
                self.older.get(index).and_then(|field| if let OlderField::Regrouped(place) = field { Some(*place) } else { None })
            }
        };
        self.regrouped.get(place?)
    }

    /// What happens to the values of the field that is at `index` before it goes this way.
    pub(crate) fn reshapes(&self, index: usize, direction: Direction) -> Option<&Reshaped> {
        self.reshaped.iter().find(|field| match direction {
            Direction::Down => field.newer == index,
            Direction::Up => field.older == index,
        })
    }
}

impl Lineage {
    /// Folds a declaration back.
    ///
    /// # Errors
    /// [`HistoryError`], naming the release and the op at fault.
    pub fn new(declaration: &Declaration) -> Result<Self, HistoryError> {
        let (head, releases) = (&declaration.head, &declaration.releases);
        check_order(head, releases)?;
        behaviours::check(head, releases)?;
        let mut shapes = vec![head.clone()];
        let mut hops = Vec::new();
        let mut newer = head.clone();
        for pair in releases.windows(2).rev() {
            let [before, release] = pair else { continue };
            let (older, hop) = fold::back(&newer, before, release)?;
            shapes.push(older.clone());
            hops.push(hop);
            newer = older;
        }
        shapes.reverse();
        hops.reverse();
        let pins = Pins::of(&shapes, &hops)?;
        let made = made_objects(&hops);
        let jumps = Jumps::new(shapes.len());
        Ok(Self { shapes, releases: releases.clone(), hops, pins, made, jumps })
    }

    /// The newest shape.
    #[must_use]
    pub fn head(&self) -> &Arc<ObjectSpec> {
        // A lineage has at least one shape: `new` puts the head in first.
        self.shapes.last().unwrap_or_else(|| unreachable!("a lineage without a shape"))
    }

    /// The shape of each version, oldest first.
    #[must_use]
    pub fn shapes(&self) -> &[Arc<ObjectSpec>] {
        &self.shapes
    }

    /// The releases, oldest first.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The shape of one version.
    ///
    /// # Errors
    /// [`Error::Incompatible`] when the history does not have it.
    pub fn shape(&self, version: &ObjectVersion) -> Result<&Arc<ObjectSpec>, Error> {
        self.place(version).and_then(|place| self.shapes.get(place)).ok_or_else(|| self.incompatible(version))
    }

    /// The version that an object of this version holds in the field called `field`, where the history
    /// says so (with the op `child`). `None` without it, or where the history has not the version or the field.
    #[must_use]
    pub fn pin(&self, version: &ObjectVersion, field: &str) -> Option<&ObjectVersion> {
        let place = self.place(version)?;
        self.pins.at(place, self.shapes.get(place)?.index_of(field)?)
    }

    /// The same by the places of the version and of the field in its shape.
    pub(crate) fn pin_at(&self, version: usize, field: usize) -> Option<&ObjectVersion> {
        self.pins.at(version, field)
    }

    pub(crate) fn place(&self, version: &ObjectVersion) -> Option<usize> {
        self.shapes.iter().position(|shape| shape.version == *version)
    }

    /// The fields of the shape at `place` that hold objects made of fields, or that fields are made of.
    pub(crate) fn made_objects(&self, place: usize) -> Option<&[usize]> {
        self.made.get(place).map(Vec::as_slice)
    }

    /// The plan of a jump from one place to another, if one of them is the newest and every hop only moves fields.
    pub(crate) fn jump(&self, from: usize, to: usize) -> Option<&Jump> {
        self.jumps.get(self, from, to)
    }

    pub(crate) fn hops(&self) -> &[HopPlan] {
        &self.hops
    }

    /// What the carry of `hop` means in an object of version `here`; `None` for a hop that is not known.
    pub(crate) fn carrying(&self, here: &ObjectVersion, hop: &ObjectVersion) -> Option<Carrying<'_>> {
        let newer = self.place(hop)?;
        let older = newer.checked_sub(1)?;
        let (direction, there) = if hop > here { (Direction::Down, newer) } else { (Direction::Up, older) };
        Some(Carrying { plan: self.hops.get(older)?, direction, shape: self.shapes.get(there)? })
    }

    pub(crate) fn incompatible(&self, version: &ObjectVersion) -> Error {
        let head = self.head();
        Error::Incompatible {
            object: head.name.clone(),
            version: version.clone(),
            lowest: self.shapes.first().unwrap_or(head).version.clone(),
            highest: head.version.clone(),
        }
    }
}

/// Follows objects that `nest` makes up, and those that `flatten` takes apart down.
fn made_objects(hops: &[HopPlan]) -> Vec<Vec<usize>> {
    let objects = |hop: &HopPlan, up: bool| {
        let groups = hop.regrouped.iter().filter(|group| group.nested().is_some_and(|nested| nested.up == up));
        groups.flat_map(|group| if up { &group.newer().places } else { &group.older().places }).copied().collect::<Vec<_>>()
    };
    let mut made = vec![Vec::new(); hops.len() + 1];
    let mut above = Vec::new();
    for (place, hop) in hops.iter().enumerate() {
        let kept = hop.newer.iter().enumerate();
        let kept = kept.filter(|(_, field)| matches!(field, NewerField::Kept(older) if above.contains(older))).map(|(index, _)| index);
        above = kept.chain(objects(hop, true)).collect();
        if let Some(fields) = made.get_mut(place + 1) {
            fields.extend_from_slice(&above);
        }
    }
    let mut below = Vec::new();
    for (place, hop) in hops.iter().enumerate().rev() {
        let kept = hop.older.iter().enumerate();
        let kept = kept.filter(|(_, field)| matches!(field, OlderField::Kept(newer) if below.contains(newer))).map(|(index, _)| index);
        below = kept.chain(objects(hop, false)).collect();
        if let Some(fields) = made.get_mut(place) {
            fields.extend_from_slice(&below);
        }
    }
    made
}

fn check_order(head: &ObjectSpec, releases: &[Release]) -> Result<(), HistoryError> {
    let (Some(first), Some(last)) = (releases.first(), releases.last()) else {
        return Err(HistoryError::NoRelease(head.name.clone()));
    };
    if !first.ops.is_empty() {
        return Err(HistoryError::FirstHasOps(head.name.clone()));
    }
    let not_ascending = releases.iter().zip(releases.iter().skip(1)).find(|(before, after)| after.version <= before.version);
    if let Some((before, after)) = not_ascending {
        return Err(HistoryError::NotAscending {
            object: head.name.clone(),
            previous: before.version.clone(),
            version: after.version.clone(),
        });
    }
    if last.version != head.version {
        return Err(HistoryError::HeadVersion { object: head.name.clone(), shape: head.version.clone(), release: last.version.clone() });
    }
    Ok(())
}
