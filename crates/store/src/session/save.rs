//! Changing and deleting objects.

use recension_model::{Edit, EnumSpec, EnumValue, FieldKind, FieldSet, Persisted, Record, Rule, Slot, Value};
use sea_orm::Condition;
use sea_orm::sea_query::{Cond, Expr, Query, UpdateStatement};

use super::child::Touched;
use super::create::{no_row, read_back};
use super::guard::Guard;
use super::row_after::{Alike, OneUpdate, WriteOne};
use super::update::Update;
use super::write::Work;
use super::{Session, Stop};
use crate::capability::Capability;
use crate::engine::{Connection, Prepared, names_any};
use crate::target::{Stored, Target};
use crate::{Error, Fill, Operation, Persist, RowKey};

impl Session {
    /// Writes the changes of an edit, if the row still has the revision that the edit is based on. Only
    /// changed columns are written, and those that are filled at every write. Without changes nothing is
    /// written and the base comes back, unchecked.
    ///
    /// In a table without a revision column there is no check, and the last write wins. Where the object says
    /// `shared_with_reference(..)` the row must have all values that were read: other programs write it that count nothing. For an edit
    /// that came in a message there is [`save_received`](Self::save_received).
    ///
    /// # Errors
    /// [`Error::Conflict`] when the row was written meanwhile: look at it, [`rebase`](Edit::rebase) the edit
    /// and save again. [`Error::NotFound`] when the row is gone or not the caller's to change;
    /// [`Error::Denied`] when the policy denies changing, or this change; [`Error::Integrity`] when what other
    /// programs put into the rest of the row is no object: outside of a transaction the changes may be written all
    /// the same; [`Error::CommitUnknown`] when no answer came; [`Error::Invalid`], [`Error::AlreadyExists`] and those
    /// of the database as for [`create`](Self::create).
    pub async fn save<T: Persist>(&self, edit: &Edit<T>) -> Result<Persisted<T>, Error> {
        self.save_filled(edit, |_| {}).await
    }

    /// As [`save`](Self::save), with the service's own values for fields that only it sets.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn save_filled<T: Persist>(&self, edit: &Edit<T>, fill: impl FnOnce(&mut T::ServerFields)) -> Result<Persisted<T>, Error> {
        self.save_on(edit, edit.base(), fill).await
    }

    /// Writes the changes of an edit, if the row is still as it was `read`.
    async fn save_on<T: Persist>(
        &self,
        edit: &Edit<T>,
        read: &Persisted<T>,
        fill: impl FnOnce(&mut T::ServerFields),
    ) -> Result<Persisted<T>, Error> {
        match Update::of(self, edit, fill)? {
            Some(update) => update.run(edit.base(), read).await,
            None => Ok(edit.base().clone()),
        }
    }

    /// Saves an edit that came in a message, if the row has the revision that it is based on. Such an edit does not say what the
    /// changed fields were before, so in a table that programs write which count nothing (`shared_with_reference(..)`) it is put on
    /// the row as that is now: what it changes wins, and nothing else is touched. Elsewhere it is as
    /// [`save_filled`](Self::save_filled).
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub async fn save_received<T: Persist>(&self, edit: &Edit<T>, fill: impl FnOnce(&mut T::ServerFields)) -> Result<Persisted<T>, Error> {
        let target = Target::of::<T>();
        let base = edit.base();
        if target.mapping.shared_until().is_none() {
            return self.save_filled(edit, fill).await;
        }
        let row: Persisted<T> = self.of_writer().get(base.key()).await?;
        let (expected, actual) = (base.revision(), row.revision());
        if target.mapping.revision_column().is_some() && expected != actual {
            return Err(Error::Conflict { object: target.object().clone(), expected, actual });
        }
        let carry = base.carry().cloned().unwrap_or_default();
        let now = Persisted::assemble(row.clone().into_inner(), actual, carry);
        self.save_on(&edit.clone().rebase(now), &row, fill).await
    }

    /// Deletes an object, if its row still has the revision with which it was read. Where the object says
    /// `soft_delete(..)` the row is marked, and its natural key is free for others; see
    /// [`restore`](Self::restore) and [`purge`](Self::purge).
    ///
    /// # Errors
    /// As [`save`](Self::save); [`Error::Denied`] also when other rows refer to this one.
    pub async fn delete<T: Persist>(&self, object: &Persisted<T>) -> Result<(), Error> {
        let target = Target::of::<T>();
        let scope = self.scope(Operation::Delete, target.object())?;
        let (key, capability) = (object.key().to_values(), self.store.capability());
        let delete = |guard| match target.mapping.soft_deletion() {
            Some(deletion) => Change::mark(target, capability, &key, guard, scope.clone(), (deletion, self.now())),
            None => Change::delete(target, capability, &key, guard, scope.clone()),
        };
        self.guarded(target, object, Operation::Delete, delete).await.map(|_| ())
    }

    /// Runs a change of the row of `read`, if nobody has written it meanwhile.
    pub(super) async fn guarded<T: Persist>(
        &self,
        target: Target,
        read: &Persisted<T>,
        operation: Operation,
        change: impl Fn(Guard) -> Result<Change, Error>,
    ) -> Result<Option<Stored>, Error> {
        self.warn_of_expired_sharing(target);
        let guard = Guard::of(target, read);
        let refused = match self.write(target.object(), operation, || change(guard.clone())).await {
            Err(error) => error,
            done => return done,
        };
        match self.guard_again(target, read, &refused).await? {
            Some(guard) => self.write(target.object(), operation, || change(guard.clone())).await,
            None => {
                self.found_conflict(target, &refused).await;
                Err(refused)
            }
        }
    }

    /// A conflict with a program that counts no writes is in the way of a unit of work as any other is.
    async fn found_conflict(&self, target: Target, refused: &Error) {
        if let Error::Conflict { expected, actual, .. } = refused
            && expected == actual
            && !self.is_of_pool()
            && let Ok(mut lent) = self.lend(true).await
            && let Ok(connection) = lent.connection()
        {
            connection.found_conflict(target.object(), *expected);
        }
    }

    /// Fills the fields that are filled at every write.
    pub(super) fn fill_times(&self, target: Target, record: &mut Record) -> Result<(), Error> {
        let mut changes = record.changes();
        for (column, _) in target.columns().filter(|(column, _)| column.fill == Fill::Touched) {
            if !changes.contains(column.field) {
                record.fill(column.field, Slot::Value(Value::from(self.store.clock().now().to_utc())))?;
                changes.insert(column.field);
            }
        }
        record.set_changes(changes);
        Ok(())
    }
}

