//! The sea-orm entity of a table that an object names.

use heck::ToSnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::errors::plain;
use crate::persist::model::{Field, Persist};
use crate::rust_type::Kind;

/// The module that holds it, and the path of that module.
pub(super) fn generated(persist: &Persist, table: &str) -> (TokenStream, TokenStream) {
    let Persist { ident, vis, facade, .. } = persist;
    let module = format_ident!("{}_row", plain(ident).to_snake_case());
    let about = format!(" The rows of `{table}`, as sea-orm sees them; `{ident}` is what they hold.");
    let shown = format!("{ident} row");
    let fields = persist.fields.iter().enumerate().map(|(index, field)| self::field(field, persist.keys.contains(&index)));
    let own = persist.own_columns().map(|(name, column)| own_field(name, &column.name, &own_type(name)));
    let definition = quote! {
        #[doc = #about]
        #[allow(missing_docs, unreachable_pub)]
        #vis mod #module {
            use #facade::__private::sea_orm::{self, entity::prelude::*};

            #[derive(Clone, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = #table)]
            pub struct Model {
                #(#fields,)*
                #(#own)*
            }

            impl ::core::fmt::Debug for Model {
                /// Names the row only: what it holds may be secret.
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(#shown)
                }
            }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
    (definition, quote!(#module))
}

fn field(field: &Field, key: bool) -> TokenStream {
    let Field { ident, shape, column, fill, null_as, .. } = field;
    let cell = cell(shape.kind);
    let cell = if (shape.nullable && !key) || null_as.is_some() { quote!(Option<#cell>) } else { cell };
    let column = (plain(ident) != column.name).then(|| {
        let name = &column.name;
        quote!(#[sea_orm(column_name = #name)])
    });
    let key = key.then(|| {
        let made = fill.is_some() && shape.kind != Kind::Uuid;
        quote!(#[sea_orm(primary_key, auto_increment = #made)])
    });
    quote!(#key #column pub #ident: #cell)
}

/// A column that no field of the object lies in.
fn own_field(name: &str, column: &str, ty: &TokenStream) -> TokenStream {
    let ident = format_ident!("{name}");
    let column = (name != column).then(|| quote!(#[sea_orm(column_name = #column)]));
    quote!(#column pub #ident: #ty,)
}

/// The type of a column that no field of the object lies in.
pub(super) fn own_type(name: &str) -> TokenStream {
    let cell = if name == "revision" { quote!(i64) } else { quote!(::std::string::String) };
    quote!(::core::option::Option<#cell>)
}

/// The type that `ColumnType` gives; the two are held together by a check that is emitted too.
fn cell(kind: Kind) -> TokenStream {
    match kind {
        Kind::Integer { cell, .. } => {
            let cell = Ident::new(cell, proc_macro2::Span::call_site());
            quote!(#cell)
        }
        Kind::Bool => quote!(bool),
        Kind::Float => quote!(f64),
        Kind::Timestamp => quote!(DateTime),
        Kind::Date => quote!(Date),
        Kind::Duration => quote!(i64),
        Kind::Bytes => quote!(Vec<u8>),
        Kind::Text
        | Kind::SecretText
        | Kind::Decimal
        | Kind::Uuid
        | Kind::Form
        | Kind::List(_)
        | Kind::Set(_)
        | Kind::Map(_)
        | Kind::Named => {
            quote!(String)
        }
    }
}
