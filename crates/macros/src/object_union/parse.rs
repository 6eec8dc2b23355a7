//! From the tokens of an enum to the model of a union.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Ident, Type, Variant, parse_quote};

use super::model::ObjectUnion;
use crate::arg;
use crate::errors::{Errors, plain};

/// The model, with the errors of what could not be read; `None` if nothing can be emitted for it.
pub(crate) fn object_union(input: &DeriveInput, errors: &mut Errors) -> Option<ObjectUnion> {
    let Data::Enum(data) = &input.data else {
        errors.at(&input.ident, "`ObjectUnion` is for enums whose variants hold an object each");
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.at(&input.generics.params, "a union of objects has no generics");
        return None;
    }
    let mut model = ObjectUnion {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        facade: parse_quote!(::recension),
        name: plain(&input.ident),
        members: Vec::new(),
    };
    for arg in arg::of_attributes(&input.attrs, "object_union", errors) {
        match arg.key().as_str() {
            "name" => model.name = arg.text(errors).map_or_else(String::new, |text| text.value()),
            "crate" => model.facade = arg.path(errors).unwrap_or_else(|| model.facade.clone()),
            _ => errors.unknown("attribute", &arg.name, ["name", "crate"]),
        }
    }
    let mut seen = BTreeSet::new();
    for variant in &data.variants {
        let Some((ident, ty)) = member(variant, errors) else { continue };
        if !seen.insert(ty.to_token_stream().to_string()) {
            errors.at(&ty, "this object is a member already: the object's name tells which member it is");
        }
        model.members.push((ident, ty));
    }
    if model.members.is_empty() && errors.is_empty() {
        errors.at(&input.ident, "a union has at least one member");
    }
    // An enum that is not matched whole does not compile: then only the errors are emitted.
    (model.members.len() == data.variants.len() && !model.members.is_empty()).then_some(model)
}

fn member(variant: &Variant, errors: &mut Errors) -> Option<(Ident, Type)> {
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            fields.unnamed.first().map(|field| (variant.ident.clone(), field.ty.clone()))
        }
        _ => {
            errors.at(variant, format!("a member of a union is written `{}(SomeObject)`", variant.ident));
            None
        }
    }
}
