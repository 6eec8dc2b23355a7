//! Rows of a typed object, on the database of whoever uses it.
//!
//! The conversions of an object are proved without a database ([`prove!`](crate::prove)). What its table makes of it, with the columns, triggers
//! and constraints that are there, is proved here:
//!
//! ```no_run
//! # use recension_model::Object;
//! # use recension_store::{Persist, Session};
//! use recension_testkit::Trials;
//! use recension_testkit::rows::Rows;
//!
//! # async fn proved<Disk: Persist>(session: &Session) -> Result<(), String> {
//! let disks = Rows::<Disk>::of(session);
//! disks.prove(Trials::new(64)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! It is for an empty table, or one whose rows nobody minds: rows are made, changed and deleted. What is left of one that broke a law stays, and
//! so does the mark of a deleted one: the same trials again want an empty table again.

use std::convert::Infallible;
use std::fmt;

use recension_model::{
    Carry, Draft, Edit, Error as ModelError, FieldSet, FieldSpec, Object, ObjectDraft, ObjectSpec, Persisted, Record, Slot, Value,
};
use recension_store::{Error, Fill, Invalid, Persist, Session};
use recension_versioning::Manifest;

use crate::Trials;
use crate::records::complete_records;

/// What must hold for the rows of an object, through one session.
///
/// - What is made is read as it was made, by its key; a row of it says what its draft said.
/// - What is saved is read as it was saved, with the rest of the row as it was, and is one write more.
/// - An edit of what was read before that is a conflict, and changes nothing.
/// - What a transaction did that failed is not done.
/// - What is deleted is not found.
///
/// A time is kept in UTC. Of a table that counts no writes nothing is said of conflicts.
pub struct Rows<'s, T: Persist> {
    session: &'s Session,
    adapt: Box<Adapt<'s, T>>,
    fill: Box<Filled<'s, T>>,
}

type Adapt<'s, T> = dyn Fn(Draft<T>) -> Draft<T> + Send + Sync + 's;
type Filled<'s, T> = dyn Fn(&mut <T as Object>::ServerFields) + Send + Sync + 's;

