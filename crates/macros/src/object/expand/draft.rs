//! The draft of an object and its server fields: the structs, and the methods of each field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::Names;
use crate::expand::number;
use crate::object::model::{Field, Object};
use crate::rust_type::{Items, Kind, bare};

/// The two structs, which stand beside the object and are as visible as it is.
pub(super) fn structs(object: &Object, names: &Names) -> TokenStream {
    let Object { vis, facade, .. } = object;
    let Names { draft, server_fields } = names;
    let about_draft = format!(" [`{}`] with each field unset, null or a value.", object.ident);
    let about_server = format!(" The fields of [`{}`] that only the service fills.", object.ident);
    let idents = object.fields.iter().map(|field| &field.ident);
    let types = object.fields.iter().map(|field| &field.ty);
    quote! {
        #[doc = #about_draft]
        #[derive(::core::clone::Clone, ::core::default::Default)]
        #vis struct #draft {
            #(#idents: #facade::__private::model::derive::Place<#types>,)*
            __changes: #facade::__private::model::FieldSet,
        }

        #[doc = #about_server]
        #[derive(::core::clone::Clone, ::core::default::Default)]
        #vis struct #server_fields(#draft);
    }
}

/// Their methods and implementations.
pub(super) fn impls(object: &Object, names: &Names) -> TokenStream {
    let this = &object.ident;
    let Names { draft, server_fields } = names;
    let (own, server): (Vec<_>, Vec<_>) = object.fields.iter().enumerate().partition(|(_, field)| !field.options.server_set);
    let setters = own.iter().map(|(index, field)| setters(*index, field, object, &quote!(self)));
    let getters = object.fields.iter().map(|field| getter(field, object));
    let server_setters = server.iter().map(|(index, field)| self::setters(*index, field, object, &quote!(self.0)));
    let object_draft = object_draft(object, draft);
    quote! {
        #[allow(dead_code)]
        impl #draft {
            #(#setters)*
            #(#getters)*
        }

        #object_draft

        #[automatically_derived]
        impl ::core::fmt::Debug for #draft {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let head = &<#this as __model::Object>::declaration().head;
                __model::debug_fields(f, head, |index| __model::ObjectDraft::slot(self, index))
            }
        }

        #[allow(dead_code)]
        impl #server_fields {
            #(#server_setters)*
        }

        #[automatically_derived]
        impl __model::ServerFields for #server_fields {
            type Object = #this;

            fn as_draft(&self) -> &#draft {
                &self.0
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #server_fields {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
    }
}

/// The methods that give a field a value or null; the draft is at `place`.
fn setters(index: usize, field: &Field, object: &Object, place: &TokenStream) -> TokenStream {
    let Field { ident, ty, name, shape, .. } = field;
    let vis = &object.vis;
    let index = number(index);
    let (set, clear) = (format_ident!("set_{}", ident), format_ident!("clear_{}", ident));
    let (takes, value) = match shape.kind {
        Kind::Text => (quote!(impl ::core::convert::Into<::std::string::String>), quote!(value.into())),
        Kind::SecretText => (quote!(impl ::core::convert::Into<__model::Secret<::std::string::String>>), quote!(value.into())),
        _ => {
            let bare = bare(ty);
            (quote!(#bare), quote!(value))
        }
    };
    let about = [format!(" With a value for `{}`.", name.text), format!(" Gives `{}` a value.", name.text)];
    let [about_build, about_set] = &about;
    let about_clear = format!(" Makes `{}` null.", name.text);
    let clear = shape.nullable.then(|| {
        quote! {
            #[doc = #about_clear]
            #vis fn #clear(&mut self) {
                __derive::clear(&mut #place.#ident, &mut #place.__changes, #index);
            }
        }
    });
    quote! {
        #[doc = #about_build]
        #[must_use]
        #vis fn #ident(mut self, value: #takes) -> Self {
            self.#set(value);
            self
        }
        #[doc = #about_set]
        #vis fn #set(&mut self, value: #takes) {
            __derive::give::<#ty>(&mut #place.#ident, #value, &mut #place.__changes, #index);
        }
        #clear
    }
}

fn getter(field: &Field, object: &Object) -> TokenStream {
    let Field { ident, ty, name, shape, .. } = field;
    let vis = &object.vis;
    // What a draft holds is the type itself, written plainly where there is no doubt, for those who read the documentation.
    let held = match shape.kind {
        Kind::List(Items::Named) | Kind::Map(Items::Named) | Kind::Named => quote!(<#ty as __model::FieldType>::Draft),
        _ => quote!(#ty),
    };
    let get = format_ident!("{}_ref", ident);
    let about = format!(" What `{}` holds; `None` if it is unset.", name.text);
    quote! {
        #[doc = #about]
        #[must_use]
        #vis fn #get(&self) -> ::core::option::Option<&#held> {
            self.#ident.as_ref()
        }
    }
}

fn object_draft(object: &Object, draft: &syn::Ident) -> TokenStream {
    let this = &object.ident;
    let indices: Vec<_> = (0..object.fields.len()).map(number).collect();
    let idents: Vec<_> = object.fields.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = object.fields.iter().map(|field| &field.ty).collect();
    quote! {
        #[automatically_derived]
        impl __model::ObjectDraft for #draft {
            type Object = #this;

            fn slot(&self, index: usize) -> __model::Slot {
                match index {
                    #(#indices => __derive::slot::<#types>(&self.#idents),)*
                    _ => __model::Slot::Unset,
                }
            }

            fn lend<'d>(&'d self, fields: &mut ::std::vec::Vec<__model::LentField<'d>>) {
                let lent: [__model::LentField<'d>; _] = [#(__derive::lend::<#types>(&self.#idents)),*];
                fields.extend(lent);
            }

            fn put(&mut self, index: usize, slot: __model::Slot) -> ::core::result::Result<(), __model::Rule> {
                match index {
                    #(#indices => __derive::put::<#types>(&mut self.#idents, slot),)*
                    _ => ::core::result::Result::Ok(()),
                }
            }

            fn changes(&self) -> __model::FieldSet {
                self.__changes
            }

            fn set_changes(&mut self, changes: __model::FieldSet) {
                self.__changes = changes;
            }
        }
    }
}
