//! Valid messages, made from the shapes alone: what the decoder makes of them is for it to say.

use std::collections::BTreeSet;

use recension::versioning::{Lineage, Registry};
use recension::{Element, FieldKind, FieldSpec, IntegerWidth, ObjectSpec, ObjectVersion};
use serde_json::{Map, Value as Json, json};

use super::dice::Dice;
use super::judges::{Form, PREFIX};
use super::texts;

/// How deep objects in objects go.
const DEPTH: u8 = 2;

#[derive(Clone, Copy)]
pub(crate) struct Valid<'v> {
    pub(crate) registry: &'v Registry,
    pub(crate) form: Form,
}

pub(crate) fn key(key: &str) -> String {
    format!("{PREFIX}.{key}")
}

impl Valid<'_> {
    /// The outermost object.
    pub(crate) fn root(self, dice: &mut Dice, object: &str, version: &ObjectVersion) -> Json {
        let mut made = self.object(dice, object, version, DEPTH);
        if self.form == Form::Envelope && dice.one_in(4) {
            made[key("revision")] = dice.bits().into();
        }
        made
    }

    fn object(self, dice: &mut Dice, object: &str, version: &ObjectVersion, depth: u8) -> Json {
        let lineage = self.registry.lineage(object).unwrap();
        let shape = lineage.shape(version).unwrap();
        let data = self.data(dice, lineage, shape, depth);
        match self.form {
            Form::Data => data.into(),
            Form::Envelope => self.envelope(dice, lineage, shape, data, depth),
        }
    }

    fn data(self, dice: &mut Dice, lineage: &Lineage, shape: &ObjectSpec, depth: u8) -> Map<String, Json> {
        // One in eight is complete, as far as it does not hold itself; most have a few fields.
        let complete = dice.one_in(8);
        let mut data = Map::new();
        for field in &shape.fields {
            let holds = !field.kind.children().is_empty();
            if (depth == 0 && holds) || (!complete && !dice.one_in(3)) {
                continue;
            }
            data.insert(field.name.to_string(), self.field(dice, field, lineage.pin(&shape.version, &field.name), depth));
        }
        data
    }

    fn envelope(self, dice: &mut Dice, lineage: &Lineage, shape: &ObjectSpec, data: Map<String, Json>, depth: u8) -> Json {
        let mut message = json!({
            key("name"): shape.name.as_str(), key("namespace"): &*shape.namespace, key("version"): spelled(dice, &shape.version), key("data"): data,
        });
        if dice.one_in(3) && !shape.fields.is_empty() {
            let names: Vec<String> = (0..dice.below(4)).map(|_| dice.pick(&shape.fields).name.to_string()).collect();
            message[key("changes")] = names.into();
        }
        if dice.one_in(3) {
            message[key("carry")] = self.carry(dice, lineage, shape, depth);
        }
        message
    }

    fn carry(self, dice: &mut Dice, lineage: &Lineage, shape: &ObjectSpec, depth: u8) -> Json {
        let mut carry = Map::new();
        for hop in lineage.shapes().iter().skip(1) {
            if dice.one_in(2) {
                continue;
            }
            let fields = self.carried(lineage, shape, &hop.version);
            let mut data = Map::new();
            for field in &fields {
                if dice.one_in(2) && (depth > 0 || field.kind.children().is_empty()) {
                    data.insert(field.name.to_string(), self.field(dice, field, None, depth));
                }
            }
            let mut held = json!({"data": data});
            if !fields.is_empty() && dice.one_in(2) {
                held["changes"] = json!([&*dice.pick(&fields).name]);
            }
            carry.insert(spelled(dice, &hop.version), held);
        }
        if dice.one_in(3) {
            carry.insert("77.1".to_owned(), dice.pick(&[json!({"any": ["thing"]}), json!(7), Json::Null]));
        }
        carry.into()
    }

    /// The fields that the carry of a hop may hold, in order of name.
    pub(crate) fn carried<'f>(&'f self, lineage: &Lineage, shape: &ObjectSpec, hop: &ObjectVersion) -> Vec<&'f FieldSpec> {
        let names: BTreeSet<&str> = lineage.shapes().iter().flat_map(|shape| &shape.fields).map(|field| &*field.name).collect();
        names.into_iter().filter_map(|name| self.registry.carried_field(shape, hop, name)).collect()
    }

    /// A field: a value, or null where that is allowed.
    pub(crate) fn field(self, dice: &mut Dice, field: &FieldSpec, pin: Option<&ObjectVersion>, depth: u8) -> Json {
        if field.nullable && dice.one_in(4) { Json::Null } else { self.value(dice, field, &field.kind, pin, depth) }
    }

    pub(crate) fn value(self, dice: &mut Dice, field: &FieldSpec, kind: &FieldKind, pin: Option<&ObjectVersion>, depth: u8) -> Json {
        let limits = &field.limits;
        match kind {
            FieldKind::Integer(width) => {
                let (min, max) = bounds(field, *width);
                number(dice.within(min, max))
            }
            FieldKind::Float => float(dice, field),
            FieldKind::Bool => dice.one_in(2).into(),
            FieldKind::Object(name) => self.child(dice, name.as_str(), pin, depth),
            FieldKind::Union(union) => {
                let name = dice.pick(&union.members);
                let child = self.child(dice, name.as_str(), pin, depth);
                if self.form == Form::Data { json!({name.as_str(): child}) } else { child }
            }
            FieldKind::List(element) => {
                let count = dice.below(few(field, depth) + 1);
                (0..count).map(|_| self.item(dice, field, element, pin, depth)).collect()
            }
            FieldKind::Set(element) => {
                let count = dice.below(few(field, DEPTH) + 1);
                self.distinct(dice, field, element, count).into()
            }
            FieldKind::Map(element) => {
                let count = dice.below(few(field, depth) + 1);
                let entry = |dice: &mut Dice| (name(dice, field), self.item(dice, field, element, pin, depth));
                Json::Object((0..count).map(|_| entry(dice)).collect())
            }
            kind => texts::valid(dice, kind, limits).into(),
        }
    }

    pub(crate) fn item(self, dice: &mut Dice, field: &FieldSpec, element: &Element, pin: Option<&ObjectVersion>, depth: u8) -> Json {
        if element.nullable && dice.one_in(3) { Json::Null } else { self.value(dice, field, &element.kind, pin, depth) }
    }

    /// That many items of a set, none of which means the same as another.
    pub(crate) fn distinct(self, dice: &mut Dice, field: &FieldSpec, element: &Element, count: usize) -> Vec<Json> {
        let (mut items, mut canonical) = (Vec::new(), BTreeSet::new());
        for _ in 0..count * 20 {
            if items.len() == count {
                break;
            }
            let item = self.value(dice, field, &element.kind, None, 0);
            let meaning = match item.as_str() {
                Some(text) => {
                    let value = recension::Value::from_text(&element.kind, text).unwrap();
                    value.to_text().unwrap().into_owned()
                }
                None => item.to_string(),
            };
            if canonical.insert(meaning) {
                items.push(item);
            }
        }
        items
    }

    fn child(self, dice: &mut Dice, name: &str, pin: Option<&ObjectVersion>, depth: u8) -> Json {
        let lineage = self.registry.lineage(name).unwrap();
        let version = match self.form {
            // An envelope says which version it is of.
            Form::Envelope => dice.pick(lineage.shapes()).version.clone(),
            Form::Data => pin.unwrap_or(&lineage.head().version).clone(),
        };
        self.object(dice, name, &version, depth.saturating_sub(1))
    }
}

