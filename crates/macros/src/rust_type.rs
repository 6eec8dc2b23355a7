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
    Float,
    Bool,
    Text,
    SecretText,
    Bytes,
    Decimal,
    Uuid,
    Timestamp,
    Date,
    Duration,
    /// An address, a network or a version predicate: what is text on the wire and has no limits.
    Form,
    List(Items),
    Set(Items),
    Map(Items),
    /// An enum, an object, or another name for something else.
    Named,
}

/// The items of a list, set or map, as far as limits ask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Items {
    Integers,
    Floats,
    Texts,
    SecretTexts,
    Bytes,
    Decimals,
    Durations,
    /// Of a kind without limits.
    Plain,
    /// Enums, objects, or what has another name.
    Named,
}

/// What is said of a type that no field can have. The traits say the same of types that only they can tell.
pub(crate) const UNSUPPORTED: &str = "a field is an integer of up to 64 bits, `f64`, `bool`, `String`, `Secret<String>`, `Bytes`, `Decimal`, `Uuid`, \
    `Timestamp`, `Date`, `Duration`, an address or network, a `VersionPredicate`, an enum that derives `FieldEnum`, an object, a union that derives \
    `ObjectUnion`, a `Vec`, `BTreeSet` or `BTreeMap<String, _>` of one of these, or an `Option` of one of these";

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
            return Items::of(inner).map(Self::List);
        }
        if let Some(inner) = inner_of(ty, "BTreeSet") {
            return Items::of(inner).map(Self::Set);
        }
        if let Some((name, inner)) = pair_of(ty, "BTreeMap") {
            return Items::of(inner).filter(|_| Self::of(name) == Some(Self::Text)).map(Self::Map);
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
            "f64" => Self::Float,
            "bool" => Self::Bool,
            "String" => Self::Text,
            "Bytes" => Self::Bytes,
            "Decimal" => Self::Decimal,
            "Uuid" => Self::Uuid,
            "Timestamp" => Self::Timestamp,
            "Date" => Self::Date,
            "Duration" => Self::Duration,
            "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "IpNet" | "Ipv4Net" | "Ipv6Net" | "MacAddress" | "PciAddress" | "VersionPredicate" => {
                Self::Form
            }
            "f32" | "i128" | "u128" | "isize" | "usize" | "char" | "str" | "Option" | "HashMap" | "HashSet" => return None,
            _ => Self::Named,
        })
    }

    /// The kind in words, for messages.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Integer { .. } => "an integer",
            Self::Float => "a float",
            Self::Bool => "a bool",
            Self::Text | Self::SecretText => "a text",
            Self::Bytes => "a string of bytes",
            Self::Decimal => "a decimal number",
            Self::Uuid => "a UUID",
            Self::Timestamp => "a timestamp",
            Self::Date => "a date",
            Self::Duration => "a duration",
            Self::Form => "an address, a network or a version predicate",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
            Self::Named => "an enum or an object",
        }
    }

    /// Whether a value can be an object or hold one, for all that is known.
    pub(crate) fn may_hold_objects(self) -> bool {
        self == Self::Named || self.items() == Some(Items::Named)
    }

    /// Whether a value is a secret or has secrets as items: then it is secret whatever else is said.
    pub(crate) fn is_secret(self) -> bool {
        Items::from(self) == Items::SecretTexts || self.items() == Some(Items::SecretTexts)
    }

    /// The items, of a list, set or map.
    pub(crate) const fn items(self) -> Option<Items> {
        match self {
            Self::List(items) | Self::Set(items) | Self::Map(items) => Some(items),
            _ => None,
        }
    }

    /// Whether a limit means anything for the kind.
    pub(crate) fn takes_limit(self, limit: &str) -> bool {
        match self {
            Self::List(items) | Self::Set(items) => limit == "max_items" || items.take_limit(limit),
            Self::Map(items) => matches!(limit, "max_items" | "max_key_bytes") || items.take_limit(limit),
            kind => Items::from(kind).take_limit(limit),
        }
    }

    /// Whether a literal other than `null` can be a value of the kind.
    pub(crate) fn takes_literal(self, literal: &Literal) -> bool {
        match self {
            Self::Integer { min, max, .. } => matches!(literal, Literal::Integer(number) if (min..=max).contains(number)),
            Self::Float => matches!(literal, Literal::Float(_) | Literal::Integer(_)),
            Self::Bool => matches!(literal, Literal::Bool(_)),
            Self::Decimal => matches!(literal, Literal::Text(_) | Literal::Integer(_)),
            Self::Text | Self::SecretText | Self::Bytes | Self::Uuid | Self::Timestamp | Self::Date | Self::Duration | Self::Form => {
                matches!(literal, Literal::Text(_))
            }
            Self::List(_) | Self::Set(_) | Self::Map(_) => *literal == Literal::Empty,
            Self::Named => true,
        }
    }
}

