//! Functions between the two types that a field has at two neighbouring versions.

use std::fmt;
use std::sync::Arc;

use crate::{FieldType, Rule, Slot, Value};

/// Why a value of one version has no counterpart in another. Holds a fixed text or a broken rule, never a
/// value; reads on after the name of the field, as "is no number with a unit".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// The function that was asked says so.
    #[error("{0}")]
    Reason(&'static str),
    /// What the function gives breaks a rule of the field.
    #[error(transparent)]
    Rule(#[from] Rule),
}

impl Misfit {
    /// A misfit for this reason.
    #[must_use]
    pub const fn new(reason: &'static str) -> Self {
        Self::Reason(reason)
    }
}

type Function = dyn Fn(&Value) -> Result<Value, Misfit> + Send + Sync;

/// A named pair of functions that take the values of a field to its newer type and back. They must be pure:
/// the same value gives the same result each time and everywhere.
///
/// Two conversions are equal when both names are. `Debug` shows the names.
///
/// ```
/// use recension_model::{Conversion, Misfit, Value};
/// let parse = |text: &Value| match text.as_text().and_then(|text| text.parse::<i64>().ok()) {
///     Some(number) => Ok(Value::from(number)),
///     None => Err(Misfit::new("is no whole number")),
/// };
/// let print = |number: &Value| Ok(Value::from(number.as_integer().unwrap_or_default().to_string()));
/// let size = Conversion::new("parse_size", parse, "print_size", print);
/// assert_eq!(size.up(&Value::from("7"))?, Value::from(7));
/// assert_eq!(size.up(&Value::from("seven")), Err(Misfit::new("is no whole number")));
/// # Ok::<(), Misfit>(())
/// ```
#[derive(Clone)]
pub struct Conversion {
    up_name: Arc<str>,
    down_name: Arc<str>,
    up: Arc<Function>,
    down: Arc<Function>,
}

impl Conversion {
    /// A pair of functions, each with the name that the history gives it: `up` takes a value of the older
    /// type to the newer, `down` the other way.
    pub fn new(
        up_name: &str,
        up: impl Fn(&Value) -> Result<Value, Misfit> + Send + Sync + 'static,
        down_name: &str,
        down: impl Fn(&Value) -> Result<Value, Misfit> + Send + Sync + 'static,
    ) -> Self {
        Self { up_name: up_name.into(), down_name: down_name.into(), up: Arc::new(up), down: Arc::new(down) }
    }

    /// The name of the function that takes values up.
    #[must_use]
    pub fn up_name(&self) -> &str {
        &self.up_name
    }

    /// The name of the function that takes values down.
    #[must_use]
    pub fn down_name(&self) -> &str {
        &self.down_name
    }

    /// A value of the older type in the newer one.
    ///
    /// # Errors
    /// The [`Misfit`] of a value that has no counterpart there.
    pub fn up(&self, value: &Value) -> Result<Value, Misfit> {
        (self.up)(value)
    }

    /// A value of the newer type in the older one.
    ///
    /// # Errors
    /// The [`Misfit`] of a value that has no counterpart there.
    pub fn down(&self, value: &Value) -> Result<Value, Misfit> {
        (self.down)(value)
    }
}

impl PartialEq for Conversion {
    fn eq(&self, other: &Self) -> bool {
        self.up_name == other.up_name && self.down_name == other.down_name
    }
}

impl fmt::Debug for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Conversion(up = {}, down = {})", self.up_name, self.down_name)
    }
}

/// A pair of functions on Rust types as one on values; what the derive makes of an op `retype`. The types
/// are those of the field without their `Option`: null stays null.
#[doc(hidden)]
pub fn typed<Older: FieldType, Newer: FieldType>(
    up_name: &str,
    up: fn(&Older) -> Result<Newer, Misfit>,
    down_name: &str,
    down: fn(&Newer) -> Result<Older, Misfit>,
) -> Conversion {
    Conversion::new(up_name, move |value| on_value(up, value), down_name, move |value| on_value(down, value))
}

fn on_value<From: FieldType, To: FieldType>(function: fn(&From) -> Result<To, Misfit>, value: &Value) -> Result<Value, Misfit> {
    let draft = From::from_slot(Slot::Value(value.clone()))?.ok_or(Rule::Missing)?;
    let given = From::complete(draft).map_err(|_| Rule::Missing)?;
    match function(&given)?.as_slot() {
        Slot::Value(value) => Ok(value),
        Slot::Unset | Slot::Null => Err(Rule::NotNull.into()),
    }
}
