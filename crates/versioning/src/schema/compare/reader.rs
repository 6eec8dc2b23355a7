//! A document read into rules: each schema in it once, references resolved, in the words of the draft that it names.

use std::collections::HashMap;

use serde_json::Value;

use super::arena::{Arena, DEPTH_MAX, Demand, Id, Node, Rule};
use super::error::{Fault, SchemaError, Side};
use super::keywords::Keywords;

impl Arena {
    /// Reads a document; the node of its root.
    pub(super) fn read(&mut self, side: Side, document: &Value) -> Result<Id, SchemaError> {
        let another = || SchemaError { side, keyword: "$schema", path: String::new(), fault: Fault::Dialect };
        let dialect = Dialect::of(document.get("$schema")).ok_or_else(another)?;
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
}

/// What a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Draft2020,
    Draft07,
}

impl Dialect {
    /// What a document says that it is written in; none of those that are known here, then `None`.
    fn of(named: Option<&Value>) -> Option<Self> {
        let Some(named) = named else { return Some(Self::Draft2020) };
        match named.as_str() {
            Some(dialect) if dialect.contains("2020-12") => Some(Self::Draft2020),
            Some(dialect) if dialect.contains("draft-07") => Some(Self::Draft07),
            _ => None,
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
            self.arena.values += 1;
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
        if map.contains_key("$schema") && Dialect::of(map.get("$schema")) != Some(self.dialect) {
            return Err(self.fault("$schema", path, Fault::Dialect));
        }
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
