//! Messages in which one rule is broken and no other.

use recension::versioning::Lineage;
use recension::{Element, FieldKind, FieldSpec, Limits, ObjectSpec, ObjectVersion};
use serde_json::{Value as Json, json};

use super::dice::Dice;
use super::judges::Form;
use super::texts;
use super::valid::{Valid, bounds, key, number};

/// A message, and what is wrong with it: the field and the rule.
pub(crate) struct Broken {
    pub(crate) rule: String,
    pub(crate) instance: Json,
}

/// What breaks a rule of the schema that the decoder has not.
pub(crate) const ROUNDED: &str = "rounded";

/// Every rule broken once, each in a copy of a valid message; with those of the carry and of the objects inside if
/// `inner`.
pub(crate) fn all(dice: &mut Dice, valid: &Valid<'_>, object: &str, version: &ObjectVersion, message: &Json, inner: bool) -> Vec<Broken> {
    let mut broken = of_object(dice, valid, object, version, message, u8::from(inner));
    if inner && valid.form == Form::Envelope {
        let lineage = valid.registry.lineage(object).unwrap();
        broken.extend(of_carry(dice, valid, lineage, lineage.shape(version).unwrap(), message));
    }
    if valid.form == Form::Envelope {
        for (rule, value) in [("negative", json!(-1)), ("fraction", json!(1.5)), ("whole number", json!(1.0)), ("kind", json!("1"))] {
            let mut instance = message.clone();
            instance[key("revision")] = value;
            broken.push(Broken { rule: format!("revision {rule}"), instance });
        }
    }
    broken
}

fn of_object(dice: &mut Dice, valid: &Valid<'_>, object: &str, version: &ObjectVersion, instance: &Json, depth: u8) -> Vec<Broken> {
    let lineage = valid.registry.lineage(object).unwrap();
    let shape = lineage.shape(version).unwrap();
    let mut all = Vec::new();
    for field in &shape.fields {
        let pin = lineage.pin(version, &field.name);
        for (rule, value) in of_field(dice, valid, field, pin, depth) {
            all.push(Broken { rule: format!("{} {rule}", field.name), instance: with_field(valid.form, instance, &field.name, value) });
        }
    }
    all.push(Broken { rule: "unknown field".to_owned(), instance: with_field(valid.form, instance, "unheard of", json!(1)) });
    if valid.form == Form::Envelope {
        all.extend(of_envelope(dice, lineage, shape, instance));
    }
    all
}

fn with_field(form: Form, instance: &Json, field: &str, value: Json) -> Json {
    let mut instance = instance.clone();
    match form {
        Form::Envelope => instance[key("data")][field] = value,
        Form::Data => instance[field] = value,
    }
    instance
}

fn of_envelope(dice: &mut Dice, lineage: &Lineage, shape: &ObjectSpec, instance: &Json) -> Vec<Broken> {
    let mut all = Vec::new();
    let mut put = |rule: &str, at: &str, value: Option<Json>| {
        let mut instance = instance.clone();
        match value {
            Some(value) => instance[at] = value,
            None => drop(instance.as_object_mut().unwrap().remove(at)),
        }
        all.push(Broken { rule: format!("envelope: {rule}"), instance });
    };
    for part in ["name", "namespace", "version", "data"] {
        put(&format!("no {part}"), &key(part), None);
        put(&format!("{part} is null"), &key(part), Some(Json::Null));
        put(&format!("{part} is a number"), &key(part), Some(json!(1)));
    }
    put("unheard of", &key("unheard"), Some(json!(1)));
    put("no prefix", "data", Some(json!({})));
    put("other name", &key("name"), Some(json!("Nobody")));
    put("other namespace", &key("namespace"), Some(json!("elsewhere")));
    put("other version", &key("version"), Some(json!(format!("{}.1", lineage.head().version.major() + 1))));
    put("malformed version", &key("version"), Some(dice.pick(&[json!("1.x"), json!(""), json!("01.0"), json!(" 1.0"), json!("1.0.0.0")])));
    put("unknown change", &key("changes"), Some(json!(["unheard of"])));
    put("changes", &key("changes"), Some(dice.pick(&[json!(7), json!({}), Json::Null, json!([1]), json!(shape.name.as_str())])));
    all
}

