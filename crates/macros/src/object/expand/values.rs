//! Ops on values that have a table, a unit or items, as calls that build them.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use super::declaration::{conversion, field_spec, given, op};
use crate::expand::literal;
use crate::object::model::{Default, Each, EntryOp, Former, Functions, Keyed, Listed, Mapped, Scaled, Within};

pub(super) fn map_values(mapped: &Mapped) -> TokenStream {
    let (Some((spec, older)), Some(newer)) = (former(&mapped.field), &mapped.newer) else { return unknown() };
    let pairs = mapped.table.iter().map(|(before, after)| {
        let (before, after) = (value(before, older), value(after, newer));
        quote!((#before, #after))
    });
    let (fallback, fill) = (given(mapped.fallback.as_ref(), older), given(mapped.fill.as_ref(), newer));
    quote!(__model::Op::MapValues { field: #spec, table: ::std::vec![#(#pairs),*], fallback: #fallback, fill: #fill })
}

pub(super) fn scale(scaled: &Scaled) -> TokenStream {
    let (Some((spec, older)), Some(newer)) = (former(&scaled.field), &scaled.newer) else { return unknown() };
    let by = scaled.by.map(Literal::u64_unsuffixed);
    let rounding = scaled.rounding.clone().unwrap_or_else(|| format_ident!("Floor"));
    let (fallback, fill) = (given(scaled.fallback.as_ref(), older), given(scaled.fill.as_ref(), newer));
    quote! {
        __model::Op::Scale {
            field: #spec,
            by: __derive::ratio(#(#by),*),
            rounding: __model::Rounding::#rounding,
            fallback: #fallback,
            fill: #fill,
        }
    }
}

pub(super) fn listify(listed: &Listed) -> TokenStream {
    let Some((spec, older)) = former(&listed.field) else { return unknown() };
    let pick = listed.pick.clone().unwrap_or_else(|| format_ident!("First"));
    let others = listed.others.clone().unwrap_or_else(|| format_ident!("Go"));
    let fallback = given(listed.fallback.as_ref(), older);
    quote!(__model::Op::Listify { field: #spec, pick: __model::Pick::#pick, others: __model::Others::#others, fallback: #fallback })
}

pub(super) fn keyed(keyed: &Keyed) -> TokenStream {
    let Some((spec, _)) = former(&keyed.field) else { return unknown() };
    let (key, variant) = (&keyed.key, format_ident!("{}", if keyed.up { "KeyBy" } else { "Unkey" }));
    quote!(__model::Op::#variant { field: #spec, key: #key.into() })
}

pub(super) fn each(each: &Each) -> TokenStream {
    let (name, op) = (&each.name.text, op(&each.op));
    quote!(__model::Op::Each { field: #name.into(), op: ::std::boxed::Box::new(#op) })
}

pub(super) fn within(within: &Within) -> TokenStream {
    let Within { name, entry, op, item } = within;
    let Some((item, options)) = item else { return unknown() };
    let (name, entry) = (&name.text, &entry.text);
    let op = match op {
        EntryOp::Rename(to) => quote!(__model::Op::Rename { from: #entry.into(), to: #to.into() }),
        EntryOp::Retype(Functions { up, down }) => {
            let (spec, conversion) = (field_spec(entry, item, options), conversion([item, item], [up, down]));
            quote!(__model::Op::Retype { field: #spec, conversion: #conversion })
        }
        EntryOp::Map(mapped) => map_values(mapped),
        EntryOp::Scale(scaled) => scale(scaled),
    };
    quote!(__model::Op::Within { field: #name.into(), op: ::std::boxed::Box::new(#op) })
}

/// The specification of a field as it was, and its type.
fn former(field: &Former) -> Option<(TokenStream, &Type)> {
    let ty = field.ty.as_ref()?;
    Some((field_spec(&field.name.text, ty, &field.options), ty))
}

fn value(given: &Default, ty: &Type) -> TokenStream {
    let literal = literal(&given.literal);
    quote!(__derive::value::<#ty>(#literal))
}

/// What stands where the error was said.
fn unknown() -> TokenStream {
    quote!(::core::unreachable!())
}
