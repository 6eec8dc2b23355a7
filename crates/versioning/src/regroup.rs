//! Fields of one version that are other fields of the next: what `nest`, `flatten`, `split`, `merge` and `custom` do.

mod nested;

use recension_model::{Carried, FieldClass, FieldSpec, Misfit, ObjectSpec, Regrouping, Slot};

pub(crate) use self::nested::Nested;
use crate::reshape::{Direction, Refused};
use crate::{Error, Registry};

/// A field that is set or not, and whether it is among the changed ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) slot: Slot,
    pub(crate) changed: bool,
}

impl State {
    fn says_something(&self) -> bool {
        self.slot.is_set() || self.changed
    }
}

impl From<Carried> for State {
    fn from(Carried { slot, changed }: Carried) -> Self {
        Self { slot, changed }
    }
}

impl From<State> for Carried {
    fn from(State { slot, changed }: State) -> Self {
        Self { slot, changed }
    }
}

/// What takes the older fields to the newer and back.
#[derive(Clone, Debug)]
pub(crate) enum Regroup {
    Functions(Regrouping),
    Nested(Nested),
}

/// Why fields do not become others.
pub(crate) enum Fault {
    Misfit(Misfit),
    /// An object in one of them is at fault.
    Inside(Error),
}

impl<M: Into<Misfit>> From<M> for Fault {
    fn from(misfit: M) -> Self {
        Self::Misfit(misfit.into())
    }
}

/// Fields of the older shape and those of the newer that they became.
#[derive(Clone, Debug)]
pub(crate) struct Regrouped {
    regroup: Regroup,
    /// The op as it is declared, for messages.
    sentence: String,
    older: Side,
    newer: Side,
}

/// The fields of one shape that take part, in the order in which the op lists them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    /// Where each is in its shape.
    pub(crate) places: Vec<usize>,
    /// Each as the shape has it.
    pub(crate) fields: Vec<FieldSpec>,
    /// Each as it is carried.
    carried: Vec<FieldSpec>,
}

impl Regrouped {
    /// Fields that are in no shape yet, and those that are at these places of the newer one.
    pub(crate) fn new(regroup: Regroup, sentence: String, older: &[FieldSpec], newer: &[(usize, FieldSpec)]) -> Self {
        let older = Side { places: vec![0; older.len()], fields: older.to_vec(), carried: Vec::new() };
        let newer = Side {
            places: newer.iter().map(|(place, _)| *place).collect(),
            fields: newer.iter().map(|(_, field)| field.clone()).collect(),
            carried: Vec::new(),
        };
        Self { regroup, sentence, older, newer }
    }

    /// Notes where one of the older fields is.
    pub(crate) fn put_older(&mut self, part: usize, place: usize) {
        if let Some(older) = self.older.places.get_mut(part) {
            *older = place;
        }
    }

    /// Takes the fields as the two shapes have them: other ops of the release may have named them otherwise.
    pub(crate) fn settle(&mut self, older: &ObjectSpec, newer: &ObjectSpec) {
        for (side, shape) in [(&mut self.older, older), (&mut self.newer, newer)] {
            side.fields = side.places.iter().filter_map(|place| shape.fields.get(*place).cloned()).collect();
        }
        let secret = self.older.fields.iter().chain(&self.newer.fields).any(|field| field.class == FieldClass::Secret);
        for side in [&mut self.older, &mut self.newer] {
            let fields = side.fields.iter().cloned();
            // What is made of a secret does not travel, nor does what a secret is made of.
            side.carried = fields.map(|field| if secret { field.class(FieldClass::Secret) } else { field }).collect();
        }
    }

    pub(crate) const fn nested(&self) -> Option<&Nested> {
        match &self.regroup {
            Regroup::Nested(nested) => Some(nested),
            Regroup::Functions(_) => None,
        }
    }

    pub(crate) fn sentence(&self) -> &str {
        &self.sentence
    }

    pub(crate) const fn older(&self) -> &Side {
        &self.older
    }

    pub(crate) const fn newer(&self) -> &Side {
        &self.newer
    }

    /// The fields that an object has which is to go this way, and those that it gets.
    pub(crate) const fn sides(&self, direction: Direction) -> (&Side, &Side) {
        match direction {
            Direction::Up => (&self.older, &self.newer),
            Direction::Down => (&self.newer, &self.older),
        }
    }

    /// The field at `place` as it is carried for an object that went this way.
    pub(crate) fn carried(&self, place: usize, direction: Direction) -> Option<&FieldSpec> {
        let (from, _) = self.sides(direction);
        from.carried.get(from.places.iter().position(|known| *known == place)?)
    }