fn of_carry(dice: &mut Dice, valid: &Valid<'_>, lineage: &Lineage, shape: &ObjectSpec, instance: &Json) -> Vec<Broken> {
    let mut held =
        vec![("kind".to_owned(), dice.pick(&[json!([]), Json::Null, json!("1.0")])), ("no version".to_owned(), json!({"x.1": {}}))];
    for hop in lineage.shapes().iter().skip(1) {
        let version = hop.version.to_string();
        held.push((format!("{version} kind"), json!({&version: dice.pick(&[json!(1), json!([]), Json::Null])})));
        held.push((format!("{version} part"), json!({&version: {"unheard of": 1}})));
        held.push((format!("{version} field"), json!({&version: {"data": {"unheard of": 1}}})));
        held.push((format!("{version} change"), json!({&version: {"changes": ["unheard of"]}})));
        for field in valid.carried(lineage, shape, &hop.version) {
            let name = &*field.name;
            for (rule, value) in of_field(dice, valid, field, None, 0) {
                held.push((format!("{version} {name} {rule}"), json!({&version: {"data": {name: value}}})));
            }
        }
    }
    let broken = |(rule, carry): (String, Json)| {
        let mut instance = instance.clone();
        instance[key("carry")] = carry;
        Broken { rule: format!("carry {rule}"), instance }
    };
    held.into_iter().map(broken).collect()
}

/// Values of a field, each of which breaks one rule.
fn of_field(dice: &mut Dice, valid: &Valid<'_>, field: &FieldSpec, pin: Option<&ObjectVersion>, depth: u8) -> Vec<(String, Json)> {
    let mut all = of_value(dice, valid, field, &field.kind, pin, depth);
    if !field.nullable {
        all.push(("null".to_owned(), Json::Null));
    }
    all
}

fn of_value(
    dice: &mut Dice,
    valid: &Valid<'_>,
    field: &FieldSpec,
    kind: &FieldKind,
    pin: Option<&ObjectVersion>,
    depth: u8,
) -> Vec<(String, Json)> {
    let limits = &field.limits;
    let mut all = vec![("kind".to_owned(), other_kind(dice, kind))];
    let mut put = |rule: &str, value: Json| all.push((rule.to_owned(), value));
    match kind {
        FieldKind::Integer(width) => {
            let (min, max) = bounds(field, *width);
            put("least", if min > i64::MIN.into() { number(min - 1) } else { json!(-9.4e18) });
            put("most", if max < u64::MAX.into() { number(max + 1) } else { json!(1.9e19) });
            put("fraction", json!(min.max(-1000) as f64 + 0.5));
            put("whole number", json!((min + 1).max(-1000) as f64));
        }
        FieldKind::Float => floats(limits, &mut put),
        FieldKind::Bool => {}
        FieldKind::Text => broken_texts(dice, limits, &mut put),
        FieldKind::Object(_) | FieldKind::Union(_) if depth > 0 => {
            let name = dice.pick(kind.children());
            let versions = valid.registry.lineage(name.as_str()).unwrap();
            let version = match valid.form {
                Form::Envelope => dice.pick(versions.shapes()).version.clone(),
                Form::Data => pin.unwrap_or(&versions.head().version).clone(),
            };
            let child = valid.value(dice, field, &FieldKind::Object(name.clone()), Some(&version), 1);
            let child = if valid.form == Form::Envelope { versioned(child, &version, valid, dice, name.as_str()) } else { child };
            for Broken { rule, instance } in of_object(dice, valid, name.as_str(), &version, &child, depth - 1) {
                let named = matches!(kind, FieldKind::Union(_)) && valid.form == Form::Data;
                put(&format!("{name} {version}: {rule}"), if named { json!({name.as_str(): instance}) } else { instance });
            }
            if valid.form == Form::Envelope {
                let mut row = child;
                row[key("revision")] = json!(1);
                put("revision", row);
            }
        }
        FieldKind::Object(_) | FieldKind::Union(_) => {}
        FieldKind::List(element) => {
            let item = valid.item(dice, field, element, pin, 0);
            put("items", vec![item; limits.items() as usize + 1].into());
            of_items(dice, valid, field, element, pin, depth, &mut |rule, item| put(rule, json!([item])));
        }
        FieldKind::Set(element) => {
            let count = limits.items() as usize + 1;
            let items = valid.distinct(dice, field, element, count);
            if items.len() == count {
                put("items", items.into());
            }
            let item = valid.value(dice, field, &element.kind, None, 0);
            put("twice", json!([item, item]));
            if let Some(same) = texts::spellings(&element.kind) {
                put("same item", json!(same));
            }
            of_items(dice, valid, field, element, pin, depth, &mut |rule, item| put(rule, json!([item])));
        }
        FieldKind::Map(element) => broken_maps(dice, valid, field, element, pin, depth, &mut put),
        kind => {
            put("form", dice.pick(texts::malformed(kind)).into());
            past_limits(dice, kind, limits, &mut put);
        }
    }
    all
}

/// A child of just that version.
fn versioned(child: Json, version: &ObjectVersion, valid: &Valid<'_>, dice: &mut Dice, name: &str) -> Json {
    let mut child = child;
    // What was made may be of another version, whose fields it has.
    if child[key("version")].as_str().is_none_or(|found| found.parse::<ObjectVersion>().unwrap() != *version) {
        child = valid.root(dice, name, version);
        child.as_object_mut().unwrap().remove(&key("revision"));
    }
    child
}

