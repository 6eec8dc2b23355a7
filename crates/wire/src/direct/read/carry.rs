//! What an older version could not say.

use recension_model::FieldSet;

use super::{Reader, data, within};
use crate::direct::plan::{ReadHop, ReadPlan};
use crate::direct::{DirectObject, LongWay};
use crate::source::Source;

/// Hops that a set of bits can tell.
const HOPS_MAX: usize = 64;

/// Reads hops that lead on from the version of the message; the places of those that were read, and the fields in
/// them that are said to be changed, by their places in the newest shape.
pub(super) fn read<'m, T: DirectObject, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    plan: &ReadPlan,
    draft: &mut T::Draft,
) -> Result<(u64, FieldSet), LongWay> {
    within(plan.hops.len(), HOPS_MAX.min(reader.limits.map_keys))?;
    reader.deeper(|| {
        let (mut items, mut guess) = (source.begin_map()?, 0);
        let (mut told, mut changed) = (0_u64, FieldSet::EMPTY);
        while source.more_keys(&mut items)? {
            let (place, hop) = match plan.hops.get(guess) {
                Some(hop) if source.is_key(&hop.key) => (guess, hop),
                _ => of_version(&plan.hops, source.key()?.as_str())?,
            };
            within(hop.key.len(), reader.limits.key_bytes)?;
            if told >> place & 1 == 1 {
                return Err(LongWay);
            }
            told |= 1 << place;
            guess = place + 1;
            self::hop::<T, S>(source, reader, hop, draft)?.iter().for_each(|head| changed.insert(head));
        }
        Ok((told, changed))
    })
}

/// A version may be written shorter or longer than it was declared: then the long way reads it.
fn of_version<'p>(hops: &'p [ReadHop], text: &str) -> Result<(usize, &'p ReadHop), LongWay> {
    hops.iter().enumerate().find(|(_, hop)| hop.text == text).ok_or(LongWay)
}

/// Reads the fields of one hop; those that are said to be changed.
fn hop<'m, T: DirectObject, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    hop: &ReadHop,
    draft: &mut T::Draft,
) -> Result<FieldSet, LongWay> {
    let fields = &hop.fields;
    let (mut seen, mut claimed) = (None, None);
    reader.deeper(|| {
        let mut items = source.begin_map()?;
        while source.more_keys(&mut items)? {
            let keys = reader.profile.keys();
            if seen.is_none() && source.is_key(&keys.hop_data) {
                within(keys.hop_data.len(), reader.limits.key_bytes)?;
                seen = Some(data::read::<T, S>(source, reader, fields, draft)?);
            } else if claimed.is_none() && source.is_key(&keys.hop_changes) {
                within(keys.hop_changes.len(), reader.limits.key_bytes)?;
                claimed = Some(data::names(source, reader, fields)?);
            } else {
                return Err(LongWay);
            }
        }
        Ok(())
    })?;
    let (seen, claimed) = (seen.unwrap_or_default(), claimed.unwrap_or_default());
    let changed = claimed.iter().filter(|place| seen.contains(*place));
    Ok(changed.filter_map(|place| fields.get(place)?.head).collect())
}
