//! A declaration folded back into the shape of each version.

use std::sync::Arc;

use recension_model::{Declaration, FieldSpec, ObjectSpec, ObjectVersion, Op, Release, Slot};

use crate::{Error, HistoryError, OpFault};

/// Every version of one object: the shape of each, and a plan for the hop between neighbours.
///
/// Made from the newest shape by undoing the ops of each release, newest first.
#[derive(Clone, Debug)]
pub struct Lineage {
    shapes: Vec<Arc<ObjectSpec>>,
    releases: Vec<Release>,
    /// `hops[i]` leads from `shapes[i]` to `shapes[i + 1]`.
    hops: Vec<HopPlan>,
}

/// How the fields of two neighbouring versions belong together.
#[derive(Clone, Debug, Default)]
pub(crate) struct HopPlan {
    /// For each field of the older shape, where it is in the newer one.
    pub(crate) older: Vec<OlderField>,
    /// For each field of the newer shape, where it is in the older one.
    pub(crate) newer: Vec<NewerField>,
}

/// A field of the older shape.
#[derive(Clone, Debug)]
pub(crate) enum OlderField {
    /// It is the field at this index of the newer shape.
    Kept(usize),
    /// It was removed; an object that never had it shows this.
    Removed(Slot),
}

/// A field of the newer shape.
#[derive(Clone, Debug)]
pub(crate) enum NewerField {
    /// It is the field at this index of the older shape.
    Kept(usize),
    /// It was added; an object made before it gets this.
    Added(Slot),
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
}

impl Lineage {
    /// Folds a declaration back.
    ///
    /// # Errors
    /// [`HistoryError`], naming the release and the op at fault.
    pub fn new(declaration: &Declaration) -> Result<Self, HistoryError> {
        let (head, releases) = (&declaration.head, &declaration.releases);
        check_order(head, releases)?;
        let mut shapes = vec![head.clone()];
        let mut hops = Vec::new();
        let mut newer = head.clone();
        for pair in releases.windows(2).rev() {
            let [before, release] = pair else { continue };
            let (older, hop) = fold_back(&newer, before, release)?;
            shapes.push(older.clone());
            hops.push(hop);
            newer = older;
        }
        shapes.reverse();
        hops.reverse();
        Ok(Self { shapes, releases: releases.clone(), hops })
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

    pub(crate) fn place(&self, version: &ObjectVersion) -> Option<usize> {
        self.shapes.iter().position(|shape| shape.version == *version)
    }

    pub(crate) fn hops(&self) -> &[HopPlan] {
        &self.hops
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

/// A field while ops are undone: what it was called before, and where it is in the newer shape.
struct Undone {
    field: FieldSpec,
    older: OlderField,
}

/// Undoes the ops of `release` on the shape it led to.
fn fold_back(newer: &ObjectSpec, before: &Release, release: &Release) -> Result<(Arc<ObjectSpec>, HopPlan), HistoryError> {
    let mut fields: Vec<Undone> =
        newer.fields.iter().enumerate().map(|(index, field)| Undone { field: field.clone(), older: OlderField::Kept(index) }).collect();
    let mut added: Vec<(usize, Slot)> = Vec::new();
    for op in release.ops.iter().rev() {
        undo(op, &mut fields, &mut added).map_err(|fault| HistoryError::Op {
            object: newer.name.clone(),
            version: release.version.clone(),
            op: sentence(op),
            fault,
        })?;
    }
    let mut plan = HopPlan::default();
    plan.newer.resize_with(newer.fields.len(), || NewerField::Added(Slot::Null));
    for (index, default) in added {
        if let Some(place) = plan.newer.get_mut(index) {
            *place = NewerField::Added(default);
        }
    }
    for (place, undone) in fields.iter().enumerate() {
        if let OlderField::Kept(index) = undone.older
            && let Some(newer) = plan.newer.get_mut(index)
        {
            *newer = NewerField::Kept(place);
        }
    }
    let (specs, older) = fields.into_iter().map(|undone| (undone.field, undone.older)).unzip();
    plan.older = older;
    let shape = newer.reshaped(before.version.clone(), specs).map_err(|source| HistoryError::Shape {
        object: newer.name.clone(),
        version: before.version.clone(),
        source,
    })?;
    Ok((shape, plan))
}

/// Undoes one op. `added` collects the fields of the newer shape that the older one does not have.
fn undo(op: &Op, fields: &mut Vec<Undone>, added: &mut Vec<(usize, Slot)>) -> Result<(), OpFault> {
    let find = |fields: &[Undone], name: &str| fields.iter().position(|undone| &*undone.field.name == name);
    match op {
        Op::Add { field, old_default } => {
            let place = find(fields, field).ok_or(OpFault::NoSuchField)?;
            let undone = fields.remove(place);
            let default = default_of(&undone.field, old_default, OpFault::NoOldDefault)?;
            // A field both added and removed by one release is in neither shape.
            if let OlderField::Kept(index) = undone.older {
                added.push((index, default));
            }
        }
        Op::Remove { field, fallback } => {
            if find(fields, &field.name).is_some() {
                return Err(OpFault::StillThere);
            }
            let fallback = default_of(field, fallback, OpFault::NoFallback)?;
            fields.push(Undone { field: field.clone(), older: OlderField::Removed(fallback) });
        }
        Op::Rename { from, to } => {
            if find(fields, from).is_some() {
                return Err(OpFault::StillThere);
            }
            let place = find(fields, to).ok_or(OpFault::NoSuchField)?;
            if let Some(undone) = fields.get_mut(place) {
                undone.field.name = from.clone();
            }
        }
        // A method changes what can be asked of the object, not its shape; so do ops of later releases of
        // this library until they are given a meaning here.
        _ => {}
    }
    Ok(())
}

/// What stands for a field that an object does not have: what was declared, else null where that is allowed.
fn default_of(field: &FieldSpec, declared: &Slot, none: OpFault) -> Result<Slot, OpFault> {
    match declared {
        Slot::Unset if field.nullable => Ok(Slot::Null),
        Slot::Unset => Err(none),
        declared => field.admit(declared.clone()).map_err(OpFault::Value),
    }
}

/// An op as it is declared, without values.
pub(crate) fn sentence(op: &Op) -> String {
    match op {
        Op::Add { field, .. } => format!("add({field})"),
        Op::Remove { field, .. } => format!("remove({})", field.name),
        Op::Rename { from, to } => format!("rename({from} => {to})"),
        Op::Method { name } => format!("method({name})"),
        other => format!("{other:?}"),
    }
}
