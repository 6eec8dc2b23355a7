//! Changes of one row that differ from others in nothing but their values, so that the text of one is the text of all.

use recension_model::{Record, Value};
use sea_orm::Value as Bound;

use super::{After, Allowed, WriteOne};
use crate::Error;
use crate::capability::Capability;
use crate::engine::Prepared;
use crate::error::Fault;
use crate::session::guard::Guard;
use crate::target::Target;
use crate::update_texts::Shape;
use crate::value::bind;

/// Such a change: of a row that is known by its key and its revision, without a parent, and of no field of which more than itself depends.
pub(in crate::session) struct Alike {
    target: Target,
    shape: Shape,
    /// The condition of the policy, as it is written by itself.
    scope: String,
    /// What the statement binds.
    values: Vec<Bound>,
}

impl Alike {
    /// The change of the row with that key, where the policy says nothing of what is changed. `None` for one that has more to it.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind).
    pub(in crate::session) fn of(
        target: Target,
        capability: &Capability,
        (record, key): (&Record, &[Value]),
        guard: &Guard,
        scope: Option<(String, Vec<Bound>)>,
    ) -> Result<Option<Self>, Error> {
        let changes = record.changes();
        let Some(revision) = guard.revision_alone() else { return Ok(None) };
        if target.mapping.natural().is_some_and(|natural| natural.depends_on(changes)) {
            return Ok(None);
        }
        let (scope, of_scope) = scope.unwrap_or_default();
        let mut values = Vec::with_capacity(changes.len() + key.len() + of_scope.len() + 1);
        for (column, _) in target.columns().filter(|(column, _)| changes.contains(column.field)) {
            values.push(target.bound(capability, column.field, record.at(column.field))?);
        }
        for (index, value) in target.mapping.keys().iter().zip(key) {
            let mut value = bind(value).map_err(|rule| target.spec.invalid(*index, rule))?;
            capability.adapt(&mut value);
            values.push(value);
        }
        values.extend(of_scope);
        values.push(revision.into());
        Ok(Some(Self { target, shape: Shape::new(capability.sql, changes), scope, values }))
    }

    /// The statement, where one like it was written before.
    ///
    /// # Errors
    /// As for [`known_after`](Target::known_after).
    pub(in crate::session) fn write(&mut self, capability: &Capability, record: &Record, guard: &Guard) -> Result<Option<WriteOne>, Error> {
        let Some(text) = self.target.mapping.updates().find(self.shape, &self.scope) else { return Ok(None) };
        let after = if capability.update_returns {
            After::Given(Allowed::Always)
        } else {
            let known = self.target.known_after(capability, record, guard)?;
            After::Known(known.ok_or_else(|| Error::Internal(Fault::of_us("a guard by revision without one")))?)
        };
        Ok(Some(WriteOne { statement: Prepared::of_text(text, std::mem::take(&mut self.values)), after }))
    }

    /// Keeps the text of a statement that was written for this change, unless it has more to it than it seems: then it binds other values.
    pub(in crate::session) fn keep(&self, write: &WriteOne) {
        if write.statement.values() == Some(&self.values) {
            self.target.mapping.updates().keep(self.shape, &self.scope, write.statement.text());
        }
    }
}