impl Target {
    /// Adds the service's values to the changes of an edit, and checks what is changed.
    pub(super) fn change(&self, record: &mut Record, server: &Record) -> Result<(), Error> {
        let mut changes = record.changes();
        for (index, field) in self.spec.fields.iter().enumerate() {
            if server.at(index).is_set() && server.at(index) != record.at(index) {
                if field.read_only {
                    return Err(self.spec.invalid(index, Rule::ReadOnly).into());
                }
                record.fill(index, server.at(index).clone())?;
                changes.insert(index);
            }
            if changes.contains(index) {
                self.known(index, record.at(index))?;
            }
        }
        if let Some(key) = self.mapping.keys().iter().find(|key| changes.contains(**key)) {
            return Err(self.spec.invalid(*key, Rule::ReadOnly).into());
        }
        record.set_changes(changes);
        Ok(())
    }

    /// Has a statement set the columns of the changed fields.
    ///
    /// # Errors
    /// As for [`bind`](Self::bind).
    pub(super) fn set_changed(self, update: &mut UpdateStatement, record: &Record) -> Result<(), Error> {
        let changes = record.changes();
        for (column, _) in self.columns().filter(|(column, _)| changes.contains(column.field)) {
            update.value(Self::name(column.column), Expr::value(self.bind(column.field, record.at(column.field))?));
        }
        Ok(())
    }
}

/// The statement of a change.
pub(super) enum Statement {
    /// The row is changed.
    Writes(WriteOne),
    /// The row is gone, or marked.
    Deletes(Prepared),
}

/// The statements that change or delete a row, written before a connection is taken.
pub(super) struct Change {
    pub(super) target: Target,
    pub(super) capability: &'static Capability,
    pub(super) clash: Option<Prepared>,
    pub(super) statement: Statement,
    pub(super) guard: Guard,
    /// The row, as far as the caller may do this to it.
    pub(super) row: Sought,
    /// Whether the statement alone is the whole of it: nothing comes before it, and nothing it does can turn out to be forbidden.
    pub(super) is_whole: bool,
    /// The states that state machines are sent to.
    pub(super) states: Vec<(usize, Slot)>,
    /// The parent that is changed with the row.
    pub(super) parent: Option<Beside>,
}

/// A row that is looked for where a statement has not found it.
pub(super) enum Sought {
    /// The row for which that holds.
    Row(Condition),
    /// The live row with that key.
    Live(Vec<Value>, Option<Condition>),
}

impl Sought {
    fn condition(self, target: Target) -> Result<Condition, Error> {
        match self {
            Self::Row(row) => Ok(row),
            Self::Live(key, scope) => Ok(target.key_is(&key, scope)?.add_option(target.live()?)),
        }
    }
}

