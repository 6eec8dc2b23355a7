//! The rules of both schemas, one node for each schema in them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::check::Seen;
use super::error::{Fault, SchemaError, Side};
use super::made::{Made, Table};
use super::near::Near;
use super::number::Num;
use super::text::Patterns;
use super::values::Values;

/// Schemas in each other, at most.
pub(super) const DEPTH_MAX: usize = 128;

pub(super) type Id = usize;
pub(super) type Names = Arc<BTreeSet<String>>;

/// A type of JSON. Whole numbers are numbers here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    pub(super) const ALL: [Self; 6] = [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Object, Self::Array];

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// What one keyword demands.
#[derive(Clone, Debug)]
pub(super) enum Demand {
    Never,
    All(Vec<Id>),
    Any(Vec<Id>),
    One(Vec<Id>),
    Not(Id),
    If(Id, Option<Id>, Option<Id>),
    /// Types, and whether whole numbers are among them where numbers are not.
    Types(Vec<Type>, bool),
    Enum(Arc<Values>),
    /// At least, or at most, a number that was rounded: it lies between these.
    MinAbout(Num, Num),
    MaxAbout(Num, Num),
    Min(Num, bool),
    Max(Num, bool),
    MultipleOf(Num),
    /// Characters, items or properties.
    SizeMin(Type, u64),
    SizeMax(Type, u64),
    Pattern(Arc<str>),
    Prefix(Vec<Id>),
    Items(usize, Id),
    Unique,
    Contains(Id, u64, Option<u64>),
    Properties(Arc<BTreeMap<String, Id>>),
    /// The properties that are not named, and whose names are under a schema if there is one.
    Additional(Names, Option<Id>, Id),
    Required(Vec<String>),
    PropertyNames(Id),
    DependentRequired(Vec<(String, Vec<String>)>),
    DependentSchemas(Vec<(String, Id)>),
    /// Cannot be decided here; of instances of one type only, if that is so.
    Opaque(Option<Type>),
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) keyword: &'static str,
    pub(super) demand: Demand,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) side: Side,
    pub(super) path: Arc<str>,
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug, Default)]
pub(super) struct Arena {
    pub(super) nodes: Vec<Node>,
    pub(super) patterns: Patterns,
    constants: HashMap<String, Id>,
    /// For each schema the first that says the same.
    pub(super) alike: Vec<Id>,
    /// For branches of large unions those that they may share an instance with.
    pub(super) near: Near,
    /// The values that were made up.
    pub(super) table: RefCell<Table>,
    /// What is known of them: whether each is valid.
    checked: RefCell<HashMap<(Id, Made), Option<bool>>>,
    /// What was not held against a schema because it is too deep in another.
    cut: Cell<Option<(Id, Made)>>,
    /// Values that both documents are made of.
    pub(super) values: usize,
    /// What is left to be spent on the search.
    work: Cell<usize>,
    /// How many schemas an instance is held against in each other.
    depth: Cell<u32>,
}

/// What a comparison may take before it is given up, in the smallest things that are done: a second or two.
const WORK_MAX: usize = 24_000_000;
/// And what it may take beside that for each value that a document is made of.
const WORK_FOR_VALUE: usize = 2_000;
/// What it takes to hold an instance against a schema.
const CHECK: usize = 10;
/// So many schemas an instance is held against in each other, before what is deeper is looked at by itself.
const CHECKS_DEPTH_MAX: u32 = 128;

impl Arena {
    /// Starts to count the work, of which so much may be done: one part of so many.
    pub(super) fn start(&self, part: usize) {
        self.work.set(self.values.saturating_mul(WORK_FOR_VALUE).saturating_add(WORK_MAX) / part);
    }

    /// Counts so much work; false when no more is to be done.
    pub(super) fn spend(&self, work: usize) -> bool {
        self.work.set(self.work.get().saturating_sub(work));
        self.has_work_left()
    }

    /// Whether anything more is to be done.
    pub(super) fn has_work_left(&self) -> bool {
        self.work.get() > 0
    }

