//! The code for a union.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::ObjectUnion;

/// All of it: the draft beside the union, the implementations in a scope of their own.
pub(crate) fn object_union(model: &ObjectUnion) -> TokenStream {
    let ObjectUnion { ident, vis, facade, name, .. } = model;
    let draft = format_ident!("{ident}Draft");
    let (variants, types): (Vec<_>, Vec<_>) = model.members.iter().map(|(variant, ty)| (variant, ty)).unzip();
    let about = format!(" [`{ident}`] with each field of its object unset, null or a value.");
    let abouts = variants.iter().map(|variant| format!(" The draft of a `{variant}`."));
    quote! {
        #[doc = #about]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[allow(clippy::large_enum_variant)]
        #vis enum #draft {
            #(#[doc = #abouts] #variants(#facade::__private::model::Draft<#types>),)*
        }

        const _: () = {
            use #facade::__private::model as __model;

            #[automatically_derived]
            impl __model::FieldType for #ident {
                type Bare = Self;
                type Draft = #draft;

                fn kind() -> __model::FieldKind {
                    static SPEC: ::std::sync::OnceLock<::std::sync::Arc<__model::UnionSpec>> = ::std::sync::OnceLock::new();
                    let spec = || __model::UnionSpec::new(#name, [#(<#types as __model::Object>::NAME),*]);
                    __model::FieldKind::Union(SPEC.get_or_init(spec).clone())
                }

                fn lift(bare: Self) -> #draft {
                    Self::into_draft(bare)
                }

                fn into_draft(self) -> #draft {
                    match self {
                        #(Self::#variants(object) => #draft::#variants(__model::Object::into_draft(object)),)*
                    }
                }

                fn complete(draft: #draft) -> ::core::result::Result<Self, __model::Missing> {
                    match draft {
                        #(#draft::#variants(draft) => __model::Object::from_draft(draft).map(Self::#variants),)*
                    }
                }

                fn to_slot(draft: &#draft) -> __model::Slot {
                    match draft {
                        #(#draft::#variants(draft) => __model::Slot::from(__model::ObjectDraft::to_record(draft)),)*
                    }
                }

                fn as_slot(&self) -> __model::Slot {
                    match self {
                        #(Self::#variants(object) => __model::Slot::from(__model::Object::to_record(object)),)*
                    }
                }

                fn from_slot(slot: __model::Slot) -> ::core::result::Result<::core::option::Option<#draft>, __model::Rule> {
                    let ::core::option::Option::Some(record) = __model::record_of_union(slot)? else {
                        return ::core::result::Result::Ok(::core::option::Option::None);
                    };
                    #(if let ::core::option::Option::Some(draft) = __model::member_from_record::<#types>(&record) {
                        return draft.map(|draft| ::core::option::Option::Some(#draft::#variants(draft)));
                    })*
                    ::core::result::Result::Err(__model::Rule::Union(#name.to_owned()))
                }

                fn visit_children(visitor: &mut dyn __model::ChildVisitor) {
                    #(<#types as __model::FieldType>::visit_children(visitor);)*
                }
            }

            #[automatically_derived]
            impl __model::ElementType for #ident {}

            #[automatically_derived]
            impl __model::ColumnType for #ident {
                type Cell = ::std::string::String;
            }

            #facade::__private::wire::__impl_wire_union!(#ident, #draft { #(#variants: #types),* });
        };
    }
}
