//! The code for a stored object that was found right.

mod entity;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{Field, Persist, Table};
use crate::expand::{literal, number};

/// All of it: the entity and the typed columns beside the object, the implementations in a scope of their own.
pub(crate) fn persist(persist: &Persist) -> TokenStream {
    let Persist { ident, vis, facade, .. } = persist;
    let (definition, module) = match &persist.table {
        Table::Named(table) => entity::generated(persist, &table.name),
        Table::Entity(module) => (TokenStream::new(), quote!(#module)),
    };
    let columns = format_ident!("{}Columns", ident);
    let columns_struct = columns_struct(persist, &columns);
    let column_values = persist.fields.iter().enumerate().map(|(index, Field { ident, column, .. })| {
        let (index, column) = (number(index), &column.name);
        quote!(#ident: __store::Column::new(#index, #column))
    });
    let mapping = mapping(persist, &module);
    let cells = persist.checked.then(|| cells(persist, &module));
    let (key_type, key) = key(persist);
    quote! {
        #definition
        #columns_struct
        const _: () = {
            use #facade::__private::{model as __model, model::derive as __derive, store as __store};

            impl #ident {
                /// The columns, for filters, orders and projections.
                #vis const COLUMN: #columns = #columns { #(#column_values),* };
            }

            #[automatically_derived]
            impl __store::Persist for #ident {
                type Entity = #module::Entity;
                type Key = #key_type;

                fn mapping() -> &'static __store::Mapping {
                    static MAPPING: ::std::sync::OnceLock<__store::Mapping> = ::std::sync::OnceLock::new();
                    MAPPING.get_or_init(|| #mapping)
                }

                fn key(&self) -> #key_type {
                    #key
                }
            }

            #cells
        };
    }
}

/// The type of the key, and an expression for it.
fn key(persist: &Persist) -> (TokenStream, TokenStream) {
    match persist.fields.get(persist.key).filter(|_| persist.checked) {
        Some(Field { ident, ty, .. }) => (quote!(#ty), quote!(::core::clone::Clone::clone(&self.#ident))),
        None => (quote!(i64), quote!(0)),
    }
}

fn columns_struct(persist: &Persist, columns: &Ident) -> TokenStream {
    let Persist { ident, vis, facade, .. } = persist;
    let about = format!(" The columns of [`{ident}`].");
    let fields = persist.fields.iter().map(|Field { ident: field, ty, .. }| {
        let about = format!(" The column of `{field}`.");
        quote! {
            #[doc = #about]
            #vis #field: #facade::__private::store::Column<#ident, #ty>
        }
    });
    quote! {
        #[doc = #about]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #columns { #(#fields),* }
    }
}

fn mapping(persist: &Persist, module: &TokenStream) -> TokenStream {
    let facade = &persist.facade;
    let table = match &persist.table {
        Table::Named(table) => {
            let name = &table.name;
            quote!(#name)
        }
        Table::Entity(_) => {
            let sea_orm = quote!(#facade::__private::sea_orm);
            quote!(#sea_orm::EntityName::table_name(&<#module::Entity as ::core::default::Default>::default()))
        }
    };
    let key = number(persist.key);
    let columns = persist.fields.iter().enumerate().map(|(index, field)| column_map(index, field));
    let revision = persist.revision.as_ref().map(|column| {
        let column = &column.name;
        quote!(.revision(#column))
    });
    let natural_key = persist.natural_key.as_ref().map(|key| {
        let (column, fields) = (&key.column.name, key.fields.iter().map(|index| number(*index)));
        quote!(.natural_key(#column, [#(#fields),*]))
    });
    quote!(__store::Mapping::new(#table, #key)#(.column(#columns))* #revision #natural_key)
}

fn column_map(index: usize, field: &Field) -> TokenStream {
    let (index, column, ty) = (number(index), &field.column.name, &field.ty);
    let fill = field.fill.as_ref().map(|fill| {
        let fill = &fill.0;
        quote!(.fill(__store::Fill::#fill))
    });
    let null_as = field.null_as.as_ref().map(|(value, _)| {
        let value = literal(value);
        quote!(.null_as(__derive::value::<#ty>(#value)))
    });
    quote!(__store::ColumnMap::new(#index, #column) #fill #null_as)
}

/// A function that is never called: it compiles if each field of the row has the type that the field of the
/// object needs.
fn cells(persist: &Persist, module: &TokenStream) -> TokenStream {
    let check = |name: &Ident, needs: TokenStream, span: Span| {
        // An error shows up at the field; names resolve here, wherever the field was written.
        let span = span.resolved_at(Span::call_site());
        quote_spanned!(span=> let _: &#needs = &row.#name;)
    };
    let fields = persist.fields.iter().map(|Field { ident, ty, null_as, .. }| {
        let cell = quote!(<#ty as __model::ColumnType>::Cell);
        let cell = if null_as.is_some() { quote!(::core::option::Option<#cell>) } else { cell };
        check(ident, cell, ty.span())
    });
    let revision = persist
        .revision
        .as_ref()
        .map(|column| check(&format_ident!("revision", span = column.span), quote!(::core::option::Option<i64>), column.span));
    let natural_key = persist.natural_key.as_ref().map(|key| {
        let span = key.column.span;
        check(&format_ident!("natural_key", span = span), quote!(::core::option::Option<::std::string::String>), span)
    });
    quote! {
        #[allow(dead_code)]
        fn cells(row: &#module::Model) {
            #(#fields)*
            #revision
            #natural_key
        }
    }
}
