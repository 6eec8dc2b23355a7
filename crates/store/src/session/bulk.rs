//! Changing and deleting many objects at once.

use recension_model::{Draft, Edit, FieldSet, Persisted};
use sea_orm::sea_query::Query;

use super::set_at_once::SetAtOnce;
use super::write::Work;
use super::{Find, Session, Stop};
use crate::engine::{Connection, Prepared};
use crate::error::Invalid;
use crate::target::Target;
use crate::{Error, Operation, Persist};

impl Session {
    /// Saves several edits: all of them, or none. Each is compared with its row as by [`save`](Self::save), and they come back in their order.
    ///
    /// It is a transaction with a statement for each, and is run again as one.
    ///
    /// # Errors
    /// As [`save`](Self::save), of the first that is refused; [`Invalid::TooManyDrafts`] beyond the [cap](crate::Connect::drafts_max).
    pub async fn save_many<T: Persist>(&self, edits: &[Edit<T>]) -> Result<Vec<Persisted<T>>, Error> {
        self.few_enough::<T>(edits.len())?;
        self.transaction(async |tx| {
            let mut saved = Vec::with_capacity(edits.len());
            for edit in edits {
                saved.push(tx.save(edit).await?);
            }
            Ok(saved)
        })
        .await
    }

    /// Deletes several objects: all of them, or none. Each is compared with its row as by [`delete`](Self::delete).
    ///
    /// # Errors
    /// As [`delete`](Self::delete), of the first that is refused; [`Invalid::TooManyDrafts`] beyond the
    /// [cap](crate::Connect::drafts_max).
    pub async fn delete_many<T: Persist>(&self, objects: &[Persisted<T>]) -> Result<(), Error> {
        self.few_enough::<T>(objects.len())?;
        self.transaction(async |tx| {
            for object in objects {
                tx.delete(object).await?;
            }
            Ok(())
        })
        .await
    }

    fn few_enough<T: Persist>(&self, count: usize) -> Result<(), Error> {
        let max = self.store.drafts_max();
        if count <= max as usize {
            return Ok(());
        }
        Err(Error::Invalid(Invalid::TooManyDrafts { object: Target::of::<T>().object().clone(), max }))
    }
}

impl<T: Persist> Find<T> {
    /// Changes all that is found, and that the caller may read and change, to what the draft sets; how many there were. It is one
    /// statement: no row is compared with what anybody has read, but each counts the write, so that others who have read it are
    /// told. Orders mean nothing here.
    ///
    /// A row in a state from which its machine may not go where the draft sends it is left as it is, and not counted.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a value breaks a rule, for a field that only the service sets, that cannot change, or that is part of
    /// the key or the natural key; [`Error::Denied`] when the policy denies reading or changing, or its condition on changes
    /// names a column that is set: whether each row is within it afterwards is looked at by [`Session::save_many`] only.
    /// Those of the database.
    pub async fn update(self, changes: Draft<T>) -> Result<u64, Error> {
        let target = Target::of::<T>();
        let session = &self.session;
        let scope = session.scope(Operation::Update, target.object())?;
        let record = target.set_at_once(changes)?;
        if record.changes().is_empty() {
            return Ok(0);
        }
        let change = SetAtOnce::of(session, target, record, scope)?;
        let update = change.update(self.visible(target)?);
        session.write(target.object(), Operation::Update, || Ok(Bulk { statement: session.store.capability().prepare(&update) })).await
    }

    /// Deletes all that is found, and that the caller may read and delete; how many there were. Where the object says
    /// `soft_delete(..)` the rows are marked. It is one statement, which compares no row with what anybody has read.
    ///
    /// # Errors
    /// [`Error::Denied`] when the policy denies reading or deleting, and when other rows refer to one of them; those of the database.
    pub async fn delete(self) -> Result<u64, Error> {
        let target = Target::of::<T>();
        let session = &self.session;
        let scope = session.scope(Operation::Delete, target.object())?;
        let rows = self.visible(target)?.add_option(scope);
        let capability = session.store.capability();
        let Some(deletion) = target.mapping.soft_deletion() else {
            let delete = Query::delete().from_table(target.table()).cond_where(rows).take();
            return session.write(target.object(), Operation::Delete, || Ok(Bulk { statement: capability.prepare(&delete) })).await;
        };
        // One that is marked already keeps its time.
        let update = target.mark_all(rows.add_option(target.live()?), deletion, session.now())?;
        session.write(target.object(), Operation::Delete, || Ok(Bulk { statement: capability.prepare(&update) })).await
    }
}

/// One statement on many rows.
struct Bulk {
    statement: Prepared,
}

impl Work for Bulk {
    /// How many rows it changed.
    type Done = u64;

    fn is_one_statement(&self) -> bool {
        true
    }

    fn rows(done: &u64) -> usize {
        usize::try_from(*done).unwrap_or(usize::MAX)
    }

    async fn run(self, connection: &mut Connection) -> Result<u64, Stop> {
        Ok(connection.execute(self.statement).await?)
    }
}

impl Target {
    /// The columns that a change of these fields writes.
    pub(super) fn written(&self, changed: FieldSet) -> impl Iterator<Item = &'static str> {
        let columns = self.columns().filter(move |(column, _)| changed.contains(column.field)).map(|(column, _)| column.column);
        columns.chain(self.mapping.revision_column())
    }
}
