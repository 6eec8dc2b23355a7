//! The declaration: the newest shape and the releases, as calls that build them.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use super::{regrouped, values};
use crate::arg;
use crate::errors::plain;
use crate::expand::literal;
use crate::object::model::{
    Change, Default, Filled, Method, MethodChange, Object, Op, Release, Retyped, ValueChange, Values, Version, Widened,
};
use crate::object::options::{Class, Deprecated, Limit, Options};
use crate::rust_type::{Items, Shape, bare};

/// An expression of type `Declaration`.
pub(super) fn declaration(object: &Object) -> TokenStream {
    let Object { name, namespace, .. } = object;
    let version = object.releases.last().map(|release| version(&release.version));
    let fields = object.fields.iter().map(|field| field_spec(&field.name.text, &field.ty, &field.options));
    let releases = object.releases.iter().map(|release| self::release(release, namespace));
    quote! {
        __derive::declaration(
            __derive::head(#name, #namespace, &[#version])#(.field(#fields))*,
            [#(#releases),*],
        )
    }
}

pub(super) fn version(version: &Version) -> TokenStream {
    let parts = version.parts.iter().map(|part| Literal::u64_unsuffixed(*part));
    quote!(#(#parts),*)
}

pub(super) fn field_spec(name: &str, ty: &Type, options: &Options) -> TokenStream {
    let read_only = options.read_only.then(|| quote!(.read_only()));
    let server_set = options.server_set.then(|| quote!(.server_set()));
    let class = options.class.as_ref().map(|Class(class)| quote!(.class(__model::FieldClass::#class)));
    let default = options.default.as_ref().map(|given| {
        let default = default(given, ty);
        quote!(.default(#default))
    });
    let sensitive = options.sensitive.then(|| quote!(.sensitive()));
    let limits = (!options.limits.is_empty()).then(|| {
        let limits = options.limits.iter().map(|limit| self::limit(limit, ty));
        quote! {
            .limits(__model::Limits {
                #(#limits,)*
                ..::core::default::Default::default()
            })
        }
    });
    let deprecated = options.deprecated.as_ref().map(|Deprecated { since, until, reason }| {
        let since = version(since);
        let until = match until {
            Some(day) => quote!(::core::option::Option::Some(#day)),
            None => quote!(::core::option::Option::None),
        };
        quote!(.deprecated(__derive::deprecation(&[#since], #until, #reason)))
    });
    quote!(__derive::field::<#ty>(#name) #read_only #server_set #class #default #sensitive #deprecated #limits)
}

/// A limit as a field of `Limits`.
fn limit(limit: &Limit, ty: &Type) -> TokenStream {
    let name = &limit.name;
    let of_floats = Shape::of(ty).is_some_and(|shape| Items::from(shape.kind) == Items::Floats);
    match &limit.value {
        arg::Literal::Integer(value) if of_floats && (name == "min" || name == "max") => {
            let (name, value) = (format_ident!("{name}_float"), Literal::i128_unsuffixed(*value));
            quote!(#name: __derive::finite(#value as f64))
        }
        arg::Literal::Float(value) => {
            let (name, value) = (format_ident!("{name}_float"), Literal::f64_unsuffixed(*value));
            quote!(#name: __derive::finite(#value))
        }
        arg::Literal::Text(text) if name == "pattern" => quote!(#name: ::core::option::Option::Some(__derive::pattern(#text))),
        arg::Literal::Text(text) => quote!(#name: __derive::micros(#text)),
        arg::Literal::Integer(value) => {
            let value = Literal::i128_unsuffixed(*value);
            quote!(#name: ::core::option::Option::Some(#value))
        }
        // The parser lets no other through.
        _ => TokenStream::new(),
    }
}

fn release(release: &Release, namespace: &str) -> TokenStream {
    let (version, why) = (version(&release.version), &release.why);
    let ops = release.ops.iter().map(|op| op_in(op, namespace));
    quote!(__derive::release(&[#version], #why)#(.op(#ops))*)
}

/// An op on the items of a field, or on one of them.
pub(super) fn op(op: &Op) -> TokenStream {
    op_in(op, "")
}

/// An op of an object that belongs to the project `namespace`.
fn op_in(op: &Op, namespace: &str) -> TokenStream {
    match &op.change {
        Change::Add(field) => {
            let name = &field.name.text;
            let old_default = match (&field.old_default, &field.ty) {
                (Some(given), Some(ty)) => default(given, ty),
                _ => quote!(__model::Slot::Unset),
            };
            quote!(__model::Op::Add { field: #name.into(), old_default: #old_default })
        }
        Change::Remove(field) => {
            let spec = field_spec(&field.name.text, &field.ty, &field.options);
            let fallback = field.fallback.as_ref().map_or_else(|| quote!(__model::Slot::Null), |given| default(given, &field.ty));
            quote!(__model::Op::Remove { field: #spec, fallback: #fallback })
        }
        Change::Rename { from, to } => {
            let (from, to) = (&from.text, &to.text);
            quote!(__model::Op::Rename { from: #from.into(), to: #to.into() })
        }
        Change::Retype(field) => retype(field),
        Change::Require(field) => {
            let (name, fill) = (&field.name.text, value(field));
            quote!(__model::Op::Require { field: #name.into(), fill: #fill })
        }
        Change::Relax(field) => {
            let (name, fallback) = (&field.name.text, value(field));
            quote!(__model::Op::Relax { field: #name.into(), fallback: #fallback })
        }
        Change::Widen(field) => {
            let Widened { name, older, options, fallback, .. } = &**field;
            let (spec, fallback) = (field_spec(&name.text, older, options), given(fallback.as_ref(), older));
            quote!(__model::Op::Widen { field: #spec, fallback: #fallback })
        }
        Change::Constrain(field) => match &field.ty {
            Some(ty) => {
                let spec = field_spec(&field.name.text, ty, &field.options);
                let (fallback, fill) = (given(field.fallback.as_ref(), ty), given(field.fill.as_ref(), ty));
                quote!(__model::Op::Constrain { field: #spec, fallback: #fallback, fill: #fill })
            }
            // The error was said.
            None => quote!(::core::unreachable!()),
        },
        Change::Values(values) => {
            let Values { name, change, value, other } = &**values;
            let name = &name.text;
            match change {
                ValueChange::Added => quote!(__model::Op::EnumAdd { field: #name.into(), value: #value.into(), shown_as: #other.into() }),
                ValueChange::Removed => {
                    quote!(__model::Op::EnumRemove { field: #name.into(), value: #value.into(), becomes: #other.into() })
                }
                ValueChange::Renamed => quote!(__model::Op::EnumRename { field: #name.into(), from: #value.into(), to: #other.into() }),
            }
        }
        Change::Map(mapped) => values::map_values(mapped),
        Change::Scale(scaled) => values::scale(scaled),
        Change::Listify(listed) => values::listify(listed),
        Change::Key(keyed) => values::keyed(keyed),
        Change::Each(each) => values::each(each),
        Change::Within(within) => values::within(within),
        Change::Regroup(group) => regrouped::regroup(group),
        Change::Child(field) => {
            let (name, from, to) = (&field.name.text, version(&field.from), version(&field.to));
            quote!(__model::Op::Child { field: #name.into(), from: __derive::version(&[#from]), to: __derive::version(&[#to]) })
        }
        Change::RenameObject { from, namespace: former } => {
            let (from, namespace) = (&from.text, former.as_deref().unwrap_or(namespace));
            quote!(__model::Op::RenameObject { from: #from.into(), namespace: #namespace.into() })
        }
        Change::Behaviour { name } => {
            let name = &name.text;
            quote!(__model::Op::Behaviour { name: #name.into() })
        }
        Change::Method(method) => self::method(method),
    }
}

fn method(Method { name, change }: &Method) -> TokenStream {
    let change = match change {
        MethodChange::Changed => quote!(Changed),
        MethodChange::Added => quote!(Added),
        MethodChange::Removed => quote!(Removed),
        MethodChange::ArgAdded { arg, default } => {
            let default = default.as_ref().map_or_else(
                || quote!(__model::Slot::Unset),
                |given| {
                    let literal = literal(given);
                    quote!(__derive::bare_default(#literal))
                },
            );
            quote!(ArgAdded { arg: #arg.into(), default: #default })
        }
        MethodChange::ArgRemoved { arg } => quote!(ArgRemoved { arg: #arg.into() }),
    };
    quote!(__model::Op::Method { name: #name.into(), change: __model::MethodChange::#change })
}

/// What was given, if anything was.
pub(super) fn given(given: Option<&Default>, ty: &Type) -> TokenStream {
    given.map_or_else(|| quote!(__model::Slot::Unset), |given| default(given, ty))
}

fn default(given: &Default, ty: &Type) -> TokenStream {
    let literal = literal(&given.literal);
    quote!(__derive::default::<#ty>(#literal))
}

fn retype(field: &Retyped) -> TokenStream {
    let Retyped { name, older, options, newer, up, down, .. } = field;
    let spec = field_spec(&name.text, older, options);
    let conversion = conversion([older, newer], [up, down]);
    quote!(__model::Op::Retype { field: #spec, conversion: #conversion })
}

/// The functions are called in closures, so that the compiler holds their signatures against the two types
/// and yet takes one on `&str` for a `String`.
pub(super) fn conversion(types: [&Type; 2], [up, down]: [&Path; 2]) -> TokenStream {
    let [older, newer] = types.map(bare);
    let (up_name, down_name) = (path_text(up), path_text(down));
    // What does not fit is said where the function is named.
    let up = quote_spanned!(up.span()=> |__older: &#older| #up(__older));
    let down = quote_spanned!(down.span()=> |__newer: &#newer| #down(__newer));
    quote!(__derive::conversion::<#older, #newer>(#up_name, #up, #down_name, #down))
}

pub(super) fn path_text(path: &Path) -> String {
    let segments: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    segments.join("::")
}

fn value(field: &Filled) -> TokenStream {
    let literal = literal(&field.value.literal);
    let ty = &field.ty;
    quote!(__derive::value::<#ty>(#literal))
}
