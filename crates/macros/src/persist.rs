//! `#[derive(Persist)]`.

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
    let Some(mut persist) = parse::persist(&input, &mut errors) else { return errors.into_tokens() };
    check::persist(&persist, &mut errors);
    persist.checked = errors.is_empty();
    if !persist.checked {
        // What does not fit would give errors of its own.
        (persist.revision, persist.natural_key, persist.idempotency, persist.soft_delete) = (None, None, None, None);
        persist.relations.clear();
        persist.fields.iter_mut().for_each(|field| field.null_as = None);
    }
    let code = expand::persist(&persist);
    let errors = errors.into_tokens();
    quote::quote!(#errors #code)
}
