//! An op as text and back.

use std::str::FromStr;
use std::sync::Arc;

use recension_model::{Conversion, FieldSpec, MethodChange, Misfit, ObjectVersion, Op, Regrouping, Rule, Slot, Value};

use super::error::{LockError, LockFault};
use super::literal::LiteralText;
use super::text::{FieldText, MethodWord, OpText};
use super::{field, literal};

/// An op as it is written, with the digest of its functions; none for one that has no words here.
pub(super) fn text(op: &Op, digest: Option<&str>) -> Option<OpText> {
    Some(match op {
        Op::Add { field, old_default } => OpText::Add { field: field.to_string(), old_default: literal::text(old_default) },
        Op::Remove { field, fallback } => OpText::Remove { fallback: literal::text(fallback), field: field::text(field, None) },
        Op::Rename { from, to } => OpText::Rename { from: from.to_string(), to: to.to_string() },
        Op::Retype { field, conversion } => OpText::Retype {
            up: conversion.up_name().to_owned(),
            down: conversion.down_name().to_owned(),
            digest: digest.unwrap_or_default().to_owned(),
            field: field::text(field, None),
        },
        Op::Require { field, fill } => OpText::Require { field: field.to_string(), fill: literal::value_text(fill) },
        Op::Relax { field, fallback } => OpText::Relax { field: field.to_string(), fallback: literal::value_text(fallback) },
        Op::Widen { field, fallback } => OpText::Widen { fallback: literal::text(fallback), field: field::text(field, None) },
        Op::Constrain { field, fallback, fill } => {
            OpText::Constrain { fallback: literal::text(fallback), fill: literal::text(fill), field: field::text(field, None) }
        }
        Op::EnumAdd { field, value, shown_as } => {
            OpText::EnumAdd { field: field.to_string(), value: value.to_string(), shown_as: shown_as.to_string() }
        }
        Op::EnumRemove { field, value, becomes } => {
            OpText::EnumRemove { field: field.to_string(), value: value.to_string(), becomes: becomes.to_string() }
        }
        Op::EnumRename { field, from, to } => OpText::EnumRename { field: field.to_string(), from: from.to_string(), to: to.to_string() },
        Op::MapValues { field, table, fallback, fill } => OpText::MapValues {
            table: table.iter().map(|(older, newer)| (literal::value_text(older), literal::value_text(newer))).collect(),
            fallback: literal::text(fallback),
            fill: literal::text(fill),
            field: field::text(field, None),
        },
        Op::Scale { field, by, rounding, fallback, fill } => OpText::Scale {
            by: by.to_string(),
            rounding: rounding.as_str().to_owned(),
            fallback: literal::text(fallback),
            fill: literal::text(fill),
            field: field::text(field, None),
        },
        Op::Listify { field, pick, others, fallback } => OpText::Listify {
            pick: pick.as_str().to_owned(),
            others: others.as_str().to_owned(),
            fallback: literal::text(fallback),
            field: field::text(field, None),
        },
        Op::KeyBy { field, key } => OpText::KeyBy { key: key.to_string(), field: field::text(field, None) },
        Op::Unkey { field, key } => OpText::Unkey { key: key.to_string(), field: field::text(field, None) },
        Op::Each { field, op } => OpText::Each { field: field.to_string(), item: Box::new(text(op, digest)?) },
        Op::Within { field, op } => OpText::Within { field: field.to_string(), entry: Box::new(text(op, digest)?) },
        Op::Nest { fields, into, at } => {
            OpText::Nest { into: into.to_string(), at: at.to_string(), fields: fields.iter().map(|spec| field::text(spec, None)).collect() }
        }
        Op::Flatten { field, at, into } => OpText::Flatten { into: words(into), at: at.to_string(), field: field::text(field, None) },
        Op::Split { field, into, regrouping } => OpText::Split {
            into: words(into),
            up: regrouping.up_name().to_owned(),
            down: regrouping.down_name().to_owned(),
            digest: digest.unwrap_or_default().to_owned(),
            field: field::text(field, None),
        },
        Op::Merge { fields, into, regrouping } => OpText::Merge {
            into: into.to_string(),
            up: regrouping.up_name().to_owned(),
            down: regrouping.down_name().to_owned(),
            digest: digest.unwrap_or_default().to_owned(),
            fields: fields.iter().map(|spec| field::text(spec, None)).collect(),
        },
        Op::Custom { name, fields, into, regrouping, loss } => OpText::Custom {
            name: name.to_string(),
            into: words(into),
            up: regrouping.up_name().to_owned(),
            down: regrouping.down_name().to_owned(),
            digest: digest.unwrap_or_default().to_owned(),
            loss: loss.as_ref().map(ToString::to_string),
            fields: fields.iter().map(|spec| field::text(spec, None)).collect(),
        },
        Op::RenameObject { from, namespace } => OpText::RenameObject { from: from.as_str().to_owned(), namespace: namespace.to_string() },
        Op::Child { field, from, to } => OpText::Child { field: field.to_string(), from: from.to_string(), to: to.to_string() },
        Op::Behaviour { name } => OpText::Behaviour { name: name.to_string() },
        Op::Method { name, change } => method_text(name, change)?,
        _ => return None,
    })
}

