//! From the tokens of an enum to its model.

use syn::{Data, DeriveInput, Fields, Ident, Variant, parse_quote};

use super::model::{FieldEnum, Value};
use crate::arg::{self, Arg, Rest};
use crate::errors::{Errors, plain};

/// The model, with the errors of what could not be read; `None` if it is no enum.
pub(crate) fn field_enum(input: &DeriveInput, errors: &mut Errors) -> Option<FieldEnum> {
    let Data::Enum(data) = &input.data else {
        errors.at(&input.ident, "`FieldEnum` is for enums");
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.at(&input.generics.params, "an enum of a field has no generics");
        return None;
    }
    let mut model = FieldEnum {
        ident: input.ident.clone(),
        facade: parse_quote!(::recension),
        name: plain(&input.ident),
        values: Vec::new(),
        variants: data.variants.len(),
        unknown: Vec::new(),
    };
    for arg in arg::of_attributes(&input.attrs, "field_enum", errors) {
        match arg.key().as_str() {
            "name" => model.name = arg.text(errors).map_or_else(String::new, |text| text.value()),
            "crate" => model.facade = arg.path(errors).unwrap_or_else(|| model.facade.clone()),
            _ => errors.unknown("attribute", &arg.name, ["name", "crate"]),
        }
    }
    for variant in &data.variants {
        read_variant(variant, &mut model, errors);
    }
    Some(model)
}

fn read_variant(variant: &Variant, model: &mut FieldEnum, errors: &mut Errors) {
    let mut value = Value { ident: variant.ident.clone(), text: plain(&variant.ident), span: variant.ident.span(), followers: None };
    let mut unknown = false;
    for arg in arg::of_attributes(&variant.attrs, "field_enum", errors) {
        match arg.key().as_str() {
            "value" => {
                if let Some(text) = arg.text(errors) {
                    (value.text, value.span) = (text.value(), text.span());
                }
            }
            "unknown" => unknown = arg.flag(errors),
            "to" => value.followers = followers(&arg, errors),
            _ => errors.unknown("attribute", &arg.name, ["value", "unknown", "to"]),
        }
    }
    match (&variant.fields, unknown) {
        (Fields::Unit, false) => model.values.push(value),
        (Fields::Unnamed(fields), true) if fields.unnamed.len() == 1 => model.unknown.push(value.ident),
        (_, true) => errors.at(variant, format!("the variant that holds unknown texts is written `{}(String)`", value.ident)),
        (_, false) => errors.at(variant, "a value of a field holds no data; mark one variant `#[field_enum(unknown)]` for unknown texts"),
    }
}

/// `to(Running, Failed)`, or `to()` for a state that nothing follows.
fn followers(arg: &Arg, errors: &mut Errors) -> Option<Vec<Ident>> {
    let Rest::List(states) = &arg.rest else {
        errors.at(&arg.name, "write `to(State, ..)`, or `to()` for a state that nothing follows");
        return None;
    };
    for state in states.iter().filter(|state| !matches!(state.rest, Rest::Nothing)) {
        errors.at(&state.name, "a state is the name of a variant, and nothing more");
    }
    Some(states.iter().map(|state| state.name.clone()).collect())
}
