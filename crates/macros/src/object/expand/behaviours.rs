//! A constant for each behaviour that the history names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::object::model::{Change, Object};

/// The constants, in an implementation of their own; nothing where there are none.
pub(super) fn constants(object: &Object) -> Option<TokenStream> {
    let Object { ident, vis, .. } = object;
    let named = object.releases.iter().flat_map(|release| {
        release.ops.iter().filter_map(move |op| match &op.change {
            Change::Behaviour { name } => Some((release, name)),
            _ => None,
        })
    });
    let constants: Vec<_> = named
        .map(|(release, name)| {
            let (text, constant) = (&name.text, format_ident!("{}", name.text.to_uppercase(), span = name.span));
            let about = format!(" Whether `{text}` is active: since version {}, {}.", release.version, release.why);
            quote! {
                #[doc = #about]
                #vis const #constant: __versioning::Behaviour<Self> = __versioning::Behaviour::declared(#text);
            }
        })
        .collect();
    (!constants.is_empty()).then(|| {
        quote! {
            #[allow(dead_code)]
            impl #ident {
                #(#constants)*
            }
        }
    })
}
