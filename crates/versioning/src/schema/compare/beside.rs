//! Instances beside very many others: all values of an `enum`, or all branches of a union, that are to be left out at once.
//!
//! What each of them takes is an area: for each property, or item, some classes of what it may be. One place is decided at a time, and
//! with it all areas that do not take what was chosen are out of the way; of areas that share nothing it is counted how much they take
//! together, so that nothing is looked for where they take everything. So it takes about as many steps as there are areas and places.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::area::Area;
use super::arena::{Id, Type};
use super::atom::{Atom, Literal};
use super::check::{Seen, check};
use super::classes::{Class, Part, Place, Taken};
use super::solve::{Goal, NONE, Outcome, Solver};
use super::state::State;
use super::values::key;

/// Areas and places that are laid out at once.
const LAID_OUT_MAX: usize = 8_000_000;
/// Areas of which each is held against each.
const PAIRS_MAX: usize = 4_000;

/// Areas over places.
struct Grid {
    of: Vec<At>,
    places: Vec<Place>,
    /// For each area the schema that a property has to break which none of them speaks of; none where there is no such property.
    others: Vec<Option<Id>>,
    names: Arc<BTreeSet<String>>,
}

enum At {
    Property(String),
    Item(usize),
}

/// What is decided, and what is not yet.
#[derive(Clone, Default)]
struct Way {
    areas: Vec<usize>,
    places: Vec<usize>,
    chosen: Vec<(usize, usize)>,
    /// Schemas that some other property has to break.
    others: BTreeSet<Id>,
}

impl Grid {
    fn taken(&self, area: usize, place: usize) -> &Taken {
        self.places.get(place).and_then(|place| place.taken.get(area)).unwrap_or(&Taken::None)
    }

    fn count(&self, place: usize) -> usize {
        self.places.get(place).map_or(0, |place| place.classes.len())
    }

    /// Places that are not decided, and at which an area does not take everything.
    fn bound(&self, area: usize, places: &[usize]) -> usize {
        places.iter().filter(|place| *self.taken(area, **place) != Taken::All).count()
    }

    /// Whether no two areas have anything in common.
    fn is_apart(&self, areas: &[usize], spend: &dyn Fn(usize) -> bool) -> bool {
        let row = |area: usize| self.places.iter().map(move |place| place.taken.get(area));
        if self.places.iter().all(|place| areas.iter().all(|area| matches!(place.taken.get(*area), Some(Taken::One(_))))) {
            let mut seen = HashSet::new();
            return areas.iter().all(|area| seen.insert(row(*area).collect::<Vec<_>>()));
        }
        if areas.len() > PAIRS_MAX || !spend(areas.len() * areas.len() / 4) {
            return false;
        }
        let apart = |left: usize, right: usize| {
            let mut places = self.places.iter().filter_map(|place| Some((place.taken.get(left)?, place.taken.get(right)?)));
            places.any(|(left, right)| left.is_apart_from(right))
        };
        areas.iter().enumerate().all(|(at, left)| areas.iter().skip(at + 1).all(|right| apart(*left, *right)))
    }

    /// Whether areas that have nothing in common take all that is possible at these places.
    fn is_full(&self, way: &Way) -> bool {
        let product = |of: &dyn Fn(usize) -> usize| way.places.iter().try_fold(1_u128, |all, place| all.checked_mul(of(*place) as u128));
        let taken = |area: usize| product(&|place| self.taken(area, place).len(self.count(place)));
        let sum = way.areas.iter().try_fold(0_u128, |sum, area| sum.checked_add(taken(*area)?));
        matches!((sum, product(&|place| self.count(place))), (Some(sum), Some(all)) if sum >= all)
    }

    fn atoms(&self, (place, class): (usize, usize)) -> Vec<Atom> {
        let class = self.places.get(place).and_then(|place| place.classes.get(class));
        match (self.of.get(place), class) {
            (Some(At::Property(name)), Some(Class::Absent)) => vec![Atom::Absent(name.clone())],
            (Some(At::Property(name)), Some(Class::There(literals))) => {
                let values = literals.iter().map(|literal| Atom::Property(name.clone(), *literal));
                [Atom::Present(name.clone())].into_iter().chain(values).collect()
            }
            (Some(At::Item(at)), Some(Class::There(literals))) => literals.iter().map(|literal| Atom::At(*at, *literal)).collect(),
            _ => Vec::new(),
        }
    }
}

/// Some property that none of the areas speaks of, and that breaks a schema.
fn other(names: &Arc<BTreeSet<String>>, id: Id) -> Atom {
    Atom::SomeExtra { not: names.clone(), name: None, value: Some((id, false)) }
}

/// The different values among those that are left out.
fn left_out<'s, T>(state: &'s State, of: impl Fn(&'s Value) -> Option<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    let lists: &'s [_] = &state.others;
    lists
        .iter()
        .flat_map(|values| values.list())
        .filter_map(|value| Some((of(value)?, key(value))))
        .filter_map(|(value, key)| seen.insert(key).then_some(value))
        .collect()
}