/// What a law takes its example back with.
enum Ended {
    OnPurpose,
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<'s, T: Persist> Rows<'s, T> {
    /// The rows that a session makes, which is in no transaction: its caller must be allowed to make, read, change and delete them.
    #[must_use]
    pub fn of(session: &'s Session) -> Self {
        Self { session, adapt: Box::new(|draft| draft), fill: Box::new(|_| {}) }
    }

    /// Has each random draft changed before it is made, or saved, such as to refer to a row that is there.
    #[must_use]
    pub fn drafts(self, adapt: impl Fn(Draft<T>) -> Draft<T> + Send + Sync + 's) -> Self {
        Self { adapt: Box::new(adapt), ..self }
    }

    /// Gives the service's own values to what is made, as in [`create_filled`](Session::create_filled).
    #[must_use]
    pub fn filled(self, fill: impl Fn(&mut T::ServerFields) + Send + Sync + 's) -> Self {
        Self { fill: Box::new(fill), ..self }
    }

    /// Tries it on random objects: of how many all of it was tried. The others are those of which the store says that they, or what they are to
    /// become, are [invalid](Error::Invalid) or [there already](Error::AlreadyExists).
    ///
    /// # Errors
    /// What does not hold, by the names of fields, never with a value, and how to see it again; that less than a quarter was tried.
    pub async fn prove(&self, trials: Trials) -> Result<u32, String> {
        let again = |broken: String| format!("{broken}\nthe same trials again: RECENSION_SEED={}", trials.from());
        let registry = T::registry().map_err(ToString::to_string)?;
        let pairs = {
            let records = || complete_records(registry, &T::NAME.into(), &Manifest::default());
            trials.sample(trials.cases(), &(records(), records()))
        };
        let mut tried = 0;
        for (first, second) in pairs {
            tried += u32::from(self.holds(&first, &second).await.map_err(again)?);
        }
        if tried < trials.cases().div_ceil(4) {
            return Err(again(format!("of {} random objects {tried} could be stored and changed", trials.cases())));
        }
        Ok(tried)
    }

    /// Tries it on one object, which is then changed to have what another one has; `false` where the store refuses the one or the other. Both
    /// are complete and of the newest version. Integers that fit no column are the largest that does.
    ///
    /// # Errors
    /// What does not hold.
    pub async fn holds(&self, first: &Record, second: &Record) -> Result<bool, String> {
        let Some((made, draft)) = self.made(first).await? else { return Ok(false) };
        let expected = self.read("a new row", &made).await?;
        same("a new row", &expected, &draft, |index, _| draft.at(index).is_set())?;
        let saved = self.saved(&made, expected, second).await?;
        let last = saved.as_ref().unwrap_or(&made);
        self.undone(last).await?;
        self.session.delete(last).await.map_err(|error| failed("delete", &error))?;
        match self.session.get::<T>(last.key()).await {
            Err(Error::NotFound { .. }) => Ok(saved.is_some()),
            Err(error) => Err(failed("get of what is deleted", &error)),
            Ok(_) => Err("a deleted row is found".to_owned()),
        }
    }

    /// What a record has that nobody but a caller gives.
    fn given(&self, record: &Record) -> Result<Draft<T>, String> {
        let mut record = record.clone();
        let spec = record.spec().clone();
        for (index, field) in spec.fields.iter().enumerate() {
            let is_filled = T::mapping().columns().iter().any(|column| column.field == index && column.fill != Fill::Given);
            if field.server_set || is_filled {
                record.take(index);
            } else if matches!(record.at(index), Slot::Value(Value::Integer(number)) if *number > i128::from(i64::MAX)) {
                record.fill(index, Slot::Value(Value::Integer(i64::MAX.into()))).map_err(|error| format!("draft: {error}"))?;
            }
        }
        let draft = <Draft<T> as ObjectDraft>::from_record(record).map_err(|error| format!("draft: {error}"))?;
        Ok((self.adapt)(draft))
    }

    /// A row of the record, with its draft as a record; none where the store takes no such object.
    async fn made(&self, record: &Record) -> Result<Option<(Persisted<T>, Record)>, String> {
        let draft = self.given(record)?;
        let given = ObjectDraft::to_record(&draft);
        match self.session.create_filled(draft, |fields| (self.fill)(fields)).await {
            Ok(made) => Ok(Some((made, given))),
            // That is of no value, but of what the object wants beside its draft.
            Err(Error::Invalid(Invalid::Object(error))) if matches!(*error, ModelError::Incomplete { .. }) => {
                Err(format!("create: {error}"))
            }
            Err(Error::Invalid(_) | Error::AlreadyExists { .. }) => Ok(None),
            Err(error) => Err(failed("create", &error)),
        }
    }

    /// The row as it is read, which is as it was told when it was written.
    async fn read(&self, what: &str, written: &Persisted<T>) -> Result<Record, String> {
        let read = self.session.get::<T>(written.key()).await.map_err(|error| failed(&format!("get of {what}"), &error))?;
        let (record, told) = (read.to_record(), written.to_record());
        for (index, field) in record.spec().fields.iter().enumerate() {
            if !is_same(record.at(index), told.at(index)) {
                return Err(format!("{what}, told and read: `{}` has another value", field.name));
            }
        }
        if read.revision() == written.revision() { Ok(record) } else { Err(format!("{what} has another revision when it is read")) }
    }

    /// The row with what another object has, and with that alone; none where the store does not take that.
    async fn saved(&self, made: &Persisted<T>, mut expected: Record, other: &Record) -> Result<Option<Persisted<T>>, String> {
        let other = ObjectDraft::to_record(&self.given(other)?);
        let spec = other.spec();
        let mut edit = made.edit();
        let mut changes = FieldSet::EMPTY;
        for (index, field) in spec.fields.iter().enumerate() {
            let slot = other.at(index);
            let is_key = T::mapping().keys().contains(&index);
            if !slot.is_set() || is_key || field.read_only || field.forbids(expected.at(index), slot).is_some() {
                continue;
            }
            edit.put(index, slot.clone()).map_err(|rule| format!("edit: {}", spec.invalid(index, rule)))?;
            expected.fill(index, slot.clone()).map_err(|error| format!("edit: {error}"))?;
            changes.insert(index);
        }
        edit.set_changes(changes);
        if changes.is_empty() {
            return Ok(Some(made.clone()));
        }
        let saved = match self.session.save(&edit).await {
            Ok(saved) => saved,
            Err(Error::Invalid(_) | Error::AlreadyExists { .. }) => return Ok(None),
            Err(error) => return Err(failed("save", &error)),
        };
        let record = self.read("a saved row", &saved).await?;
        // A time that each write changes is another.
        let is_touched = |index: usize| T::mapping().columns().iter().any(|column| column.field == index && column.fill == Fill::Touched);
        same("a saved row", &record, &expected, |index, _| !is_touched(index))?;
        if T::mapping().revision_column().is_some() {
            if saved.revision().0 != made.revision().0 + 1 {
                return Err("a saved row is not one write more".to_owned());
            }
            self.refused(&edit).await?;
            self.read("a row whose edit was refused", &saved).await?;
        }
        Ok(Some(saved))
    }

    /// The same edit again, of what was read before it, is a conflict.
    async fn refused(&self, edit: &Edit<T>) -> Result<(), String> {
        match self.session.save(edit).await {
            Err(Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(failed("save of what was read before another write", &error)),
            Ok(_) => Err("an edit of what was read before another write is let through".to_owned()),
        }
    }

    /// A transaction that deletes the row and fails leaves it.
    async fn undone(&self, row: &Persisted<T>) -> Result<(), String> {
        let done = self.session.transaction_as(async |tx| {
            tx.delete(row).await?;
            Err::<(), _>(Ended::OnPurpose)
        });
        match done.await {
            Err(Ended::OnPurpose) => self.read("a row whose deletion was taken back", row).await.map(|_| ()),
            Err(Ended::Failed(error)) => Err(failed("delete in a transaction", &error)),
            Ok(()) => Err("a transaction that failed is told to be done".to_owned()),
        }
    }
}

impl<T: Persist> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("object", &T::NAME).finish_non_exhaustive()
    }
}

