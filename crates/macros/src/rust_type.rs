//! What the tokens of a field's type say about it. An alias hides it: the traits decide then, at run time.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Ident, PathArguments, PathSegment, Type};

use crate::arg::Literal;

/// What is known of the type of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape {
    /// Whether it is an `Option`.
    pub(crate) nullable: bool,
    /// What is in it, without the `Option`.
    pub(crate) kind: Kind,
}

/// The kinds that can be told by their names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// With its bounds, and the signed type of the column that holds it.
    Integer {
        min: i128,
        max: i128,
        cell: &'static str,
    },
    Bool,
    Text,
    SecretText,
    Uuid,
    Timestamp,
    List,
    /// An enum, an object, or another name for something else.
    Named,
}

/// What is said of a type that no field can have. The traits say the same of types that only they can tell.
pub(crate) const UNSUPPORTED: &str = "a field is an integer of up to 64 bits, `bool`, `String`, `Secret<String>`, `Uuid`, `Timestamp`, \
    an enum that derives `FieldEnum`, an object, a `Vec` of objects, or an `Option` of one of these";

impl Shape {
    /// `None` for a type that is known to be no type of a field.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        let inner = inner_of(ty, "Option");
        Kind::of(inner.unwrap_or(ty)).map(|kind| Self { nullable: inner.is_some(), kind })
    }
}

impl Kind {
    fn of(ty: &Type) -> Option<Self> {
        if let Some(inner) = inner_of(ty, "Vec") {
            return (Self::of(inner)? == Self::Named).then_some(Self::List);
        }
        if let Some(inner) = inner_of(ty, "Secret") {
            return (Self::of(inner)? == Self::Text).then_some(Self::SecretText);
        }
        let integer = |min: i128, max: i128, cell| Self::Integer { min, max, cell };
        Some(match last_segment(ty)?.ident.to_string().as_str() {
            "i8" => integer(i8::MIN.into(), i8::MAX.into(), "i8"),
            "i16" => integer(i16::MIN.into(), i16::MAX.into(), "i16"),
            "i32" => integer(i32::MIN.into(), i32::MAX.into(), "i32"),
            "i64" => integer(i64::MIN.into(), i64::MAX.into(), "i64"),
            "u8" => integer(0, u8::MAX.into(), "i16"),
            "u16" => integer(0, u16::MAX.into(), "i32"),
            "u32" => integer(0, u32::MAX.into(), "i64"),
            "u64" => integer(0, u64::MAX.into(), "i64"),
            "bool" => Self::Bool,
            "String" => Self::Text,
            "Uuid" => Self::Uuid,
            "Timestamp" => Self::Timestamp,
            "f32" | "f64" | "i128" | "u128" | "isize" | "usize" | "char" | "str" | "Option" => return None,
            _ => Self::Named,
        })
    }

    /// The kind in words, for messages.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Integer { .. } => "an integer",
            Self::Bool => "a bool",
            Self::Text | Self::SecretText => "a text",
            Self::Uuid => "a UUID",
            Self::Timestamp => "a timestamp",
            Self::List => "a list",
            Self::Named => "an enum or an object",
        }
    }

    /// Whether a limit means anything for the kind.
    pub(crate) fn takes_limit(self, limit: &str) -> bool {
        match self {
            Self::Integer { .. } => matches!(limit, "min" | "max"),
            Self::Text | Self::SecretText => matches!(limit, "max_chars" | "max_bytes"),
            Self::List => limit == "max_items",
            Self::Named => true,
            Self::Bool | Self::Uuid | Self::Timestamp => false,
        }
    }

    /// Whether a literal other than `null` can be a value of the kind.
    pub(crate) fn takes_literal(self, literal: &Literal) -> bool {
        match self {
            Self::Integer { min, max, .. } => matches!(literal, Literal::Integer(number) if (min..=max).contains(number)),
            Self::Bool => matches!(literal, Literal::Bool(_)),
            Self::Text | Self::SecretText | Self::Uuid | Self::Timestamp => matches!(literal, Literal::Text(_)),
            Self::List => *literal == Literal::EmptyList,
            Self::Named => true,
        }
    }
}

/// The type without its `Option`.
pub(crate) fn bare(ty: &Type) -> &Type {
    inner_of(ty, "Option").unwrap_or(ty)
}

/// The type with `Self` written out, since it stands in other types' definitions too.
pub(crate) fn without_self(ty: &Type, this: &Ident) -> Type {
    fn replaced(tokens: TokenStream, this: &Ident) -> TokenStream {
        tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Ident(ident) if ident == "Self" => TokenTree::Ident(Ident::new(&this.to_string(), ident.span())),
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), replaced(group.stream(), this));
                    inner.set_span(group.span());
                    TokenTree::Group(inner)
                }
                token => token,
            })
            .collect()
    }
    syn::parse2(replaced(ty.to_token_stream(), this)).unwrap_or_else(|_| ty.clone())
}

/// `T` of `Wrapper<T>`.
fn inner_of<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}
