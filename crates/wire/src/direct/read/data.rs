//! The fields of an object.

use recension_model::FieldSet;

use super::{Reader, within};
use crate::direct::{DirectObject, LongWay, ReadField};
use crate::slot;
use crate::source::Source;

/// Reads fields into a draft; the places of those that were read.
pub(super) fn read<'m, T: DirectObject, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    fields: &[ReadField],
    draft: &mut T::Draft,
) -> Result<FieldSet, LongWay> {
    reader.deeper(|| {
        let (mut items, mut seen) = (source.begin_map()?, FieldSet::EMPTY);
        // Fields mostly come in declared order, so the next one is tried first, and then the next by name.
        let (mut guess, mut after) = (0, usize::MAX);
        while source.more_keys(&mut items)? {
            let (place, field) = match (fields.get(guess), fields.get(after)) {
                (Some(field), _) if source.is_key(&field.key) => (guess, field),
                (_, Some(field)) if source.is_key(&field.key) => (after, field),
                _ => of_name(fields, source.key()?.as_str())?,
            };
            within(field.key.len(), reader.limits.key_bytes)?;
            if seen.contains(place) {
                return Err(LongWay);
            }
            seen.insert(place);
            (guess, after) = (place + 1, field.after);
            match field.head {
                Some(head) => T::read_field(draft, head, source, reader, &field.spec)?,
                None => drop(slot::read(source, reader, &field.spec)?),
            }
        }
        within(seen.len(), reader.limits.map_keys)?;
        Ok(seen)
    })
}

/// Reads a list of names of fields; the places of those.
pub(super) fn names<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, fields: &[ReadField]) -> Result<FieldSet, LongWay> {
    reader.deeper(|| {
        let (mut items, mut names, mut count) = (source.begin_list()?, FieldSet::EMPTY, 0);
        while source.more_items(&mut items)? {
            let name = source.text()?;
            within(name.as_str().len(), reader.limits.text_bytes)?;
            names.insert(of_name(fields, name.as_str())?.0);
            count += 1;
            within(count, reader.limits.list_items)?;
        }
        Ok(names)
    })
}

fn of_name<'p>(fields: &'p [ReadField], name: &str) -> Result<(usize, &'p ReadField), LongWay> {
    fields.iter().enumerate().find(|(_, field)| *field.spec.name == *name).ok_or(LongWay)
}
