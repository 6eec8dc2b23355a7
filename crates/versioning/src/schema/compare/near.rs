//! Which branches of unions may share an instance, told for all of them at once.
//!
//! Of thousands of branches there are millions of pairs. So they are parted again and again: by their types, by their values, by bounds, and
//! by what a property may be that they require. Those that never end in one part share nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::apart::{Facts, Range};
use super::arena::{Arena, Demand, Id, Type};
use super::number::Num;
use super::values::key;

/// Branches of a union that is looked at.
const BRANCHES_MIN: usize = 8;
/// Branches that are not parted further.
const PART_MIN: usize = 4;
/// Branches that may share something, each with each, where nothing parts them.
const PART_MAX: usize = 256;
/// Pairs that may share something.
const PAIRS_MAX: usize = 1_000_000;
/// Properties in each other that are looked into.
const DEPTH_MAX: usize = 3;
/// What is told of one branch.
const COLUMNS_MAX: usize = 48;

/// By what branches are parted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Type,
    Value,
    Range(u8),
}

/// What is told of a branch by one kind.
#[derive(Clone, Debug)]
enum Told {
    Keys(Vec<String>),
    Range(Range),
}

/// For each path of required properties, and each kind, what a branch says.
type Columns = HashMap<(String, Kind), Told>;

/// For each branch those that it may share an instance with.
pub(super) type Near = HashMap<Id, BTreeSet<Id>>;

struct Branches {
    ids: Vec<Id>,
    columns: Vec<Columns>,
    pairs: HashSet<(usize, usize)>,
}

/// The branches of large unions that may share an instance; empty where that would be too much.
pub(super) fn near(arena: &Arena) -> Near {
    let rules = arena.nodes.iter().flat_map(|node| &node.rules);
    let unions = rules.filter_map(|rule| match &rule.demand {
        Demand::Any(ids) | Demand::One(ids) if ids.len() >= BRANCHES_MIN => Some(ids),
        _ => None,
    });
    let ids: BTreeSet<Id> = unions.flatten().map(|id| arena.behind((*id, true)).0).collect();
    let mut branches = Branches { ids: ids.into_iter().collect(), columns: Vec::new(), pairs: HashSet::new() };
    let told = Type::ALL.iter().all(|of| branches.part_type(arena, *of).is_some());
    let mut near: Near = branches.ids.iter().filter(|_| told).map(|id| (*id, BTreeSet::new())).collect();
    let both = branches.pairs.iter().flat_map(|(left, right)| [(*left, *right), (*right, *left)]);
    for (left, right) in both {
        let (left, right) = (branches.ids.get(left).copied().unwrap_or(0), branches.ids.get(right).copied().unwrap_or(0));
        near.entry(left).and_modify(|near| near.extend([right]));
    }
    near
}

/// What is told of instances of one type, or of a property of them.
fn tell(arena: &Arena, facts: &Facts<'_>, path: &str, of: Option<Type>, depth: usize, columns: &mut Columns) {
    if columns.len() > COLUMNS_MAX {
        return;
    }
    let types: Vec<Type> = Type::ALL.into_iter().filter(|of| facts.may_be(*of)).collect();
    let only = match (of, types.as_slice()) {
        (Some(of), _) => Some(of),
        (None, [only]) => Some(*only),
        _ => None,
    };
    if of.is_none() && types.len() < Type::ALL.len() {
        let names = types.iter().map(|of| format!("{of:?}")).collect();
        columns.insert((path.to_owned(), Kind::Type), Told::Keys(names));
    }
    if let Some(values) = facts.values.first() {
        let values = values.list().iter().filter(|value| of.is_none_or(|of| Type::of(value) == of));
        columns.insert((path.to_owned(), Kind::Value), Told::Keys(values.map(key).collect()));
    }
    let Some(only) = only else { return };
    let range = facts.range(only);
    if range != (None, None) {
        columns.insert((path.to_owned(), Kind::Range(only as u8)), Told::Range(range));
    }
    if only == Type::Object && depth > 0 {
        for name in &facts.required {
            let ids: Vec<Id> = facts.of_property(name).collect();
            if !ids.is_empty() {
                tell(arena, &Facts::of_all(arena, ids), &format!("{path}/{name:?}"), None, depth - 1, columns);
            }
        }
    }
}

