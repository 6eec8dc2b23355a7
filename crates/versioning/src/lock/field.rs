//! A field as text and back.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use recension_model::{
    Deprecation, Element, EnumSpec, FieldClass, FieldKind, FieldSpec, Finite, IntegerWidth, IpFamily, Limits, UnionSpec,
};

use super::error::{LockError, LockFault};
use super::literal;
use super::text::{DeprecationText, FieldText};

/// A field, with its number where it has one.
pub(super) fn text(spec: &FieldSpec, number: Option<u32>) -> FieldText {
    let FieldSpec { name, kind, nullable, read_only, server_set, limits, class, default, sensitive, deprecated } = spec;
    let Limits { max_chars, max_bytes, pattern, min, max, min_float, max_float, digits, scale, max_items, max_key_bytes } = limits;
    let float = |float: &Option<Finite>| float.map(|float| format!("{:?}", float.get()));
    let innermost = kind.element().map_or(kind, |element| &element.kind);
    let (of, values, followers) = parts(innermost);
    FieldText {
        number,
        name: name.to_string(),
        ty: type_text(kind, *nullable),
        class: class.to_string(),
        read_only: *read_only,
        server_set: *server_set,
        sensitive: *sensitive,
        max_chars: *max_chars,
        max_bytes: *max_bytes,
        pattern: pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
        min: min.map(|min| min.to_string()),
        max: max.map(|max| max.to_string()),
        min_float: float(min_float),
        max_float: float(max_float),
        digits: *digits,
        scale: *scale,
        max_items: *max_items,
        max_key_bytes: *max_key_bytes,
        of,
        values,
        default: literal::text(default),
        deprecated: deprecated.as_deref().map(deprecation_text),
        followers,
    }
}

fn deprecation_text(deprecation: &Deprecation) -> DeprecationText {
    let Deprecation { since, until, reason, .. } = deprecation;
    DeprecationText { since: since.to_string(), until: until.map(|day| day.to_string()), reason: reason.clone() }
}

fn deprecation(text: &DeprecationText) -> Result<Deprecation, LockError> {
    let malformed = |key| LockError::new(LockFault::Malformed { key });
    let since = text.since.parse().map_err(|_| malformed("deprecated.since"))?;
    let until = text.until.as_ref().map(|day| day.parse()).transpose().map_err(|_| malformed("deprecated.until"))?;
    let deprecation = Deprecation::new(since, &text.reason);
    Ok(match until {
        Some(day) => deprecation.until(day),
        None => deprecation,
    })
}

/// The name, the values or members, and the followers of a kind that has them.
fn parts(kind: &FieldKind) -> (Option<String>, Vec<String>, BTreeMap<String, Vec<String>>) {
    let words = |words: &[Arc<str>]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    match kind {
        FieldKind::Enum(spec) => {
            let followers = spec.values.iter().zip(&spec.followers).map(|(state, next)| (state.to_string(), words(next)));
            (Some(spec.name.to_string()), words(&spec.values), followers.collect())
        }
        FieldKind::Object(name) => (None, vec![name.as_str().to_owned()], BTreeMap::new()),
        FieldKind::Union(spec) => {
            (Some(spec.name.to_string()), spec.members.iter().map(|member| member.as_str().to_owned()).collect(), BTreeMap::new())
        }
        _ => (None, Vec::new(), BTreeMap::new()),
    }
}

/// A type as text: `list<i64?>?` is a list that may be null, of numbers that may be.
pub(super) fn type_text(kind: &FieldKind, nullable: bool) -> String {
    let inner = match kind {
        FieldKind::List(element) => format!("list<{}>", type_text(&element.kind, element.nullable)),
        FieldKind::Set(element) => format!("set<{}>", type_text(&element.kind, element.nullable)),
        FieldKind::Map(element) => format!("map<{}>", type_text(&element.kind, element.nullable)),
        kind => word(kind).to_owned(),
    };
    if nullable { inner + "?" } else { inner }
}

const fn word(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Integer(width) => width.as_str(),
        FieldKind::IpAddress(IpFamily::Any) => "ip_address",
        FieldKind::IpAddress(IpFamily::V4) => "ipv4_address",
        FieldKind::IpAddress(IpFamily::V6) => "ipv6_address",
        FieldKind::IpNetwork(IpFamily::Any) => "ip_network",
        FieldKind::IpNetwork(IpFamily::V4) => "ipv4_network",
        FieldKind::IpNetwork(IpFamily::V6) => "ipv6_network",
        FieldKind::MacAddress => "mac_address",
        FieldKind::PciAddress => "pci_address",
        FieldKind::VersionPredicate => "version_predicate",
        FieldKind::Union(_) => "union",
        kind => kind.as_str(),
    }
}

