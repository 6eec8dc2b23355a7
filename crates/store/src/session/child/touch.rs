//! The change of a parent that goes with a write of a child.

use std::ops::ControlFlow;

use recension_model::{Draft, ObjectDraft as _, Rule, ServerFields, Slot};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, Query, UpdateStatement};

use crate::capability::Capability;
use crate::engine::{Connection, Prepared};
use crate::session::find::Find;
use crate::session::save::may_follow;
use crate::session::{Session, Stop};
use crate::target::Target;
use crate::{Error, Operation, Persist, json_cell};

/// How a parent is changed.
#[derive(Clone)]
pub(super) struct Touch {
    pub(super) target: Target,
    /// What is set, of rows yet to be named.
    set: UpdateStatement,
    /// Which rows the caller may change so.
    pub(super) rows: Condition,
}

impl Touch {
    /// Sets what `changes` and `fill` say, and counts the write.
    ///
    /// # Errors
    /// As [`Find::update`].
    pub(super) fn of<P: Persist>(session: &Session, changes: &Draft<P>, fill: impl FnOnce(&mut P::ServerFields)) -> Result<Self, Error> {
        let target = Target::of::<P>();
        let scope = session.scope(Operation::Update, target.object())?;
        let mut server = P::ServerFields::default();
        fill(&mut server);
        let mut record = target.set_at_once(changes)?;
        target.change(&mut record, &server.as_draft().to_record())?;
        session.touch(target, &mut record)?;
        let changed = record.changes();
        if let Some(index) = target.mapping.natural().and_then(|natural| natural.fields.iter().find(|index| changed.contains(**index))) {
            return Err(target.spec.invalid(*index, Rule::ReadOnly).into());
        }
        json_cell::lower(&target, &mut record, changed, session.store.manifest())?;
        let set = target.assigned(&record)?;
        let written: Vec<&str> = target.written(changed).collect();
        if scope.as_ref().is_some_and(|scope| session.store.capability().names_any(scope, &written)) {
            return Err(Error::Denied { object: target.object().clone(), operation: Operation::Update });
        }
        let rows = Condition::all().add_option(target.live()?).add_option(scope).add(may_follow(target, &record)?);
        Ok(Self { target, set, rows })
    }

    /// The statement for the row for which `row` holds, if the caller may change it so.
    pub(super) fn update(&self, row: Condition) -> UpdateStatement {
        let mut update = self.set.clone();
        update.cond_where(row.add(self.rows.clone()));
        update
    }

    pub(super) fn not_found(&self) -> Error {
        Error::not_found(self.target.object().clone())
    }
}

/// The parent of a child that is there already, and how it is changed.
#[derive(Clone)]
pub(in crate::session) struct Touched {
    touch: Touch,
    /// The row, as far as it is among what was looked for.
    row: Condition,
}

impl Touched {
    /// The parent that a child has in `slot`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it has none.
    pub(super) fn of<P: Persist>(find: &Find<P>, touch: Touch, slot: &Slot) -> Result<Self, Error> {
        let Some(key) = slot.value() else { return Err(touch.not_found()) };
        let row = touch.target.key_is(std::slice::from_ref(key), Some(find.visible(touch.target)?))?;
        Ok(Self { touch, row })
    }

    /// The statement that changes it, if `besides` holds.
    pub(in crate::session) fn update(&self, besides: Option<Expr>) -> UpdateStatement {
        self.touch.update(self.row.clone().add_option(besides))
    }

    /// What must hold for it to be changed.
    pub(in crate::session) fn condition(&self) -> Condition {
        self.row.clone().add(self.touch.rows.clone())
    }

    pub(in crate::session) fn table(&self) -> &'static str {
        self.touch.target.table()
    }

    /// Changes it, once its child is changed.
    pub(in crate::session) async fn run(&self, capability: &Capability, connection: &mut Connection) -> Result<(), Stop> {
        touch(&self.touch, capability.prepare(&self.update(None)), connection).await
    }

    /// Whether it may be changed.
    pub(in crate::session) async fn is_there(&self, capability: &Capability, connection: &mut Connection) -> Result<bool, Stop> {
        let look = Query::select().expr(Expr::cust("1")).from(self.table()).cond_where(self.condition()).take();
        let mut found = false;
        connection
            .query(capability.prepare(&look), |_| {
                found = true;
                Ok::<_, Stop>(ControlFlow::Continue(()))
            })
            .await?;
        Ok(found)
    }

    pub(in crate::session) fn not_found(&self) -> Error {
        self.touch.not_found()
    }
}

/// Changes a parent after its child was written, which is taken back where there is none.
pub(super) async fn touch(touch: &Touch, statement: Prepared, connection: &mut Connection) -> Result<(), Stop> {
    if connection.execute(statement).await? == 0 {
        return Err(Stop::TakeBack(touch.not_found()));
    }
    Ok(())
}
