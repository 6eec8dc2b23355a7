//! Loading what objects have to do with each other, in batches.

use std::collections::HashMap;

use recension_model::{Persisted, Slot};
use sea_orm::Value as Bound;
use sea_orm::sea_query::{ExprTrait, Order as Direction};

use super::Session;
use crate::error::Invalid;
use crate::target::Target;
use crate::value::bind;
use crate::{BelongsTo, Error, HasMany, Persist, RowKey};

/// Keys of one statement. There are always as many, so that the statement is prepared once; what is left over
/// is filled up with the last key again.
const CHUNK: usize = 128;

impl Session {
    /// The children of each parent, in the order of the parents, and those of one parent by key. Only those that
    /// the caller may read, and none that are deleted. One statement loads them for up to 128 parents.
    ///
    /// # Errors
    /// [`Invalid::TooManyRows`] when all parents together have more children than one answer may have; others
    /// as for [`Find::all`](crate::Find::all).
    pub async fn load_many<P: Persist, C: Persist>(
        &self,
        parents: &[Persisted<P>],
        relation: HasMany<P, C>,
    ) -> Result<Vec<Vec<Persisted<C>>>, Error> {
        let keys = parents.iter().map(|parent| Some(parent.key())).collect();
        self.related(keys, relation.by, Some(self.store.page_max())).await
    }

    /// The parent of each child, in the order of the children; `None` where the child has none, or the caller
    /// may not read it, or it is deleted. One statement loads them for up to 128 different parents.
    ///
    /// # Errors
    /// As for [`get`](Self::get), but nothing is `NotFound`.
    pub async fn load_one<C: Persist, P: Persist>(
        &self,
        children: &[Persisted<C>],
        relation: BelongsTo<C, P>,
    ) -> Result<Vec<Option<Persisted<P>>>, Error> {
        let (child, parent) = (Target::of::<C>(), Target::of::<P>());
        let keys: Result<Vec<Option<P::Key>>, Error> = children.iter().map(|object| key_in(child, &object.slot(relation.by))).collect();
        let key = parent.mapping.keys().first().copied();
        let key = key.ok_or_else(|| Error::integrity(parent.object(), "table without a key", None))?;
        let found = self.related(keys?, key, None).await?;
        Ok(found.into_iter().map(|mut found| found.pop()).collect())
    }

    /// The objects `R` that have each of the keys in the field at index `field`; no more than `max` in all.
    async fn related<K: RowKey, R: Persist>(
        &self,
        keys: Vec<Option<K>>,
        field: usize,
        max: Option<u32>,
    ) -> Result<Vec<Vec<Persisted<R>>>, Error> {
        let target = Target::of::<R>();
        let readable = self.readable(target, false)?;
        let (column, _) = target.column(field)?;
        let mut related: Vec<Vec<Persisted<R>>> = keys.iter().map(|_| Vec::new()).collect();
        let Keys { bound, places } = Keys::of(target, field, keys)?;
        let mut count = 0;
        for chunk in bound.chunks(CHUNK) {
            let padding = chunk.last().into_iter().cycle().take(CHUNK - chunk.len());
            let within = target.expr(column.column).is_in(chunk.iter().chain(padding).cloned());
            let mut select = target.select_all(self.store.capability(), readable.clone().add(within));
            for key in target.mapping.keys() {
                select.order_by_expr(target.expr(target.column(*key)?.0.column), Direction::Asc);
            }
            if let Some(max) = max {
                select.limit(u64::from(max) + 1);
            }
            let objects = self.read(target, &select, |objects: &mut Vec<Persisted<R>>, row| {
                if let Some(max) = max.filter(|max| count + objects.len() >= *max as usize) {
                    return Err(Error::Invalid(Invalid::TooManyRows { object: target.object().clone(), max }));
                }
                objects.push(target.decode(row)?);
                Ok(())
            });
            let objects = objects.await?;
            count += objects.len();
            for object in objects {
                let key: Option<K> = key_in(target, &object.slot(field))?;
                // A column that takes other texts for the same gives rows that are nobody's.
                let places = key.and_then(|key| places.get(&key));
                let places = places.ok_or_else(|| Error::integrity(target.object(), "key of no parent", Some(column.column)))?;
                share(&mut related, places, object);
            }
        }
        Ok(related)
    }
}

/// The key in a field; none where that is null.
fn key_in<K: RowKey>(target: Target, slot: &Slot) -> Result<Option<K>, Error> {
    let Some(value) = slot.value() else { return Ok(None) };
    let key = K::from_values(std::slice::from_ref(value));
    key.map(Some).map_err(|_| Error::integrity(target.object(), "key of another kind", None))
}

/// The keys that are looked for.
struct Keys<K> {
    /// Each once, as it is bound.
    bound: Vec<Bound>,
    /// At which places each was.
    places: HashMap<K, Vec<usize>>,
}

impl<K: RowKey> Keys<K> {
    fn of(target: Target, field: usize, keys: Vec<Option<K>>) -> Result<Self, Error> {
        let (mut bound, mut places) = (Vec::new(), HashMap::<K, Vec<usize>>::new());
        for (place, key) in keys.into_iter().enumerate() {
            let Some(key) = key else { continue };
            if !places.contains_key(&key) {
                for value in key.to_values() {
                    bound.push(bind(&value).map_err(|rule| target.spec.invalid(field, rule))?);
                }
            }
            places.entry(key).or_default().push(place);
        }
        Ok(Self { bound, places })
    }
}

/// Puts an object at each of the places; only where there are several it is copied.
fn share<R: Clone>(related: &mut [Vec<R>], places: &[usize], object: R) {
    let Some((last, others)) = places.split_last() else { return };
    for place in others {
        if let Some(place) = related.get_mut(*place) {
            place.push(object.clone());
        }
    }
    if let Some(place) = related.get_mut(*last) {
        place.push(object);
    }
}
