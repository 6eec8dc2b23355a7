//! Making a child of the first object that is found.

use recension_model::{Carry, Object, ObjectDraft, Persisted, Record, Rule, ServerFields, Slot};
use sea_orm::Condition;
use sea_orm::sea_query::{CommonTableExpression, Expr, ExprTrait, LockType, Query, SelectStatement, SimpleExpr, WithClause};

use super::touch::Touch;
use crate::capability::{Capability, RowLocks};
use crate::engine::Connection;
use crate::error::Fault;
use crate::session::create::{Insert, NewRow};
use crate::session::find::Find;
use crate::session::locked::RowLock;
use crate::session::row_after::{PARENT, WriteOne};
use crate::session::write::Work;
use crate::session::{Session, Stop};
use crate::target::{Stored, Target};
use crate::{BelongsTo, Error, Operation, Persist, RowKey};

/// The object that a child is made under: the first one that is found.
pub(super) struct Parent<P: Persist> {
    pub(super) find: Find<P>,
    /// How it is changed with that.
    pub(super) touch: Option<Touch>,
}

impl<P: Persist> Parent<P> {
    pub(super) async fn create<D>(
        self,
        relation: BelongsTo<D::Object, P>,
        draft: D,
        fill: impl FnOnce(&mut <D::Object as Object>::ServerFields),
    ) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let (child, by) = (Target::of::<D::Object>(), relation.by);
        let session = &self.find.session;
        let scope = session.scope(Operation::Create, child.object())?;
        let mut server = <D::Object as Object>::ServerFields::default();
        fill(&mut server);
        let server = server.as_draft().to_record();
        let draft = draft.to_checked_record()?;
        if draft.at(by).is_set() || server.at(by).is_set() {
            return Err(child.spec.invalid(by, Rule::ServerSet).into());
        }
        let stored = if child.mapping.natural().is_some() || child.mapping.keys().contains(&by) {
            // What the row is named by is made of the key of the parent.
            let work = async |tx: &Session| {
                let key = self.key_on(tx).await?;
                let record = tx.completed_with::<D::Object>(child, draft.clone(), &server, Some((by, Some(key))))?;
                let create = || CreateNamed::of(tx, child, &record, scope.clone(), self.touched(by, record.at(by))?);
                tx.write(child.object(), Operation::Create, create).await
            };
            session.transaction(work).await?
        } else {
            let record = session.completed_with::<D::Object>(child, draft, &server, Some((by, None)))?;
            let create = || CreateChild::of(&self, child, by, &record, scope.clone());
            session.write(child.object(), Operation::Create, create).await?
        };
        child.persisted(stored, Carry::default())
    }

    fn target() -> Target {
        Target::of::<P>()
    }

    /// What a row must be like to be the parent.
    fn rows(&self) -> Result<Condition, Error> {
        Ok(self.find.visible(Self::target())?.add_option(self.touch.as_ref().map(|touch| touch.rows())))
    }

    /// The query for `cells` of the first row that is found.
    fn first(&self, cells: impl IntoIterator<Item = SimpleExpr>) -> Result<SelectStatement, Error> {
        let target = Self::target();
        let mut select = Query::select().exprs(cells).from(target.table()).cond_where(self.rows()?).take();
        self.find.ordered(target, &mut select)?;
        Ok(select.limit(1).take())
    }

    /// The key of the first object that is found by a session.
    async fn key_on(&self, tx: &Session) -> Result<Slot, Error> {
        let rows = self.touch.as_ref().map_or_else(Condition::all, |touch| touch.rows());
        let find = self.find.on(tx).filter(rows);
        let is_locked = self.touch.is_some() && tx.store.capability().row_locks != RowLocks::None;
        let found = if is_locked { find.lock(RowLock::Wait).one().await? } else { find.one().await? };
        let found = found.ok_or_else(|| Error::not_found(Self::target().object().clone()))?;
        Ok(found.key().to_values().pop().map_or(Slot::Null, Slot::Value))
    }

    /// How the parent with that key is changed.
    fn touched(&self, by: usize, key: &Slot) -> Result<Option<super::Touched>, Error> {
        self.touch.clone().map(|touch| super::Touched::of(&self.find, touch, (by, key))).transpose()
    }
}

