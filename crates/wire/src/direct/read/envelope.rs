//! The keys of an envelope.

use recension_model::{FieldSet, Revision};

use super::{Found, Reader, Wanted, carry, complete, data, within};
use crate::direct::plan::{Plans, ReadPlan};
use crate::direct::{DirectObject, LongWay};
use crate::profile::{EnvelopeKey, EnvelopeKeys};
use crate::source::{Source, Whole};

/// What an envelope was.
pub(super) enum Read {
    /// An object, all of it.
    Object(Found),
    /// One whose version, which stood behind its data, is another than was thought: the one at this place.
    OfVersion(usize),
}

/// A key of the envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Name,
    Namespace,
    Version,
    Data,
    Changes,
    Carry,
    Revision,
}

/// The order in which they are mostly written.
const ORDER: [Part; 7] = [Part::Name, Part::Namespace, Part::Version, Part::Data, Part::Changes, Part::Carry, Part::Revision];

impl Part {
    /// A bit for each part without which there is no envelope.
    pub(super) const NEEDED: u8 = 1 << Self::Name as u8 | 1 << Self::Namespace as u8 | 1 << Self::Version as u8 | 1 << Self::Data as u8;

    fn key(self, keys: &EnvelopeKeys) -> &EnvelopeKey {
        match self {
            Self::Name => &keys.name,
            Self::Namespace => &keys.namespace,
            Self::Version => &keys.version,
            Self::Data => &keys.data,
            Self::Changes => &keys.changes,
            Self::Carry => &keys.carry,
            Self::Revision => &keys.revision,
        }
    }

    /// The next key of the envelope; most often it is one of those that are guessed.
    #[inline]
    pub(super) fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, guess: usize) -> Result<Self, LongWay> {
        let keys = reader.profile.keys();
        let guessed = ORDER.get(guess).filter(|part| source.is_key(&part.key(keys).ready));
        let part = match guessed {
            Some(part) => *part,
            None => {
                let key = source.key()?;
                ORDER.into_iter().find(|part| part.key(keys).text == key.as_str()).ok_or(LongWay)?
            }
        };
        within(part.key(keys).text.len(), reader.limits.key_bytes)?;
        Ok(part)
    }
}

/// What is known of an envelope while it is read.
struct Envelope {
    plans: &'static Plans,
    /// The place of the version that was taken for granted.
    place: Option<usize>,
    /// The place of the version that was read.
    version: Option<usize>,
    /// The fields that were read, and those that are said to be changed, by their places in the shape of the message.
    seen: FieldSet,
    claimed: FieldSet,
    /// The hops that were carried, and the carried fields that are said to be changed.
    told: u64,
    carried: FieldSet,
    revision: Option<u64>,
}

/// Reads an envelope, and its fields into a draft. `place` is that of its version, if it is known already.
pub(super) fn read<'m, T: DirectObject, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    draft: &mut T::Draft,
    place: Option<usize>,
    outermost: bool,
) -> Result<Read, LongWay> {
    let plans = T::plans().ok_or(LongWay)?;
    reader.count_object()?;
    within(ORDER.len(), reader.limits.map_keys)?;
    let mut envelope = Envelope {
        plans,
        place,
        version: None,
        seen: FieldSet::EMPTY,
        claimed: FieldSet::EMPTY,
        told: 0,
        carried: FieldSet::EMPTY,
        revision: None,
    };
    let mut seen = 0_u8;
    reader.deeper(|| {
        let (mut items, mut guess) = (source.begin_map()?, 0);
        while source.more_keys(&mut items)? {
            let part = Part::read(source, reader, guess)?;
            let bit = 1 << part as u8;
            if seen & bit != 0 {
                return Err(LongWay);
            }
            seen |= bit;
            guess = part as usize + 1;
            match part {
                Part::Name => this_text(source, reader, plans.name(), plans.spec_name())?,
                Part::Namespace => this_text(source, reader, plans.namespace(), plans.spec_namespace())?,
                Part::Version => envelope.version = Some(version(source, reader, plans)?),
                Part::Data => envelope.seen = data::read::<T, S>(source, reader, &envelope.plan()?.fields, draft)?,
                Part::Changes => envelope.claimed = data::names(source, reader, &envelope.plan()?.fields)?,
                Part::Carry if reader.profile.extensions => {
                    (envelope.told, envelope.carried) = carry::read::<T, S>(source, reader, envelope.plan()?, draft)?;
                }
                Part::Revision if reader.profile.extensions && outermost => match source.whole()? {
                    Whole::Unsigned(number) => envelope.revision = Some(number),
                    Whole::Negative(_) => return Err(LongWay),
                },
                Part::Carry | Part::Revision => return Err(LongWay),
            }
        }
        Ok(())
    })?;
    envelope.finish::<T>(reader, draft, seen)
}

impl Envelope {
    /// The plan of the version, if that is known, else of the newest.
    #[inline]
    fn plan(&mut self) -> Result<&'static ReadPlan, LongWay> {
        let place = *self.place.get_or_insert(self.version.unwrap_or(self.plans.newest()));
        self.plans.read(place).ok_or(LongWay)
    }

    fn finish<T: DirectObject>(mut self, reader: &Reader<'_>, draft: &mut T::Draft, seen: u8) -> Result<Read, LongWay> {
        let version = self.version.ok_or(LongWay)?;
        let plan = self.plan()?;
        if seen & Part::NEEDED != Part::NEEDED {
            return Err(LongWay);
        }
        if self.place != Some(version) {
            return Ok(Read::OfVersion(version));
        }
        within(plan.hops_above, reader.limits.hops)?;
        match reader.wanted {
            Wanted::Whole => complete::<T>(draft, plan, self.seen, self.told)?,
            Wanted::Keeping if plan.keeps_all => complete::<T>(draft, plan, self.seen, self.told)?,
            Wanted::Part if version == self.plans.newest() => {}
            Wanted::Keeping | Wanted::Part => return Err(LongWay),
        }
        let changed = self.claimed.iter().filter(|place| self.seen.contains(*place));
        let heads = changed.filter_map(|place| plan.fields.get(place)?.head);
        let changes = heads.chain(self.carried.iter()).collect();
        Ok(Read::Object(Found { changes, revision: self.revision.map(Revision) }))
    }
}

/// Reads one text and no other.
#[inline]
fn this_text<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, ready: &crate::sink::Ready, text: &str) -> Result<(), LongWay> {
    within(text.len(), reader.limits.text_bytes)?;
    if source.is_text(ready) || source.text()?.as_str() == text { Ok(()) } else { Err(LongWay) }
}

/// Reads the version; its place. Most often it is the newest.
#[inline]
fn version<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, plans: &Plans) -> Result<usize, LongWay> {
    let newest = plans.newest();
    if let Some(plan) = plans.read(newest)
        && source.is_text(&plan.version)
    {
        within(plan.version.len(), reader.limits.text_bytes)?;
        return Ok(newest);
    }
    let text = source.text()?;
    within(text.as_str().len(), reader.limits.text_bytes)?;
    plans.place_of_text(text.as_str()).ok_or(LongWay)
}