impl Items {
    /// `None` for a type that is known to be none of an item.
    fn of(ty: &Type) -> Option<Self> {
        let kind = Kind::of(inner_of(ty, "Option").unwrap_or(ty))?;
        kind.items().is_none().then(|| kind.into())
    }

    fn take_limit(self, limit: &str) -> bool {
        match self {
            Self::Integers | Self::Floats | Self::Durations => matches!(limit, "min" | "max"),
            Self::Texts | Self::SecretTexts => matches!(limit, "max_chars" | "max_bytes" | "pattern"),
            Self::Bytes => limit == "max_bytes",
            Self::Decimals => matches!(limit, "digits" | "scale"),
            Self::Plain => false,
            Self::Named => true,
        }
    }
}

impl From<Kind> for Items {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Integer { .. } => Self::Integers,
            Kind::Float => Self::Floats,
            Kind::Text => Self::Texts,
            Kind::SecretText => Self::SecretTexts,
            Kind::Bytes => Self::Bytes,
            Kind::Decimal => Self::Decimals,
            Kind::Duration => Self::Durations,
            Kind::Bool | Kind::Uuid | Kind::Timestamp | Kind::Date | Kind::Form => Self::Plain,
            Kind::List(items) | Kind::Set(items) | Kind::Map(items) => items,
            Kind::Named => Self::Named,
        }
    }
}

/// The type without its `Option`.
pub(crate) fn bare(ty: &Type) -> &Type {
    inner_of(ty, "Option").unwrap_or(ty)
}

/// The type of the items of a list, set or map, which may be in an `Option`; `None` where nothing says that it is one.
pub(crate) fn item_of(ty: &Type) -> Option<&Type> {
    let ty = bare(ty);
    inner_of(ty, "Vec").or_else(|| inner_of(ty, "BTreeSet")).or_else(|| pair_of(ty, "BTreeMap").map(|(_, item)| item))
}

/// The list, set or map with items of another type.
pub(crate) fn with_item(ty: &Type, item: &Type) -> Type {
    let mut changed = ty.clone();
    if let Some(place) = item_place(&mut changed) {
        *place = item.clone();
    }
    changed
}

/// The last of the types in the angle brackets of a list, set or map.
fn item_place(ty: &mut Type) -> Option<&mut Type> {
    match ty {
        Type::Group(group) => item_place(&mut group.elem),
        Type::Paren(paren) => item_place(&mut paren.elem),
        Type::Path(path) => {
            let segment = path.path.segments.last_mut()?;
            let nested = segment.ident == "Option";
            let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { return None };
            let inner = arguments.args.iter_mut().rev().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })?;
            if nested { item_place(inner) } else { Some(inner) }
        }
        _ => None,
    }
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

/// `K` and `V` of `Wrapper<K, V>`.
fn pair_of<'t>(ty: &'t Type, wrapper: &str) -> Option<(&'t Type, &'t Type)> {
    let segment = last_segment(ty).filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.next().zip(types.next())
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}
