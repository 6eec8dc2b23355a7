//! The code for an object that was found right.

mod behaviours;
mod declaration;
mod draft;
mod regrouped;
mod typed;
mod values;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::model::Object;
use crate::expand::number;

/// All of it: two structs next to the object, and the implementations in a scope of their own.
pub(crate) fn object(object: &Object) -> TokenStream {
    let names = Names::of(object);
    let structs = draft::structs(object, &names);
    let draft = draft::impls(object, &names);
    let typed = typed::impls(object, &names);
    let behaviours = behaviours::constants(object);
    let facade = &object.facade;
    let (this, draft_name) = (&object.ident, &names.draft);
    let fields = object.fields.iter().enumerate().map(|(index, field)| {
        let (index, ident, ty) = (number(index), &field.ident, &field.ty);
        quote!(#index #ident: #ty)
    });
    quote! {
        #structs
        const _: () = {
            use #facade::__private::{model as __model, model::derive as __derive, versioning as __versioning};
            #draft
            #typed
            #behaviours
            #facade::__private::wire::__impl_wire!(#this, #draft_name { #(#fields),* });
            #facade::__private::versioning::__impl_schema!(#this);
        };
    }
}

/// The names of what is emitted.
struct Names {
    draft: Ident,
    server_fields: Ident,
}

impl Names {
    fn of(object: &Object) -> Self {
        Self { draft: format_ident!("{}Draft", object.ident), server_fields: format_ident!("{}ServerFields", object.ident) }
    }
}
