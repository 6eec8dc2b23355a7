//! Ops that make fields of others, as calls that build them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use super::declaration::{field_spec, path_text, version};
use crate::object::model::{Functions, Part, Regrouped, Regrouping};

pub(super) fn regroup(group: &Regrouped) -> TokenStream {
    let older: Vec<TokenStream> = group.older.iter().map(|Part { name, ty, options, .. }| field_spec(&name.text, ty, options)).collect();
    let into: Vec<TokenStream> = group
        .into
        .iter()
        .map(|name| {
            let name = &name.text;
            quote!(#name.into())
        })
        .collect();
    match &group.how {
        Regrouping::Nest(at) => {
            let at = version(at);
            quote!(__model::Op::Nest { fields: ::std::vec![#(#older),*], into: #(#into)*, at: __derive::version(&[#at]) })
        }
        Regrouping::Flatten(at) => {
            let at = version(at);
            quote!(__model::Op::Flatten { field: #(#older)*, at: __derive::version(&[#at]), into: ::std::vec![#(#into),*] })
        }
        Regrouping::Split(functions) => {
            let regrouping = regrouping(group, functions);
            quote!(__model::Op::Split { field: #(#older)*, into: ::std::vec![#(#into),*], regrouping: #regrouping })
        }
        Regrouping::Merge(functions) => {
            let regrouping = regrouping(group, functions);
            quote!(__model::Op::Merge { fields: ::std::vec![#(#older),*], into: #(#into)*, regrouping: #regrouping })
        }
        Regrouping::Custom { name, functions, loss } => {
            let regrouping = regrouping(group, functions);
            let loss = match loss {
                Some(why) => quote!(::core::option::Option::Some(#why.into())),
                None => quote!(::core::option::Option::None),
            };
            quote! {
                __model::Op::Custom {
                    name: #name.into(),
                    fields: ::std::vec![#(#older),*],
                    into: ::std::vec![#(#into),*],
                    regrouping: #regrouping,
                    loss: #loss,
                }
            }
        }
    }
}

/// The functions are called in closures, as those of `retype` are; each takes the fields one by one and gives a tuple, or the
/// value itself where there is one.
fn regrouping(group: &Regrouped, Functions { up, down }: &Functions) -> TokenStream {
    let older: Vec<&Type> = group.older.iter().map(|part| &part.ty).collect();
    let newer: Vec<&Type> = group.newer.iter().collect();
    let (up_name, down_name) = (path_text(up), path_text(down));
    let (up, down) = (closure(up, &older, &newer), closure(down, &newer, &older));
    quote!(__derive::regrouping::<(#(#older,)*), (#(#newer,)*)>(#up_name, #up, #down_name, #down))
}

/// What does not fit is said where the function is named.
fn closure(function: &Path, takes: &[&Type], gives: &[&Type]) -> TokenStream {
    let names: Vec<_> = (0..takes.len()).map(|index| format_ident!("__{index}", span = function.span())).collect();
    let one = (gives.len() == 1).then(|| quote_spanned!(function.span()=> .map(|__only: #(#gives)*| (__only,))));
    quote_spanned!(function.span()=> |(#(#names,)*): &(#(#takes,)*)| #function(#(#names),*) #one)
}
