//! What `#[field]` and the op `remove` may say about a field.

mod deprecated;

use proc_macro2::Span;
use syn::{Ident, LitStr};

pub(crate) use self::deprecated::Deprecated;
use super::check::literal;
use super::model::Default;
use crate::arg::{Arg, Literal};
use crate::errors::{Errors, unknown};
use crate::rust_type::{Items, Shape};

/// The words that [`Options::read`] knows.
pub(crate) const OPTIONS: [&str; 15] = [
    "read_only",
    "server_set",
    "class",
    "default",
    "sensitive",
    "deprecated",
    "max_chars",
    "max_bytes",
    "pattern",
    "min",
    "max",
    "digits",
    "scale",
    "max_items",
    "max_key_bytes",
];
const CLASSES: [&str; 4] = ["public", "internal", "personal", "secret"];
/// Digits that a decimal number can have.
const DIGITS: std::ops::RangeInclusive<i128> = 0..=38;
const UNSIGNED: std::ops::RangeInclusive<i128> = 0..=u32::MAX as i128;

/// What is declared of a field beside its name and its type.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Options {
    pub(crate) read_only: bool,
    pub(crate) server_set: bool,
    /// The variant of `FieldClass`.
    pub(crate) class: Option<Class>,
    /// What a new object gets where nothing is given.
    pub(crate) default: Option<Default>,
    pub(crate) sensitive: bool,
    pub(crate) deprecated: Option<Deprecated>,
    pub(crate) limits: Vec<Limit>,
}

/// A class, as the variant of `FieldClass` that it is.
#[derive(Clone, Debug)]
pub(crate) struct Class(pub(crate) Ident);

/// A limit, under the name it has in `Limits` too.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) name: Ident,
    pub(crate) value: Literal,
}

impl Options {
    /// Reads one argument; `false` if it is none of [`OPTIONS`].
    pub(crate) fn read(&mut self, arg: &Arg, errors: &mut Errors) -> bool {
        match arg.key().as_str() {
            "read_only" => self.read_only = arg.flag(errors),
            "server_set" => self.server_set = arg.flag(errors),
            "class" => self.class = class(arg, errors),
            "default" => self.default = Default::of(arg, errors),
            "sensitive" => self.sensitive = arg.flag(errors),
            "deprecated" => self.deprecated = deprecated::read(arg, errors),
            "max_chars" | "max_bytes" | "max_items" | "max_key_bytes" => self.limit(arg, UNSIGNED, errors),
            "digits" | "scale" => self.limit(arg, DIGITS, errors),
            "pattern" => {
                if let Some(text) = arg.text(errors) {
                    self.limits.push(Limit { name: arg.name.clone(), value: Literal::Text(text.value()) });
                }
            }
            "min" | "max" => match arg.literal(errors) {
                Some(value @ (Literal::Integer(_) | Literal::Float(_) | Literal::Text(_))) => {
                    self.limits.push(Limit { name: arg.name.clone(), value });
                }
                Some(_) => errors.span(arg.value_span(), format!("`{}` is a number, or a text such as `PT90S` for a duration", arg.key())),
                None => {}
            },
            _ => return false,
        }
        true
    }

    /// Gives a class to a field that declares none: secret if its type is, else that of the object.
    pub(crate) fn settle_class(&mut self, shape: Shape, default: Option<&Class>) {
        if self.class.is_none() && !shape.kind.is_secret() {
            self.class = default.cloned();
        }
    }

    /// Checks that the options fit the type of the field and each other.
    pub(crate) fn check(&self, name: &str, span: Span, shape: Shape, errors: &mut Errors) {
        for limit in self.limits.iter().filter(|limit| !shape.kind.takes_limit(&limit.name.to_string())) {
            errors.at(&limit.name, format!("`{}` does not limit {}", limit.name, shape.kind.as_str()));
        }
        let of = Items::from(shape.kind);
        for limit in self.limits.iter().filter(|limit| !bounds(of, limit)) {
            errors.at(&limit.name, format!("`{}` does not bound {}", limit.name, shape.kind.as_str()));
        }
        let value = |name: &str| self.limits.iter().find(|limit| limit.name == name).and_then(|limit| limit.value.order());
        if let (Some(min), Some(max)) = (value("min"), value("max"))
            && min > max
        {
            for limit in self.limits.iter().filter(|limit| limit.name == "max") {
                errors.at(&limit.name, "`max` is below `min`");
            }
        }
        if self.sensitive && !matches!(of, Items::Texts | Items::SecretTexts | Items::Named) {
            errors.span(span, "only a text can have secrets in it");
        }
        if let Some(default) = &self.default {
            literal("default", default, name, shape, errors);
        }
        if let Some(Class(class)) = self.class.as_ref().filter(|class| shape.kind.is_secret() && class.0 != "Secret") {
            errors.at(class, "a `Secret` is of class `secret`; take `String` if others may see it");
        }
    }

    fn limit(&mut self, arg: &Arg, range: std::ops::RangeInclusive<i128>, errors: &mut Errors) {
        if let Some(value) = arg.integer(range, errors) {
            self.limits.push(Limit { name: arg.name.clone(), value: Literal::Integer(value) });
        }
    }
}

/// Whether `min` and `max` are written as the kind needs: a number, or a text for a duration.
fn bounds(of: Items, limit: &Limit) -> bool {
    if limit.name != "min" && limit.name != "max" {
        return true;
    }
    match (of, &limit.value) {
        (Items::Integers, Literal::Integer(_)) | (Items::Floats, Literal::Integer(_) | Literal::Float(_)) => true,
        (Items::Durations, Literal::Text(text)) => is_duration(text),
        (Items::Named, _) => true,
        // What takes no bounds at all was told already.
        (Items::Integers | Items::Floats | Items::Durations, _) => false,
        _ => true,
    }
}

/// Whether a text has the form of a `Duration`; that it is not too long shows when the object is made.
fn is_duration(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text).strip_prefix("PT").and_then(|rest| rest.strip_suffix('S'));
    number.is_some_and(|number| {
        let (seconds, fraction) = number.split_once('.').unwrap_or((number, "0"));
        [seconds, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) && fraction.len() <= 6
    })
}

/// The class that an argument names.
pub(crate) fn class(arg: &Arg, errors: &mut Errors) -> Option<Class> {
    let text: LitStr = arg.text(errors)?;
    let variant = match text.value().as_str() {
        "public" => "Public",
        "internal" => "Internal",
        "personal" => "Personal",
        "secret" => "Secret",
        other => {
            errors.at(&text, unknown("class", other, CLASSES));
            return None;
        }
    };
    Some(Class(Ident::new(variant, text.span())))
}
