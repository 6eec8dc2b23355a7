//! Objects whose rows are marked when they are deleted.

use recension_model::{FieldKind, Persisted, Slot, Timestamp, Value};
use sea_orm::Condition;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query, SimpleExpr, UpdateStatement};

use super::Session;
use super::guard::Guard;
use super::row_after::OneUpdate;
use super::save::{Change, Sought, Statement};
use crate::capability::Capability;
use crate::target::Target;
use crate::{Error, Operation, RowKey, SoftDelete, SoftDeletion};

impl Session {
    /// The object with that key, deleted or not.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_with_deleted<T: SoftDelete>(&self, key: T::Key) -> Result<Persisted<T>, Error> {
        let target = Target::of::<T>();
        let readable = self.readable(target, true)?;
        self.fetch(target, target.key_is(&key.to_values(), Some(readable))?).await
    }

    /// Brings a deleted object back, if its row still has the revision with which it was read. Who may delete
    /// it may restore it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the row is gone, not deleted, or not the caller's to delete;
    /// [`Error::Conflict`] when it was written meanwhile; [`Error::AlreadyExists`] when another object has its
    /// natural key by now; others as for [`delete`](Self::delete).
    pub async fn restore<T: SoftDelete>(&self, object: &Persisted<T>) -> Result<Persisted<T>, Error> {
        let target = Target::of::<T>();
        let scope = self.scope(Operation::Delete, target.object())?;
        let is_alone = !self.is_in_transaction();
        let restore = |guard| Change::restore(target, self.store.capability(), object, guard, scope.clone(), is_alone);
        let stored = self.guarded(target, object, Operation::Delete, restore).await?;
        let stored = stored.ok_or_else(|| Error::not_found(target.object().clone()))?;
        target.persisted(stored, object.carry().cloned().unwrap_or_default())
    }

    /// Takes the row of an object out for good, whether it is marked as deleted or not, if it still has the
    /// revision with which it was read.
    ///
    /// # Errors
    /// As [`delete`](Self::delete); [`Error::Denied`] also when other rows refer to this one.
    pub async fn purge<T: SoftDelete>(&self, object: &Persisted<T>) -> Result<(), Error> {
        let target = Target::of::<T>();
        let scope = self.scope(Operation::Delete, target.object())?;
        let key = object.key().to_values();
        let purge = |guard| Change::delete(target, self.store.capability(), &key, guard, scope.clone());
        self.guarded(target, object, Operation::Delete, purge).await.map(|_| ())
    }
}

impl Change {
    /// Marks a row as deleted, at `now`.
    pub(super) fn mark(
        target: Target,
        capability: &'static Capability,
        key: &[Value],
        guard: Guard,
        scope: Option<Condition>,
        (deletion, now): (&SoftDeletion, Timestamp),
    ) -> Result<Self, Error> {
        let row = target.key_is(key, scope)?.add_option(target.live()?);
        let update = target.mark_all(guard.condition(target, capability, row.clone())?, deletion, now)?;
        let (statement, row) = (Statement::Deletes(capability.prepare(&update)), Sought::Row(row));
        Ok(Self { target, capability, clash: None, statement, guard, row, is_whole: true, states: Vec::new(), parent: None })
    }

    /// Takes the marks off.
    fn restore<T: SoftDelete>(
        target: Target,
        capability: &'static Capability,
        object: &Persisted<T>,
        guard: Guard,
        scope: Option<Condition>,
        is_alone: bool,
    ) -> Result<Self, Error> {
        let deletion = target.mapping.soft_deletion().copied().unwrap_or_default();
        let key = object.key().to_values();
        let deleted = target.live()?.map(|live| Cond::all().not().add(live));
        let row = target.key_is(&key, scope.clone())?.add_option(deleted);
        let mut update = Query::update();
        let mut same = Cond::all().add(row.clone());
        let mut clash = None;
        target.set_deleted(&mut update, &deletion, &Slot::Null, Expr::cust("0"))?;
        if let Some(natural) = target.mapping.natural() {
            let mut record = object.to_record();
            for index in &natural.fields {
                // The digest is made of what was read, so the row must still have that.
                same = same.add(target.reads_as(*index, record.at(*index))?);
            }
            target.undelete(&mut record, &deletion)?;
            let digest = natural.of(&record);
            if digest.is_some() {
                clash = Some(capability.prepare(&natural.clash(target, &record, Some(&key))?));
            }
            update.value(Target::name(natural.column), Expr::value(digest));
        }
        update.table(target.table());
        target.count_write(&mut update);
        let condition = guard.condition(target, capability, same)?;
        let is_alone = is_alone && clash.is_none();
        let write = OneUpdate { update, condition, scope, known: None, is_alone }.alone(target, capability, target.key_is(&key, None)?);
        let is_whole = clash.is_none() && write.is_one_statement() && !write.may_be_taken_back();
        let (statement, row) = (Statement::Writes(write), Sought::Row(row));
        Ok(Self { target, capability, clash, statement, guard, row, is_whole, states: Vec::new(), parent: None })
    }
}

impl Target {
    /// Marks the rows for which `rows` holds as deleted, and gives their natural keys free.
    pub(super) fn mark_all(&self, rows: Condition, deletion: &SoftDeletion, now: Timestamp) -> Result<UpdateStatement, Error> {
        let mut update = Query::update();
        update.table(self.table()).cond_where(rows);
        self.set_deleted(&mut update, deletion, &Slot::Value(Value::from(now)), self.mark_of_row()?)?;
        if let Some(natural) = self.mapping.natural() {
            update.value(Self::name(natural.column), Expr::value(None::<String>));
        }
        self.count_write(&mut update);
        Ok(update)
    }

    /// What the mark of a deleted row is: its key, if that is one integer.
    fn mark_of_row(&self) -> Result<SimpleExpr, Error> {
        if let [key] = self.mapping.keys()
            && self.spec.fields.get(*key).is_some_and(|field| matches!(field.kind, FieldKind::Integer(_)))
        {
            return Ok(self.expr(self.column(*key)?.0.column));
        }
        Ok(Expr::cust("1"))
    }

    /// A row counts that it is written.
    pub(super) fn count_write(&self, update: &mut UpdateStatement) {
        if let Some(column) = self.mapping.revision_column() {
            update.value(Self::name(column), self.revision(column).add(Expr::cust("1")));
        }
    }

    fn set_deleted(&self, update: &mut UpdateStatement, deletion: &SoftDeletion, time: &Slot, mark: SimpleExpr) -> Result<(), Error> {
        if let Some(index) = deletion.time {
            update.value(Self::name(self.column(index)?.0.column), Expr::value(self.bind(index, time)?));
        }
        if let Some(index) = deletion.mark {
            update.value(Self::name(self.column(index)?.0.column), mark);
        }
        Ok(())
    }

    /// The record as it is read once it is restored.
    fn undelete(&self, record: &mut recension_model::Record, deletion: &SoftDeletion) -> Result<(), Error> {
        if let Some(index) = deletion.time {
            record.fill(index, Slot::Null)?;
        }
        if let Some(index) = deletion.mark {
            let is_bool = self.column(index)?.1.kind == recension_model::FieldKind::Bool;
            record.fill(index, Slot::Value(if is_bool { Value::Bool(false) } else { Value::Integer(0) }))?;
        }
        Ok(())
    }
}
