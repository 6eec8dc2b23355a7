//! Pieces of code that more than one derive emits.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::arg;

/// A number without the type behind it.
pub(crate) fn number(value: usize) -> Literal {
    Literal::usize_unsuffixed(value)
}

/// A literal of a declaration, where `__derive` is its module for generated code.
pub(crate) fn literal(given: &arg::Literal) -> TokenStream {
    let literal = match given {
        arg::Literal::Null => quote!(Null),
        arg::Literal::Integer(value) => {
            let value = Literal::i128_unsuffixed(*value);
            quote!(Integer(#value))
        }
        arg::Literal::Float(value) => {
            let value = Literal::f64_unsuffixed(*value);
            quote!(Float(#value))
        }
        arg::Literal::Bool(value) => quote!(Bool(#value)),
        arg::Literal::Text(value) => quote!(Text(#value)),
        arg::Literal::Empty => quote!(Empty),
    };
    quote!(__derive::Literal::#literal)
}