fn of_items(
    dice: &mut Dice,
    valid: &Valid<'_>,
    field: &FieldSpec,
    element: &Element,
    pin: Option<&ObjectVersion>,
    depth: u8,
    put: &mut dyn FnMut(&str, Json),
) {
    for (rule, value) in of_value(dice, valid, field, &element.kind, pin, depth) {
        put(&format!("item {rule}"), value);
    }
    if !element.nullable {
        put("item null", Json::Null);
    }
}

fn broken_maps(
    dice: &mut Dice,
    valid: &Valid<'_>,
    field: &FieldSpec,
    element: &Element,
    pin: Option<&ObjectVersion>,
    depth: u8,
    put: &mut dyn FnMut(&str, Json),
) {
    let (items, bytes) = (field.limits.items() as usize, field.limits.key_bytes() as usize);
    let item = valid.item(dice, field, element, pin, 0);
    put("items", (0..=items).map(|place| (place.to_string(), item.clone())).collect::<serde_json::Map<_, _>>().into());
    put("name", json!({"x".repeat(bytes + 1): item}));
    put("name bytes", json!({"é".repeat(bytes / 2 + 1): item}));
    put("name NUL", json!({"\0": item}));
    of_items(dice, valid, field, element, pin, depth, &mut |rule, item| put(rule, json!({"a": item})));
}

fn floats(limits: &Limits, put: &mut dyn FnMut(&str, Json)) {
    /// Above, two whole numbers may be one float.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if let Some(min) = limits.min_float {
        put("least", min.get().next_down().into());
    }
    if let Some(max) = limits.max_float {
        put("most", max.get().next_up().into());
        if max.get() == EXACT_MAX {
            put(ROUNDED, json!(EXACT_MAX as i64 + 1));
        }
    }
}

fn broken_texts(dice: &mut Dice, limits: &Limits, put: &mut dyn FnMut(&str, Json)) {
    let bytes = limits.bytes() as usize;
    let longest = limits.chars().map_or(bytes, |chars| (chars as usize).min(bytes));
    // Each of them breaks nothing else.
    let only = |text: &str| limits.pattern.as_ref().is_none_or(|pattern| pattern.matches(text));
    let long = "a".repeat(longest + 1);
    if only(&long) {
        put("length", long.into());
    }
    let wide = "😀".repeat(bytes / 4 + 1);
    if wide.chars().count() <= longest && only(&wide) {
        put("bytes", wide.into());
    }
    let nul = dice.pick(&["\0", "a\0", "\0a", "a\n\0"]);
    if nul.len() <= longest && only(nul) {
        put("NUL", nul.into());
    }
    if limits.pattern.is_some() {
        let texts: Vec<&str> = ["", "!", "A", "\n", "é", "7"].into_iter().filter(|text| !only(text)).collect();
        put("pattern", dice.pick(&texts).into());
    }
}

/// Texts of the right form that are past the limits of their kind.
fn past_limits(dice: &mut Dice, kind: &FieldKind, limits: &Limits, put: &mut dyn FnMut(&str, Json)) {
    match kind {
        FieldKind::Bytes => {
            let count = limits.bytes() as usize + 1 + dice.below(4);
            put("bytes", recension::Bytes::from(vec![7; count]).to_base64().into());
        }
        FieldKind::Decimal => {
            let (whole, scale) = limits.decimal();
            put("digits", format!("1{}", "0".repeat(whole.into())).into());
            put("scale", format!("0.{}1", "0".repeat(scale.into())).into());
        }
        FieldKind::Timestamp => put("year in UTC", dice.pick(&["0001-01-01T00:00:00+01:00", "9999-12-31T23:30:00-01:00"]).into()),
        FieldKind::Duration => {
            put("range", "PT9999999999999S".into());
            if let Some(max) = limits.max {
                put("most", recension::Duration::from_micros(i64::try_from(max).unwrap() + 1).to_string().into());
            }
            if let Some(min) = limits.min {
                put("least", recension::Duration::from_micros(i64::try_from(min).unwrap() - 1).to_string().into());
            }
        }
        _ => {}
    }
}

/// A value of JSON that is none of a kind.
fn other_kind(dice: &mut Dice, kind: &FieldKind) -> Json {
    let is_text = kind.is_scalar() && !matches!(kind, FieldKind::Integer(_) | FieldKind::Float | FieldKind::Bool);
    loop {
        let value = dice.pick(&[json!(true), json!(1), json!("1"), json!([1]), json!({"a": 1})]);
        let same = match &value {
            Json::Bool(_) => matches!(kind, FieldKind::Bool),
            Json::Number(_) => matches!(kind, FieldKind::Integer(_) | FieldKind::Float),
            Json::String(_) => is_text,
            Json::Array(_) => matches!(kind, FieldKind::List(_) | FieldKind::Set(_)),
            _ => matches!(kind, FieldKind::Map(_) | FieldKind::Object(_) | FieldKind::Union(_)),
        };
        if !same {
            return value;
        }
    }
}
