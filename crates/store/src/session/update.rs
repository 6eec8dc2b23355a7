//! A save, before it is known what its row must be like.

use recension_model::{Edit, Persisted, Record, ServerFields as _, Value};
use sea_orm::Condition;

use super::Session;
use super::child::Touched;
use super::guard::Guard;
use super::save::Change;
use crate::target::Target;
use crate::{Error, Operation, Persist, RowKey, json_cell};

/// What an edit changes, as it is written.
pub(super) struct Update<'s> {
    session: &'s Session,
    target: Target,
    pub(super) record: Record,
    key: Vec<Value>,
    scope: Option<Condition>,
    /// The parent that is changed with it.
    parent: Option<Touched>,
}

impl<'s> Update<'s> {
    /// The changes of an edit, with the service's own values; `None` where there are none.
    ///
    /// # Errors
    /// [`Error::Denied`] when the policy denies changing; [`Error::Invalid`].
    pub(super) fn of<T: Persist>(
        session: &'s Session,
        edit: &Edit<T>,
        fill: impl FnOnce(&mut T::ServerFields),
    ) -> Result<Option<Self>, Error> {
        let target = Target::of::<T>();
        let scope = session.scope(Operation::Update, target.object())?;
        let mut server = T::ServerFields::default();
        fill(&mut server);
        let mut record = edit.to_record()?;
        target.change(&mut record, &recension_model::ObjectDraft::to_record(server.as_draft()))?;
        if record.changes().is_empty() {
            return Ok(None);
        }
        session.fill_times(target, &mut record)?;
        let changes = record.changes();
        json_cell::lower(&target, &mut record, changes, session.store.manifest())?;
        Ok(Some(Self { session, target, record, key: edit.base().key().to_values(), scope, parent: None }))
    }

    /// Has the parent changed with it.
    pub(super) fn under(self, parent: Touched) -> Self {
        Self { parent: Some(parent), ..self }
    }

    /// Writes it, if the row is still as it was `read`.
    pub(super) async fn run<T: Persist>(&self, base: &Persisted<T>, read: &Persisted<T>) -> Result<Persisted<T>, Error> {
        let Self { session, target, .. } = *self;
        let stored = session.guarded(target, read, Operation::Update, |guard| self.change(guard)).await?;
        let denied = || Error::Denied { object: target.object().clone(), operation: Operation::Update };
        target.persisted(stored.ok_or_else(denied)?, base.carry().cloned().unwrap_or_default())
    }

    fn change(&self, guard: Guard) -> Result<Change, Error> {
        let Self { session, target, record, key, scope, parent } = self;
        let is_alone = !session.is_in_transaction();
        Change::update(*target, session.store.capability(), (record, key), guard, scope.clone(), (parent.as_ref(), is_alone))
    }
}