impl Solver {
    /// An object that is none of the values that are left out, and under none of these schemas; `None` where that is not decided so.
    pub(super) fn object_beside(&mut self, state: &State, ids: &[Id]) -> Option<Outcome> {
        let values: Vec<&serde_json::Map<String, Value>> = left_out(state, Value::as_object);
        if values.is_empty() && ids.is_empty() {
            return Some(self.object(state));
        }
        let areas = ids.iter().map(|id| self.area(*id)).collect::<Option<Vec<Arc<Area>>>>()?;
        let names: BTreeSet<String> =
            values.iter().flat_map(|map| map.keys()).chain(areas.iter().flat_map(|area| area.names())).cloned().collect();
        let count = values.len() + areas.len();
        if count.saturating_mul(names.len()) > LAID_OUT_MAX || !self.arena.spend(count * names.len()) {
            return None;
        }
        let never = self.arena.never();
        let mut others = vec![Some(never); values.len()];
        for area in &areas {
            let mut ids = area.of_others().into_iter();
            others.push(ids.next());
            if ids.next().is_some() {
                return None;
            }
        }
        let mut places = Vec::new();
        for name in &names {
            let of_values = values.iter().map(|map| map.get(name).map_or(Part::Absent, Part::Value));
            let parts: Vec<Part<'_>> =
                of_values.chain(areas.iter().map(|area| Part::Schemas(area.of_property(name), area.requires(name)))).collect();
            let (base, may) = self.demands(state, name)?;
            let may = may && !state.absent.contains(name);
            places.push(self.place(&base, (may, state.present.contains(name)), &parts)?);
        }
        let of = names.iter().cloned().map(At::Property).collect();
        Some(self.over(state, Grid { of, places, others, names: Arc::new(names) }))
    }

    /// What a property is under, and whether it may be there; `None` where that depends on what is not known of its name.
    fn demands(&self, state: &State, name: &str) -> Option<(Goal, bool)> {
        let under = |id: Id| check(&self.arena, id, Seen::Name(name));
        let mut may = true;
        for (id, holds) in &state.names {
            may &= under(*id)? == *holds;
        }
        let mut goal: Goal = state.properties.get(name).into_iter().flatten().copied().collect();
        for extra in state.extra.iter().filter(|extra| !extra.not.contains(name)) {
            if extra.name.map_or(Some(true), under)? {
                goal.insert(extra.value);
            }
        }
        Some((goal, may))
    }

    fn area(&mut self, id: Id) -> Option<Arc<Area>> {
        let Self { arena, areas, .. } = self;
        areas.entry(id).or_insert_with(|| Area::of(arena, id).map(Arc::new)).clone()
    }

    /// Whether a choice is how to break a schema that is an area.
    pub(super) fn is_area(&mut self, (id, holds): Literal) -> bool {
        !holds && self.area(id).is_some()
    }

    fn over(&mut self, state: &State, mut grid: Grid) -> Outcome {
        let way = |areas| Way { areas, places: (0..grid.places.len()).collect(), ..Way::default() };
        let all: Vec<usize> =
            (0..grid.others.len()).filter(|area| grid.places.iter().all(|place| place.taken.get(*area) != Some(&Taken::None))).collect();
        let (all_ways, mut outcome) = (way(all.clone()), NONE);
        // By a property that none of them speaks of many are broken at once.
        let distinct: BTreeSet<Id> = all.iter().filter_map(|area| grid.others.get(*area).copied().flatten()).collect();
        let mut broken = BTreeSet::new();
        for id in &distinct {
            let found = self.with_others(state, &grid.names, &BTreeSet::from([*id]));
            match found {
                Outcome::Instance(_) if distinct.len() == 1 && all.iter().all(|area| grid.others.get(*area) == Some(&Some(*id))) => {
                    return found;
                }
                Outcome::None(_) => outcome = outcome.or(found),
                _ => drop(broken.insert(*id)),
            }
        }
        grid.others.iter_mut().for_each(|other| *other = other.filter(|id| broken.contains(id)));
        let hard: Vec<usize> = all.iter().copied().filter(|area| grid.others.get(*area) == Some(&None)).collect();
        let (soft, is_apart) = (hard.len() < all.len(), grid.is_apart(&hard, &|work| self.arena.spend(work)));
        let first = Way { areas: hard, others: broken, ..all_ways.clone() };
        outcome = outcome.or(self.walk(state, &grid, first, is_apart));
        // Where there may be any number of such properties, none of them is in the way of anything.
        let is_free = state.size_max == u64::MAX && state.names.is_empty() && state.extra.iter().all(|extra| extra.name.is_none());
        if matches!(outcome, Outcome::Instance(_)) || !soft || is_free {
            return outcome;
        }
        outcome.or(self.walk(state, &grid, all_ways, false))
    }

