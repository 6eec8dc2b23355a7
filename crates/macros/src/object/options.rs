//! What `#[field]` and the op `remove` may say about a field.

use syn::{Ident, LitStr};

use crate::arg::Arg;
use crate::errors::{Errors, unknown};
use crate::rust_type::{Kind, Shape};

/// The words that [`Options::read`] knows.
pub(crate) const OPTIONS: [&str; 8] = ["read_only", "server_set", "class", "max_chars", "max_bytes", "min", "max", "max_items"];
const CLASSES: [&str; 4] = ["public", "internal", "personal", "secret"];
const UNSIGNED: std::ops::RangeInclusive<i128> = 0..=u32::MAX as i128;

/// What is declared of a field beside its name and its type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) read_only: bool,
    pub(crate) server_set: bool,
    /// The variant of `FieldClass`.
    pub(crate) class: Option<Class>,
    pub(crate) limits: Vec<Limit>,
}

/// A class, as the variant of `FieldClass` that it is.
#[derive(Clone, Debug)]
pub(crate) struct Class(pub(crate) Ident);

/// A limit, under the name it has in `Limits` too.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) name: Ident,
    pub(crate) value: i128,
}

impl Options {
    /// Reads one argument; `false` if it is none of [`OPTIONS`].
    pub(crate) fn read(&mut self, arg: &Arg, errors: &mut Errors) -> bool {
        match arg.key().as_str() {
            "read_only" => self.read_only = arg.flag(errors),
            "server_set" => self.server_set = arg.flag(errors),
            "class" => self.class = class(arg, errors),
            "max_chars" | "max_bytes" | "max_items" => self.limit(arg, UNSIGNED, errors),
            "min" | "max" => self.limit(arg, i128::MIN..=i128::MAX, errors),
            _ => return false,
        }
        true
    }

    /// Gives a class to a field that declares none: secret if its type is, else that of the object.
    pub(crate) fn settle_class(&mut self, shape: Shape, default: Option<&Class>) {
        if self.class.is_none() && shape.kind != Kind::SecretText {
            self.class = default.cloned();
        }
    }

    /// Checks that the options fit the type of the field and each other.
    pub(crate) fn check(&self, shape: Shape, errors: &mut Errors) {
        for limit in self.limits.iter().filter(|limit| !shape.kind.takes_limit(&limit.name.to_string())) {
            errors.at(&limit.name, format!("`{}` does not limit {}", limit.name, shape.kind.as_str()));
        }
        let value = |name: &str| self.limits.iter().find(|limit| limit.name == name);
        if let (Some(min), Some(max)) = (value("min"), value("max"))
            && min.value > max.value
        {
            errors.at(&max.name, "`max` is below `min`");
        }
        if let Some(Class(class)) = self.class.as_ref().filter(|class| shape.kind == Kind::SecretText && class.0 != "Secret") {
            errors.at(class, "a `Secret` is of class `secret`; take `String` if others may see it");
        }
    }

    fn limit(&mut self, arg: &Arg, range: std::ops::RangeInclusive<i128>, errors: &mut Errors) {
        if let Some(value) = arg.integer(range, errors) {
            self.limits.push(Limit { name: arg.name.clone(), value });
        }
    }
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
