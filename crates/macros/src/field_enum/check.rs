//! What can be told to be wrong before anything runs.

use std::collections::BTreeSet;

use super::model::FieldEnum;
use crate::errors::Errors;

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
