//! From bytes to a typed object.
//!
//! The limits of a message are checked as it is read: lengths before anything is copied, counts as they rise. A
//! fault ends the short way at once, without a word.

mod carry;
mod data;
mod envelope;
mod record;

use std::cell::Cell;

use recension_model::{FieldSet, ObjectDraft, Revision};
use recension_versioning::Registry;

use self::envelope::Read;
pub(crate) use self::record::{read as read_record, record_from};
use super::plan::ReadPlan;
use super::{DirectObject, LongWay};
use crate::source::{DirectFormat, Source};
use crate::typed::Message;
use crate::{Limits, Profile};

/// What reading one message keeps in mind.
#[derive(Debug)]
pub struct Reader<'r> {
    pub(crate) profile: &'r Profile,
    pub(crate) limits: &'r Limits,
    pub(crate) wanted: Wanted,
    /// The objects that may be in records.
    pub(crate) registry: Option<&'r Registry>,
    objects: Cell<usize>,
    depth: Cell<usize>,
}

/// What kind of object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A complete one, without a place for what an older shape had besides.
    Whole,
    /// A complete one that keeps all that it carries: the short way reads it only where nothing is left over.
    Keeping,
    /// One whose fields may be missing; the short way reads it only at its newest version.
    Part,
}

impl<'r> Reader<'r> {
    pub(crate) const fn new(profile: &'r Profile, limits: &'r Limits, wanted: Wanted) -> Self {
        Self { profile, limits, wanted, registry: None, objects: Cell::new(0), depth: Cell::new(0) }
    }

    /// Records too may be read, of the objects of a registry.
    const fn with(self, registry: &'r Registry) -> Self {
        Self { registry: Some(registry), ..self }
    }

    /// Runs `read` one level deeper.
    #[inline]
    pub(crate) fn deeper<R>(&self, read: impl FnOnce() -> Result<R, LongWay>) -> Result<R, LongWay> {
        let depth = self.depth.get();
        if depth >= self.limits.depth {
            return Err(LongWay);
        }
        self.depth.set(depth + 1);
        let result = read();
        self.depth.set(depth);
        result
    }

    #[inline]
    fn count_object(&self) -> Result<(), LongWay> {
        self.objects.set(self.objects.get() + 1);
        within(self.objects.get(), self.limits.objects)
    }
}

#[inline]
pub(crate) const fn within(found: usize, most: usize) -> Result<(), LongWay> {
    if found <= most { Ok(()) } else { Err(LongWay) }
}

/// What was read beside the fields of an object.
pub(crate) struct Found {
    /// The changed fields, by their places in the newest shape.
    pub(crate) changes: FieldSet,
    pub(crate) revision: Option<Revision>,
}

/// Reads the outermost object. Where its data stands before its version, it is read as the newest first, and once
/// more if that was wrong.
pub(crate) fn object_from<T: DirectObject, F: DirectFormat>(
    message: &Message<'_>,
    wanted: Wanted,
    draft: &mut T::Draft,
) -> Result<Found, LongWay> {
    let Message { bytes, profile, limits } = *message;
    let mut read = |place| {
        let mut source = F::source(bytes, limits)?;
        let read = envelope::read::<T, _>(&mut source, &Reader::new(profile, limits, wanted), draft, place, true)?;
        if source.is_at_end() { Ok(read) } else { Err(LongWay) }
    };
    match read(None)? {
        Read::Object(found) => Ok(found),
        // What was read is read again, every field of it.
        Read::OfVersion(place) => match read(Some(place))? {
            Read::Object(found) => Ok(found),
            Read::OfVersion(_) => Err(LongWay),
        },
    }
}

/// Reads an object that a field holds.
///
/// # Errors
/// [`LongWay`].
pub fn read_nested<'m, T: DirectObject, S: Source<'m>>(source: &mut S, reader: &Reader<'_>) -> Result<T::Draft, LongWay> {
    let mut draft = T::Draft::default();
    match envelope::read::<T, S>(source, reader, &mut draft, None, false)? {
        Read::Object(found) => {
            draft.set_changes(found.changes);
            Ok(draft)
        }
        Read::OfVersion(_) => Err(LongWay),
    }
}

/// Fills in what objects made before a field get, and checks that nothing is missing. `told` are the places of
/// the hops that the object carried.
fn complete<T: DirectObject>(draft: &mut T::Draft, plan: &ReadPlan, seen: FieldSet, told: u64) -> Result<(), LongWay> {
    let missing = |(place, field): (usize, &super::ReadField)| field.head.is_some() && !seen.contains(place);
    if seen.len() < plan.fields.len() && plan.fields.iter().enumerate().any(missing) {
        return Err(LongWay);
    }
    for (place, hop) in plan.hops.iter().enumerate() {
        for field in &hop.fields {
            let Some(head) = field.head.filter(|head| !T::is_set(draft, *head)) else { continue };
            // What is carried and yet left out was unset, or is withheld.
            if told >> place & 1 == 1 || !field.default.is_set() {
                return Err(LongWay);
            }
            draft.put(head, field.default.clone())?;
        }
    }
    Ok(())
}
