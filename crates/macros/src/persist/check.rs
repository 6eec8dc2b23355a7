//! What can be told to be wrong before anything runs.

use std::collections::BTreeSet;

use super::model::{Column, Field, Persist, Table};
use crate::arg::Literal;
use crate::errors::{Errors, plain};
use crate::rust_type::{Kind, Shape};

const I64_MIN: i128 = i64::MIN as i128;

/// Checks everything, and notes all that is wrong.
pub(crate) fn persist(persist: &Persist, errors: &mut Errors) {
    columns(persist, errors);
    for (index, field) in persist.fields.iter().enumerate() {
        fill(field, index == persist.key, errors);
        null_as(field, errors);
    }
    if let Some(key) = persist.fields.get(persist.key).filter(|field| !is_key(field.shape)) {
        errors.at(&key.ty, "a key is an `i64` or a `Uuid`, and never null");
    }
}

/// Whether a field can be a key. Of a type behind an alias, the traits tell.
const fn is_key(shape: Shape) -> bool {
    !shape.nullable && matches!(shape.kind, Kind::Integer { min: I64_MIN, .. } | Kind::Uuid | Kind::Named)
}

fn columns(persist: &Persist, errors: &mut Errors) {
    let ours = persist.revision.iter().chain(persist.natural_key.iter().map(|key| &key.column));
    let mut names = BTreeSet::new();
    for Column { name, span } in persist.fields.iter().map(|field| &field.column).chain(ours) {
        if !names.insert(name.as_str()) {
            errors.span(*span, format!("there are two columns called `{name}`"));
        }
    }
    if let Table::Named(_) = persist.table {
        let taken = [persist.revision.as_ref().map(|_| "revision"), persist.natural_key.as_ref().map(|_| "natural_key")];
        for field in persist.fields.iter().filter(|field| taken.contains(&Some(plain(&field.ident).as_str()))) {
            errors.at(
                &field.ident,
                format!("the row has a `{0}` of its own: call this field something else, with `column = \"{0}\"`", field.ident),
            );
        }
    }
}

fn fill(field: &Field, key: bool, errors: &mut Errors) {
    let Some(fill) = &field.fill else { return };
    let kind = field.shape.kind;
    let fault = match fill.0.to_string().as_str() {
        "Auto" if !key => "only the key is made by the database or the store",
        "Auto" if !matches!(kind, Kind::Integer { .. } | Kind::Uuid) => "a key that is made is an `i64` or a `Uuid`",
        "Now" | "Touched" if kind != Kind::Timestamp => "a time is filled into a `Timestamp`",
        "User" | "Project" if !matches!(kind, Kind::Text | Kind::Named) => "a name is filled into a `String`",
        // Else a caller could give the owner or the time, and would be believed (S6).
        "Now" | "Touched" | "User" | "Project" if !field.server_set => "what the store fills must be `#[field(server_set)]`",
        _ => return,
    };
    errors.at(&fill.0, fault);
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
