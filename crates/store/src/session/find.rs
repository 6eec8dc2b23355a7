//! Looking for objects.

use std::fmt;
use std::ops::ControlFlow;

use recension_model::{Carry, FieldSet, Partial, Persisted};
use sea_orm::Condition;
use sea_orm::sea_query::{Asterisk, Cond, Expr, Func, IntoCondition, Order as Direction, Query, SelectStatement};

use super::Session;
use crate::error::Invalid;
use crate::target::{Stored, Target};
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
        let found = self.rows(target.all(), Some(1)).await?.pop();
        found.map(|stored| target.persisted(stored, Carry::default())).transpose()
    }

    /// All objects found, if they are not more than one answer may have.
    ///
    /// # Errors
    /// [`Invalid::TooManyRows`] when there are more: nothing is ever cut off without being said. Others as
    /// for [`one`](Self::one).
    pub async fn all(self) -> Result<Vec<Persisted<T>>, Error> {
        let target = Target::of::<T>();
        let rows = self.rows(target.all(), None).await?;
        rows.into_iter().map(|stored| target.persisted(stored, Carry::default())).collect()
    }

    /// Some fields of all objects found; the others are unset.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn select(self, columns: impl IntoIterator<Item: Into<AnyColumn<T>>>) -> Result<Vec<Partial<T>>, Error> {
        let rows = self.rows(fields(columns), None).await?;
        rows.into_iter().map(|stored| Target::of::<T>().partial(stored)).collect()
    }

    /// Some fields of the first object found; the others are unset.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    pub async fn select_one(self, columns: impl IntoIterator<Item: Into<AnyColumn<T>>>) -> Result<Option<Partial<T>>, Error> {
        let found = self.rows(fields(columns), Some(1)).await?.pop();
        found.map(|stored| Target::of::<T>().partial(stored)).transpose()
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
        let mut found = None;
        self.session
            .read(target, &select, |row| {
                found = row.integer(0).ok().flatten().and_then(|number| u64::try_from(number).ok());
                Ok(ControlFlow::Break(()))
            })
            .await?;
        found.ok_or_else(|| Error::integrity(target.object(), "count is no number", None))
    }

    /// Whether there is any.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    pub async fn exists(self) -> Result<bool, Error> {
        let target = Target::of::<T>();
        let condition = self.visible(target)?;
        let select = Query::select().expr(Expr::val(1)).from(target.table()).cond_where(condition).take();
        let mut found = false;
        self.session
            .read(target, &select, |_| {
                found = true;
                Ok(ControlFlow::Break(()))
            })
            .await?;
        Ok(found)
    }

    /// What was asked for, as far as the caller may read it.
    pub(super) fn visible(&self, target: Target) -> Result<Condition, Error> {
        Ok(Cond::all().add(self.condition.clone()).add(self.session.readable(target, self.deleted)?))
    }

    /// Adds the order.
    pub(super) fn ordered(&self, target: Target, select: &mut SelectStatement) -> Result<(), Error> {
        for order in &self.orders {
            let (column, _) = target.column(order.field)?;
            let direction = if order.descending { Direction::Desc } else { Direction::Asc };
            select.order_by_expr(target.expr(column.column), direction);
        }
        Ok(())
    }

    /// The rows, up to `first` of them; without it, all, and an error when there are more than one answer may
    /// have.
    async fn rows(self, fields: FieldSet, first: Option<usize>) -> Result<Vec<Stored>, Error> {
        let target = Target::of::<T>();
        let mut select = target.select(fields, self.visible(target)?);
        self.ordered(target, &mut select)?;
        let max = self.session.store.page_max();
        match first {
            // Without an order the rows just stop being read; a bound LIMIT would be prepared anew each time.
            Some(_) if self.orders.is_empty() => {}
            Some(first) => _ = select.limit(first as u64),
            None => _ = select.limit(u64::from(max) + 1),
        }
        let mut rows = Vec::new();
        self.session
            .read(target, &select, |row| {
                if first.is_none() && rows.len() >= max as usize {
                    return Err(Error::Invalid(Invalid::TooManyRows { object: target.object().clone(), max }));
                }
                rows.push(target.read(row, fields)?);
                Ok(if first.is_some_and(|first| rows.len() >= first) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })
            .await?;
        Ok(rows)
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
