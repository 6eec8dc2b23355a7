//! What can be told to be wrong before anything runs.

mod fold;

use std::collections::BTreeSet;

use super::model::{Change, Default, Name, Object, Release};
use crate::arg::Literal;
use crate::errors::Errors;
use crate::rust_type::Shape;

/// Fields that an object may have, as `FieldSet` has bits.
const FIELDS_MAX: usize = 128;

/// Checks everything, and notes all that is wrong.
pub(crate) fn object(object: &mut Object, errors: &mut Errors) {
    fields(object, errors);
    versions(&object.releases, errors);
    behaviours(&mut object.releases, errors);
    // Of a shape or a history that was read in part, a fold finds only what was not read.
    if object.whole && object.history_whole {
        fold::history(&object.fields, &mut object.releases, errors);
    }
}

fn fields(object: &Object, errors: &mut Errors) {
    if let Some(field) = object.fields.get(FIELDS_MAX) {
        let found = object.fields.len();
        errors.at(&field.ident, format!("an object may have at most {FIELDS_MAX} fields, `{}` has {found}", object.ident));
    }
    let mut names = BTreeSet::new();
    for field in &object.fields {
        name(&field.name, errors);
        if !names.insert(field.name.text.as_str()) {
            errors.span(field.name.span, format!("there are two fields called `{}`", field.name.text));
        }
        if let Some(deprecated) = field.options.deprecated.as_ref().filter(|_| object.history_whole) {
            let since = &deprecated.since;
            if !object.releases.iter().any(|release| release.version.order() == since.order()) {
                errors.span(since.span, format!("there is no version {since}"));
            }
        }
        field.options.check(&field.name.text, field.name.span, field.shape, errors);
    }
}

/// A name travels as a key and is written in the history: it must be one there too.
fn name(name: &Name, errors: &mut Errors) {
    let mut chars = name.text.chars();
    let begins = chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if !begins || !chars.all(|rest| rest.is_ascii_alphanumeric() || rest == '_') {
        errors.span(name.span, "a field name is made of ASCII letters, digits and `_`, and does not begin with a digit");
    }
}

fn versions(releases: &[Release], errors: &mut Errors) {
    for (earlier, later) in releases.iter().zip(releases.iter().skip(1)) {
        if later.version.order() <= earlier.version.order() {
            let message = format!("versions go up: `{}` does not come after `{}`", later.version, earlier.version);
            errors.span(later.version.span, message);
        }
    }
}

/// Checks that each behaviour stands once, by the name that its constant has; of two the first is kept.
fn behaviours(releases: &mut [Release], errors: &mut Errors) {
    let mut names = BTreeSet::new();
    for release in releases {
        release.ops.retain(|op| {
            let Change::Behaviour { name } = &op.change else { return true };
            let new = names.insert(name.text.to_uppercase());
            if !new {
                errors.span(name.span, format!("the history has a behaviour `{}` already", name.text));
            }
            new
        });
    }
}

/// Checks that a literal is one that a field of this shape can have.
pub(super) fn literal(word: &str, given: &Default, field: &str, shape: Shape, errors: &mut Errors) {
    if given.literal == Literal::Null {
        if !shape.nullable {
            errors.span(given.span, format!("`{word}` is null, but `{field}` is not nullable"));
        }
    } else if !shape.kind.takes_literal(&given.literal) {
        errors.span(given.span, format!("`{word}` does not fit `{field}`, which is {}", shape.kind.as_str()));
    }
}
