//! What objects have to do with each other.

use std::fmt;
use std::marker::PhantomData;

use recension_model::FieldType;

use crate::{Column, Persist};

/// An object `P` has any number of objects `C`: those with its key in one of their fields. Made by the derive
/// `Persist` where it says `has_many(..)`, and loaded with [`load_many`](crate::Session::load_many).
pub struct HasMany<P, C> {
    pub(crate) by: usize,
    of: PhantomData<fn() -> (P, C)>,
}

impl<P: Persist, C: Persist> HasMany<P, C> {
    /// `by` holds the key of the `P` that a `C` belongs to.
    #[must_use]
    pub const fn new<F: FieldType<Bare = P::Key>>(by: Column<C, F>) -> Self {
        Self { by: by.field(), of: PhantomData }
    }
}

/// An object `C` belongs to at most one object `P`, whose key is in a field of it. Made by the derive
/// `Persist` where it says `belongs_to(..)`, and loaded with [`load_one`](crate::Session::load_one).
pub struct BelongsTo<C, P> {
    pub(crate) by: usize,
    of: PhantomData<fn() -> (C, P)>,
}

impl<C: Persist, P: Persist> BelongsTo<C, P> {
    /// `by` holds the key of the `P`.
    #[must_use]
    pub const fn new<F: FieldType<Bare = P::Key>>(by: Column<C, F>) -> Self {
        Self { by: by.field(), of: PhantomData }
    }
}

/// A derive would ask the objects to be `Copy` and `Debug` as well.
macro_rules! plain {
    ($($type:ident)*) => {$(
        impl<A, B> Clone for $type<A, B> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<A, B> Copy for $type<A, B> {}

        impl<A, B> fmt::Debug for $type<A, B> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).field("by", &self.by).finish()
            }
        }
    )*};
}

plain! { HasMany BelongsTo }
