//! Drafts that are about to be written, which are looked at where they are: what lies in a cell as it is goes to the statement without a
//! copy, and they become the objects that were asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use recension_model::{Carry, FieldSet, LentField, Object, ObjectDraft, Persisted, Record, Rule, Slot};

use crate::error::Fault;
use crate::session::Session;
use crate::target::Target;
use crate::{Error, Persist, RowKey, json_cell};

/// Drafts of which nothing is missing but keys that the database makes.
#[derive(Clone)]
pub(super) struct Drafts<D> {
    target: Target,
    drafts: Vec<D>,
    /// The fields that are set in each.
    set: Vec<FieldSet>,
    /// The objects in them, by the place of the draft and of its field, at the versions that the fleet reads.
    lowered: BTreeMap<(usize, usize), Slot>,
}

/// The same without their Rust type, so that what is done with them is compiled once. A draft is named by its place.
pub(super) trait NewObjects: Send + Sync + 'static {
    /// The fields that are set in each.
    fn set(&self) -> &[FieldSet];

    /// The states of one, in the order of the fields.
    fn lend<'d>(&'d self, draft: usize, fields: &mut Vec<LentField<'d>>);

    /// The state of a field of one, as it is written.
    fn state(&self, draft: usize, field: usize) -> Cow<'_, Slot>;

    /// A record of these fields of one, as they are written.
    fn record(&self, draft: usize, fields: FieldSet) -> Record;
}

impl Session {
    /// Checks drafts, and fills in what the store fills: each as [`create`](Session::create) does.
    ///
    /// # Errors
    /// As of `create` before anything is sent, of the first draft that is to blame.
    pub(super) fn complete_all<D>(&self, target: Target, mut drafts: Vec<D>) -> Result<Drafts<D>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let mut set = Vec::with_capacity(drafts.len());
        let mut filled = Vec::new();
        let mut lowered = BTreeMap::new();
        let holders = json_cell::holders(&target);
        let columns: FieldSet = target.columns().map(|(column, _)| column.field).collect();
        let mut lent = Vec::with_capacity(target.spec.fields.len());
        for (place, draft) in drafts.iter().enumerate() {
            lent.clear();
            draft.lend(&mut lent);
            let completed = checked_fields(target, draft, &lent).and_then(|mut set| {
                let mut fills = Vec::new();
                if set != columns {
                    let generated = <D::Object as Persist>::Key::generate().and_then(|key| key.to_values().pop());
                    fills = self.fills(target, set, generated, None)?;
                    fills.iter().for_each(|(field, _)| set.insert(*field));
                }
                if !holders.is_empty() {
                    let fill = |field: usize| fills.iter().find(|(of, _)| *of == field).map(|(_, slot)| slot.clone());
                    let mut record = record_of(target, holders, |field| fill(field).unwrap_or_else(|| draft.held_slot(field)));
                    json_cell::lower(&target, &mut record, holders, self.store.manifest())?;
                    lowered.extend(holders.iter().map(|field| ((place, field), record.take(field))).filter(|(_, slot)| slot.is_set()));
                }
                filled.extend(fills.into_iter().map(|(field, slot)| (place, field, slot)));
                Ok(set)
            });
            set.push(completed.map_err(|error| error.of_draft(place))?);
        }
        for (place, field, slot) in filled {
            let Some(draft) = drafts.get_mut(place) else { continue };
            draft.put(field, slot).map_err(|rule| Error::from(target.spec.invalid(field, rule)).of_draft(place))?;
        }
        Ok(Drafts { target, drafts, set, lowered })
    }
}

/// Checks the states of a draft, and says which fields are set.
fn checked_fields(target: Target, draft: &impl ObjectDraft, lent: &[LentField<'_>]) -> Result<FieldSet, Error> {
    let mut set = FieldSet::EMPTY;
    // What is not the caller's to set is said of a draft whose values keep the rules.
    let mut refused = None;
    for (index, (field, lent)) in target.spec.fields.iter().zip(lent).enumerate() {
        let checked = match lent {
            LentField::Unset => continue,
            _ if field.server_set && refused.is_none() => {
                refused = Some(target.spec.invalid(index, Rule::ServerSet).into());
                field.check(&draft.slot(index))
            }
            LentField::Cell(cell) => field.check_cell(*cell),
            LentField::Value => {
                let slot = draft.slot(index);
                let checked = field.check(&slot);
                refused = refused.or_else(|| target.known(index, &slot).err());
                checked
            }
        };
        checked.map_err(|rule| target.spec.invalid(index, rule))?;
        set.insert(index);
    }
    refused.map_or(Ok(set), Err)
}

/// A record of these fields.
fn record_of(target: Target, fields: FieldSet, state: impl Fn(usize) -> Slot) -> Record {
    let slot = |field: usize| if fields.contains(field) { state(field) } else { Slot::Unset };
    let slots = (0..target.spec.fields.len()).map(slot).collect();
    Record::assemble(target.spec.clone(), slots, FieldSet::EMPTY, Carry::default())
}

impl<D: ObjectDraft> NewObjects for Drafts<D> {
    fn set(&self) -> &[FieldSet] {
        &self.set
    }

    fn lend<'d>(&'d self, draft: usize, fields: &mut Vec<LentField<'d>>) {
        if let Some(draft) = self.drafts.get(draft) {
            draft.lend(fields);
        }
    }

    fn state(&self, draft: usize, field: usize) -> Cow<'_, Slot> {
        match self.lowered.get(&(draft, field)) {
            Some(lowered) => Cow::Borrowed(lowered),
            None => Cow::Owned(self.drafts.get(draft).map(|draft| draft.held_slot(field)).unwrap_or_default()),
        }
    }

    fn record(&self, draft: usize, fields: FieldSet) -> Record {
        record_of(self.target, fields, |field| self.state(draft, field).into_owned())
    }
}

impl<D: ObjectDraft> Drafts<D> {
    /// The drafts one after the other.
    pub(super) fn into_drafts(self) -> impl Iterator<Item = D> {
        self.drafts.into_iter()
    }
}

impl Target {
    /// The whole object of a draft that was written.
    ///
    /// # Errors
    /// [`Error::Integrity`] where something is missing after all.
    pub(super) fn persisted_draft<D: ObjectDraft>(&self, draft: D, carry: Carry) -> Result<Persisted<D::Object>, Error> {
        let object = D::Object::from_draft(draft).map_err(|_| Error::integrity(self.object(), "row does not make an object", None))?;
        Ok(Persisted::assemble(object, self.first_revision(), carry))
    }

    /// The same where a field is read in another state than was written, with what is carried of the objects in it.
    pub(super) fn put_read<D: ObjectDraft>(&self, draft: &mut D, carry: &mut Carry, (field, mut slot): (usize, Slot)) -> Result<(), Error> {
        carry.gather_field(field, &mut slot);
        draft.put(field, slot).map_err(|_| Error::Internal(Fault::of_us("a state that its field cannot hold")))
    }
}
