//! Changes of one row that differ from others in nothing but their values, so that the text of one is the text of all.

use recension_model::{FieldKind, Record, Value};
use sea_orm::Value as Bound;
use sea_orm::sea_query::{Condition, Query};

use super::{After, Allowed, OneUpdate, WriteOne};
use crate::Error;
use crate::capability::Capability;
use crate::engine::Prepared;
use crate::error::Fault;
use crate::session::guard::Guard;
use crate::target::Target;
use crate::update_texts::UpdateShape;
use crate::value::bind;

/// Such a change: of a row that is known by its key and its revision, and of fields on which nothing else depends. Its text hangs on which
/// they are and on the condition of the policy, and on nothing else of it.
pub(in crate::session) struct Alike<'r> {
    target: Target,
    capability: &'static Capability,
    record: &'r Record,
    key: &'r [Value],
    guard: &'r Guard,
    /// The condition of the policy, as it is written by itself.
    scope: String,
    /// What the statement binds.
    values: Vec<Bound>,
}

impl<'r> Alike<'r> {
    /// The change of the row with that key. `None` for one that has more to it.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind).
    pub(in crate::session) fn of(
        target: Target,
        capability: &'static Capability,
        (record, key): (&'r Record, &'r [Value]),
        guard: &'r Guard,
        scope: Option<(String, Vec<Bound>)>,
    ) -> Result<Option<Self>, Error> {
        let changes = record.changes();
        let Some(revision) = guard.revision_alone() else { return Ok(None) };
        let columns = || target.columns().filter(|(column, _)| changes.contains(column.field));
        // A truth that has no type stands in the text.
        let has_truths = capability.types_parameters() && columns().any(|(_, field)| field.kind == FieldKind::Bool);
        let is_named_anew = target.mapping.natural().is_some_and(|natural| natural.depends_on(changes));
        if has_truths || is_named_anew || key.len() != target.mapping.keys().len() {
            return Ok(None);
        }
        let (scope, of_scope) = scope.unwrap_or_default();
        let mut values = Vec::with_capacity(changes.len() + key.len() + of_scope.len() + 1);
        for (column, _) in columns() {
            values.push(target.bound(capability, column.field, record.at(column.field))?);
        }
        for (index, value) in target.mapping.keys().iter().zip(key) {
            let mut value = bind(value).map_err(|rule| target.spec.invalid(*index, rule))?;
            capability.adapt(&mut value);
            values.push(value);
        }
        values.extend(of_scope);
        values.push(revision.into());
        Ok(Some(Self { target, capability, record, key, guard, scope, values }))
    }

    /// The statement, with the text of one like it where there is one. `scope` is the condition of the policy.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind) and [`known_after`](Target::known_after).
    pub(in crate::session) fn write(self, scope: Option<&Condition>) -> Result<WriteOne, Error> {
        let Self { target, capability, record, guard, .. } = self;
        let texts = target.mapping.updates();
        let shape = UpdateShape::new(capability.sql, record.changes());
        let Some(text) = texts.find(shape, &self.scope) else {
            let write = self.written(scope.cloned())?;
            // One that binds other values has more to it than it seems.
            if write.statement.values() == Some(&self.values) {
                texts.keep(shape, &self.scope, write.statement.text());
            }
            return Ok(write);
        };
        let after = if capability.update_returns {
            After::Given(Allowed::Always)
        } else {
            let known = target.known_after(capability, record, guard)?;
            After::Known(known.ok_or_else(|| Error::Internal(Fault::of_us("a guard by revision without one")))?)
        };
        Ok(WriteOne { statement: Prepared::of_text(text, self.values), after })
    }

    /// The statement, written anew.
    fn written(&self, scope: Option<Condition>) -> Result<WriteOne, Error> {
        let Self { target, capability, record, key, guard, .. } = *self;
        let mut update = Query::update();
        update.table(target.table());
        target.set_changed(&mut update, record)?;
        target.count_write(&mut update);
        let row = target.key_is(key, scope)?.add_option(target.live()?);
        let condition = guard.condition(target, capability, row)?;
        let known = if capability.update_returns { None } else { target.known_after(capability, record, guard)? };
        let update = OneUpdate { update, condition, scope: None, known, is_alone: false };
        Ok(update.alone(target, capability, target.key_is(key, None)?))
    }
}
