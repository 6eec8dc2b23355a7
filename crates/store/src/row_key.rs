//! Types of keys.

use std::fmt;
use std::hash::Hash;

use recension_model::{IntegerWidth, Rule, Value};
use uuid::Uuid;

/// The key of a row: an `i64` or `i32`, which a database can make, a [`Uuid`], which the store can make, a
/// `String`, or a tuple of two or three of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key",
    note = "a key is an `i64`, an `i32`, a `Uuid` or a `String`, or two or three fields of these types"
)]
pub trait RowKey: Clone + fmt::Debug + Eq + Hash + Send + Sync + 'static + sealed::Sealed {
    /// The values of the key fields, in the order of the key.
    fn to_values(&self) -> Vec<Value>;
    /// The key from the values of its fields.
    ///
    /// # Errors
    /// [`Rule::Kind`] or [`Rule::Width`] for a value of another kind, [`Rule::Missing`] if there are too few.
    fn from_values(values: &[Value]) -> Result<Self, Rule>;
    /// A new key, for types whose keys the store makes; `None` for others.
    fn generate() -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
    pub trait Scalar: Sized {
        fn to_value(&self) -> super::Value;
        fn from_value(value: &super::Value) -> Result<Self, super::Rule>;
        fn generate() -> Option<Self> {
            None
        }
    }
}

use sealed::Scalar;

impl Scalar for i64 {
    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn from_value(value: &Value) -> Result<Self, Rule> {
        integer(value, IntegerWidth::I64)
    }
}

impl Scalar for i32 {
    fn to_value(&self) -> Value {
        Value::Integer(i128::from(*self))
    }

    fn from_value(value: &Value) -> Result<Self, Rule> {
        integer(value, IntegerWidth::I32)
    }
}

impl Scalar for Uuid {
    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn from_value(value: &Value) -> Result<Self, Rule> {
        match value {
            Value::Uuid(key) => Ok(*key),
            other => Err(Rule::Kind { expected: "uuid", found: other.kind() }),
        }
    }

    /// A random key (version 4).
    fn generate() -> Option<Self> {
        Some(Self::new_v4())
    }
}

impl Scalar for String {
    fn to_value(&self) -> Value {
        Value::from(self.clone())
    }

    fn from_value(value: &Value) -> Result<Self, Rule> {
        match value {
            Value::Text(key) => Ok(key.clone()),
            other => Err(Rule::Kind { expected: "text", found: other.kind() }),
        }
    }
}

fn integer<N: TryFrom<i128>>(value: &Value, width: IntegerWidth) -> Result<N, Rule> {
    let number = value.as_integer().ok_or(Rule::Kind { expected: "integer", found: value.kind() })?;
    number.try_into().map_err(|_| Rule::Width(width))
}

macro_rules! scalar {
    ($($type:ty)*) => {$(
        impl sealed::Sealed for $type {}

        impl RowKey for $type {
            fn to_values(&self) -> Vec<Value> {
                vec![self.to_value()]
            }

            fn from_values(values: &[Value]) -> Result<Self, Rule> {
                Self::from_value(values.first().ok_or(Rule::Missing)?)
            }

            fn generate() -> Option<Self> {
                <Self as Scalar>::generate()
            }
        }
    )*};
}

scalar! { i64 i32 Uuid String }

macro_rules! tuple {
    ($($part:ident $at:tt),*) => {
        impl<$($part: Scalar + RowKey),*> sealed::Sealed for ($($part,)*) {}

        impl<$($part: Scalar + RowKey),*> RowKey for ($($part,)*) {
            fn to_values(&self) -> Vec<Value> {
                vec![$(self.$at.to_value()),*]
            }

            fn from_values(values: &[Value]) -> Result<Self, Rule> {
                Ok(($($part::from_value(values.get($at).ok_or(Rule::Missing)?)?,)*))
            }

            /// A key of several fields is given.
            fn generate() -> Option<Self> {
                None
            }
        }
    };
}

tuple! { A 0, B 1 }
tuple! { A 0, B 1, C 2 }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_values() {
        let key = (7_i32, "a".to_owned(), Uuid::from_u128(3));
        assert_eq!(RowKey::from_values(&key.to_values()), Ok(key));
        assert_eq!(i32::from_values(&[Value::from(i64::from(i32::MAX) + 1)]), Err(Rule::Width(IntegerWidth::I32)));
        assert_eq!(<(i64, i64)>::from_values(&[Value::from(1_i64)]), Err(Rule::Missing));
        assert_eq!(String::from_values(&[Value::from(1_i64)]), Err(Rule::Kind { expected: "text", found: "integer" }));
    }
}
