//! A change of rows that nobody has looked at: what it sets, and which rows the caller may change so.

use recension_model::{ObjectDraft, Record, Rule};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, Query, UpdateStatement};

use super::Session;
use super::save::may_follow;
use crate::engine::names_any;
use crate::target::Target;
use crate::{Error, Operation, json_cell};

/// What is set, and of which rows it may be.
#[derive(Clone)]
pub(super) struct SetAtOnce {
    pub(super) target: Target,
    /// What is set, of rows yet to be named.
    pub(super) set: UpdateStatement,
    /// Which rows the caller may change so.
    rows: Condition,
}

impl SetAtOnce {
    /// Sets the changes of `record` within `scope`, fills what is filled at every write, and counts the write.
    ///
    /// # Errors
    /// As [`Find::update`](super::Find::update).
    pub(super) fn of(session: &Session, target: Target, mut record: Record, scope: Option<Condition>) -> Result<Self, Error> {
        session.fill_times(target, &mut record)?;
        let changed = record.changes();
        if let Some(index) = target.mapping.natural().and_then(|natural| natural.fields.iter().find(|index| changed.contains(**index))) {
            return Err(target.spec.invalid(*index, Rule::ReadOnly).into());
        }
        json_cell::lower(&target, &mut record, changed, session.store.manifest())?;
        let written: Vec<&str> = target.written(changed).collect();
        if scope.as_ref().is_some_and(|scope| names_any(&session.store.capability().write_condition(scope).0, &written)) {
            return Err(Error::Denied { object: target.object().clone(), operation: Operation::Update });
        }
        // One that is marked as deleted is only restored, or taken out for good.
        let rows = Condition::all().add_option(target.live()?).add_option(scope).add_option(may_follow(target, &record)?);
        Ok(Self { target, set: target.assigned(&record)?, rows })
    }

    /// What a row must be like for the caller to change it so.
    pub(super) fn rows(&self) -> Condition {
        self.rows.clone()
    }

    /// The statement for the rows for which `rows` holds, as far as the caller may change them so.
    pub(super) fn update(&self, rows: Condition) -> UpdateStatement {
        let mut update = self.set.clone();
        update.cond_where(rows.add(self.rows()));
        update
    }
}

impl Target {
    /// The changes of a draft, as far as they may be made to rows that nobody has looked at.
    pub(super) fn set_at_once<D: ObjectDraft>(&self, draft: D) -> Result<Record, Error> {
        let record = draft.to_checked_record()?;
        for index in record.changes().iter() {
            let Some(field) = self.spec.fields.get(index) else { continue };
            if field.server_set {
                return Err(self.spec.invalid(index, Rule::ServerSet).into());
            }
            if field.read_only || self.mapping.keys().contains(&index) {
                return Err(self.spec.invalid(index, Rule::ReadOnly).into());
            }
            self.known(index, record.at(index))?;
        }
        Ok(record)
    }

    /// The statement that sets what is changed, and counts the write, of rows yet to be named.
    ///
    /// # Errors
    /// As for [`bind`](Target::bind).
    pub(super) fn assigned(&self, record: &Record) -> Result<UpdateStatement, Error> {
        let mut update = Query::update();
        update.table(self.table());
        for (column, _) in self.columns().filter(|(column, _)| record.changes().contains(column.field)) {
            update.value(Self::name(column.column), Expr::value(self.bind(column.field, record.at(column.field))?));
        }
        self.count_write(&mut update);
        Ok(update)
    }
}
