//! The code for a stored object that was found right.

mod entity;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{Field, Idempotency, Persist, Relation, RelationKind, Table};
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
    let from_row = persist.whole.then(|| from_row(persist));
    let mapping = mapping(persist, &module);
    let cells = persist.checked.then(|| cells(persist, &module));
    let (key_type, key) = key(persist);
    let relations = persist.relations.iter().map(|relation| self::relation(persist, relation));
    let soft_delete = persist.soft_delete.as_ref().map(|deletion| {
        quote_spanned!(deletion.span.resolved_at(Span::call_site())=> #[automatically_derived] impl __store::SoftDelete for #ident {})
    });
    let create_once = persist.idempotency.as_ref().map(|_| quote!(#[automatically_derived] impl __store::CreateOnce for #ident {}));
    quote! {
        #definition
        #columns_struct
        const _: () = {
            use #facade::__private::{model as __model, model::derive as __derive, store as __store};

            impl #ident {
                /// The columns, for filters, orders and projections.
                #vis const COLUMN: #columns = #columns { #(#column_values),* };
                #(#relations)*
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

                #from_row
            }

            #soft_delete
            #create_once

            #cells
        };
    }
}

/// Reads the object field by field; where a field was at fault, not all of them are known.
fn from_row(persist: &Persist) -> TokenStream {
    let fields = persist.fields.iter().enumerate().map(|(index, Field { ident, .. })| {
        let index = number(index);
        quote!(#ident: row.field(#index)?)
    });
    quote! {
        fn from_row(row: &__store::ObjectRow<'_>) -> ::core::result::Result<Self, __store::Error> {
            ::core::result::Result::Ok(Self { #(#fields),* })
        }
    }
}

/// The constant of a relation. Whether the field holds the key of the other object is for its type to say.
fn relation(persist: &Persist, relation: &Relation) -> TokenStream {
    let Persist { ident, vis, .. } = persist;
    let Relation { kind, other, by, .. } = relation;
    let name = Ident::new(&relation.constant(), relation.name.span());
    let shown = other.to_token_stream().to_string();
    let (about, ty, holder) = match kind {
        RelationKind::HasMany => {
            (format!(" The `{shown}` objects whose `{by}` is the key of this one."), quote!(HasMany), quote!(<#other>))
        }
        RelationKind::BelongsTo => (format!(" The `{shown}` whose key is in `{by}`."), quote!(BelongsTo), quote!(#ident)),
    };
    let column = quote_spanned!(by.span().resolved_at(Span::call_site())=> __store::#ty::new(#holder::COLUMN.#by));
    quote! {
        #[doc = #about]
        #[allow(dead_code)]
        #vis const #name: __store::#ty<#ident, #other> = #column;
    }
}

/// The type of the key, and an expression for it.
fn key(persist: &Persist) -> (TokenStream, TokenStream) {
    if !persist.checked {
        return (quote!(i64), quote!(0));
    }
    let keys = || persist.keys.iter().filter_map(|index| persist.fields.get(*index));
    let values = keys().map(|Field { ident, .. }| quote!(::core::clone::Clone::clone(&self.#ident)));
    let types = keys().map(|Field { ty, .. }| ty);
    match persist.keys.len() {
        1 => (quote!(#(#types)*), quote!(#(#values)*)),
        _ => (quote!((#(#types),*)), quote!((#(#values),*))),
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
    let keys = persist.keys.iter().map(|key| number(*key));
    let columns = persist.fields.iter().enumerate().map(|(index, field)| column_map(index, field));
    let revision = persist.revision.as_ref().map(|column| {
        let column = &column.name;
        quote!(.revision(#column))
    });
    let natural_key = persist.natural_key.as_ref().map(|key| {
        let (column, fields) = (&key.column.name, key.fields.iter().map(|index| number(*index)));
        quote!(.natural_key(#column, [#(#fields),*]))
    });
    let soft_delete = persist.soft_delete.as_ref().map(|deletion| {
        let time = deletion.time.map(|(index, _)| number(index)).map(|index| quote!(.time(#index)));
        let mark = deletion.mark.map(|(index, _)| number(index)).map(|index| quote!(.mark(#index)));
        quote!(.soft_delete(__store::SoftDeletion::new()#time #mark))
    });
    let shared = persist.shared_until.as_ref().map(|until| quote!(.shared_with_reference(__derive::day(#until))));
    let request = persist.idempotency.as_ref().map(|Idempotency { key, payload }| {
        let (key, payload) = (&key.name, &payload.name);
        quote!(.idempotency(#key, #payload))
    });
    quote!(__store::Mapping::new(#table, [#(#keys),*])#(.column(#columns))* #revision #natural_key #request #soft_delete #shared)
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
    let own = persist
        .own_columns()
        .map(|(name, column)| check(&format_ident!("{name}", span = column.span), entity::own_type(name), column.span));
    quote! {
        #[allow(dead_code)]
        fn cells(row: &#module::Model) {
            #(#fields)*
            #(#own)*
        }
    }
}
