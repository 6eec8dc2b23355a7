//! Typed columns, for filters and orders.

use std::fmt;
use std::marker::PhantomData;

use recension_model::{FieldKind, FieldType, Filterable, Ordered, Slot};
use sea_orm::Value as Bound;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr};

use crate::Persist;
use crate::value::{bind, is_below, truth};

/// The column of a field of type `F` in the table of the object `T`.
///
/// Its methods give sea-orm's own expressions, so that they can be joined with any other.
pub struct Column<T, F> {
    field: usize,
    name: &'static str,
    of: PhantomData<fn() -> (T, F)>,
}

impl<T, F> Column<T, F> {
    /// The column `name`, which holds the field at index `field`.
    #[must_use]
    pub const fn new(field: usize, name: &'static str) -> Self {
        Self { field, name, of: PhantomData }
    }

    /// The index of the field.
    #[must_use]
    pub const fn field(&self) -> usize {
        self.field
    }

    /// The name of the column.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The column whatever its type, for a projection of several.
    #[must_use]
    pub const fn any(&self) -> AnyColumn<T> {
        AnyColumn { field: self.field, of: PhantomData }
    }
}

impl<T: Persist, F: FieldType> Column<T, F> {
    /// The cell is NULL, whatever that is read as.
    #[must_use]
    pub fn is_null(&self) -> SimpleExpr {
        self.cell().is_null()
    }

    /// The cell is not NULL.
    #[must_use]
    pub fn is_not_null(&self) -> SimpleExpr {
        self.cell().is_not_null()
    }

    /// The cell, with its table.
    fn cell(&self) -> Expr {
        Expr::col((T::mapping().table(), self.name))
    }
}

/// Comparisons are with what a reader of the object sees: where NULL is read as a value, it compares as that
/// value, and any number but zero is true.
impl<T: Persist, F: Filterable> Column<T, F> {
    /// The column as an expression, with its table: the cell, not what a reader sees.
    ///
    /// A secret has none, only that it is there or not can be asked:
    ///
    /// ```
    /// # use recension_store::{Column, Persist, sea_orm::sea_query::SimpleExpr};
    /// # use recension_model::Secret;
    /// fn ask<T: Persist>(column: Column<T, Secret<String>>) -> SimpleExpr {
    ///     column.is_null()
    /// }
    /// ```
    ///
    /// ```compile_fail,E0599
    /// # use recension_store::{Column, Persist, sea_orm::sea_query::SimpleExpr};
    /// # use recension_model::Secret;
    /// fn ask<T: Persist>(column: Column<T, Secret<String>>) -> SimpleExpr {
    ///     column.expr()
    /// }
    /// ```
    #[must_use]
    pub fn expr(&self) -> Expr {
        self.cell()
    }

    /// The value equals `value`. Null equals nothing: see [`is_null`](Self::is_null).
    #[must_use]
    pub fn eq(&self, value: impl Operand<F::Bare>) -> SimpleExpr {
        match operand::<F>(value) {
            Sought::Within(value) => self.equals(value),
            Sought::Below | Sought::Above => self.never(),
        }
    }

    /// The value is another than `value`; null is not.
    #[must_use]
    pub fn ne(&self, value: impl Operand<F::Bare>) -> SimpleExpr {
        match operand::<F>(value) {
            Sought::Within(Bound::TinyInt(Some(value))) => self.equals(truth(value == 0)),
            Sought::Within(value) => self.read().ne(value),
            Sought::Below | Sought::Above => self.known(),
        }
    }

    /// The value is one of `values`; none is, when there are none.
    #[must_use]
    pub fn is_in(&self, values: impl IntoIterator<Item: Operand<F::Bare>>) -> SimpleExpr {
        let values = values.into_iter().filter_map(|value| match operand::<F>(value) {
            Sought::Within(value) => Some(value),
            Sought::Below | Sought::Above => None,
        });
        if F::kind() == FieldKind::Bool {
            return values.fold(self.never(), |any, value| any.or(self.equals(value)));
        }
        self.read().is_in(values)
    }

    /// The value is among those that `select` gives.
    #[must_use]
    pub fn in_subquery(&self, select: SelectStatement) -> SimpleExpr {
        self.ranked().in_subquery(select)
    }

    /// The column as a reader of the object sees it.
    fn read(&self) -> Expr {
        let null_as = T::mapping().column_of(self.field).and_then(|column| column.null_as.as_ref());
        match null_as.and_then(|value| bind(value).ok()) {
            Some(value) => Func::coalesce([self.cell(), Expr::val(value)]).into(),
            None => self.cell(),
        }
    }

