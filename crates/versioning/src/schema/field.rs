//! The schema of one field.

use recension_model::{
    Element, EnumSpec, FieldClass, FieldKind, FieldSpec, IntegerWidth, IpFamily, Item, Limits, ObjectVersion, Slot, UnionSpec, Value,
};
use serde_json::{Number, Value as Json, json};

use super::document::{Document, Keywords, keywords};
use super::{SchemaForm, SchemaSide, pattern, unsaid};
use crate::Error;

impl Document<'_> {
    /// A field: its values, and what is said about it beside them.
    pub(super) fn field(&mut self, field: &FieldSpec, pin: Option<&ObjectVersion>) -> Result<Keywords, Error> {
        let mut schema = self.value(field, &field.kind, field.nullable, pin)?;
        schema.insert("x-class".to_owned(), field.class.as_str().into());
        if field.sensitive {
            schema.insert("x-sensitive".to_owned(), true.into());
        }
        if field.read_only || field.server_set {
            schema.insert("readOnly".to_owned(), true.into());
        }
        // The default of a secret is one.
        if self.options.side == SchemaSide::Write
            && field.class != FieldClass::Secret
            && let Some(default) = written(&field.default)
        {
            schema.insert("default".to_owned(), default);
        }
        let unsaid: Vec<&str> = unsaid::of_field(field).map(unsaid::UnsaidRule::as_str).collect();
        if !unsaid.is_empty() {
            schema.insert("x-unsaid".to_owned(), unsaid.into());
        }
        Ok(schema)
    }

    /// The values of a kind, or null where that is allowed.
    fn value(&mut self, field: &FieldSpec, kind: &FieldKind, nullable: bool, pin: Option<&ObjectVersion>) -> Result<Keywords, Error> {
        let limits = &field.limits;
        let schema = match kind {
            FieldKind::Object(name) => self.child(name, pin)?,
            FieldKind::Union(union) => self.union(union, pin)?,
            FieldKind::List(element) => self.items(field, element, pin)?,
            FieldKind::Set(element) => {
                let mut set = self.items(field, element, pin)?;
                set.insert("uniqueItems".to_owned(), true.into());
                set
            }
            FieldKind::Map(element) => {
                let item = self.value(field, &element.kind, element.nullable, pin)?;
                let names = json!({"maxLength": limits.key_bytes(), "pattern": pattern::NO_NUL});
                keywords([
                    ("type", "object".into()),
                    ("additionalProperties", item.into()),
                    ("propertyNames", names),
                    ("maxProperties", limits.items().into()),
                ])
            }
            kind => scalar(kind, limits),
        };
        Ok(if nullable { or_null(schema) } else { schema })
    }

    fn items(&mut self, field: &FieldSpec, element: &Element, pin: Option<&ObjectVersion>) -> Result<Keywords, Error> {
        let item = self.value(field, &element.kind, element.nullable, pin)?;
        Ok(keywords([("type", "array".into()), ("items", item.into()), ("maxItems", field.limits.items().into())]))
    }

    /// One of several objects. An envelope says which; without envelopes an entry named after the object does.
    fn union(&mut self, union: &UnionSpec, pin: Option<&ObjectVersion>) -> Result<Keywords, Error> {
        let mut members = Vec::with_capacity(union.members.len());
        for name in &union.members {
            let member = self.child(name, pin)?;
            members.push(match self.options.form {
                SchemaForm::Envelope { .. } => Json::Object(member),
                SchemaForm::Data => json!({
                    "type": "object",
                    "properties": {name.as_str(): Json::Object(member)},
                    "required": [name.as_str()],
                    "additionalProperties": false,
                }),
            });
        }
        Ok(keywords([("oneOf", members.into())]))
    }
}

/// A schema that takes null as well.
fn or_null(mut schema: Keywords) -> Keywords {
    let kind = schema.get("type").and_then(Json::as_str).map(ToOwned::to_owned);
    let Some(kind) = kind else {
        return keywords([("anyOf", json!([Json::Object(schema), {"type": "null"}]))]);
    };
    if let Some(Json::Array(values)) = schema.get_mut("enum") {
        values.push(Json::Null);
    }
    schema.insert("type".to_owned(), json!([kind, "null"]));
    schema
}

/// The values of a kind without an inner structure.
fn scalar(kind: &FieldKind, limits: &Limits) -> Keywords {
    match kind {
        FieldKind::Integer(width) => integer(*width, limits),
        FieldKind::Float => float(limits),
        FieldKind::Bool => keywords([("type", "boolean".into())]),
        FieldKind::Text => text(limits),
        FieldKind::Bytes => bytes(limits),
        FieldKind::Decimal => formed(None, pattern::decimal(limits)),
        FieldKind::Enum(spec) => choice(spec),
        FieldKind::Uuid => formed(Some("uuid"), pattern::UUID),
        FieldKind::Timestamp => formed(Some("date-time"), pattern::timestamp()),
        FieldKind::Date => formed(Some("date"), pattern::date()),
        // The format `duration` of JSON Schema knows neither a sign nor parts of a second.
        FieldKind::Duration => formed(None, pattern::DURATION),
        FieldKind::IpAddress(family) => formed(
            match family {
                IpFamily::Any => None,
                IpFamily::V4 => Some("ipv4"),
                IpFamily::V6 => Some("ipv6"),
            },
            pattern::ip_address(*family),
        ),
        FieldKind::IpNetwork(family) => formed(None, pattern::ip_network(*family)),
        FieldKind::MacAddress => formed(None, pattern::MAC_ADDRESS),
        FieldKind::PciAddress => formed(None, pattern::PCI_ADDRESS),
        FieldKind::VersionPredicate => formed(None, pattern::version_predicate()),
        // Nothing is promised of a kind that is not known here.
        _ => keywords([("not", json!({}))]),
    }
}

