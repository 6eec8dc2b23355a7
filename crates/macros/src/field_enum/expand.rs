//! The code for an enum.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::FieldEnum;

/// All of it, in a scope of its own.
pub(crate) fn field_enum(model: &FieldEnum) -> TokenStream {
    let FieldEnum { ident, facade, .. } = model;
    let variants: Vec<_> = model.values.iter().map(|value| &value.ident).collect();
    let texts: Vec<_> = model.values.iter().map(|value| &value.text).collect();
    let (unknown_to, unknown_from) = unknown(model);
    let spec = spec(model);
    quote! {
        const _: () = {
            use #facade::__private::model as __model;

            #[automatically_derived]
            impl __model::FieldEnum for #ident {
                fn spec() -> ::std::sync::Arc<__model::EnumSpec> {
                    static SPEC: ::std::sync::OnceLock<::std::sync::Arc<__model::EnumSpec>> = ::std::sync::OnceLock::new();
                    SPEC.get_or_init(|| #spec).clone()
                }

                fn to_value(&self) -> __model::EnumValue {
                    match self {
                        #(Self::#variants => __model::EnumValue::Known(#texts.into()),)*
                        #unknown_to
                    }
                }

                fn from_value(value: &__model::EnumValue) -> Self {
                    match value.as_str() {
                        #(#texts => Self::#variants,)*
                        #unknown_from
                    }
                }
            }

            #[automatically_derived]
            impl __model::FieldType for #ident {
                __model::__plain_field_type!(
                    __model::FieldKind::Enum(<Self as __model::FieldEnum>::spec()),
                    |value| __model::Value::Enum(__model::FieldEnum::to_value(value)),
                    |value| __model::enum_from_value(value)
                );
            }

            #[automatically_derived]
            impl __model::ElementType for #ident {}

            #[automatically_derived]
            impl __model::Scalar for #ident {}

            #facade::__private::wire::__impl_wire_enum!(#ident);
        };
    }
}

/// An expression for the specification: of an enum, or of a state machine.
fn spec(model: &FieldEnum) -> TokenStream {
    let FieldEnum { name, values, .. } = model;
    let texts = values.iter().map(|value| &value.text);
    if values.iter().all(|value| value.followers.is_none()) {
        return quote!(__model::EnumSpec::new(#name, [#(#texts),*]));
    }
    let followers = values.iter().map(|value| {
        let named = |ident: &syn::Ident| values.iter().find(|value| value.ident == *ident).map(|value| &value.text);
        let followers = value.followers.iter().flatten().filter_map(named);
        quote!(::std::vec![#(#followers),*])
    });
    quote!(__model::EnumSpec::machine(#name, [#((#texts, #followers)),*]))
}

/// The arms for the variant that holds unknown texts; where variants are wrong, arms that compile all the same.
fn unknown(model: &FieldEnum) -> (TokenStream, TokenStream) {
    let (to, from) = match model.unknown.first() {
        Some(unknown) => (
            quote!(Self::#unknown(text) => __model::EnumValue::Unknown(text.as_str().into()),),
            quote!(other => Self::#unknown(other.to_owned()),),
        ),
        None => (TokenStream::new(), quote!(_ => ::core::unreachable!(),)),
    };
    let covered = model.values.len() + usize::from(!model.unknown.is_empty());
    let rest = (covered < model.variants).then(|| quote!(_ => __model::EnumValue::Unknown("".into()),));
    (quote!(#to #rest), from)
}