    /// The states of the fields of the other version, and those to carry: only where the way back would not give them
    /// again.
    ///
    /// `carried` is what came along from the other version. It is taken up again where the live states are what stood for
    /// it here; else somebody changed them, and they win.
    pub(crate) fn cross(
        &self,
        live: Vec<State>,
        carried: Option<Vec<State>>,
        direction: Direction,
        registry: Option<&Registry>,
    ) -> Result<(Vec<State>, Option<Vec<State>>), Fault> {
        let stood = carried.and_then(|original| {
            let stood = self.shown(&original, direction.back(), registry).ok()?;
            Some((original, stood))
        });
        let shown = match stood {
            Some((original, stood)) if stood == live => return Ok((original, None)),
            Some((original, stood)) if same_slots(&stood, &live) && !self.makes_object(direction) => {
                let flags = self.shown(&live, direction, registry)?;
                let slots = original.into_iter().map(|state| state.slot);
                return Ok((slots.zip(flags).map(|(slot, State { changed, .. })| State { slot, changed }).collect(), None));
            }
            Some((original, stood)) => self.restore(&live, &original, &stood, direction, registry)?,
            None => self.shown(&live, direction, registry)?,
        };
        let comes_back = match &self.regroup {
            Regroup::Nested(nested) if nested.takes_out(direction) => {
                nested.comes_back(&live, &shown, self.sides(direction).0, registry)?
            }
            _ => self.shown(&shown, direction.back(), registry).is_ok_and(|again| again == live),
        };
        if comes_back || !live.iter().any(State::says_something) {
            return Ok((shown, None));
        }
        // An object has what is newer than the parts in a carry of its own, where each field travels by its own class.
        let left = match &self.regroup {
            Regroup::Nested(nested) if nested.takes_out(direction) => nested.at_most(live, registry)?,
            _ => live,
        };
        Ok((shown, Some(left)))
    }

    /// Whether the fields go into an object on this way: that has a change set of its own.
    fn makes_object(&self, direction: Direction) -> bool {
        matches!(&self.regroup, Regroup::Nested(nested) if !nested.takes_out(direction))
    }

    /// The states in the other version.
    fn shown(&self, states: &[State], direction: Direction, registry: Option<&Registry>) -> Result<Vec<State>, Fault> {
        let (_, to) = self.sides(direction);
        let given = match &self.regroup {
            Regroup::Functions(functions) => through(functions, states, to.fields.len(), direction)?,
            Regroup::Nested(nested) if nested.takes_out(direction) => nested.take_out(states, registry)?,
            Regroup::Nested(nested) => nested.make(states, &to.fields, registry)?,
        };
        admitted(given, &to.fields)
    }

    /// The states in the other version, where the carry has some.
    fn restore(
        &self,
        live: &[State],
        original: &[State],
        stood: &[State],
        direction: Direction,
        registry: Option<&Registry>,
    ) -> Result<Vec<State>, Fault> {
        if let Regroup::Nested(nested) = &self.regroup
            && !nested.takes_out(direction)
            && let Some(made) = nested.made_of(live, original, stood, registry)?
        {
            return admitted(vec![made], &self.sides(direction).1.fields);
        }
        self.shown(live, direction, registry)
    }

    /// A misfit of these fields, with the place of the first of them.
    pub(crate) fn refused(&self, misfit: Misfit, direction: Direction) -> (usize, Refused<'_>) {
        let (from, _) = self.sides(direction);
        (from.places.first().copied().unwrap_or_default(), Refused { op: &self.sentence, misfit })
    }
}

/// What the functions of an op give. Where one of the fields is unset, nothing is known of any of the others.
fn through(functions: &Regrouping, states: &[State], count: usize, direction: Direction) -> Result<Vec<State>, Misfit> {
    let changed = states.iter().any(|state| state.changed);
    if states.iter().any(|state| !state.slot.is_set()) {
        return Ok(vec![State { slot: Slot::Unset, changed: false }; count]);
    }
    let slots: Vec<Slot> = states.iter().map(|state| state.slot.clone()).collect();
    let given = match direction {
        Direction::Up => functions.up(&slots)?,
        Direction::Down => functions.down(&slots)?,
    };
    if given.len() != count {
        return Err(Misfit::new("is given another number of fields than the op names"));
    }
    Ok(given.into_iter().map(|slot| State { slot, changed }).collect())
}

fn admitted(states: Vec<State>, fields: &[FieldSpec]) -> Result<Vec<State>, Fault> {
    let admit = |(state, field): (State, &FieldSpec)| Ok(State { slot: field.admit(state.slot)?, changed: state.changed });
    states.into_iter().zip(fields).map(admit).collect()
}

fn same_slots(left: &[State], right: &[State]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.slot == right.slot)
}