fn failed(what: &str, error: &Error) -> String {
    format!("{what}: {}", error.log())
}

/// Whether two states are the same to the bit: `-0.0 == 0.0`.
fn is_same(one: &Slot, other: &Slot) -> bool {
    match (one, other) {
        (Slot::Value(Value::Float(one)), Slot::Value(Value::Float(other))) => one.to_bits() == other.to_bits(),
        (one, other) => one == other,
    }
}

/// Whether each field that is `asked` for has in one record what it has in the other.
fn same(what: &str, found: &Record, expected: &Record, asked: impl Fn(usize, &FieldSpec) -> bool) -> Result<(), String> {
    let spec: &ObjectSpec = found.spec();
    for (index, field) in spec.fields.iter().enumerate().filter(|(index, field)| asked(*index, field)) {
        if !is_kept_as(field, found.at(index), expected.at(index)) {
            return Err(format!("{what}: `{}` has another value", field.name));
        }
    }
    Ok(())
}

/// Whether a row gives a state as it was given: a time in UTC, and of objects what they say.
fn is_kept_as(field: &FieldSpec, found: &Slot, given: &Slot) -> bool {
    match field.admit(given.clone()) {
        Ok(Slot::Value(Value::Timestamp(time))) => *found == Slot::Value(Value::Timestamp(time.to_utc())),
        Ok(given) => is_same(&said(found.clone()), &said(given)),
        Err(_) => false,
    }
}

/// A state whose objects, at any depth, have only what they say: not what was changed in them, nor what they carry for other versions.
fn said(slot: Slot) -> Slot {
    let Slot::Value(value) = slot else { return slot };
    let mut plain = |mut child: Record| {
        let spec = child.spec().clone();
        let slots = (0..spec.fields.len()).map(|index| said(child.take(index))).collect();
        Ok::<_, Infallible>(Record::assemble(spec, slots, FieldSet::EMPTY, Carry::default()))
    };
    let Ok(value) = value.try_map_objects(&mut plain);
    Slot::Value(value)
}