fn method_text(name: &str, change: &MethodChange) -> Option<OpText> {
    let text = |change, arg: Option<&str>, default: &Slot| OpText::Method {
        name: name.to_owned(),
        change,
        arg: arg.map(str::to_owned),
        default: literal::text(default),
    };
    Some(match change {
        MethodChange::Changed => text(None, None, &Slot::Unset),
        MethodChange::Added => text(Some(MethodWord::Added), None, &Slot::Unset),
        MethodChange::Removed => text(Some(MethodWord::Removed), None, &Slot::Unset),
        MethodChange::ArgAdded { arg, default } => text(Some(MethodWord::ArgAdded), Some(arg), default),
        MethodChange::ArgRemoved { arg } => text(Some(MethodWord::ArgRemoved), Some(arg), &Slot::Unset),
        _ => return None,
    })
}

fn method_change(change: Option<MethodWord>, arg: Option<&str>, default: Option<&LiteralText>) -> Result<MethodChange, LockError> {
    let given = || arg.map(Into::into).ok_or_else(|| LockError::new(LockFault::Needs("arg")));
    let out_of_place = |key| LockError::new(LockFault::OutOfPlace(key));
    if arg.is_some() && !matches!(change, Some(MethodWord::ArgAdded | MethodWord::ArgRemoved)) {
        return Err(out_of_place("arg"));
    }
    if default.is_some() && change != Some(MethodWord::ArgAdded) {
        return Err(out_of_place("default"));
    }
    Ok(match change {
        None => MethodChange::Changed,
        Some(MethodWord::Added) => MethodChange::Added,
        Some(MethodWord::Removed) => MethodChange::Removed,
        Some(MethodWord::ArgAdded) => MethodChange::ArgAdded { arg: given()?, default: literal::read("default", default)? },
        Some(MethodWord::ArgRemoved) => MethodChange::ArgRemoved { arg: given()? },
    })
}

/// The digest of an op's functions, where it has any.
pub(super) fn digest(text: &OpText) -> Option<String> {
    match text {
        OpText::Retype { digest, .. } | OpText::Split { digest, .. } | OpText::Merge { digest, .. } | OpText::Custom { digest, .. } => {
            Some(digest.clone())
        }
        OpText::Each { item: op, .. } | OpText::Within { entry: op, .. } => self::digest(op),
        _ => None,
    }
}

