//! What can be told to be wrong before anything runs.

use std::collections::BTreeSet;

use proc_macro2::Span;

use super::model::{Column, Field, Persist, Table};
use crate::arg::Literal;
use crate::errors::{Errors, plain};
use crate::rust_type::{Kind, Shape};

const I64_MIN: i128 = i64::MIN as i128;
const I32_MIN: i128 = i32::MIN as i128;

/// Checks everything, and notes all that is wrong.
pub(crate) fn persist(persist: &Persist, errors: &mut Errors) {
    columns(persist, errors);
    for (index, field) in persist.fields.iter().enumerate() {
        fill(field, persist.keys.contains(&index), persist.keys.len() > 1, errors);
        null_as(field, errors);
    }
    for key in persist.keys.iter().filter_map(|key| persist.fields.get(*key)).filter(|field| !is_key(field.shape)) {
        errors.at(&key.ty, "a key is an `i64`, an `i32`, a `Uuid` or a `String`, and never null");
    }
    natural_key(persist, errors);
    soft_delete(persist, errors);
    relations(persist, errors);
}

/// Whether a field can be a key. Of a type behind an alias, the traits tell.
const fn is_key(shape: Shape) -> bool {
    !shape.nullable && matches!(shape.kind, Kind::Integer { min: I64_MIN | I32_MIN, .. } | Kind::Uuid | Kind::Text | Kind::Named)
}

fn columns(persist: &Persist, errors: &mut Errors) {
    let ours = persist.own_columns().map(|(_, column)| column);
    let mut names = BTreeSet::new();
    for Column { name, span } in persist.fields.iter().map(|field| &field.column).chain(ours) {
        if !names.insert(name.as_str()) {
            errors.span(*span, format!("there are two columns called `{name}`"));
        }
    }
    if let Table::Named(_) = persist.table {
        let is_taken = |field: &&Field| persist.own_columns().any(|(name, _)| plain(&field.ident) == name);
        for field in persist.fields.iter().filter(is_taken) {
            errors.at(
                &field.ident,
                format!("the row has a `{0}` of its own: call this field something else, with `column = \"{0}\"`", field.ident),
            );
        }
    }
}

fn fill(field: &Field, key: bool, composite: bool, errors: &mut Errors) {
    let Some(fill) = &field.fill else { return };
    let kind = field.shape.kind;
    let fault = match fill.0.to_string().as_str() {
        "Auto" if !key => "only the key is made by the database or the store",
        "Auto" if composite => "a key of several fields is given, not made",
        "Auto" if !matches!(kind, Kind::Integer { .. } | Kind::Uuid) => "a key that is made is an `i64` or a `Uuid`",
        "Now" | "Touched" if kind != Kind::Timestamp => "a time is filled into a `Timestamp`",
        "User" | "Project" if !matches!(kind, Kind::Text | Kind::Named) => "a name is filled into a `String`",
        // Else a caller could give the owner or the time, and would be believed (S6).
        "Now" | "Touched" | "User" | "Project" if !field.server_set => "what the store fills must be `#[field(server_set)]`",
        _ => return,
    };
    errors.at(&fill.0, fault);
}

fn natural_key(persist: &Persist, errors: &mut Errors) {
    let named = persist.natural_key.iter().flat_map(|key| &key.fields);
    for fill in named.filter_map(|index| persist.fields.get(*index)?.fill.as_ref()).filter(|fill| fill.0 == "Touched") {
        errors.at(&fill.0, "each write changes this: no object is known by it");
    }
}

fn soft_delete(persist: &Persist, errors: &mut Errors) {
    let Some(deletion) = &persist.soft_delete else { return };
    let given = |place: Option<(usize, Span)>| place.and_then(|(index, span)| Some((index, persist.fields.get(index)?, span)));
    let (time, mark) = (given(deletion.time), given(deletion.mark));
    if let Some((_, _, span)) = time.filter(|(_, field, _)| !(field.shape.nullable && field.shape.kind == Kind::Timestamp)) {
        errors.span(span, "the time of deletion is an `Option<Timestamp>`: null in a live row");
    }
    let is_mark = |kind| matches!(kind, Kind::Bool | Kind::Integer { min: I64_MIN, .. });
    if let Some((_, _, span)) = mark.filter(|(_, field, _)| !is_mark(field.shape.kind)) {
        errors.span(span, "the mark of a deleted row is a `bool` or an `i64`");
    }
    for (index, field, span) in time.into_iter().chain(mark) {
        if persist.keys.contains(&index) || field.fill.is_some() {
            errors.span(span, "what marks a deleted row is neither the key nor filled otherwise");
        } else if !field.server_set {
            // Else a caller could delete a row past the policy on deleting, or make one that nobody sees (S6).
            errors.span(span, "what marks a deleted row must be `#[field(server_set)]`");
        }
    }
}

fn relations(persist: &Persist, errors: &mut Errors) {
    let mut names = BTreeSet::from(["COLUMN".to_owned()]);
    for relation in &persist.relations {
        let name = relation.constant();
        if !names.insert(name.clone()) {
            errors.at(&relation.name, format!("there are two constants called `{name}`"));
        }
    }
}

fn null_as(field: &Field, errors: &mut Errors) {
    let Some((literal, span)) = &field.null_as else { return };
    let name = &field.ident;
    if field.shape.nullable {
        errors.span(*span, format!("`{name}` is nullable: it reads NULL as null"));
    } else if *literal == Literal::Null {
        errors.span(*span, format!("`{name}` is not nullable: give the value that NULL is read as"));
    } else if !field.shape.kind.takes_literal(literal) {
        errors.span(*span, format!("`null_as` does not fit `{name}`, which is {}", field.shape.kind.as_str()));
    }
}