/// Text of one form.
fn formed(format: Option<&str>, pattern: impl Into<String>) -> Keywords {
    let mut schema = keywords([("type", "string".into()), ("pattern", pattern.into().into())]);
    if let Some(format) = format {
        schema.insert("format".to_owned(), format.into());
    }
    schema
}

fn integer(width: IntegerWidth, limits: &Limits) -> Keywords {
    let (low, high) = width.bounds();
    let (min, max) = (limits.min.unwrap_or(low).max(low), limits.max.unwrap_or(high).min(high));
    keywords([("type", "integer".into()), ("minimum", number(min)), ("maximum", number(max))])
}

/// A whole number of 64 bits. A bound that is none lies outside of its width, where the nearest float does as well.
#[expect(clippy::cast_precision_loss, reason = "only for a bound that no value can meet")]
fn number(number: i128) -> Json {
    let whole = i64::try_from(number).map(Json::from).or_else(|_| u64::try_from(number).map(Json::from));
    whole.unwrap_or_else(|_| Json::from(number as f64))
}

fn float(limits: &Limits) -> Keywords {
    let mut schema = keywords([("type", "number".into())]);
    for (keyword, bound) in [("minimum", limits.min_float), ("maximum", limits.max_float)] {
        if let Some(bound) = bound {
            schema.insert(keyword.to_owned(), bound.get().into());
        }
    }
    schema
}

fn text(limits: &Limits) -> Keywords {
    // A character has one byte at least.
    let chars = limits.chars().unwrap_or(u32::MAX).min(limits.bytes());
    let mut schema = keywords([("type", "string".into()), ("maxLength", chars.into())]);
    match &limits.pattern {
        None => schema.insert("pattern".to_owned(), pattern::NO_NUL.into()),
        Some(declared) => {
            schema.insert("pattern".to_owned(), declared.as_str().into());
            schema.insert("allOf".to_owned(), json!([{"pattern": pattern::NO_NUL}]))
        }
    };
    schema
}

/// Four characters for every three bytes. Where the last group is not full at the limit, a text of the greatest
/// length ends in the padding that says so.
fn bytes(limits: &Limits) -> Keywords {
    let limit = limits.bytes();
    let longest = u64::from(limit.div_ceil(3)) * 4;
    let mut schema = formed(None, pattern::BASE64);
    schema.insert("contentEncoding".to_owned(), "base64".into());
    schema.insert("maxLength".to_owned(), longest.into());
    let padding = match limit % 3 {
        1 => "==$",
        2 => "=$",
        _ => return schema,
    };
    schema.insert("anyOf".to_owned(), json!([{"maxLength": longest - 4}, {"pattern": padding}]));
    schema
}

fn choice(spec: &EnumSpec) -> Keywords {
    let values: Vec<&str> = spec.values.iter().map(|value| &**value).collect();
    let mut schema = keywords([("type", "string".into()), ("enum", values.into())]);
    if spec.is_machine() {
        let transitions = spec.values.iter().zip(&spec.followers).map(|(state, followers)| {
            let followers: Vec<Json> = followers.iter().map(|follower| (&**follower).into()).collect();
            (state.to_string(), followers.into())
        });
        schema.insert("x-transitions".to_owned(), transitions.collect::<Keywords>().into());
    }
    schema
}

/// A default as JSON; `None` where there is none, or none of a kind that a declaration can give.
fn written(default: &Slot) -> Option<Json> {
    match default {
        Slot::Unset => None,
        Slot::Null => Some(Json::Null),
        Slot::Value(value) => of_value(value),
    }
}

fn of_value(value: &Value) -> Option<Json> {
    let item = |item: &Item| item.as_ref().map_or(Some(Json::Null), of_value);
    Some(match value {
        Value::Integer(whole) => number(*whole),
        Value::Float(number) => Number::from_f64(*number)?.into(),
        Value::Bool(value) => (*value).into(),
        Value::List(items) | Value::Set(items) => items.iter().map(item).collect::<Option<Vec<_>>>()?.into(),
        Value::Map(items) => {
            let entries = items.iter().map(|(name, found)| Some((name.clone(), item(found)?)));
            entries.collect::<Option<Keywords>>()?.into()
        }
        value => value.to_text()?.into_owned().into(),
    })
}
