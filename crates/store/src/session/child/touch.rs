//! The change of a parent that goes with a write of a child.

use recension_model::{Draft, ObjectDraft as _, ServerFields, Slot};
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, Query, SimpleExpr, UpdateStatement};

use crate::capability::Capability;
use crate::engine::{Connection, Prepared};
use crate::session::find::Find;
use crate::session::set_at_once::SetAtOnce;
use crate::session::{Session, Stop};
use crate::target::Target;
use crate::{Error, Operation, Persist};

/// How a parent is changed.
#[derive(Clone)]
pub(super) struct Touch(SetAtOnce);

impl Touch {
    /// Sets what `changes` and `fill` say, and counts the write.
    ///
    /// # Errors
    /// As [`Find::update`].
    pub(super) fn of<P: Persist>(session: &Session, changes: Draft<P>, fill: impl FnOnce(&mut P::ServerFields)) -> Result<Self, Error> {
        let target = Target::of::<P>();
        let scope = session.scope(Operation::Update, target.object())?;
        let mut server = P::ServerFields::default();
        fill(&mut server);
        let mut record = target.set_at_once(changes)?;
        target.change(&mut record, &server.as_draft().to_record())?;
        let mut change = SetAtOnce::of(session, target, record, scope)?;
        if change.set.get_values().is_empty() {
            // Some column has to be set: whether there is a row is to be told all the same.
            for key in target.mapping.keys() {
                let column = target.column(*key)?.0.column;
                change.set.value(Target::name(column), target.expr(column));
            }
        }
        Ok(Self(change))
    }

    /// Which rows the caller may change so.
    pub(super) fn rows(&self) -> Condition {
        self.0.rows()
    }

    /// The statement for the row for which `row` holds, if the caller may change it so.
    pub(super) fn update(&self, row: Condition) -> UpdateStatement {
        self.0.update(row)
    }

    fn target(&self) -> Target {
        self.0.target
    }

    pub(super) fn not_found(&self) -> Error {
        Error::not_found(self.target().object().clone())
    }

    /// Changes the parent after its child was written, which is taken back where there is none.
    pub(super) async fn run(&self, statement: Prepared, connection: &mut Connection) -> Result<(), Stop> {
        match connection.execute(statement).await {
            Ok(0) => Err(Stop::TakeBack(self.not_found())),
            Ok(_) => Ok(()),
            // It is about the parent, and not about the child as all else is.
            Err(failure) if failure.is_of_constraint() => Err(Stop::TakeBack(failure.on(self.target().object(), Operation::Update))),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// The parent of a child that is there already, and how it is changed.
#[derive(Clone)]
pub(in crate::session) struct Touched {
    touch: Touch,
    /// The field in which the child has its key, and that.
    reference: (usize, Slot),
    /// The row, as far as it is among what was looked for.
    row: Condition,
}

impl Touched {
    /// The parent that a child has in `slot` of the field at `by`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it has none.
    pub(super) fn of<P: Persist>(find: &Find<P>, touch: Touch, (by, slot): (usize, &Slot)) -> Result<Self, Error> {
        let Some(key) = slot.value() else { return Err(touch.not_found()) };
        let row = touch.target().key_is(std::slice::from_ref(key), Some(find.visible(touch.target())?))?;
        Ok(Self { touch, reference: (by, slot.clone()), row })
    }

    /// The statement that changes it, if `besides` holds.
    pub(in crate::session) fn update(&self, besides: Option<Expr>) -> UpdateStatement {
        self.touch.update(self.row.clone().add_option(besides))
    }

    /// What must hold for it to be changed.
    pub(in crate::session) fn condition(&self) -> Condition {
        self.row.clone().add(self.touch.rows())
    }

    /// What the row of the child must be like: it may be another's child since it was read.
    pub(in crate::session) fn is_of(&self, child: Target) -> Result<SimpleExpr, Error> {
        child.reads_as(self.reference.0, &self.reference.1)
    }

    pub(in crate::session) fn table(&self) -> &'static str {
        self.touch.target().table()
    }

    /// Changes it, once its child is changed.
    pub(in crate::session) async fn run(&self, capability: &Capability, connection: &mut Connection) -> Result<(), Stop> {
        self.touch.run(capability.prepare(&self.update(None)), connection).await
    }

    /// Whether it may be changed.
    pub(in crate::session) async fn is_there(&self, capability: &Capability, connection: &mut Connection) -> Result<bool, Stop> {
        let look = Query::select().expr(Expr::cust("1")).from(self.table()).cond_where(self.condition()).take();
        let mut found = false;
        connection
            .query(capability.prepare(&look), |_| {
                found = true;
                Ok::<_, Stop>(())
            })
            .await?;
        Ok(found)
    }

    pub(in crate::session) fn not_found(&self) -> Error {
        self.touch.not_found()
    }
}