/// The parent that is changed with a row.
pub(super) struct Beside {
    parent: Touched,
    /// Whether it is the statement of the row that changes it, too.
    is_included: bool,
    /// Whether the policy may not allow what the row is afterwards.
    may_be_denied: bool,
}

impl Change {
    pub(super) fn update(
        target: Target,
        capability: &'static Capability,
        (record, key): (&Record, &[Value]),
        guard: Guard,
        scope: Option<Condition>,
        (parent, is_alone): (Option<&Touched>, bool),
    ) -> Result<Self, Error> {
        // Where the condition says nothing of what is written, the row that it let through is within it afterwards too.
        let of_scope = scope.as_ref().map(|scope| capability.write_condition(scope));
        let stays = of_scope.as_ref().is_none_or(|(text, _)| !names_any(text, &written(target, record.changes())));
        let states = sent_to(target, record);
        if stays
            && states.is_empty()
            && parent.is_none()
            && let Some(alike) = Alike::of(target, capability, (record, key), &guard, of_scope)?
        {
            let statement = Statement::Writes(alike.write(scope.as_ref())?);
            let row = Sought::Live(key.to_vec(), scope);
            return Ok(Self { target, capability, clash: None, statement, guard, row, is_whole: true, states, parent: None });
        }
        let row = target.key_is(key, scope.clone())?.add_option(target.live()?);
        let mut update = Query::update();
        let is_child = parent.map(|parent| parent.is_of(target)).transpose()?;
        let unchanged = row.clone().add_option(digested(target, record)?).add_option(may_follow(target, record)?).add_option(is_child);
        let unchanged = guard.condition(target, capability, unchanged)?;
        let clash = assign(target, capability, &mut update, record, key)?;
        update.table(target.table());
        target.count_write(&mut update);
        let is_known = stays && !capability.update_returns;
        let known = if is_known { target.known_after(capability, record, &guard)? } else { None };
        let is_alone = is_alone && clash.is_none();
        let update = OneUpdate { update, condition: unchanged, scope: scope.filter(|_| !stays), known, is_alone };
        // A row that is its own parent is changed once.
        let is_included = parent.is_some_and(|parent| parent.table() != target.table()) && update.takes_another(capability);
        let write = match parent {
            Some(parent) if is_included => update.with(target, capability, parent),
            parent => OneUpdate { is_alone: is_alone && parent.is_none(), ..update }.alone(target, capability, target.key_is(key, None)?),
        };
        let is_whole = clash.is_none() && write.is_one_statement() && !write.may_be_taken_back() && (parent.is_none() || is_included);
        let row = Sought::Row(row);
        let parent = parent.map(|parent| Beside { parent: parent.clone(), is_included, may_be_denied: !stays });
        Ok(Self { target, capability, clash, statement: Statement::Writes(write), guard, row, is_whole, states, parent })
    }

    pub(super) fn delete(
        target: Target,
        capability: &'static Capability,
        key: &[Value],
        guard: Guard,
        scope: Option<Condition>,
    ) -> Result<Self, Error> {
        let row = target.key_is(key, scope)?;
        let mut delete = Query::delete();
        delete.from_table(target.table()).cond_where(guard.condition(target, capability, row.clone())?);
        let (statement, row) = (Statement::Deletes(capability.prepare(&delete)), Sought::Row(row));
        Ok(Self { target, capability, clash: None, statement, guard, row, is_whole: true, states: Vec::new(), parent: None })
    }
}

impl Work for Change {
    /// The changed row; none for a deleted one.
    type Done = Option<Stored>;

    fn is_one_statement(&self) -> bool {
        self.is_whole
    }

    fn rows(_: &Option<Stored>) -> usize {
        1
    }

    async fn run(self, connection: &mut Connection) -> Result<Option<Stored>, Stop> {
        let Self { target, capability, clash, statement, guard, row, states, parent, .. } = self;
        if let Some(clash) = clash {
            no_row(target, connection, clash).await?;
        }
        let (done, stored) = match statement {
            Statement::Deletes(statement) => (connection.execute(statement).await? > 0, None),
            Statement::Writes(write) => {
                let stored = write.run(target, connection, Operation::Update).await;
                let stored = match &parent {
                    Some(beside) => beside.after(capability, connection, stored).await?,
                    None => stored?,
                };
                (stored.is_some(), stored)
            }
        };
        if done {
            return Ok(stored);
        }
        let found = read_back(target, connection, capability, row.condition(target)?).await?;
        if let Some(beside) = &parent
            && found.as_ref().is_some_and(|found| guard.lets_through(capability, found))
        {
            beside.look(capability, connection).await?;
        }
        let refused = guard.refused(target, capability, found, &states);
        // The same revision twice is looked at again before it is one.
        if let Error::Conflict { expected, actual, .. } = refused
            && expected != actual
        {
            connection.found_conflict(target.object(), expected);
        }
        Err(Stop::Error(refused))
    }
}

