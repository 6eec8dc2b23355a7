//! The keywords of a schema as rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::arena::{Demand, Id, Names, Rule, Type};
use super::error::{Fault, SchemaError};
use super::number::{Num, is_rounded, rounded_between};
use super::reader::{Dialect, Reader, join};
use super::values::Values;

/// Reads the keywords of one schema.
pub(super) struct Keywords<'k, 'r> {
    reader: &'k mut Reader<'r>,
    map: &'k Map<String, Value>,
    path: &'k str,
    depth: usize,
    base: &'k str,
    rules: Vec<Rule>,
}

impl<'k, 'r> Keywords<'k, 'r> {
    pub(super) const fn new(
        reader: &'k mut Reader<'r>,
        map: &'k Map<String, Value>,
        (path, base): (&'k str, &'k str),
        depth: usize,
    ) -> Self {
        Self { reader, map, path, depth, base, rules: Vec::new() }
    }

    fn wrong(&self, keyword: &'static str) -> SchemaError {
        self.reader.fault(keyword, &join(self.path, keyword), Fault::WrongValue)
    }

    fn push(&mut self, keyword: &'static str, demand: Demand) {
        self.rules.push(Rule { keyword, demand });
    }

    /// A demand with numbers, which cannot be decided where one of them may have been rounded; `of` is the type that it is about.
    fn push_exact(&mut self, keyword: &'static str, of: Option<Type>, demand: Demand) {
        let rounded = self.map.get(keyword).is_some_and(is_rounded);
        self.push(keyword, if rounded { Demand::Opaque(of) } else { demand });
    }

    /// Whether a size is past what can be counted here.
    fn is_past(&self, keyword: &str) -> bool {
        self.map.get(keyword).is_some_and(|size| is_rounded(size) || size.as_u64() == Some(u64::MAX))
    }

    /// Of what is so large nothing is claimed but that it is large.
    fn push_rounded(&mut self, keyword: &'static str, of: Type) {
        if self.is_past(keyword) {
            self.push(keyword, Demand::Opaque(Some(of)));
        }
    }

    /// Of values of which one may have been rounded, the types are known.
    fn types_of_rounded(&mut self, keyword: &'static str, values: &[Value]) {
        if values.iter().any(is_rounded) {
            self.push(keyword, Demand::Types(values.iter().map(Type::of).collect(), false));
        }
    }

    fn child(&mut self, keyword: &str, key: Option<&str>) -> Result<Id, SchemaError> {
        let path = join(self.path, keyword);
        let path = key.map_or(path.clone(), |key| join(&path, key));
        self.reader.node(path, self.depth + 1, self.base.to_owned())
    }

    fn optional(&mut self, keyword: &str) -> Result<Option<Id>, SchemaError> {
        if self.map.contains_key(keyword) { self.child(keyword, None).map(Some) } else { Ok(None) }
    }

    fn list(&mut self, keyword: &'static str) -> Result<Option<Vec<Id>>, SchemaError> {
        let Some(value) = self.map.get(keyword) else { return Ok(None) };
        let count = value.as_array().ok_or_else(|| self.wrong(keyword))?.len();
        (0..count).map(|at| self.child(keyword, Some(&at.to_string()))).collect::<Result<_, _>>().map(Some)
    }

    fn map(&mut self, keyword: &'static str) -> Result<Option<BTreeMap<String, Id>>, SchemaError> {
        let Some(value) = self.map.get(keyword) else { return Ok(None) };
        let names: Vec<String> = value.as_object().ok_or_else(|| self.wrong(keyword))?.keys().cloned().collect();
        names.into_iter().map(|name| Ok((name.clone(), self.child(keyword, Some(&name))?))).collect::<Result<_, _>>().map(Some)
    }

    fn num(&self, keyword: &'static str) -> Result<Option<Num>, SchemaError> {
        self.map.get(keyword).map(|value| value.as_number().and_then(Num::of).ok_or_else(|| self.wrong(keyword))).transpose()
    }

    fn size(&self, keyword: &'static str) -> Result<Option<u64>, SchemaError> {
        let Some(num) = self.num(keyword)? else { return Ok(None) };
        let rounded = self.map.get(keyword).is_some_and(is_rounded);
        match num {
            Num::Int(int) if int >= 0 => Ok(Some(u64::try_from(int).unwrap_or(u64::MAX).min(if rounded { 1 << 53 } else { u64::MAX }))),
            _ => Err(self.wrong(keyword)),
        }
    }

    fn names(&self, keyword: &'static str, value: &Value) -> Result<Vec<String>, SchemaError> {
        let names = value.as_array().and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
        names.ok_or_else(|| self.wrong(keyword))
    }

