//! Both schemas read into rules, one node for each schema in them, references resolved.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::error::{Fault, SchemaError, Side};
use super::keywords::Keywords;
use super::number::Num;
use super::text::Patterns;
use super::values::Values;

/// Schemas in each other, at most.
pub(super) const DEPTH_MAX: usize = 128;

pub(super) type Id = usize;
pub(super) type Names = Arc<BTreeSet<String>>;

/// A type of JSON. Whole numbers are numbers here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// How often an instance was held against a schema.
    checks: Cell<u32>,
}

/// More than these are not made: schemas that refer to each other twice a level would take as many as there are ways through them.
const CHECKS_MAX: u32 = 4_000_000;

impl Arena {
    /// Counts that an instance is held against a schema; false when nothing more is decided so.
    pub(super) fn may_check(&self) -> bool {
        self.checks.set(self.checks.get().saturating_add(1));
        self.checks.get() <= CHECKS_MAX
    }

    /// The schema of one value alone.
    pub(super) fn constant(&mut self, value: &Value) -> Id {
        let key = value.to_string();
        if let Some(id) = self.constants.get(&key) {
            return *id;
        }
        let rule = Rule { keyword: "const", demand: Demand::Enum(Arc::new(Values::new(vec![value.clone()]))) };
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
        if let Some(id) = self.constants.get("string") {
            return *id;
        }
        let rule = Rule { keyword: "type", demand: Demand::Types(vec![Type::String], false) };
        self.nodes.push(Node { side: Side::Writer, path: "".into(), rules: vec![rule] });
        self.constants.insert("string".to_owned(), self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    pub(super) fn rules(&self, id: Id) -> &[Rule] {
        self.nodes.get(id).map_or(&[], |node| &node.rules)
    }

    /// The schema behind one that is nothing but a reference, so that a goal is the same by whatever name it is met.
    pub(super) fn behind(&self, (id, holds): (Id, bool)) -> (Id, bool) {
        let mut id = id;
        // There are no loops: see `check_loops`.
        while let [Rule { demand: Demand::All(ids), .. }] = self.rules(id) {
            let [target] = ids.as_slice() else { break };
            id = *target;
        }
        (id, holds)
    }

    /// Whether no other schema is applied to the same instance.
    pub(super) fn is_plain(&self, id: Id) -> bool {
        !self.rules(id).iter().any(|rule| {
            use Demand::{All, Any, DependentSchemas, If, Not, One, Opaque};
            matches!(rule.demand, All(_) | Any(_) | One(_) | Not(_) | If(..) | DependentSchemas(_) | Opaque(_))
        })
    }

    /// Reads a document; the node of its root.
    pub(super) fn read(&mut self, side: Side, document: &Value) -> Result<Id, SchemaError> {
        let another = || SchemaError { side, keyword: "$schema", path: String::new(), fault: Fault::Dialect };
        let dialect = Dialect::of(document).ok_or_else(another)?;
        let (known, waiting, anchors) = (HashMap::new(), Vec::new(), HashMap::new());
        let mut reader = Reader { side, dialect, document, arena: self, known, waiting, anchors };
        reader.index()?;
        let root = reader.node(String::new(), 0, String::new())?;
        while let Some((id, path, depth, base)) = reader.waiting.pop() {
            let rules = reader.rules(&path, depth, &base)?;
            if let Some(node) = reader.arena.nodes.get_mut(id) {
                node.rules = rules;
            }
        }
        Ok(root)
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

/// What a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Draft2020,
    Draft07,
}

impl Dialect {
    /// What a document says that it is written in; none of those that are known here, then `None`.
    fn of(document: &Value) -> Option<Self> {
        match document.get("$schema").and_then(Value::as_str) {
            None => Some(Self::Draft2020),
            Some(dialect) if dialect.contains("2020-12") => Some(Self::Draft2020),
            Some(dialect) if dialect.contains("draft-07") => Some(Self::Draft07),
            Some(_) => None,
        }
    }
}

/// Reads one document, each schema in it once.
pub(super) struct Reader<'r> {
    pub(super) side: Side,
    pub(super) dialect: Dialect,
    document: &'r Value,
    pub(super) arena: &'r mut Arena,
    known: HashMap<String, Id>,
    waiting: Vec<(Id, String, usize, String)>,
    /// Where `$id` and `$anchor` lead: `id#anchor` to path and base.
    anchors: HashMap<String, (String, String)>,
}

/// What stands at a place in a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Schema,
    /// Schemas by name.
    Named,
    /// A value, in which nothing is a keyword.
    Value,
}

impl Place {
    /// What stands below a key of what is here.
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Value, _) | (Self::Schema, "default" | "examples" | "enum" | "const") => Self::Value,
            (Self::Schema, "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies") => {
                Self::Named
            }
            (Self::Schema | Self::Named, _) => Self::Schema,
        }
    }
}

