//! Pages of a list.

use recension_model::Persisted;
use sea_orm::Value as Bound;
use sea_orm::sea_query::{Cond, Condition, ExprTrait, Order as Direction, Query};

use super::Find;
use crate::error::{Invalid, Sought};
use crate::target::Target;
use crate::{Error, Persist, RowKey};

/// Which page of a list.
///
/// The marker is the key of the last object of the page before. Pages stay true while others write: every
/// object that is there all the time is seen exactly once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<K> {
    marker: Option<K>,
    size: i64,
}

impl<K> PageRequest<K> {
    /// The first `size` objects.
    #[must_use]
    pub const fn first(size: i64) -> Self {
        Self { marker: None, size }
    }

    /// The `size` objects after the one with the key `marker`.
    #[must_use]
    pub const fn after(marker: K, size: i64) -> Self {
        Self { marker: Some(marker), size }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T: Persist> {
    /// The objects.
    pub items: Vec<Persisted<T>>,
    /// The marker of the next page; `None` when there are no more objects.
    pub next: Option<T::Key>,
}

/// One column of the whole order, with what the row of the marker has in it.
struct Step {
    column: &'static str,
    descending: bool,
    marker: Option<Bound>,
}

impl<T: Persist> Find<T> {
    /// One page, in the order asked for and within it by key.
    ///
    /// A page of no rows is empty, whatever its marker is.
    ///
    /// # Errors
    /// [`Invalid::PageSize`] for a size below zero or above what one answer may have;
    /// [`Error::NotFound`] with [`Sought::Marker`] when the object of the marker is gone, or not the
    /// caller's to see. Others as for [`one`](Self::one).
    pub async fn page(self, request: PageRequest<T::Key>) -> Result<Page<T>, Error> {
        let target = Target::of::<T>();
        let visible = self.visible(target)?;
        let max = self.session.store.page_max();
        let size = u32::try_from(request.size).ok().filter(|size| *size <= max);
        let size = size.ok_or(Error::Invalid(Invalid::PageSize { max, found: request.size }))?;
        if size == 0 {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let mut visible = Cond::all().add(visible);
        if let Some(marker) = &request.marker {
            visible = visible.add(after(target, self.marker(target, marker).await?));
        }
        let mut select = target.select_all(self.session.store.capability(), visible);
        self.ordered(target, &mut select)?;
        for key in target.mapping.keys() {
            let (key, _) = target.column(*key)?;
            select.order_by_expr(target.expr(key.column), Direction::Asc);
        }
        // One row more shows whether there is a next page.
        select.limit(u64::from(size) + 1);

        let read = self.session.read(target, &select, |(items, more): &mut (Vec<Persisted<T>>, bool), row| {
            if items.len() >= size as usize {
                *more = true;
                return Ok(());
            }
            items.push(target.decode(row)?);
            Ok(())
        });
        let (items, more) = read.await?;
        let next = items.last().filter(|_| more).map(|item| item.key());
        Ok(Page { items, next })
    }

    /// What the row of the marker has in the columns of the order, just as it is stored.
    async fn marker(&self, target: Target, marker: &T::Key) -> Result<Vec<Step>, Error> {
        let readable = self.session.readable(target, self.deleted)?;
        let keys = target.mapping.keys().iter().map(|key| (*key, false));
        let mut steps = Vec::new();
        let mut select = Query::select();
        for (index, descending) in self.orders.iter().map(|order| (order.field, order.descending)).chain(keys) {
            let (column, _) = target.column(index)?;
            select.expr(target.expr(column.column));
            steps.push(Step { column: column.column, descending, marker: None });
        }
        select.from(target.table()).cond_where(target.key_is(&marker.to_values(), Some(readable))?);
        let found = self.session.read(target, &select, |found, row| {
            for (index, step) in steps.iter_mut().enumerate() {
                let cell = row.raw(index);
                step.marker = cell.map_err(|_| Error::integrity(target.object(), "cell of another kind", Some(step.column)))?;
            }
            *found = true;
            Ok(())
        });
        if found.await? { Ok(steps) } else { Err(Error::NotFound { object: target.object().clone(), sought: Sought::Marker }) }
    }
}

/// The rows after the marker: equal in the first columns, and behind it in the next.
fn after(target: Target, steps: Vec<Step>) -> Condition {
    let mut any = Cond::any();
    let mut equal = Cond::all();
    for Step { column, descending, marker } in steps {
        let cell = || target.expr(column);
        // Null is smaller than any value.
        let (behind, same) = match marker {
            Some(value) if descending => (Some(cell().lt(value.clone()).or(cell().is_null())), cell().eq(value)),
            Some(value) => (Some(cell().gt(value.clone())), cell().eq(value)),
            None if descending => (None, cell().is_null()),
            None => (Some(cell().is_not_null()), cell().is_null()),
        };
        if let Some(behind) = behind {
            any = any.add(equal.clone().add(behind));
        }
        equal = equal.add(same);
    }
    any
}
