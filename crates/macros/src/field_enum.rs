//! `#[derive(FieldEnum)]`.

mod check;
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
    let Some(model) = parse::field_enum(&input, &mut errors) else { return errors.into_tokens() };
    check::field_enum(&model, &mut errors);
    let code = expand::field_enum(&model);
    let errors = errors.into_tokens();
    quote::quote!(#errors #code)
}