/// An op from its text.
pub(super) fn read(text: &OpText) -> Result<Op, LockError> {
    let version = |text: &str| text.parse::<ObjectVersion>().map_err(|_| LockError::new(LockFault::Version));
    Ok(match text {
        OpText::Add { field, old_default } => {
            Op::Add { field: field.as_str().into(), old_default: literal::read("old_default", old_default.as_ref())? }
        }
        OpText::Remove { fallback, field } => {
            Op::Remove { field: field_of(field)?, fallback: literal::read("fallback", fallback.as_ref())? }
        }
        OpText::Rename { from, to } => Op::Rename { from: from.as_str().into(), to: to.as_str().into() },
        OpText::Retype { up, down, field, .. } => Op::Retype { field: field_of(field)?, conversion: without_code(up, down) },
        OpText::Require { field, fill } => Op::Require { field: field.as_str().into(), fill: literal::read_value("fill", fill)? },
        OpText::Relax { field, fallback } => {
            Op::Relax { field: field.as_str().into(), fallback: literal::read_value("fallback", fallback)? }
        }
        OpText::Widen { fallback, field } => Op::Widen { field: field_of(field)?, fallback: literal::read("fallback", fallback.as_ref())? },
        OpText::Constrain { fallback, fill, field } => Op::Constrain {
            field: field_of(field)?,
            fallback: literal::read("fallback", fallback.as_ref())?,
            fill: literal::read("fill", fill.as_ref())?,
        },
        OpText::EnumAdd { field, value, shown_as } => {
            Op::EnumAdd { field: field.as_str().into(), value: value.as_str().into(), shown_as: shown_as.as_str().into() }
        }
        OpText::EnumRemove { field, value, becomes } => {
            Op::EnumRemove { field: field.as_str().into(), value: value.as_str().into(), becomes: becomes.as_str().into() }
        }
        OpText::EnumRename { field, from, to } => {
            Op::EnumRename { field: field.as_str().into(), from: from.as_str().into(), to: to.as_str().into() }
        }
        OpText::MapValues { table, fallback, fill, field } => Op::MapValues {
            field: field_of(field)?,
            table: table.iter().map(pair).collect::<Result<_, _>>()?,
            fallback: literal::read("fallback", fallback.as_ref())?,
            fill: literal::read("fill", fill.as_ref())?,
        },
        OpText::Scale { by, rounding, fallback, fill, field } => Op::Scale {
            field: field_of(field)?,
            by: word("by", by)?,
            rounding: word("rounding", rounding)?,
            fallback: literal::read("fallback", fallback.as_ref())?,
            fill: literal::read("fill", fill.as_ref())?,
        },
        OpText::Listify { pick, others, fallback, field } => Op::Listify {
            field: field_of(field)?,
            pick: word("pick", pick)?,
            others: word("others", others)?,
            fallback: literal::read("fallback", fallback.as_ref())?,
        },
        OpText::KeyBy { key, field } => Op::KeyBy { field: field_of(field)?, key: key.as_str().into() },
        OpText::Unkey { key, field } => Op::Unkey { field: field_of(field)?, key: key.as_str().into() },
        OpText::Each { field, item } => Op::Each { field: field.as_str().into(), op: Box::new(read(item)?) },
        OpText::Within { field, entry } => Op::Within { field: field.as_str().into(), op: Box::new(read(entry)?) },
        OpText::Nest { into, at, fields } => Op::Nest { fields: specs(fields)?, into: into.as_str().into(), at: version(at)? },
        OpText::Flatten { into, at, field } => Op::Flatten { field: field_of(field)?, at: version(at)?, into: names(into) },
        OpText::Split { into, up, down, field, .. } => {
            Op::Split { field: field_of(field)?, into: names(into), regrouping: regrouping_without_code(up, down) }
        }
        OpText::Merge { into, up, down, fields, .. } => {
            Op::Merge { fields: specs(fields)?, into: into.as_str().into(), regrouping: regrouping_without_code(up, down) }
        }
        OpText::Custom { name, into, up, down, loss, fields, .. } => Op::Custom {
            name: name.as_str().into(),
            fields: specs(fields)?,
            into: names(into),
            regrouping: regrouping_without_code(up, down),
            loss: loss.as_deref().map(Into::into),
        },
        OpText::RenameObject { from, namespace } => Op::RenameObject { from: from.as_str().into(), namespace: namespace.as_str().into() },
        OpText::Child { field, from, to } => Op::Child { field: field.as_str().into(), from: version(from)?, to: version(to)? },
        OpText::Behaviour { name } => Op::Behaviour { name: name.as_str().into() },
        OpText::Method { name, change, arg, default } => {
            Op::Method { name: name.as_str().into(), change: method_change(*change, arg.as_deref(), default.as_ref())? }
        }
    })
}

fn words(names: &[Arc<str>]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn names(words: &[String]) -> Vec<Arc<str>> {
    words.iter().map(|word| word.as_str().into()).collect()
}

/// The field of an op, which an error names.
fn field_of(text: &FieldText) -> Result<FieldSpec, LockError> {
    field::read(text).map_err(|error| error.below(&text.name))
}

fn specs(fields: &[FieldText]) -> Result<Vec<FieldSpec>, LockError> {
    fields.iter().map(field_of).collect()
}

fn pair((older, newer): &(LiteralText, LiteralText)) -> Result<(Value, Value), LockError> {
    Ok((literal::read_value("table", older)?, literal::read_value("table", newer)?))
}

/// A word of a list of such, or another text with a form of its own.
fn word<T: FromStr<Err = Rule>>(key: &'static str, text: &str) -> Result<T, LockError> {
    text.parse().map_err(|rule| LockError::new(LockFault::Value { key, rule }))
}

/// Why a lock file does not do what a function would.
const WITHOUT_CODE: Misfit = Misfit::new("needs a function that is not in the lock file");

/// Whether a value does not get over an op for want of a function, since the history is one that a [`LockFile`](crate::LockFile)
/// gave.
#[must_use]
pub fn needs_code(misfit: &Misfit) -> bool {
    *misfit == WITHOUT_CODE
}

/// Functions of which only the names are known.
fn regrouping_without_code(up: &str, down: &str) -> Regrouping {
    let none = |_: &[Slot]| Err(WITHOUT_CODE);
    Regrouping::new(up, none, down, none)
}

/// A pair of functions of which only the names are known.
fn without_code(up: &str, down: &str) -> Conversion {
    let none = |_: &Value| Err(WITHOUT_CODE);
    Conversion::new(up, none, down, none)
}
