//! From bytes to a typed object.
//!
//! The limits of a message are checked as it is read: lengths before anything is copied, counts as they rise. A
//! fault ends the short way at once, with an error that nobody looks at.

mod carry;
mod data;
mod envelope;

use std::cell::Cell;
use std::fmt;

use recension_model::{FieldSet, ObjectDraft, Revision};
use serde::Deserializer;
use serde::de::DeserializeSeed;

use self::envelope::{EnvelopeSeed, Read};
use super::plan::ReadPlan;
use super::{DirectObject, LongWay};
use crate::typed::Message;
use crate::{Limits, Profile};

/// What reading one message keeps in mind.
#[derive(Debug)]
pub struct Reader<'r> {
    pub(crate) profile: &'r Profile,
    pub(crate) limits: &'r Limits,
    pub(crate) wanted: Wanted,
    /// Whether a text that is borrowed from the message may have a NUL in it.
    pub(crate) borrows_nul: bool,
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

impl Reader<'_> {
    /// Runs `read` one level deeper.
    #[inline]
    pub(crate) fn deeper<R, E: serde::de::Error>(&self, read: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        let depth = self.depth.get();
        if depth >= self.limits.depth {
            return Err(long_way());
        }
        self.depth.set(depth + 1);
        let result = read();
        self.depth.set(depth);
        result
    }

    #[inline]
    fn count_object(&self) -> bool {
        self.objects.set(self.objects.get() + 1);
        self.objects.get() <= self.limits.objects
    }
}

/// The error of the short way. Nobody reads it.
#[cold]
pub fn long_way<E: serde::de::Error>() -> E {
    E::custom(Silent)
}

struct Silent;

impl fmt::Display for Silent {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
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
    let whole = F::whole(bytes, limits)?;
    let mut read = |place| {
        let reader = Reader { profile, limits, wanted, borrows_nul: F::BORROWS_NUL, objects: Cell::new(0), depth: Cell::new(0) };
        F::read(whole, EnvelopeSeed::<T> { reader: &reader, draft: &mut *draft, place, outermost: true })
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

/// A format, as the short way reads it.
pub trait DirectFormat {
    /// A message that is not too large.
    type Whole<'m>: Copy;
    /// Whether a text may stand in a message as it is and have a NUL in it.
    const BORROWS_NUL: bool;

    /// Checks the size of a message, and that its texts are texts.
    ///
    /// # Errors
    /// [`LongWay`].
    fn whole<'m>(message: &'m [u8], limits: &Limits) -> Result<Self::Whole<'m>, LongWay>;
    /// Reads the one value that a message is.
    ///
    /// # Errors
    /// [`LongWay`].
    fn read<'m, S: DeserializeSeed<'m>>(whole: Self::Whole<'m>, seed: S) -> Result<S::Value, LongWay>;
}

/// Reads an object that a field holds.
///
/// # Errors
/// Those of the format, which are not looked at.
pub fn read_nested<'m, T: DirectObject, D: Deserializer<'m>>(value: D, reader: &Reader<'_>) -> Result<T::Draft, D::Error> {
    let mut draft = T::Draft::default();
    match (EnvelopeSeed::<T> { reader, draft: &mut draft, place: None, outermost: false }).deserialize(value)? {
        Read::Object(_) => Ok(draft),
        Read::OfVersion(_) => Err(long_way()),
    }
}

/// Fills in what objects made before a field get, and checks that nothing is missing. `told` are the places of
/// the hops that the object carried.
fn complete<T: DirectObject>(draft: &mut T::Draft, plan: &ReadPlan, told: u64) -> Result<(), LongWay> {
    let missing = |field: &super::ReadField| field.head.is_some_and(|head| !T::is_set(draft, head));
    if plan.fields.iter().any(missing) {
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
