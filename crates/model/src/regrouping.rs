//! Functions between the fields that two neighbouring versions have for the same thing.

use std::fmt;
use std::sync::Arc;

use crate::{FieldType, Misfit, Rule, Slot};

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

/// The types of some fields, as a tuple; what the derive makes of the fields of one side of an op.
#[doc(hidden)]
pub trait FieldTypes: Sized {
    /// The values, one for each type.
    ///
    /// # Errors
    /// The [`Misfit`] of a state that is of another type, or of another number of states.
    fn from_slots(slots: &[Slot]) -> Result<Self, Misfit>;
    /// The states, one for each type.
    fn as_slots(&self) -> Vec<Slot>;
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => {$(
        #[expect(non_snake_case, reason = "each value is called as its type is")]
        impl<$($name: FieldType),+> FieldTypes for ($($name,)+) {
            fn from_slots(slots: &[Slot]) -> Result<Self, Misfit> {
                let mut slots = slots.iter();
                let given = ($(complete::<$name>(slots.next())?,)+);
                if slots.next().is_some() { Err(Rule::Missing.into()) } else { Ok(given) }
            }

            fn as_slots(&self) -> Vec<Slot> {
                let ($($name,)+) = self;
                vec![$($name.as_slot()),+]
            }
        }
    )+};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

fn complete<F: FieldType>(slot: Option<&Slot>) -> Result<F, Misfit> {
    let draft = F::from_slot(slot.ok_or(Rule::Missing)?.clone())?.ok_or(Rule::Missing)?;
    F::complete(draft).map_err(|_| Rule::Missing.into())
}

/// A pair of functions on tuples as one on states; what the derive makes of the ops that have functions for several fields.
#[doc(hidden)]
pub fn typed<Older: FieldTypes + 'static, Newer: FieldTypes + 'static>(
    up_name: &str,
    up: fn(&Older) -> Result<Newer, Misfit>,
    down_name: &str,
    down: fn(&Newer) -> Result<Older, Misfit>,
) -> Regrouping {
    let on_slots_up = move |slots: &[Slot]| Ok(up(&Older::from_slots(slots)?)?.as_slots());
    let on_slots_down = move |slots: &[Slot]| Ok(down(&Newer::from_slots(slots)?)?.as_slots());
    Regrouping::new(up_name, on_slots_up, down_name, on_slots_down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn functions_on_types_get_and_give_states() {
        let split = |(name,): &(String,)| {
            let (first, last) = name.split_once(' ').map_or((&**name, None), |(first, last)| (first, Some(last.to_owned())));
            Ok((first.to_owned(), last))
        };
        let join = |(first, last): &(String, Option<String>)| Ok((format!("{first} {}", last.as_deref().unwrap_or("-")),));
        let names = typed::<(String,), (String, Option<String>)>("split", split, "join", join);
        let text = |text: &str| Slot::from(Value::from(text));
        assert_eq!(names.up(&[text("Ada")]), Ok(vec![text("Ada"), Slot::Null]));
        assert_eq!(names.down(&[text("Ada"), Slot::Null]), Ok(vec![text("Ada -")]));
        assert_eq!(names.down(&[text("Ada")]), Err(Rule::Missing.into()));
        assert_eq!(names.up(&[text("Ada"), text("L")]), Err(Rule::Missing.into()));
        assert_eq!(names.up(&[Slot::Unset]), Err(Rule::Missing.into()));
        assert!(matches!(names.up(&[Value::from(7).into()]), Err(Misfit::Rule(Rule::Kind { .. }))));
    }
}
