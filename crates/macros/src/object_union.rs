//! `#[derive(ObjectUnion)]`.

mod expand;
mod model;
mod parse;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

/// The derive on tokens that tests can make.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.take(syn::parse2::<DeriveInput>(input)) else { return errors.into_tokens() };
    let Some(model) = parse::object_union(&input, &mut errors) else { return errors.into_tokens() };
    let code = expand::object_union(&model);
    let errors = errors.into_tokens();
    quote::quote!(#errors #code)
}