impl Branches {
    /// Parts the branches as far as they are of one type; `None` where that would be too much.
    fn part_type(&mut self, arena: &Arena, of: Type) -> Option<()> {
        self.columns.clear();
        let mut all = Vec::new();
        for (at, id) in self.ids.iter().enumerate() {
            let (facts, mut columns) = (Facts::of(arena, *id), Columns::new());
            if facts.may_be(of) {
                tell(arena, &facts, "", Some(of), DEPTH_MAX, &mut columns);
                all.push(at);
            }
            self.columns.push(columns);
        }
        self.part(all)
    }

    fn part(&mut self, all: Vec<usize>) -> Option<()> {
        let mut waiting = vec![all];
        while let Some(part) = waiting.pop() {
            if part.len() <= PART_MIN {
                self.pair(&part);
            } else if let Some(parts) = self.best(&part) {
                waiting.extend(parts);
            } else if part.len() <= PART_MAX {
                self.pair(&part);
            } else {
                return None;
            }
            if self.pairs.len() > PAIRS_MAX {
                return None;
            }
        }
        Some(())
    }

    fn pair(&mut self, part: &[usize]) {
        for (at, left) in part.iter().enumerate() {
            self.pairs.extend(part.iter().skip(at + 1).map(|right| (*left, *right)));
        }
    }

    /// The parts by what parts best.
    fn best(&self, part: &[usize]) -> Option<Vec<Vec<usize>>> {
        let told = part.iter().filter_map(|branch| self.columns.get(*branch));
        let columns: BTreeSet<&(String, Kind)> = told.flat_map(|columns| columns.keys()).collect();
        let mut best: Option<(usize, Vec<Vec<usize>>)> = None;
        for column in columns.into_iter().take(COLUMNS_MAX) {
            let parts = self.parts(part, column);
            let pairs = parts.iter().map(|part| part.len() * part.len()).sum::<usize>();
            if pairs <= part.len() * part.len() / 4 * 3 && best.as_ref().is_none_or(|(known, _)| pairs < *known) {
                best = Some((pairs, parts));
            }
        }
        best.map(|(_, parts)| parts)
    }

    fn parts(&self, part: &[usize], column: &(String, Kind)) -> Vec<Vec<usize>> {
        let told = |branch: &usize| self.columns.get(*branch).and_then(|columns| columns.get(column));
        let untold: Vec<usize> = part.iter().copied().filter(|branch| told(branch).is_none()).collect();
        let mut parts: Vec<Vec<usize>> = match column.1 {
            Kind::Type | Kind::Value => {
                let mut parts: HashMap<&str, Vec<usize>> = HashMap::new();
                for branch in part {
                    if let Some(Told::Keys(keys)) = told(branch) {
                        keys.iter().for_each(|key| parts.entry(key).or_default().push(*branch));
                    }
                }
                parts.into_values().collect()
            }
            Kind::Range(_) => {
                let ranges = part.iter().filter_map(|branch| match told(branch) {
                    Some(Told::Range(range)) => Some((*branch, *range)),
                    _ => None,
                });
                by_range(ranges.collect())
            }
        };
        if parts.is_empty() {
            return vec![untold];
        }
        parts.iter_mut().for_each(|part| part.extend(&untold));
        parts
    }
}

/// Two ranges that meet do so where one of them begins.
fn by_range(mut ranges: Vec<(usize, Range)>) -> Vec<Vec<usize>> {
    let from = |left: Option<Num>, right: Option<Num>| match (left, right) {
        (Some(left), Some(right)) => left.cmp(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    };
    ranges.sort_by(|(_, (left, _)), (_, (right, _))| from(*left, *right));
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut open: Vec<(usize, Option<Num>)> = Vec::new();
    for (branch, (min, max)) in ranges {
        open.retain(|(_, end)| end.is_none_or(|end| min.is_none_or(|min| min.cmp(end).is_le())));
        open.push((branch, max));
        parts.push(open.iter().map(|(branch, _)| *branch).collect());
    }
    parts
}
