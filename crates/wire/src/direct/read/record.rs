//! From bytes to a record, at the version of its message.

use recension_model::{Carry, FieldSet, ObjectSpec, Record, Slot};
use recension_versioning::{Lineage, Registry};

use super::envelope::Part;
use super::{Reader, Wanted, within};
use crate::direct::LongWay;
use crate::scan::hops_above;
use crate::slot;
use crate::source::{DirectFormat, Source, Whole};
use crate::typed::Message;
use std::sync::Arc;

/// Reads a record from a message that carries nothing.
pub(crate) fn record_from<F: DirectFormat>(message: &Message<'_>, registry: &Registry) -> Result<Record, LongWay> {
    let Message { bytes, profile, limits } = *message;
    let mut source = F::source(bytes, limits)?;
    let record = read(&mut source, &Reader::new(profile, limits, Wanted::Part).with(registry), registry, true)?;
    if source.is_at_end() { Ok(record) } else { Err(LongWay) }
}

/// What is known of an envelope while it is read.
#[derive(Default)]
struct Envelope<'r> {
    lineage: Option<&'r Lineage>,
    shape: Option<&'r Arc<ObjectSpec>>,
    slots: Option<Vec<Slot>>,
    changes: FieldSet,
}

/// Reads an envelope in which the name stands before the namespace and the version, and those before the data.
pub(crate) fn read<'m, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    registry: &Registry,
    outermost: bool,
) -> Result<Record, LongWay> {
    reader.count_object()?;
    let mut envelope = Envelope::default();
    let (mut seen, mut guess) = (0_u8, 0);
    reader.deeper(|| {
        let mut items = source.begin_map()?;
        while source.more_keys(&mut items)? {
            let part = Part::read(source, reader, guess)?;
            let bit = 1 << part as u8;
            if seen & bit != 0 {
                return Err(LongWay);
            }
            seen |= bit;
            guess = part as usize + 1;
            envelope.part(part, source, reader, registry, outermost)?;
        }
        within(seen.count_ones() as usize, reader.limits.map_keys)
    })?;
    match (envelope.shape, envelope.slots) {
        (Some(shape), Some(slots)) if seen & Part::NEEDED == Part::NEEDED => {
            Ok(Record::assemble(shape.clone(), slots, envelope.changes, Carry::default()))
        }
        _ => Err(LongWay),
    }
}

impl<'r> Envelope<'r> {
    fn part<'m, S: Source<'m>>(
        &mut self,
        part: Part,
        source: &mut S,
        reader: &Reader<'_>,
        registry: &'r Registry,
        outermost: bool,
    ) -> Result<(), LongWay> {
        match part {
            Part::Name => {
                let name = short(source, reader)?;
                let lineage = registry.lineage(name.as_str()).map_err(|_| LongWay)?;
                // What it was called depends on the version, which is not known yet.
                if lineage.shapes().iter().any(|shape| shape.alias.is_some()) {
                    return Err(LongWay);
                }
                self.lineage = Some(lineage);
            }
            Part::Namespace => {
                let namespace = short(source, reader)?;
                if *self.lineage.ok_or(LongWay)?.head().namespace != *namespace.as_str() {
                    return Err(LongWay);
                }
            }
            Part::Version => {
                let lineage = self.lineage.ok_or(LongWay)?;
                let version = short(source, reader)?.as_str().parse().map_err(|_| LongWay)?;
                let shape = lineage.shape(&version).map_err(|_| LongWay)?;
                within(hops_above(lineage, &version), reader.limits.hops)?;
                self.shape = Some(shape);
            }
            Part::Data => self.slots = Some(data(source, reader, self.shape.ok_or(LongWay)?)?),
            Part::Changes => {
                let claimed = names(source, reader, self.shape.ok_or(LongWay)?)?;
                let slots = self.slots.as_ref().ok_or(LongWay)?;
                self.changes = claimed.iter().filter(|place| slots.get(*place).is_some_and(Slot::is_set)).collect();
            }
            Part::Revision if reader.profile.extensions && outermost => match source.whole()? {
                Whole::Unsigned(_) => {}
                Whole::Negative(_) => return Err(LongWay),
            },
            Part::Carry | Part::Revision => return Err(LongWay),
        }
        Ok(())
    }
}

fn short<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>) -> Result<crate::source::Text<'m>, LongWay> {
    let text = source.text()?;
    within(text.as_str().len(), reader.limits.text_bytes)?;
    Ok(text)
}

fn data<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, spec: &ObjectSpec) -> Result<Vec<Slot>, LongWay> {
    reader.deeper(|| {
        let mut slots = vec![Slot::Unset; spec.fields.len()];
        let (mut items, mut guess, mut count) = (source.begin_map()?, 0, 0);
        while source.more_keys(&mut items)? {
            let key = source.key()?;
            within(key.as_str().len(), reader.limits.key_bytes)?;
            let place = place_of(spec, key.as_str(), guess)?;
            let (field, slot) = spec.fields.get(place).zip(slots.get_mut(place)).ok_or(LongWay)?;
            if slot.is_set() {
                return Err(LongWay);
            }
            *slot = slot::read(source, reader, field)?;
            guess = place + 1;
            count += 1;
        }
        within(count, reader.limits.map_keys)?;
        Ok(slots)
    })
}

/// Fields mostly come in declared order, so the next one is tried first.
fn place_of(spec: &ObjectSpec, name: &str, guess: usize) -> Result<usize, LongWay> {
    match spec.fields.get(guess) {
        Some(field) if *field.name == *name => Ok(guess),
        _ => spec.index_of(name).ok_or(LongWay),
    }
}

fn names<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, spec: &ObjectSpec) -> Result<FieldSet, LongWay> {
    reader.deeper(|| {
        let (mut items, mut names, mut count) = (source.begin_list()?, FieldSet::EMPTY, 0);
        while source.more_items(&mut items)? {
            names.insert(spec.index_of(short(source, reader)?.as_str()).ok_or(LongWay)?);
            count += 1;
            within(count, reader.limits.list_items)?;
        }
        Ok(names)
    })
}