/// The statements that make a child of the first row that is found.
struct CreateChild {
    child: Target,
    parent: Target,
    by: usize,
    capability: &'static Capability,
    insert: WriteOne,
    /// How the parent is changed afterwards, where the statement does not do that.
    touch: Option<Touch>,
}

impl CreateChild {
    fn of<P: Persist>(parent: &Parent<P>, child: Target, by: usize, record: &Record, scope: Option<Condition>) -> Result<Self, Error> {
        let session = &parent.find.session;
        let capability = session.store.capability();
        let target = Parent::<P>::target();
        let key = target.key_cell()?;
        let (mut columns, mut cells) = NewRow::of(child, record)?.into_parts();
        columns.push(child.column(by)?.0.column);
        let mut insert = Query::insert();
        insert.into_table(child.table()).columns(columns.into_iter().map(Target::name));
        let select = match &parent.touch {
            Some(touch) if capability.writes_in_with => {
                // Locked as it is looked for: where others take the first one meanwhile the next is, as it is with them.
                let first = key.clone().eq(parent.first([key.clone()])?.lock(LockType::Update).take());
                let mut update = touch.update(parent.find.visible(target)?.add(first));
                update.returning(Query::returning().expr(key));
                let touched = CommonTableExpression::new().table_name(PARENT).column("key").query(update).to_owned();
                insert.with_cte(WithClause::new().cte(touched).to_owned());
                cells.push(Expr::col((PARENT, "key")));
                Query::select().exprs(cells).from(PARENT).take()
            }
            change => {
                cells.push(key);
                let mut select = parent.first(cells)?;
                if change.is_some() && capability.row_locks != RowLocks::None {
                    // Who takes it for less first and for more afterwards meets others who do the same.
                    select.lock(LockType::Update);
                }
                select
            }
        };
        insert.select_from(select).map_err(|_| Error::Internal(Fault::of_us("columns and values differ in number")))?;
        let touch = parent.touch.clone().filter(|_| !capability.writes_in_with);
        let is_alone = touch.is_none() && !session.is_in_transaction();
        let insert = WriteOne::insert(child, capability, insert, record, scope, is_alone)?;
        Ok(Self { child, parent: target, by, capability, insert, touch })
    }
}

impl Work for CreateChild {
    type Done = Stored;

    fn is_one_statement(&self) -> bool {
        self.touch.is_none() && self.insert.is_one_statement() && !self.insert.may_be_taken_back()
    }

    fn rows(_: &Stored) -> usize {
        1
    }

    async fn run(self, connection: &mut Connection) -> Result<Stored, Stop> {
        let Self { child, parent, by, capability, insert, touch: change } = self;
        let made = insert.run(child, connection, Operation::Create).await?;
        let stored = made.ok_or_else(|| Stop::Error(Error::not_found(parent.object().clone())))?;
        if let Some(change) = change {
            let key = stored.slots.get(by).and_then(Slot::value).map(std::slice::from_ref).unwrap_or_default();
            let row = parent.key_is(key, None).map_err(Stop::TakeBack)?;
            change.run(capability.prepare(&change.update(row)), connection).await?;
        }
        Ok(stored)
    }
}

/// The statements that make a child which is named by its parent, once that is known.
struct CreateNamed {
    capability: &'static Capability,
    insert: Insert,
    touched: Option<super::Touched>,
}

impl CreateNamed {
    fn of(
        session: &Session,
        child: Target,
        record: &Record,
        scope: Option<Condition>,
        touched: Option<super::Touched>,
    ) -> Result<Self, Error> {
        let insert = Insert::of(session, child, record, scope, None)?;
        Ok(Self { capability: session.store.capability(), insert, touched })
    }
}

impl Work for CreateNamed {
    type Done = Stored;

    fn rows(_: &Stored) -> usize {
        1
    }

    async fn run(self, connection: &mut Connection) -> Result<Stored, Stop> {
        let stored = self.insert.run(connection).await?;
        if let Some(touched) = self.touched {
            touched.run(self.capability, connection).await?;
        }
        Ok(stored)
    }
}
