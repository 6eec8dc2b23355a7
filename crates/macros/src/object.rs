//! `#[derive(VersionedObject)]`.

mod check;
mod expand;
mod history;
mod model;
mod options;
mod parse;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) use parse::facade;

/// The derive on tokens that tests can make.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.take(syn::parse2::<DeriveInput>(input)) else { return errors.into_tokens() };
    let Some(mut object) = parse::object(&input, &mut errors) else { return errors.into_tokens() };
    check::object(&mut object, &mut errors);
    if !errors.is_empty() {
        // Ops that do not hold would give errors of their own. The shape stays, and what code asks for by name,
        // for those who use the type.
        for release in &mut object.releases {
            release.ops.retain(|op| matches!(op.change, model::Change::Behaviour { .. }));
        }
    }
    let code = expand::object(&object);
    let errors = errors.into_tokens();
    quote::quote!(#errors #code)
}
