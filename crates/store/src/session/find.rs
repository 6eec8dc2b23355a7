//! Looking for objects.

use std::fmt;

use recension_model::{FieldSet, Partial, Persisted};
use sea_orm::Condition;
use sea_orm::sea_query::{Asterisk, Cond, Expr, Func, IntoCondition, NullOrdering, Order as Direction, Query, SelectStatement};

use super::Session;
use crate::engine::{Prepared, Row};
use crate::error::Invalid;
use crate::target::Target;
use crate::{AnyColumn, Error, Order, Persist, SoftDelete};

/// A search for objects of one kind, begun by [`Session::find`]. It finds only what the caller may read.
pub struct Find<T: Persist> {
    pub(super) session: Session,
    pub(super) condition: Condition,
    pub(super) orders: Vec<Order<T>>,
    pub(super) deleted: bool,
}

impl<T: Persist> Find<T> {
    pub(super) fn new(session: Session) -> Self {
        Self { session, condition: Cond::all(), orders: Vec::new(), deleted: false }
    }

    /// The same search, on another session.
    pub(super) fn on(&self, session: &Session) -> Self {
        Self { session: session.clone(), condition: self.condition.clone(), orders: self.orders.clone(), deleted: self.deleted }
    }

    /// Only objects for which this holds, and what was asked before: an expression of a [`Column`](crate::Column)
    /// or any other of sea-orm's.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.condition = self.condition.add(condition.into_condition());
        self
    }

    /// Deleted objects too: of these, the rows are marked.
    #[must_use]
    pub fn with_deleted(mut self) -> Self
    where
        T: SoftDelete,
    {
        self.deleted = true;
        self
    }

    /// In this order, within what was ordered before.
    #[must_use]
    pub fn order_by(mut self, order: Order<T>) -> Self {
        self.orders.push(order);
        self
    }

    /// The first object found.
    ///
    /// # Errors
    /// [`Error::Denied`] when the policy denies reading; [`Error::Integrity`] for a row that is no object;
    /// those of the database.
    pub async fn one(self) -> Result<Option<Persisted<T>>, Error> {
        let target = Target::of::<T>();
        let select = self.selected(target)?;
        Ok(self.rows(self.first_of(&select, Some(1)), Some(1), |row| target.decode(row)).await?.pop())
    }

    /// All objects found, if they are not more than one answer may have.
    ///
    /// # Errors
    /// [`Invalid::TooManyRows`] when there are more: nothing is ever cut off without being said. Others as
    /// for [`one`](Self::one).
    pub async fn all(self) -> Result<Vec<Persisted<T>>, Error> {
        let target = Target::of::<T>();
        let select = self.selected(target)?;
        self.rows(self.first_of(&select, None), None, |row| target.decode(row)).await
    }

    /// The text of the statement that [`all`](Self::all) sends, with a mark in the place of each value: to be looked
    /// at, or asked for its plan.
    ///
    /// # Errors
    /// [`Error::Denied`] when the policy denies reading.
    pub fn sql(&self) -> Result<String, Error> {
        let select = self.selected(Target::of::<T>())?;
        Ok(self.first_of(&select, None)().text().as_str().to_owned())
    }

    /// Some fields of all objects found; the others are unset.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn select(self, columns: impl IntoIterator<Item: Into<AnyColumn<T>>>) -> Result<Vec<Partial<T>>, Error> {
        self.parts(fields(columns), None).await
    }

    /// Some fields of the first object found; the others are unset.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    pub async fn select_one(self, columns: impl IntoIterator<Item: Into<AnyColumn<T>>>) -> Result<Option<Partial<T>>, Error> {
        Ok(self.parts(fields(columns), Some(1)).await?.pop())
    }

    /// The key of the first object found, null where there is none: for the condition of another search, which then needs no round
    /// trip of its own for it. It is for objects whose key is one field.
    ///
    /// # Errors
    /// [`Error::Denied`] when the policy denies reading.
    pub fn first_key(&self) -> Result<Expr, Error> {
        let target = Target::of::<T>();
        let mut select = Query::select().expr(target.key_cell()?).from(target.table()).cond_where(self.visible(target)?).take();
        self.ordered(target, &mut select)?;
        select.limit(1);
        Ok(Expr::SubQuery(None, Box::new(select.into())))
    }

    /// How many objects there are.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    pub async fn count(self) -> Result<u64, Error> {
        let target = Target::of::<T>();
        let condition = self.visible(target)?;
        let count = Func::count(Expr::col(Asterisk));
        let select = Query::select().expr(count).from(target.table()).cond_where(condition).take();
        let found = self.session.read(target, &select, |found, row| {
            *found = row.integer(0).ok().flatten().and_then(|number| u64::try_from(number).ok());
            Ok(())
        });
        found.await?.ok_or_else(|| Error::integrity(target.object(), "count is no number", None))
    }

    /// Whether there is any.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    pub async fn exists(self) -> Result<bool, Error> {
        let target = Target::of::<T>();
        let condition = self.visible(target)?;
        let select = Query::select().expr(Expr::val(1)).from(target.table()).cond_where(condition).take();
        let each = |found: &mut bool, _: &Row| {
            *found = true;
            Ok(())
        };
        self.session.read_prepared(target, self.first_of(&select, Some(1)), each).await
    }

    /// What was asked for, as far as the caller may read it.
    pub(super) fn visible(&self, target: Target) -> Result<Condition, Error> {
        Ok(Cond::all().add(self.condition.clone()).add(self.session.readable(target, self.deleted)?))
    }

    /// Adds the order.
    pub(super) fn ordered(&self, target: Target, select: &mut SelectStatement) -> Result<(), Error> {
        for order in &self.orders {
            let (column, field) = target.column(order.field)?;
            let direction = if order.descending { Direction::Desc } else { Direction::Asc };
            let has_null = field.nullable || column.null_as.is_some();
            if has_null && !self.session.store.capability().null_is_smallest {
                let nulls = if order.descending { NullOrdering::Last } else { NullOrdering::First };
                select.order_by_expr_with_nulls(target.expr(column.column), direction, nulls);
            } else {
                select.order_by_expr(target.expr(column.column), direction);
            }
        }
        Ok(())
    }

    /// The statement that gives the whole objects.
    pub(super) fn selected(&self, target: Target) -> Result<SelectStatement, Error> {
        let mut select = target.select_all(self.session.store.capability(), self.visible(target)?);
        self.ordered(target, &mut select)?;
        Ok(select)
    }

    async fn parts(self, fields: FieldSet, first: Option<usize>) -> Result<Vec<Partial<T>>, Error> {
        let target = Target::of::<T>();
        let mut select = target.select(fields, self.visible(target)?);
        self.ordered(target, &mut select)?;
        self.rows(self.first_of(&select, first), first, |row| target.partial(target.read(row, fields)?)).await
    }

    /// Writes a query for its `first` rows; without it for one more than one answer may have, which tells that there are too many.
    fn first_of(&self, select: &SelectStatement, first: Option<usize>) -> impl Fn() -> Prepared {
        let store = &self.session.store;
        let rows = first.map_or_else(|| u64::from(store.page_max()) + 1, |first| first as u64);
        move || store.capability().prepare_first(select, rows)
    }

    /// What `decode` makes of the rows as they arrive, of which there are up to `first`; without it, all, and an error when there
    /// are more than one answer may have.
    pub(super) async fn rows<R>(
        &self,
        prepare: impl Fn() -> Prepared,
        first: Option<usize>,
        decode: impl Fn(&Row) -> Result<R, Error>,
    ) -> Result<Vec<R>, Error> {
        let target = Target::of::<T>();
        let max = self.session.store.page_max();
        let each = |rows: &mut Vec<R>, row: &Row| {
            if first.is_none() && rows.len() >= max as usize {
                return Err(Error::Invalid(Invalid::TooManyRows { object: target.object().clone(), max }));
            }
            rows.push(decode(row)?);
            Ok(())
        };
        self.session.read_prepared(target, prepare, each).await
    }
}

fn fields<T>(columns: impl IntoIterator<Item: Into<AnyColumn<T>>>) -> FieldSet {
    columns.into_iter().map(|column| column.into().field).collect()
}

impl<T: Persist> fmt::Debug for Find<T> {
    /// Conditions hold values and are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Find").field("object", Target::of::<T>().object()).field("orders", &self.orders.len()).finish_non_exhaustive()
    }
}
