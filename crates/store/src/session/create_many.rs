//! Making many objects at once.

mod chunk;
mod drafts;
mod order;

use std::sync::Arc;

use recension_model::{Carry, ObjectDraft, Persisted};

use self::chunk::{InsertMany, Inserted, chunks};
use self::drafts::NewObjects;
use super::Session;
use crate::error::Invalid;
use crate::target::Target;
use crate::{Error, Operation, Persist};

impl Session {
    /// Stores new objects: all of them, or none. They come back in the order of the drafts. Each is filled and
    /// checked as by [`create`](Self::create), and up to 1,000 rows are written by one statement: 100 with a natural key, and no more than have
    /// four MiB of values together. Where a statement has a parameter for each cell, which is everywhere but on PostgreSQL, and there for
    /// objects with truths, the number of its rows is one of 1, 2, 5, 10, 20, 50 and so on, and they have 16,384 cells at most, or as many
    /// as the engine takes.
    ///
    /// Rows whose keys are given, or made by the store, are not asked for again, unless other programs write their table: they are told as
    /// they were written. What the table itself makes of a value, by a trigger or a column that holds less of it, is seen when they are
    /// read.
    ///
    /// In a transaction an error after the first chunk spoils the transaction: all of it is taken back.
    ///
    /// # Errors
    /// As [`create`](Self::create); where one draft is to blame before anything is sent, [`Invalid::Draft`]
    /// says which. [`Invalid::TooManyDrafts`] beyond the [cap](crate::Connect::drafts_max).
    pub async fn create_many<D>(&self, drafts: impl IntoIterator<Item = D>) -> Result<Vec<Persisted<D::Object>>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let target = Target::of::<D::Object>();
        let scope = self.scope(Operation::Create, target.object())?;
        let drafts = self.capped(target, drafts)?;
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let capability = self.store.capability();
        let drafts = Arc::new(self.complete_all(target, drafts)?);
        let objects: Arc<dyn NewObjects> = drafts.clone();
        let insert = || Ok(InsertMany { target, chunks: chunks(target, capability, &objects, scope.clone())? });
        let made = self.write(target.object(), Operation::Create, insert).await?;
        // So that the drafts are not copied.
        drop(objects);
        let mut drafts = Arc::unwrap_or_clone(drafts).into_drafts().enumerate();
        let mut objects = Vec::with_capacity(drafts.size_hint().0);
        for chunk in made {
            match chunk {
                Inserted::AsWritten(count, otherwise) => {
                    let mut otherwise = otherwise.into_iter().peekable();
                    for (place, mut draft) in drafts.by_ref().take(count) {
                        let mut carry = Carry::default();
                        while let Some((_, field, read)) = otherwise.next_if(|(of, ..)| *of == place) {
                            target.put_read(&mut draft, &mut carry, (field, read))?;
                        }
                        objects.push(target.persisted_draft(draft, carry)?);
                    }
                }
                Inserted::Given(given) => {
                    // Those first: a draft that has no more of them would be taken and lost.
                    for (row, _) in given.into_iter().zip(drafts.by_ref()) {
                        objects.push(target.persisted(row, Carry::default())?);
                    }
                }
            }
        }
        Ok(objects)
    }

    /// Stores new objects, each for itself, and says of each how it went, in the order of the drafts: as if
    /// [`create`](Self::create) was called with one after the other. If the future is dropped, those before the
    /// current one are stored and those after it are not.
    ///
    /// In a transaction too an object that already exists is only left out, but one that the policy denies
    /// spoils the transaction, as after [`create`](Self::create).
    ///
    /// # Errors
    /// What is wrong with the call as a whole: [`Error::Denied`] when the policy denies creating,
    /// [`Invalid::TooManyDrafts`] beyond the [cap](crate::Connect::drafts_max).
    pub async fn create_each<D>(&self, drafts: impl IntoIterator<Item = D>) -> Result<Vec<Result<Persisted<D::Object>, Error>>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let target = Target::of::<D::Object>();
        self.scope(Operation::Create, target.object())?;
        let drafts = self.capped(target, drafts)?;
        let mut results = Vec::with_capacity(drafts.len());
        for draft in drafts {
            results.push(self.create(draft).await);
        }
        Ok(results)
    }

    /// The drafts, if one call takes so many.
    fn capped<D>(&self, target: Target, drafts: impl IntoIterator<Item = D>) -> Result<Vec<D>, Error> {
        let max = self.store.drafts_max();
        let drafts: Vec<D> = drafts.into_iter().take((max as usize).saturating_add(1)).collect();
        if drafts.len() > max as usize {
            return Err(Error::Invalid(Invalid::TooManyDrafts { object: target.object().clone(), max }));
        }
        Ok(drafts)
    }
}