/// A few items at most, or as many as there may be; fewer objects in objects, which would become many.
fn few(field: &FieldSpec, depth: u8) -> usize {
    let most = if depth < DEPTH && !field.kind.children().is_empty() { 1 } else { 4 };
    field.limits.items().min(most) as usize
}

/// The bounds of an integer field.
pub(crate) fn bounds(field: &FieldSpec, width: IntegerWidth) -> (i128, i128) {
    let (low, high) = width.bounds();
    (field.limits.min.unwrap_or(low).max(low), field.limits.max.unwrap_or(high).min(high))
}

pub(crate) fn number(number: i128) -> Json {
    i64::try_from(number).map(Json::from).or_else(|_| u64::try_from(number).map(Json::from)).unwrap()
}

fn float(dice: &mut Dice, field: &FieldSpec) -> Json {
    let min = field.limits.min_float.map_or(-1e9, |bound| bound.get());
    let max = field.limits.max_float.map_or(1e9, |bound| bound.get());
    let share = dice.bits() as f64 / u64::MAX as f64;
    let whole = (min.ceil().abs() < 1e15 && min.ceil() <= max).then(|| Json::from(min.ceil() as i64));
    match dice.below(5) {
        0 => min.into(),
        1 => max.into(),
        // A whole number will do.
        2 => whole.unwrap_or_else(|| min.into()),
        _ => (min + (max - min) * share).clamp(min, max).into(),
    }
}

/// A name in a map.
pub(crate) fn name(dice: &mut Dice, field: &FieldSpec) -> String {
    let bytes = field.limits.key_bytes() as usize;
    let count = if dice.one_in(4) { bytes } else { dice.below(bytes.min(8)) + 1 };
    dice.word(count)
}

/// A version in one of the ways in which it is read.
fn spelled(dice: &mut Dice, version: &ObjectVersion) -> String {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    match dice.below(4) {
        0 => format!("{major}.{minor}.{patch}"),
        1 if patch == 0 => format!("{major}.{minor}"),
        2 if patch == 0 && minor == 0 => major.to_string(),
        _ => version.to_string(),
    }
}