    pub(super) fn read(mut self) -> Result<Vec<Rule>, SchemaError> {
        let draft07 = self.reader.dialect == Dialect::Draft07;
        self.reference()?;
        if draft07 && !self.rules.is_empty() {
            // Draft-07 reads nothing beside a reference.
            return Ok(self.rules);
        }
        self.scalars()?;
        self.applied()?;
        self.properties()?;
        if draft07 {
            self.items_of_draft07()?;
            self.dependencies()?;
        } else {
            self.arrays()?;
            self.dependent()?;
            self.unevaluated();
        }
        Ok(self.rules)
    }

    fn scalars(&mut self) -> Result<(), SchemaError> {
        if let Some(value) = self.map.get("type") {
            let types = match value {
                Value::String(_) => std::slice::from_ref(value),
                Value::Array(types) => types,
                _ => return Err(self.wrong("type")),
            };
            let (mut kinds, mut whole) = (Vec::new(), false);
            for name in types {
                kinds.push(match name.as_str() {
                    Some("null") => Type::Null,
                    Some("boolean") => Type::Boolean,
                    Some("number") => Type::Number,
                    Some("string") => Type::String,
                    Some("array") => Type::Array,
                    Some("object") => Type::Object,
                    Some("integer") => {
                        whole = true;
                        continue;
                    }
                    _ => return Err(self.wrong("type")),
                });
            }
            let whole = whole && !kinds.contains(&Type::Number);
            self.push("type", Demand::Types(kinds, whole));
        }
        if let Some(value) = self.map.get("enum") {
            let values = value.as_array().ok_or_else(|| self.wrong("enum"))?.clone();
            self.types_of_rounded("enum", &values);
            self.push_exact("enum", None, Demand::Enum(Arc::new(Values::new(values))));
        }
        if let Some(value) = self.map.get("const") {
            self.types_of_rounded("const", std::slice::from_ref(value));
            self.push_exact("const", None, Demand::Enum(Arc::new(Values::new(vec![value.clone()]))));
        }
        for (keyword, past) in [("minimum", false), ("exclusiveMinimum", true)] {
            let Some(num) = self.num(keyword)? else { continue };
            let about = self.map.get(keyword).and_then(rounded_between);
            self.push(keyword, about.map_or(Demand::Min(num, past), |(low, high)| Demand::MinAbout(low, high)));
        }
        for (keyword, short) in [("maximum", false), ("exclusiveMaximum", true)] {
            let Some(num) = self.num(keyword)? else { continue };
            let about = self.map.get(keyword).and_then(rounded_between);
            self.push(keyword, about.map_or(Demand::Max(num, short), |(low, high)| Demand::MaxAbout(low, high)));
        }
        if let Some(num) = self.num("multipleOf")? {
            if !num.cmp(Num::Int(0)).is_gt() {
                return Err(self.wrong("multipleOf"));
            }
            self.push_exact("multipleOf", Some(Type::Number), Demand::MultipleOf(num));
        }
        for (keyword, of) in [("minLength", Type::String), ("minItems", Type::Array), ("minProperties", Type::Object)] {
            self.size(keyword)?.into_iter().for_each(|size| self.push(keyword, Demand::SizeMin(of, size)));
            self.push_rounded(keyword, of);
        }
        for (keyword, of) in [("maxLength", Type::String), ("maxItems", Type::Array), ("maxProperties", Type::Object)] {
            let size = self.size(keyword)?.filter(|_| !self.is_past(keyword));
            size.into_iter().for_each(|size| self.push(keyword, Demand::SizeMax(of, size)));
            self.push_rounded(keyword, of);
        }
        if let Some(value) = self.map.get("pattern") {
            let pattern = value.as_str().ok_or_else(|| self.wrong("pattern"))?;
            let pattern: Arc<str> = pattern.into();
            self.reader.arena.patterns.add(&pattern);
            self.push("pattern", Demand::Pattern(pattern));
        }
        Ok(())
    }

    fn reference(&mut self) -> Result<(), SchemaError> {
        if let Some(value) = self.map.get("$ref") {
            let reference = value.as_str().ok_or_else(|| self.wrong("$ref"))?.to_owned();
            let target = self.reader.resolve(&reference, &join(self.path, "$ref"), self.base)?;
            self.push("$ref", Demand::All(vec![target]));
        }
        if self.map.contains_key("$dynamicRef") && self.reader.dialect == Dialect::Draft2020 {
            self.push("$dynamicRef", Demand::Opaque(None));
        }
        Ok(())
    }

    fn applied(&mut self) -> Result<(), SchemaError> {
        self.list("allOf")?.into_iter().for_each(|ids| self.push("allOf", Demand::All(ids)));
        self.list("anyOf")?.into_iter().for_each(|ids| self.push("anyOf", Demand::Any(ids)));
        self.list("oneOf")?.into_iter().for_each(|ids| self.push("oneOf", Demand::One(ids)));
        self.optional("not")?.into_iter().for_each(|id| self.push("not", Demand::Not(id)));
        if let Some(when) = self.optional("if")? {
            let (then, other) = (self.optional("then")?, self.optional("else")?);
            self.push("if", Demand::If(when, then, other));
        }
        Ok(())
    }