/// The kinds that need nothing beside their word.
const PLAIN: [FieldKind; 25] = [
    FieldKind::Integer(IntegerWidth::I8),
    FieldKind::Integer(IntegerWidth::I16),
    FieldKind::Integer(IntegerWidth::I32),
    FieldKind::Integer(IntegerWidth::I64),
    FieldKind::Integer(IntegerWidth::U8),
    FieldKind::Integer(IntegerWidth::U16),
    FieldKind::Integer(IntegerWidth::U32),
    FieldKind::Integer(IntegerWidth::U64),
    FieldKind::Float,
    FieldKind::Bool,
    FieldKind::Text,
    FieldKind::Bytes,
    FieldKind::Decimal,
    FieldKind::Uuid,
    FieldKind::Timestamp,
    FieldKind::Date,
    FieldKind::Duration,
    FieldKind::IpAddress(IpFamily::Any),
    FieldKind::IpAddress(IpFamily::V4),
    FieldKind::IpAddress(IpFamily::V6),
    FieldKind::IpNetwork(IpFamily::Any),
    FieldKind::IpNetwork(IpFamily::V4),
    FieldKind::IpNetwork(IpFamily::V6),
    FieldKind::MacAddress,
    FieldKind::PciAddress,
];

/// A field from its text.
pub(super) fn read(text: &FieldText) -> Result<FieldSpec, LockError> {
    let (kind, nullable) = kind_of(text, &text.ty)?;
    let class = FieldClass::ALL.into_iter().find(|class| class.as_str() == text.class);
    let mut spec = FieldSpec::new(&text.name, kind).class(class.ok_or_else(|| LockError::new(LockFault::Class))?);
    spec.nullable = nullable;
    spec.read_only = text.read_only;
    spec.server_set = text.server_set;
    spec.sensitive = text.sensitive;
    spec.limits = limits(text)?;
    spec.default = literal::read("default", text.default.as_ref())?;
    spec.deprecated = text.deprecated.as_ref().map(deprecation).transpose()?.map(Arc::new);
    Ok(spec)
}

fn kind_of(text: &FieldText, ty: &str) -> Result<(FieldKind, bool), LockError> {
    let (ty, nullable) = ty.strip_suffix('?').map_or((ty, false), |inner| (inner, true));
    let unknown = || LockError::new(LockFault::Type);
    if let Some((container, inner)) = ty.strip_suffix('>').and_then(|open| open.split_once('<')) {
        let make: fn(Arc<Element>) -> FieldKind = match container {
            "list" => FieldKind::List,
            "set" => FieldKind::Set,
            "map" => FieldKind::Map,
            _ => return Err(unknown()),
        };
        // The items of a container are no containers.
        if inner.contains('<') {
            return Err(unknown());
        }
        let (kind, nullable_item) = kind_of(text, inner)?;
        return Ok((make(Arc::new(Element { kind, nullable: nullable_item })), nullable));
    }
    let needs = |what| LockError::new(LockFault::Needs(what));
    let values = || text.values.iter().map(String::as_str);
    let kind = match ty {
        "version_predicate" => FieldKind::VersionPredicate,
        "enum" => FieldKind::Enum(enum_of(text, text.of.as_deref().ok_or_else(|| needs("of"))?)),
        "union" => FieldKind::Union(UnionSpec::new(text.of.as_deref().ok_or_else(|| needs("of"))?, values())),
        "object" => FieldKind::Object(text.values.first().ok_or_else(|| needs("values"))?.as_str().into()),
        ty => PLAIN.into_iter().find(|kind| word(kind) == ty).ok_or_else(unknown)?,
    };
    Ok((kind, nullable))
}

fn enum_of(text: &FieldText, name: &str) -> Arc<EnumSpec> {
    let values = text.values.iter().map(String::as_str);
    if text.followers.is_empty() {
        return EnumSpec::new(name, values);
    }
    let next = |state: &str| text.followers.get(state).map_or(&[][..], Vec::as_slice);
    EnumSpec::machine(name, values.map(|state| (state, next(state).iter().map(String::as_str))))
}

fn limits(text: &FieldText) -> Result<Limits, LockError> {
    let float = |key, text| match parsed::<f64>(key, text)?.map(Finite::new) {
        Some(Ok(number)) => Ok(Some(number)),
        None => Ok(None),
        Some(Err(_)) => Err(LockError::new(LockFault::Malformed { key })),
    };
    Ok(Limits {
        max_chars: text.max_chars,
        max_bytes: text.max_bytes,
        pattern: parsed("pattern", text.pattern.as_ref())?,
        min: parsed("min", text.min.as_ref())?,
        max: parsed("max", text.max.as_ref())?,
        min_float: float("min_float", text.min_float.as_ref())?,
        max_float: float("max_float", text.max_float.as_ref())?,
        digits: text.digits,
        scale: text.scale,
        max_items: text.max_items,
        max_key_bytes: text.max_key_bytes,
    })
}

fn parsed<T: FromStr>(key: &'static str, text: Option<&String>) -> Result<Option<T>, LockError> {
    text.map(|text| text.parse()).transpose().map_err(|_| LockError::new(LockFault::Malformed { key }))
}