    /// An object with properties that none of the areas speaks of, which break these.
    fn with_others(&mut self, state: &State, names: &Arc<BTreeSet<String>>, ids: &BTreeSet<Id>) -> Outcome {
        let mut state = state.clone();
        if ids.iter().all(|id| state.add(other(names, *id))) { self.object(&state) } else { NONE }
    }

    fn walk(&mut self, state: &State, grid: &Grid, mut way: Way, is_apart: bool) -> Outcome {
        if !self.step() || !self.arena.spend(way.areas.len() * way.places.len()) {
            return Outcome::Open("steps", state.first());
        }
        let mut bounds: Vec<(usize, usize)> = way.areas.iter().map(|area| (grid.bound(*area, &way.places), *area)).collect();
        for (_, area) in bounds.iter().filter(|(bound, _)| *bound == 0) {
            // Whatever is at the places left, it is in this area.
            match grid.others.get(*area).copied().flatten() {
                Some(id) => drop(way.others.insert(id)),
                None => return NONE,
            }
        }
        bounds.retain(|(bound, _)| *bound > 0);
        way.areas = bounds.iter().map(|(_, area)| *area).collect();
        let Some((_, tightest)) = bounds.iter().min().copied() else { return self.chosen(state, grid, &way) };
        let bound_by = |place: usize| way.areas.iter().filter(|area| *grid.taken(**area, place) != Taken::All).count();
        way.places.retain(|place| bound_by(*place) > 0);
        if is_apart && grid.is_full(&way) {
            return NONE;
        }
        let bounding = way.places.iter().copied().filter(|place| *grid.taken(tightest, *place) != Taken::All);
        let Some(place) = bounding.max_by_key(|place| (bound_by(*place), usize::MAX - place)) else { return NONE };
        way.places.retain(|other| *other != place);
        let mut left: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for class in 0..grid.count(place) {
            let areas: Vec<usize> = way.areas.iter().copied().filter(|area| grid.taken(*area, place).has(class)).collect();
            left.insert((areas.len(), class), areas);
        }
        let mut outcome = NONE;
        for ((_, class), areas) in left {
            let mut next = Way { areas, places: way.places.clone(), chosen: way.chosen.clone(), others: way.others.clone() };
            next.chosen.push((place, class));
            outcome = outcome.or(self.deeper(state.first(), |solver| solver.walk(state, grid, next, is_apart)));
            if matches!(outcome, Outcome::Instance(_)) {
                break;
            }
        }
        outcome
    }

    /// An instance with what was chosen, which is in no area any more.
    fn chosen(&mut self, state: &State, grid: &Grid, way: &Way) -> Outcome {
        self.arena.spend(state.weight());
        let mut state = state.clone();
        let chosen = way.chosen.iter().flat_map(|chosen| grid.atoms(*chosen));
        for atom in chosen.chain(way.others.iter().map(|id| other(&grid.names, *id))) {
            if !state.add(atom) {
                return NONE;
            }
        }
        if state.of == Type::Array { self.array(&state) } else { self.object(&state) }
    }

    /// An array that is none of the values that are left out.
    pub(super) fn array_beside(&mut self, state: &State) -> Outcome {
        let mut by_length: BTreeMap<u64, Vec<&Vec<Value>>> = BTreeMap::new();
        for items in left_out(state, Value::as_array) {
            by_length.entry(items.len() as u64).or_default().push(items);
        }
        let (mut from, mut outcome) = (state.size_min, NONE);
        for (length, arrays) in by_length.range(state.size_min..=state.size_max) {
            if from < *length {
                outcome = outcome.or(self.of_length(state, from, length - 1, &[]));
            }
            outcome = outcome.or(self.of_length(state, *length, *length, arrays));
            if matches!(outcome, Outcome::Instance(_)) {
                return outcome;
            }
            from = length.saturating_add(1);
        }
        if from <= state.size_max { outcome.or(self.of_length(state, from, state.size_max, &[])) } else { outcome }
    }

    /// An array of a length in this range; of one length where there are some that are left out.
    fn of_length(&mut self, state: &State, min: u64, max: u64, arrays: &[&Vec<Value>]) -> Outcome {
        let open = Outcome::Open("enum", state.first());
        let mut state = state.clone();
        if !state.add(Atom::SizeMin(min)) || !state.add(Atom::SizeMax(max)) {
            return NONE;
        }
        let length = usize::try_from(min).unwrap_or(usize::MAX);
        if arrays.is_empty() {
            return self.array(&state);
        }
        if arrays.len().saturating_mul(length) > LAID_OUT_MAX || !self.arena.spend(arrays.len() * length) {
            return open;
        }
        let mut places = Vec::new();
        for at in 0..length {
            let parts: Vec<Part<'_>> = arrays.iter().filter_map(|items| items.get(at)).map(Part::Value).collect();
            let Some(place) = self.place(&state.of_item(at), (true, true), &parts) else { return open };
            places.push(place);
        }
        let grid = Grid { of: (0..length).map(At::Item).collect(), places, others: vec![None; arrays.len()], names: Arc::default() };
        self.over(&state, grid)
    }
}
