//! Fields that are loaded when they are needed.

use std::future::Future;

use recension_model::{Error as ModelError, FieldSet, FieldType, ObjectDraft, Partial, Slot, Value};

use super::Session;
use crate::target::{Stored, Target};
use crate::{AnyColumn, Column, Error, Persist};

/// Loads fields of an object of which some are missing.
///
/// ```
/// # use recension_store::{Column, Error, Load, Persist, Session};
/// # use recension_model::Partial;
/// async fn text<T: Persist>(partial: &mut Partial<T>, session: &Session, text: Column<T, String>) -> Result<String, Error> {
///     partial.load(session, text).await
/// }
/// ```
pub trait Load<T: Persist> {
    /// The field of `column`, which is loaded and put into the partial object if it is not set there; that
    /// does not count as a change of it. A field that is set is given as it is, and nothing is sent.
    ///
    /// What is loaded is in the row now: it may have been written since the other fields were read.
    ///
    /// # Errors
    /// [`Invalid`](Error::Invalid) with [`Incomplete`](ModelError::Incomplete) when a field of the key is not
    /// set; [`Error::NotFound`] when the row is gone, deleted, or not the caller's to read; others as for
    /// [`get`](Session::get).
    fn load<F: FieldType>(&mut self, session: &Session, column: Column<T, F>) -> impl Future<Output = Result<F, Error>> + Send;

    /// Loads those of several fields that are not set, with one statement.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn load_fields(
        &mut self,
        session: &Session,
        columns: impl IntoIterator<Item: Into<AnyColumn<T>>>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<T: Persist> Load<T> for Partial<T> {
    async fn load<F: FieldType>(&mut self, session: &Session, column: Column<T, F>) -> Result<F, Error> {
        fill(self, session, std::iter::once(column.field()).collect()).await?;
        let draft = F::from_slot(self.slot(column.field())).ok().flatten();
        draft
            .and_then(|draft| F::complete(draft).ok())
            .ok_or_else(|| Error::integrity(Target::of::<T>().object(), "cell does not make a field", Some(column.name())))
    }

    fn load_fields(
        &mut self,
        session: &Session,
        columns: impl IntoIterator<Item: Into<AnyColumn<T>>>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let fields: FieldSet = columns.into_iter().map(|column| column.into().field).collect();
        fill(self, session, fields)
    }
}

/// Loads those of the fields that are not set.
async fn fill<T: Persist>(partial: &mut Partial<T>, session: &Session, fields: FieldSet) -> Result<(), Error> {
    let target = Target::of::<T>();
    let missing: FieldSet = fields.iter().filter(|index| !partial.slot(*index).is_set()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let readable = session.readable(target, false)?;
    let select = target.select(missing, target.key_is(&key(partial)?, Some(readable))?);
    let found = session.read(target, &select, |found, row| {
        *found = Some(target.read(row, missing)?);
        Ok(())
    });
    let Stored { mut slots, .. } = found.await?.ok_or_else(|| Error::not_found(target.object().clone()))?;
    for index in missing.iter() {
        let slot = slots.get_mut(index).map(std::mem::take).unwrap_or_default();
        partial.put(index, slot).map_err(|rule| target.spec.invalid(index, rule))?;
    }
    Ok(())
}

/// The values of the key.
fn key<T: Persist>(partial: &Partial<T>) -> Result<Vec<Value>, Error> {
    let target = Target::of::<T>();
    let (mut values, mut missing) = (Vec::new(), Vec::new());
    for index in target.mapping.keys() {
        match partial.slot(*index) {
            Slot::Value(value) => values.push(value),
            Slot::Null | Slot::Unset => missing.extend(target.spec.fields.get(*index).map(|field| field.name.to_string())),
        }
    }
    if missing.is_empty() { Ok(values) } else { Err(ModelError::Incomplete { object: target.object().clone(), missing }.into()) }
}
