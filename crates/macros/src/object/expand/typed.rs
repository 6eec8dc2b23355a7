//! What is implemented for the struct itself.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Names, declaration};
use crate::expand::number;
use crate::object::model::{Field, Object};

/// The implementations of `Object`, `FieldType`, `VersionedObject` and `Debug`.
pub(super) fn impls(object: &Object, names: &Names) -> TokenStream {
    let this = &object.ident;
    let implementation = implementation(object, names);
    quote! {
        #implementation

        #[automatically_derived]
        impl __model::FieldType for #this {
            __model::__object_field_type!();
        }

        #[automatically_derived]
        impl __model::ElementType for #this {}

        #[automatically_derived]
        impl __model::ColumnType for #this {
            type Cell = ::std::string::String;
        }

        #[automatically_derived]
        impl __versioning::VersionedObject for #this {
            fn registry() -> ::core::result::Result<&'static __versioning::Registry, &'static __versioning::HistoryError> {
                static REGISTRY: ::std::sync::OnceLock<::core::result::Result<__versioning::Registry, __versioning::HistoryError>> =
                    ::std::sync::OnceLock::new();
                REGISTRY.get_or_init(__versioning::Registry::of::<Self>).as_ref()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #this {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let head = &<Self as __model::Object>::declaration().head;
                __model::debug_fields(f, head, |index| __model::Object::slot(self, index))
            }
        }
    }
}

fn implementation(object: &Object, names: &Names) -> TokenStream {
    let Object { ident, name, .. } = object;
    let Names { draft, server_fields } = names;
    let declaration = declaration::declaration(object);
    let (from_draft, from_slots) = (from_draft(object), from_slots(object));
    let indices: Vec<_> = (0..object.fields.len()).map(number).collect();
    let idents: Vec<_> = object.fields.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = object.fields.iter().map(|field| &field.ty).collect();
    // What is known to hold no object is not asked. Objects in fields that are no longer there are part of the history.
    let now = object.fields.iter().map(|field| (field.shape, &field.ty));
    let gone = object.releases.iter().flat_map(|release| &release.ops).flat_map(|op| op.change.gone());
    let holders = now.chain(gone).filter(|(shape, _)| shape.kind.may_hold_objects()).map(|(_, ty)| ty);
    quote! {
        #[automatically_derived]
        impl __model::Object for #ident {
            const NAME: &'static str = #name;
            type Draft = #draft;
            type ServerFields = #server_fields;

            fn declaration() -> &'static __model::Declaration {
                static DECLARATION: ::std::sync::OnceLock<__model::Declaration> = ::std::sync::OnceLock::new();
                DECLARATION.get_or_init(|| #declaration)
            }

            fn into_draft(self) -> #draft {
                #draft {
                    #(#idents: __derive::full::<#types>(self.#idents),)*
                    __changes: __model::FieldSet::EMPTY,
                }
            }

            fn from_draft(draft: #draft) -> ::core::result::Result<Self, __model::Missing> {
                #from_draft
            }

            fn from_slots(slots: ::std::vec::Vec<__model::Slot>) -> ::core::result::Result<Self, __model::Rule> {
                #from_slots
            }

            fn slot(&self, index: usize) -> __model::Slot {
                match index {
                    #(#indices => __derive::state::<#types>(&self.#idents),)*
                    _ => __model::Slot::Unset,
                }
            }

            fn visit_children(visitor: &mut dyn __model::ChildVisitor) {
                #(__derive::visit::<#holders>(visitor);)*
            }
        }
    }
}

fn from_slots(object: &Object) -> TokenStream {
    if !object.whole {
        return quote!(::core::result::Result::Err(__model::Rule::Missing));
    }
    let idents = object.fields.iter().map(|field| &field.ident);
    let types = object.fields.iter().map(|field| &field.ty);
    quote! {
        let mut slots = ::std::iter::IntoIterator::into_iter(slots);
        ::core::result::Result::Ok(Self { #(#idents: __derive::next::<#types>(&mut slots)?),* })
    }
}

fn from_draft(object: &Object) -> TokenStream {
    if !object.whole {
        return quote!(::core::result::Result::Err(__model::Completion::default().missing()));
    }
    // What holds no object is complete once it is set, and is only moved.
    let is_plain = |field: &&Field| !field.shape.kind.may_hold_objects();
    // A field may have any name, that of a variable here too.
    let moved: Vec<_> = (0..object.fields.len()).map(|index| format_ident!("__{}", index)).collect();
    let idents = object.fields.iter().map(|field| &field.ident);
    let completed = object.fields.iter().enumerate().map(|(index, field)| {
        let (ident, ty, name, place) = (&field.ident, &field.ty, &field.name.text, number(index));
        if is_plain(&field) { quote!(draft.#ident) } else { quote!(completion.field::<#ty>(#place, #name, draft.#ident)) }
    });
    let plain = || object.fields.iter().zip(&moved).enumerate().filter(|(_, (field, _))| is_plain(field));
    let absent = plain().map(|(index, (field, moved))| {
        let (name, place) = (&field.name.text, number(index));
        quote!(completion.look(#place, #name, &#moved);)
    });
    let looked_at = object.fields.iter().zip(&moved).map(|(field, moved)| if is_plain(&field) { quote!(#moved) } else { quote!(_) });
    quote! {
        #[allow(unused_mut)]
        let mut completion = __model::Completion::default();
        match (#(#completed,)*) {
            (#(::core::option::Option::Some(#moved),)*) => ::core::result::Result::Ok(Self { #(#idents: #moved),* }),
            #[allow(unreachable_patterns)]
            (#(#looked_at,)*) => {
                #(#absent)*
                ::core::result::Result::Err(completion.missing())
            }
        }
    }
}