    /// Holds an instance against a schema by `check`; `None` when nothing more is decided so.
    pub(super) fn counted(&self, id: Id, seen: Seen<'_>, check: impl FnOnce() -> Option<bool>) -> Option<bool> {
        let made = match seen {
            Seen::Made(made) => Some(made),
            Seen::Name(_) => None,
        };
        // What is soon looked at again is not kept: there may be very many schemas and values.
        let kept = made.filter(|made| self.table.borrow().levels(*made) > 1);
        if let Some(known) = kept.and_then(|made| self.checked.borrow().get(&(id, made)).copied()) {
            self.spend(1);
            return known;
        }
        if !self.spend(CHECK) {
            return None;
        }
        if self.depth.get() >= CHECKS_DEPTH_MAX {
            self.cut.set(self.cut.get().or(made.map(|made| (id, made))));
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let checked = check();
        self.depth.set(self.depth.get() - 1);
        // What is not decided because of a limit is asked again.
        if let Some(made) = kept.filter(|_| checked.is_some() || (self.cut.get().is_none() && self.has_work_left())) {
            self.checked.borrow_mut().insert((id, made), checked);
        }
        checked
    }

    /// Whether a value is one of these.
    pub(super) fn is_among(&self, made: Made, values: &Values) -> bool {
        let known = values.made(|| {
            let mut table = self.table.borrow_mut();
            values.list().iter().map(|value| table.make(value)).collect()
        });
        let table = self.table.borrow();
        // What has more properties than are named may be one in which they are.
        known.contains(&made) || (table.has_more(made) && table.value(made, values.size_max()).is_some_and(|value| values.has(&value)))
    }

    /// What was too deep to be looked at, if there is anything.
    pub(super) fn take_cut(&self) -> Option<(Id, Made)> {
        self.cut.take()
    }

    /// Forgets what is known of values, so that it is seen again.
    pub(super) fn forget_checked(&self) {
        self.checked.borrow_mut().clear();
    }

    pub(super) fn type_of(&self, seen: Seen<'_>) -> Type {
        match seen {
            Seen::Name(_) => Type::String,
            Seen::Made(made) => self.table.borrow().of(made),
        }
    }

    /// A value as it stands.
    pub(super) fn make(&self, value: &Value) -> Made {
        self.table.borrow_mut().make(value)
    }

    /// The schema of one value alone.
    pub(super) fn constant(&mut self, value: &Value) -> Id {
        self.one_of(std::slice::from_ref(value))
    }

    /// The schema of these values.
    pub(super) fn one_of(&mut self, values: &[Value]) -> Id {
        let values = Values::new(values.to_vec());
        let key = values.key();
        if let Some(id) = self.constants.get(&key) {
            return *id;
        }
        let rule = Rule { keyword: "const", demand: Demand::Enum(Arc::new(values)) };
        self.nodes.push(Node { side: Side::Writer, path: "".into(), rules: vec![rule] });
        self.constants.insert(key, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// The schema of what matches a pattern.
    pub(super) fn matching(&mut self, side: Side, path: &str, pattern: &Arc<str>) -> Id {
        self.patterns.add(pattern);
        let rule = Rule { keyword: "patternProperties", demand: Demand::Pattern(pattern.clone()) };
        self.nodes.push(Node { side, path: path.into(), rules: vec![rule] });
        self.nodes.len() - 1
    }

    /// The schema of what is under none of these.
    pub(super) fn none_of(&mut self, side: Side, path: &str, ids: &[Id]) -> Id {
        let rules = ids.iter().map(|id| Rule { keyword: "additionalProperties", demand: Demand::Not(*id) }).collect();
        self.nodes.push(Node { side, path: path.into(), rules });
        self.nodes.len() - 1
    }

    /// The schema of all strings.
    pub(super) fn strings(&mut self) -> Id {
        self.known("string", "type", Demand::Types(vec![Type::String], false))
    }

    /// The schema of nothing.
    pub(super) fn never(&mut self) -> Id {
        self.known("never", "false", Demand::Never)
    }

    fn known(&mut self, key: &str, keyword: &'static str, demand: Demand) -> Id {
        if let Some(id) = self.constants.get(key) {
            return *id;
        }
        self.nodes.push(Node { side: Side::Writer, path: "".into(), rules: vec![Rule { keyword, demand }] });
        self.constants.insert(key.to_owned(), self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    pub(super) fn rules(&self, id: Id) -> &[Rule] {
        self.nodes.get(id).map_or(&[], |node| &node.rules)
    }

    /// The schema behind one that is nothing but a reference, or the first that says the same, so that a goal is the same by whatever
    /// name it is met.
    pub(super) fn behind(&self, (id, holds): (Id, bool)) -> (Id, bool) {
        let mut id = id;
        // There are no loops: see `check_loops`.
        while let [Rule { demand: Demand::All(ids), .. }] = self.rules(id) {
            let [target] = ids.as_slice() else { break };
            id = *target;
        }
        (self.alike.get(id).copied().unwrap_or(id), holds)
    }

    /// Whether two branches may share an instance; true of what is none.
    pub(super) fn may_meet(&self, left: Id, right: Id) -> bool {
        left == right || !self.near.contains_key(&right) || self.near.get(&left).is_none_or(|near| near.contains(&right))
    }

    /// For each branch of a union the others that it may share an instance with.
    pub(super) fn meeting(&self, ids: &[Id]) -> Vec<Vec<Id>> {
        let behind: Vec<Id> = ids.iter().map(|id| self.behind((*id, true)).0).collect();
        let others = |at: usize| ids.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, id)| *id).collect();
        if !behind.iter().all(|id| self.near.contains_key(id)) {
            return (0..ids.len()).map(others).collect();
        }
        let mut places: HashMap<Id, Vec<usize>> = HashMap::new();
        behind.iter().enumerate().for_each(|(at, id)| places.entry(*id).or_default().push(at));
        let near = behind.iter().enumerate().map(|(at, id)| {
            let met = self.near.get(id).into_iter().flatten().chain([id]).filter_map(|id| places.get(id)).flatten();
            met.filter(|other| **other != at).filter_map(|other| ids.get(*other).copied()).collect()
        });
        near.collect()
    }

    /// Whether a schema says something, and applies no other schema to the same instance.
    pub(super) fn is_plain(&self, id: Id) -> bool {
        let rules = self.rules(id);
        !rules.is_empty()
            && !rules.iter().any(|rule| {
                use Demand::{All, Any, DependentSchemas, If, Not, One, Opaque};
                matches!(rule.demand, All(_) | Any(_) | One(_) | Not(_) | If(..) | DependentSchemas(_) | Opaque(_))
            })
    }

    /// References that lead to themselves without an instance getting any smaller.
    pub(super) fn check_loops(&self) -> Result<(), SchemaError> {
        let mut done = vec![0u8; self.nodes.len()];
        (0..self.nodes.len()).try_for_each(|id| self.check_loop(id, &mut done, 0))
    }

    fn check_loop(&self, id: Id, done: &mut [u8], depth: usize) -> Result<(), SchemaError> {
        let Some(node) = self.nodes.get(id) else { return Ok(()) };
        let fault = |fault| SchemaError { side: node.side, keyword: "$ref", path: node.path.to_string(), fault };
        match done.get(id) {
            Some(2) => return Ok(()),
            Some(1) => return Err(fault(Fault::Loop)),
            _ if depth > DEPTH_MAX => return Err(fault(Fault::TooDeep)),
            _ => {}
        }
        if let Some(mark) = done.get_mut(id) {
            *mark = 1;
        }
        for rule in &node.rules {
            let inner: Vec<Id> = match &rule.demand {
                Demand::All(ids) | Demand::Any(ids) | Demand::One(ids) => ids.clone(),
                Demand::Not(id) => vec![*id],
                Demand::If(when, then, other) => [Some(*when), *then, *other].into_iter().flatten().collect(),
                Demand::DependentSchemas(all) => all.iter().map(|(_, id)| *id).collect(),
                _ => Vec::new(),
            };
            inner.into_iter().try_for_each(|id| self.check_loop(id, done, depth + 1))?;
        }
        if let Some(mark) = done.get_mut(id) {
            *mark = 2;
        }
        Ok(())
    }
}
