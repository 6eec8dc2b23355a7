//! Values of a declaration, each with the kind that it is of: an op names its field, and what that is of follows only
//! once the history is folded.

use std::collections::BTreeMap;

use recension_model::{EnumValue, FieldKind, Finite, IpFamily, Item, Rule, Slot, Value};
use serde::{Deserialize, Serialize};

use super::error::{LockError, LockFault};

/// A value as it is written, as `{ uuid = ".." }`, or `"null"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LiteralText {
    Null,
    Integer(i64),
    /// A whole number that TOML has no room for.
    WideInteger(String),
    Float(f64),
    Bool(bool),
    Text(String),
    Bytes(String),
    Decimal(String),
    Enum(String),
    Uuid(String),
    Timestamp(String),
    Date(String),
    Duration(String),
    IpAddress(String),
    IpNetwork(String),
    MacAddress(String),
    PciAddress(String),
    VersionPredicate(String),
    List(Vec<LiteralText>),
    Set(Vec<LiteralText>),
    Map(BTreeMap<String, LiteralText>),
}

/// A declared state; none where nothing was declared.
pub(super) fn text(slot: &Slot) -> Option<LiteralText> {
    match slot {
        Slot::Unset => None,
        Slot::Null => Some(LiteralText::Null),
        Slot::Value(value) => Some(value_text(value)),
    }
}

/// As [`text`], for what is always a value.
pub(super) fn value_text(value: &Value) -> LiteralText {
    let item = |item: &Item| item.as_ref().map_or(LiteralText::Null, value_text);
    let words = || value.to_text().unwrap_or_default().into_owned();
    match value {
        Value::Integer(whole) => i64::try_from(*whole).map_or_else(|_| LiteralText::WideInteger(whole.to_string()), LiteralText::Integer),
        Value::Float(number) => LiteralText::Float(*number),
        Value::Bool(value) => LiteralText::Bool(*value),
        Value::Text(_) | Value::Secret(_) => LiteralText::Text(words()),
        Value::Bytes(_) => LiteralText::Bytes(words()),
        Value::Decimal(_) => LiteralText::Decimal(words()),
        Value::Enum(_) => LiteralText::Enum(words()),
        Value::Uuid(_) => LiteralText::Uuid(words()),
        Value::Timestamp(_) => LiteralText::Timestamp(words()),
        Value::Date(_) => LiteralText::Date(words()),
        Value::Duration(_) => LiteralText::Duration(words()),
        Value::IpAddress(_) => LiteralText::IpAddress(words()),
        Value::IpNetwork(_) => LiteralText::IpNetwork(words()),
        Value::MacAddress(_) => LiteralText::MacAddress(words()),
        Value::PciAddress(_) => LiteralText::PciAddress(words()),
        Value::VersionPredicate(_) => LiteralText::VersionPredicate(words()),
        Value::List(items) => LiteralText::List(items.iter().map(item).collect()),
        Value::Set(items) => LiteralText::Set(items.iter().map(item).collect()),
        Value::Map(items) => LiteralText::Map(items.iter().map(|(name, found)| (name.clone(), item(found))).collect()),
        // No declaration can give an object.
        _ => LiteralText::Null,
    }
}

/// The state that stands under `key`.
pub(super) fn read(key: &'static str, text: Option<&LiteralText>) -> Result<Slot, LockError> {
    let Some(text) = text else { return Ok(Slot::Unset) };
    Ok(item(text).map_err(|rule| LockError::new(LockFault::Value { key, rule }))?.map_or(Slot::Null, Slot::Value))
}

/// As [`read`], for what is always a value.
pub(super) fn read_value(key: &'static str, text: &LiteralText) -> Result<Value, LockError> {
    let value = item(text).map_err(|rule| LockError::new(LockFault::Value { key, rule }))?;
    value.ok_or_else(|| LockError::new(LockFault::Value { key, rule: Rule::NotNull }))
}

fn item(text: &LiteralText) -> Result<Item, Rule> {
    let of = |kind: FieldKind, words: &str| Value::from_text(&kind, words);
    let items = |items: &[LiteralText]| items.iter().map(item).collect::<Result<Vec<Item>, Rule>>();
    Ok(Some(match text {
        LiteralText::Null => return Ok(None),
        LiteralText::Integer(number) => Value::Integer((*number).into()),
        LiteralText::WideInteger(words) => Value::Integer(words.parse().map_err(|_| Rule::Form("whole number"))?),
        LiteralText::Float(number) => Value::Float(Finite::new(*number)?.get()),
        LiteralText::Bool(value) => Value::Bool(*value),
        LiteralText::Text(words) => Value::Text(words.clone()),
        LiteralText::Enum(words) => Value::Enum(EnumValue::Known(words.as_str().into())),
        LiteralText::Bytes(words) => of(FieldKind::Bytes, words)?,
        LiteralText::Decimal(words) => of(FieldKind::Decimal, words)?,
        LiteralText::Uuid(words) => of(FieldKind::Uuid, words)?,
        LiteralText::Timestamp(words) => of(FieldKind::Timestamp, words)?,
        LiteralText::Date(words) => of(FieldKind::Date, words)?,
        LiteralText::Duration(words) => of(FieldKind::Duration, words)?,
        LiteralText::IpAddress(words) => of(FieldKind::IpAddress(IpFamily::Any), words)?,
        LiteralText::IpNetwork(words) => of(FieldKind::IpNetwork(IpFamily::Any), words)?,
        LiteralText::MacAddress(words) => of(FieldKind::MacAddress, words)?,
        LiteralText::PciAddress(words) => of(FieldKind::PciAddress, words)?,
        LiteralText::VersionPredicate(words) => of(FieldKind::VersionPredicate, words)?,
        LiteralText::List(found) => Value::List(items(found)?),
        LiteralText::Set(found) => Value::Set(items(found)?),
        LiteralText::Map(found) => {
            Value::Map(found.iter().map(|(name, found)| Ok((name.clone(), item(found)?))).collect::<Result<_, Rule>>()?)
        }
    }))
}