impl Reader<'_> {
    pub(super) fn fault(&self, keyword: &'static str, path: &str, fault: Fault) -> SchemaError {
        SchemaError { side: self.side, keyword, path: path.to_owned(), fault }
    }

    /// Looks at the whole document once: how deep it is, what is called what, and that it is one that can be judged.
    fn index(&mut self) -> Result<(), SchemaError> {
        let mut waiting = vec![(self.document, String::new(), 0, String::new(), Place::Schema)];
        while let Some((value, path, depth, mut base, place)) = waiting.pop() {
            if depth > DEPTH_MAX * 2 {
                return Err(self.fault("$schema", &path, Fault::TooDeep));
            }
            match value {
                Value::Array(items) => {
                    let items = items.iter().enumerate();
                    waiting.extend(items.map(|(at, item)| (item, format!("{path}/{at}"), depth + 1, base.clone(), place)));
                }
                Value::Object(map) => {
                    if place == Place::Schema {
                        self.called(map, &path, &mut base)?;
                    }
                    let inside = map.iter().map(|(key, value)| (value, join(&path, key), depth + 1, base.clone(), place.below(key)));
                    waiting.extend(inside);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Notes what a schema is called.
    fn called(&mut self, map: &serde_json::Map<String, Value>, path: &str, base: &mut String) -> Result<(), SchemaError> {
        let mut names = Vec::new();
        let text = |keyword: &str| map.get(keyword).and_then(Value::as_str);
        match (self.dialect, text("$id")) {
            // Beside a reference nothing is read, and a fragment is a name.
            (Dialect::Draft07, Some(_)) if map.contains_key("$ref") => {}
            (Dialect::Draft07, Some(id)) if id.starts_with('#') && id.len() > 1 => names.push(("$id", format!("{base}{id}"))),
            (_, Some(id)) => {
                path.clone_into(base);
                names.push(("$id", id.trim_end_matches('#').to_owned()));
            }
            (_, None) => {}
        }
        if self.dialect == Dialect::Draft2020 {
            for keyword in ["$anchor", "$dynamicAnchor"] {
                names.extend(text(keyword).map(|name| (keyword, format!("{base}#{name}"))));
            }
        }
        for (keyword, name) in names {
            let known = self.anchors.insert(name, (path.to_owned(), base.clone()));
            if known.is_some_and(|(other, _)| other != path) {
                return Err(self.fault(keyword, path, Fault::Twice));
            }
        }
        Ok(())
    }

    pub(super) fn node(&mut self, path: String, depth: usize, base: String) -> Result<Id, SchemaError> {
        if depth > DEPTH_MAX {
            return Err(self.fault("$schema", &path, Fault::TooDeep));
        }
        if let Some(id) = self.known.get(&path) {
            return Ok(*id);
        }
        let id = self.arena.nodes.len();
        self.arena.nodes.push(Node { side: self.side, path: path.as_str().into(), rules: Vec::new() });
        self.known.insert(path.clone(), id);
        self.waiting.push((id, path, depth, base));
        Ok(id)
    }

    pub(super) fn resolve(&mut self, reference: &str, path: &str, base: &str) -> Result<Id, SchemaError> {
        let unresolved = || self.fault("$ref", path, Fault::Unresolved);
        let (id, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let root = if id.is_empty() { base.to_owned() } else { self.anchors.get(id).ok_or_else(unresolved)?.0.clone() };
        let (target, base) = if fragment.is_empty() || fragment.starts_with('/') {
            let target = format!("{root}{}", decode(fragment));
            let base = self.base_of(&target, root);
            (target, base)
        } else {
            self.anchors.get(&format!("{root}#{fragment}")).ok_or_else(unresolved)?.clone()
        };
        self.document.pointer(&target).ok_or_else(unresolved)?;
        let depth = target.matches('/').count() / 2;
        self.node(target, depth, base)
    }

    /// The schema with an `$id` around a place: the innermost on the way there from the one whose base is known.
    fn base_of(&self, target: &str, root: String) -> String {
        let mut around = target.match_indices('/').filter_map(|(at, _)| target.get(..at)).filter(|place| place.len() > root.len());
        let named = |place: &&str| self.document.pointer(place).and_then(Value::as_object).is_some_and(|map| self.is_base(map));
        around.rfind(named).map_or_else(|| root.clone(), str::to_owned)
    }

    /// Whether references in a schema are resolved against it.
    fn is_base(&self, map: &serde_json::Map<String, Value>) -> bool {
        let name = |id: &str| id.starts_with('#') && id.len() > 1;
        let id = map.get("$id").and_then(Value::as_str);
        id.is_some_and(|id| self.dialect == Dialect::Draft2020 || !(map.contains_key("$ref") || name(id)))
    }

    fn rules(&mut self, path: &str, depth: usize, base: &str) -> Result<Vec<Rule>, SchemaError> {
        let document = self.document;
        match document.pointer(path) {
            Some(Value::Bool(true)) => Ok(Vec::new()),
            Some(Value::Bool(false)) => Ok(vec![Rule { keyword: "false", demand: Demand::Never }]),
            Some(Value::Object(map)) => {
                let base = if self.is_base(map) { path } else { base };
                Keywords::new(self, map, (path, base), depth).read()
            }
            _ => Err(self.fault("$schema", path, Fault::NoSchema)),
        }
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Undoes the percent signs of a fragment.
fn decode(fragment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = fragment.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
