//! Functions between the fields that two neighbouring versions have for the same thing.

use std::fmt;
use std::sync::Arc;

use crate::{Misfit, Slot};

type Function = dyn Fn(&[Slot]) -> Result<Vec<Slot>, Misfit> + Send + Sync;

/// A named pair of functions that take the states of some fields to those of others, and back: for one field that became
/// several, several that became one, and whatever else. They must be pure: the same states give the same result each
/// time and everywhere. They are only asked where every field is set, and get and give null for a field without a value.
///
/// Two are equal when both names are. `Debug` shows the names.
///
/// ```
/// use recension_model::{Misfit, Regrouping, Slot, Value};
/// let text = |slot: &Slot| slot.value().and_then(Value::as_text).unwrap_or_default().to_owned();
/// let split = move |name: &[Slot]| {
///     let name = name.first().map(text).unwrap_or_default();
///     let (first, last) = name.split_once(' ').ok_or(Misfit::new("has no space"))?;
///     Ok(vec![Value::from(first).into(), Value::from(last).into()])
/// };
/// let join = move |parts: &[Slot]| Ok(vec![Value::from(parts.iter().map(text).collect::<Vec<_>>().join(" ")).into()]);
/// let name = Regrouping::new("split_name", split, "join_name", join);
/// assert_eq!(name.down(&[Value::from("Ada").into(), Value::from("Lovelace").into()])?, [Slot::from("Ada Lovelace")]);
/// assert_eq!(name.up(&[Value::from("Ada").into()]), Err(Misfit::new("has no space")));
/// # Ok::<(), Misfit>(())
/// ```
#[derive(Clone)]
pub struct Regrouping {
    up_name: Arc<str>,
    down_name: Arc<str>,
    up: Arc<Function>,
    down: Arc<Function>,
}

impl Regrouping {
    /// A pair of functions, each with the name that the history gives it: `up` takes the states of the older fields to
    /// those of the newer, `down` the other way, both in the order in which the op lists them.
    pub fn new(
        up_name: &str,
        up: impl Fn(&[Slot]) -> Result<Vec<Slot>, Misfit> + Send + Sync + 'static,
        down_name: &str,
        down: impl Fn(&[Slot]) -> Result<Vec<Slot>, Misfit> + Send + Sync + 'static,
    ) -> Self {
        Self { up_name: up_name.into(), down_name: down_name.into(), up: Arc::new(up), down: Arc::new(down) }
    }

    /// The name of the function that takes states up.
    #[must_use]
    pub fn up_name(&self) -> &str {
        &self.up_name
    }

    /// The name of the function that takes states down.
    #[must_use]
    pub fn down_name(&self) -> &str {
        &self.down_name
    }

    /// States of the older fields in the newer ones.
    ///
    /// # Errors
    /// The [`Misfit`] of states that have no counterpart there.
    pub fn up(&self, slots: &[Slot]) -> Result<Vec<Slot>, Misfit> {
        (self.up)(slots)
    }

    /// States of the newer fields in the older ones.
    ///
    /// # Errors
    /// The [`Misfit`] of states that have no counterpart there.
    pub fn down(&self, slots: &[Slot]) -> Result<Vec<Slot>, Misfit> {
        (self.down)(slots)
    }
}

impl PartialEq for Regrouping {
    fn eq(&self, other: &Self) -> bool {
        self.up_name == other.up_name && self.down_name == other.down_name
    }
}

impl fmt::Debug for Regrouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Regrouping(up = {}, down = {})", self.up_name, self.down_name)
    }
}
