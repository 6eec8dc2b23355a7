//! What is known of an instance on one branch of the search.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::arena::{Id, Names, Type};
use super::atom::{Atom, Literal};
use super::number::Numbers;
use super::values::Values;

#[derive(Clone, Debug)]
pub(super) struct SomeItem {
    pub(super) from: usize,
    pub(super) exact: bool,
    pub(super) literal: Literal,
}

/// What holds of each property that is not named, and whose name is under a schema if there is one.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    pub(super) not: Names,
    pub(super) name: Option<Id>,
    pub(super) value: Literal,
}

#[derive(Clone, Debug)]
pub(super) struct SomeProperty {
    pub(super) not: Names,
    pub(super) name: Option<Literal>,
    pub(super) value: Option<Literal>,
}

/// Literals that hold, of which most are those of the branch that this one goes on from.
#[derive(Clone, Debug, Default)]
pub(super) struct Literals {
    own: BTreeSet<Literal>,
    /// Those of the branches before, none of them empty.
    shared: Vec<Arc<BTreeSet<Literal>>>,
}

impl Literals {
    fn insert(&mut self, literal: Literal) {
        self.own.insert(literal);
    }

    pub(super) fn has(&self, literal: &Literal) -> bool {
        self.own.contains(literal) || self.shared.iter().any(|shared| shared.contains(literal))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Literal> {
        self.shared.iter().flat_map(|shared| shared.iter()).chain(&self.own)
    }

    /// Shares what is its own; where there is not much of it, with what is shared already.
    fn share(&mut self) {
        const SMALL: usize = 64;
        if self.own.len() >= SMALL {
            self.shared.push(Arc::new(std::mem::take(&mut self.own)));
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) of: Type,
    pub(super) literals: Literals,
    /// Those of them that hold and are made of no others.
    pub(super) plain: Vec<Id>,
    pub(super) numbers: Numbers,
    pub(super) size_min: u64,
    pub(super) size_max: u64,
    pub(super) patterns: Vec<(Arc<str>, bool)>,
    pub(super) one_of: Option<Arc<Vec<Value>>>,
    /// Values that it is none of.
    pub(super) others: Vec<Arc<Values>>,
    pub(super) at: Vec<(usize, Literal)>,
    pub(super) each: Vec<(usize, Literal)>,
    pub(super) some_items: Vec<SomeItem>,
    pub(super) unique: bool,
    pub(super) repeated: bool,
    pub(super) present: BTreeSet<String>,
    pub(super) absent: BTreeSet<String>,
    pub(super) properties: BTreeMap<String, BTreeSet<Literal>>,
    pub(super) extra: Vec<Extra>,
    pub(super) some_properties: Vec<SomeProperty>,
    pub(super) names: BTreeSet<Literal>,
    pub(super) open: Option<(&'static str, Id)>,
}

impl State {
    pub(super) fn new(of: Type) -> Self {
        Self {
            of,
            literals: Literals::default(),
            plain: Vec::new(),
            numbers: Numbers::default(),
            size_min: 0,
            size_max: u64::MAX,
            patterns: Vec::new(),
            one_of: None,
            others: Vec::new(),
            at: Vec::new(),
            each: Vec::new(),
            some_items: Vec::new(),
            unique: false,
            repeated: false,
            present: BTreeSet::new(),
            absent: BTreeSet::new(),
            properties: BTreeMap::new(),
            extra: Vec::new(),
            some_properties: Vec::new(),
            names: BTreeSet::new(),
            open: None,
        }
    }

    /// A schema that the instance has to do with, to name where nothing better is known.
    pub(super) fn first(&self) -> Id {
        self.literals.all().next().map_or(0, |(id, _)| *id)
    }

    /// Makes what is known so far one with what copies of this know.
    pub(super) fn share(&mut self) {
        self.literals.share();
    }

    /// How much there is of it, which is what a copy takes.
    pub(super) fn weight(&self) -> usize {
        let items = self.at.len() + self.each.len() + self.some_items.len();
        let properties = self.properties.len() + self.extra.len() + self.some_properties.len();
        let names = self.present.len() + self.absent.len() + self.names.len();
        self.literals.own.len() + self.others.len() + self.patterns.len() + items + properties + names
    }

    /// Takes an atom in; false if no instance is left.
    pub(super) fn add(&mut self, atom: Atom) -> bool {
        match atom {
            Atom::Is((id, holds)) => {
                self.literals.insert((id, holds));
                return !self.literals.has(&(id, !holds));
            }
            Atom::Min(min, past) => self.numbers.at_least(min, past),
            Atom::Max(max, short) => self.numbers.at_most(max, short),
            Atom::Whole(whole) => return *self.numbers.whole.get_or_insert(whole) == whole,
            Atom::Multiple(of, true) => self.numbers.multiples.push(of),
            Atom::Multiple(of, false) => self.numbers.not_multiples.push(of),
            Atom::SizeMin(size) => self.size_min = self.size_min.max(size),
            Atom::SizeMax(size) => self.size_max = self.size_max.min(size),
            Atom::Pattern(pattern, holds) => {
                let clash = self.patterns.contains(&(pattern.clone(), !holds));
                self.patterns.push((pattern, holds));
                return !clash;
            }
            Atom::OneOf(values) => {
                // The others are asked when a value is tried.
                if self.one_of.as_ref().is_none_or(|known| values.len() < known.len()) {
                    self.one_of = Some(values);
                }
            }
            Atom::NoneOf(values) => self.others.push(values),
            Atom::At(at, literal) => self.at.push((at, literal)),
            Atom::Each(from, literal) => self.each.push((from, literal)),
            Atom::Some { from, exact, literal } => {
                self.size_min = self.size_min.max(from as u64 + 1);
                self.some_items.push(SomeItem { from, exact, literal });
            }
            Atom::Unique => {
                self.unique = true;
                return !self.repeated;
            }
            Atom::Repeated => {
                self.repeated = true;
                return !self.unique;
            }
            Atom::Present(name) => {
                let clash = self.absent.contains(&name);
                self.present.insert(name);
                return !clash && self.present.len() as u64 <= self.size_max;
            }
            Atom::Absent(name) => {
                let clash = self.present.contains(&name);
                self.absent.insert(name);
                return !clash;
            }
            Atom::Property(name, literal) => {
                let all = self.properties.entry(name.clone()).or_default();
                all.insert(literal);
                return !(all.contains(&(literal.0, !literal.1)) && self.present.contains(&name));
            }
            Atom::Extra { not, name, value } => self.extra.push(Extra { not, name, value }),
            Atom::SomeExtra { not, name, value } => self.some_properties.push(SomeProperty { not, name, value }),
            Atom::Names(literal) => {
                self.names.insert(literal);
            }
            Atom::Open(keyword, id) => {
                self.open.get_or_insert((keyword, id));
            }
        }
        self.size_min <= self.size_max
    }

    /// Whether an atom says nothing new.
    pub(super) fn implies(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Present(name) => self.present.contains(name),
            Atom::Absent(name) => self.absent.contains(name),
            Atom::Min(min, past) => self.numbers.implies((*min, *past), true),
            Atom::Max(max, short) => self.numbers.implies((*max, *short), false),
            Atom::SizeMin(size) => self.size_min >= *size,
            Atom::SizeMax(size) => self.size_max <= *size,
            Atom::Property(name, literal) => self.properties.get(name).is_some_and(|literals| literals.contains(literal)),
            Atom::Some { from, exact, literal } => {
                self.some_items.iter().any(|some| (some.from, some.exact, some.literal) == (*from, *exact, *literal))
            }
            _ => false,
        }
    }

    /// What holds of an item, if it is there.
    pub(super) fn of_item(&self, place: usize) -> BTreeSet<Literal> {
        let at = self.at.iter().filter(|(at, _)| *at == place).map(|(_, literal)| literal);
        let each = self.each.iter().filter(|(from, _)| *from <= place).map(|(_, literal)| literal);
        let some = self.some_items.iter().filter(|some| some.exact && some.from == place).map(|some| &some.literal);
        at.chain(each).chain(some).copied().collect()
    }
}
