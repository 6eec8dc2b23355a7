//! What can be told to be wrong before anything runs.

use std::collections::BTreeSet;

use super::model::FieldEnum;
use crate::errors::{Errors, plain};

/// Checks everything, and notes all that is wrong.
pub(crate) fn field_enum(model: &FieldEnum, errors: &mut Errors) {
    let mut texts = BTreeSet::new();
    for value in &model.values {
        if !texts.insert(value.text.as_str()) {
            errors.span(value.span, format!("there are two values `{}`", value.text));
        }
    }
    if model.values.is_empty() {
        errors.at(&model.ident, "an enum of a field has at least one value");
    }
    followers(model, errors);
    match model.unknown.as_slice() {
        [_] => {}
        [] if errors.is_empty() => {
            errors.at(
                &model.ident,
                "add `#[field_enum(unknown)] Unknown(String)`: a stored value that this release does not know is kept there",
            );
        }
        [] => {}
        [_, more @ ..] => {
            more.iter().for_each(|ident| errors.at(ident, "only one variant can hold unknown texts"));
        }
    }
}

/// Where one state says what may follow it, all do: a state that says nothing might mean all or none.
fn followers(model: &FieldEnum, errors: &mut Errors) {
    if model.values.iter().all(|value| value.followers.is_none()) {
        return;
    }
    let names: Vec<String> = model.values.iter().map(|value| plain(&value.ident)).collect();
    for value in &model.values {
        let Some(followers) = &value.followers else {
            errors.at(&value.ident, "say with `#[field_enum(to(..))]` what may follow this state, as the others do; `to()` for nothing");
            continue;
        };
        for follower in followers.iter().filter(|follower| !names.contains(&plain(follower))) {
            errors.unknown("state", follower, names.iter().map(String::as_str));
        }
    }
}