    /// The column as it compares with more than one value: every number but zero is the same true.
    fn ranked(&self) -> Expr {
        if F::kind() == FieldKind::Bool { self.read().ne(truth(false)) } else { self.read() }
    }

    /// Programs write other numbers than one for true.
    fn equals(&self, value: Bound) -> SimpleExpr {
        match value {
            Bound::TinyInt(Some(1)) => self.read().ne(truth(false)),
            value => self.read().eq(value),
        }
    }

    /// What holds for no row.
    fn never(&self) -> SimpleExpr {
        Expr::val(1).eq(0)
    }

    /// What holds for every row whose value is known.
    fn known(&self) -> SimpleExpr {
        self.read().is_not_null()
    }
}

/// Comparisons by order, for types whose cells stand in the order of their values.
impl<T: Persist, F: Ordered> Column<T, F> {
    /// The value is less than `value`.
    #[must_use]
    pub fn lt(&self, value: impl Operand<F::Bare>) -> SimpleExpr {
        match operand::<F>(value) {
            Sought::Within(value) => self.ranked().lt(value),
            Sought::Below => self.never(),
            Sought::Above => self.known(),
        }
    }

    /// The value is `value` or less.
    #[must_use]
    pub fn lte(&self, value: impl Operand<F::Bare>) -> SimpleExpr {
        match operand::<F>(value) {
            Sought::Within(value) => self.ranked().lte(value),
            Sought::Below => self.never(),
            Sought::Above => self.known(),
        }
    }

    /// The value is greater than `value`.
    #[must_use]
    pub fn gt(&self, value: impl Operand<F::Bare>) -> SimpleExpr {
        match operand::<F>(value) {
            Sought::Within(value) => self.ranked().gt(value),
            Sought::Below => self.known(),
            Sought::Above => self.never(),
        }
    }

    /// The value is `value` or greater.
    #[must_use]
    pub fn gte(&self, value: impl Operand<F::Bare>) -> SimpleExpr {
        match operand::<F>(value) {
            Sought::Within(value) => self.ranked().gte(value),
            Sought::Below => self.known(),
            Sought::Above => self.never(),
        }
    }

    /// Smallest first; null is smaller than any value.
    #[must_use]
    pub const fn asc(&self) -> Order<T> {
        Order { field: self.field, descending: false, of: PhantomData }
    }

    /// Largest first; null is smaller than any value.
    #[must_use]
    pub const fn desc(&self) -> Order<T> {
        Order { field: self.field, descending: true, of: PhantomData }
    }
}

/// Copies that ask nothing of the object: a derive would ask it to be `Copy` as well.
macro_rules! copy {
    ($($type:ident<$($parameter:ident),*>)*) => {$(
        impl<$($parameter),*> Clone for $type<$($parameter),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($parameter),*> Copy for $type<$($parameter),*> {}
    )*};
}

copy! { Column<T, F> Order<T> AnyColumn<T> }

impl<T, F> fmt::Debug for Column<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({})", self.name)
    }
}

/// One column of an order.
#[derive(Debug)]
pub struct Order<T> {
    pub(crate) field: usize,
    pub(crate) descending: bool,
    of: PhantomData<fn() -> T>,
}

/// A column of a projection, whatever the type of its field.
#[derive(Debug)]
pub struct AnyColumn<T> {
    pub(crate) field: usize,
    of: PhantomData<fn() -> T>,
}

impl<T, F> From<Column<T, F>> for AnyColumn<T> {
    fn from(column: Column<T, F>) -> Self {
        column.any()
    }
}

/// What a column can be compared with: its bare type, and borrowed text where that is text.
pub trait Operand<B> {
    /// The value itself.
    fn into_bare(self) -> B;
}

impl<B> Operand<B> for B {
    fn into_bare(self) -> B {
        self
    }
}

impl Operand<String> for &str {
    fn into_bare(self) -> String {
        self.to_owned()
    }
}

impl Operand<String> for &String {
    fn into_bare(self) -> String {
        self.clone()
    }
}

/// Where a value is among those that a column can hold.
enum Sought {
    /// Less than all of them: a time before the year 1.
    Below,
    /// One of them, to be bound.
    Within(Bound),
    /// Greater than all of them: an unsigned integer past `i64`, a time after the year 9999.
    Above,
}

fn operand<F: FieldType>(value: impl Operand<F::Bare>) -> Sought {
    match F::to_slot(&F::lift(value.into_bare())) {
        Slot::Value(value) => match bind(&value) {
            Ok(value) => Sought::Within(value),
            Err(_) if is_below(&value) => Sought::Below,
            Err(_) => Sought::Above,
        },
        Slot::Null | Slot::Unset => Sought::Above,
    }
}