    fn arrays(&mut self) -> Result<(), SchemaError> {
        let prefix = self.list("prefixItems")?.unwrap_or_default();
        self.all_items(("prefixItems", prefix), "items")?;
        if let Some(id) = self.optional("contains")? {
            let (min, max) = (self.size("minContains")?.unwrap_or(1), self.size("maxContains")?);
            self.push("contains", Demand::Contains(id, min, max));
        }
        Ok(())
    }

    /// In draft-07 a list of `items` is what `prefixItems` are since, and `additionalItems` what `items` are; without a list they are
    /// not read.
    fn items_of_draft07(&mut self) -> Result<(), SchemaError> {
        if self.map.get("items").is_some_and(Value::is_array) {
            let prefix = self.list("items")?.unwrap_or_default();
            self.all_items(("items", prefix), "additionalItems")?;
        } else {
            self.all_items(("items", Vec::new()), "items")?;
        }
        self.optional("contains")?.into_iter().for_each(|id| self.push("contains", Demand::Contains(id, 1, None)));
        Ok(())
    }

    /// The first items, each with a schema of its own, and the rest.
    fn all_items(&mut self, (keyword, prefix): (&'static str, Vec<Id>), rest: &'static str) -> Result<(), SchemaError> {
        let from = prefix.len();
        if !prefix.is_empty() {
            self.push(keyword, Demand::Prefix(prefix));
        }
        self.optional(rest)?.into_iter().for_each(|id| self.push(rest, Demand::Items(from, id)));
        match self.map.get("uniqueItems") {
            Some(Value::Bool(true)) => self.push("uniqueItems", Demand::Unique),
            None | Some(Value::Bool(false)) => {}
            Some(_) => return Err(self.wrong("uniqueItems")),
        }
        Ok(())
    }

    fn properties(&mut self) -> Result<(), SchemaError> {
        let properties = self.map("properties")?.unwrap_or_default();
        let names: Names = Arc::new(properties.keys().cloned().collect());
        if !properties.is_empty() {
            self.push("properties", Demand::Properties(Arc::new(properties)));
        }
        let mut matching = Vec::new();
        for (pattern, id) in self.map("patternProperties")?.unwrap_or_default() {
            let path = join(&join(self.path, "patternProperties"), &pattern);
            let name = self.reader.arena.matching(self.reader.side, &path, &pattern.into());
            matching.push(name);
            self.push("patternProperties", Demand::Additional(Names::default(), Some(name), id));
        }
        if let Some(id) = self.optional("additionalProperties")? {
            let path = join(self.path, "additionalProperties");
            let name = (!matching.is_empty()).then(|| self.reader.arena.none_of(self.reader.side, &path, &matching));
            self.push("additionalProperties", Demand::Additional(names, name, id));
        }
        if let Some(value) = self.map.get("required") {
            let names = self.names("required", value)?;
            self.push("required", Demand::Required(names));
        }
        self.optional("propertyNames")?.into_iter().for_each(|id| self.push("propertyNames", Demand::PropertyNames(id)));
        Ok(())
    }

    fn dependent(&mut self) -> Result<(), SchemaError> {
        if let Some(value) = self.map.get("dependentRequired") {
            let map = value.as_object().ok_or_else(|| self.wrong("dependentRequired"))?;
            let all = map.iter().map(|(name, others)| Ok((name.clone(), self.names("dependentRequired", others)?)));
            let all = all.collect::<Result<_, SchemaError>>()?;
            self.push("dependentRequired", Demand::DependentRequired(all));
        }
        if let Some(all) = self.map("dependentSchemas")? {
            self.push("dependentSchemas", Demand::DependentSchemas(all.into_iter().collect()));
        }
        Ok(())
    }

    /// In draft-07 names and schemas that depend on a property stand under one keyword.
    fn dependencies(&mut self) -> Result<(), SchemaError> {
        let Some(value) = self.map.get("dependencies") else { return Ok(()) };
        let (mut names, mut schemas) = (Vec::new(), Vec::new());
        for (name, value) in value.as_object().ok_or_else(|| self.wrong("dependencies"))? {
            if value.is_array() {
                names.push((name.clone(), self.names("dependencies", value)?));
            } else {
                schemas.push((name.clone(), self.child("dependencies", Some(name))?));
            }
        }
        self.push("dependencies", Demand::DependentRequired(names));
        self.push("dependencies", Demand::DependentSchemas(schemas));
        Ok(())
    }

    /// What is evaluated depends on every schema beside it, so nothing is claimed of it.
    fn unevaluated(&mut self) {
        for (keyword, of) in [("unevaluatedProperties", Type::Object), ("unevaluatedItems", Type::Array)] {
            if self.map.get(keyword).is_some_and(|value| *value != Value::Bool(true)) {
                self.push(keyword, Demand::Opaque(Some(of)));
            }
        }
    }
}