impl Beside {
    /// Changes the parent once its child is written, where that has not been done with it, or says which of the two was in the way.
    async fn after(
        &self,
        capability: &Capability,
        connection: &mut Connection,
        child: Result<Option<Stored>, Stop>,
    ) -> Result<Option<Stored>, Stop> {
        match child {
            Ok(Some(stored)) => {
                if !self.is_included {
                    self.parent.run(capability, connection).await?;
                }
                Ok(Some(stored))
            }
            Err(stop) if self.is_included && stop.is_denied() => {
                if self.may_be_denied && self.parent.is_there(capability, connection).await? {
                    return Err(stop);
                }
                let error = self.parent.not_found();
                Err(if matches!(stop, Stop::TakeBack(_)) { Stop::TakeBack(error) } else { Stop::Error(error) })
            }
            child => child,
        }
    }

    /// Fails where it was the parent that was not found.
    async fn look(&self, capability: &Capability, connection: &mut Connection) -> Result<(), Stop> {
        if !self.is_included || self.parent.is_there(capability, connection).await? {
            return Ok(());
        }
        Err(Stop::Error(self.parent.not_found()))
    }
}

/// The row still has what the new digest of the natural key is made of and the update does not set: a program
/// that does not know the revision may have changed it since it was read.
fn digested(target: Target, record: &Record) -> Result<Option<Condition>, Error> {
    let changes = record.changes();
    let mut same = Cond::all();
    for index in target.mapping.natural().filter(|natural| natural.depends_on(changes)).iter().flat_map(|natural| &natural.fields) {
        if !changes.contains(*index) {
            same = same.add(target.reads_as(*index, record.at(*index))?);
        }
    }
    Ok((!same.is_empty()).then_some(same))
}

/// The row is in a state from which each changed state machine may go where it is sent: an edit that came in a message
/// says nothing of the state that it was based on.
pub(super) fn may_follow(target: Target, record: &Record) -> Result<Option<Condition>, Error> {
    let mut may = Cond::all();
    for index in record.changes().iter() {
        let Some((machine, to)) = machine_change(target, record, index) else { continue };
        let mut from = Cond::any().add(target.reads_as(index, &Slot::Null)?);
        for state in machine.sources(to) {
            from = from.add(target.reads_as(index, &Slot::Value(Value::Enum(EnumValue::Known(state.clone()))))?);
        }
        may = may.add(from);
    }
    Ok((!may.is_empty()).then_some(may))
}

/// The state machine of a changed field, and the state that it is sent to.
fn machine_change(target: Target, record: &Record, index: usize) -> Option<(&'static EnumSpec, &str)> {
    match &target.spec.fields.get(index)?.kind {
        FieldKind::Enum(machine) if machine.is_machine() => Some((machine, record.at(index).value()?.as_text()?)),
        _ => None,
    }
}

/// The states that state machines are sent to.
fn sent_to(target: Target, record: &Record) -> Vec<(usize, Slot)> {
    let machines = record.changes().iter().filter(|index| machine_change(target, record, *index).is_some());
    machines.map(|index| (index, record.at(index).clone())).collect()
}

/// The names of the columns that are set where these fields are changed.
fn written(target: Target, changes: FieldSet) -> Vec<&'static str> {
    let fields = target.columns().filter(|(column, _)| changes.contains(column.field)).map(|(column, _)| column.column);
    let natural = target.mapping.natural().filter(|natural| natural.depends_on(changes)).map(|natural| natural.column);
    fields.chain(target.mapping.revision_column()).chain(natural).collect()
}

/// Sets the changed columns, and the natural key if it changes with them; the query that looks for a clash.
fn assign(
    target: Target,
    capability: &Capability,
    update: &mut UpdateStatement,
    record: &Record,
    key: &[Value],
) -> Result<Option<Prepared>, Error> {
    target.set_changed(update, record)?;
    let Some(natural) = target.mapping.natural().filter(|natural| natural.depends_on(record.changes())) else { return Ok(None) };
    let digest = natural.of(record);
    let clash = match &digest {
        Some(_) => Some(capability.prepare(&natural.clash(target, record, Some(key))?)),
        None => None,
    };
    update.value(Target::name(natural.column), Expr::value(digest));
    Ok(clash)
}
