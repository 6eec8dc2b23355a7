//! From the tokens of `#[version(..)]` to releases.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token};

use super::model::{Added, Change, Default, Name, Op, Release, Removed, Version};
use super::options::{Class, OPTIONS, Options};
use crate::arg::{self, Arg, Rest};
use crate::errors::{Errors, plain};
use crate::rust_type::{Shape, UNSUPPORTED, without_self};

const OPS: [&str; 4] = ["add", "remove", "rename", "method"];
/// Digits that one part of a version may have, as `ObjectVersion` reads them.
const PART_DIGITS_MAX: usize = 5;

/// `"1.2", "why", op, ..`
struct Entry {
    version: LitStr,
    why: LitStr,
    ops: Vec<Arg>,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let version = input.parse()?;
        input.parse::<Token![,]>()?;
        let why = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(Self { version, why, ops: arg::list(input)? })
    }
}

/// The releases in the order in which they are written, and whether all of them could be read.
pub(crate) fn releases(attrs: &[Attribute], object: &Ident, default_class: Option<&Class>, errors: &mut Errors) -> (Vec<Release>, bool) {
    let reader = OpReader { object, default_class };
    let (mut releases, mut whole) = (Vec::new(), true);
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("version")) {
        let release = read(attr, &reader, &mut whole, errors);
        whole &= release.is_some();
        releases.extend(release);
    }
    if releases.is_empty() && whole {
        errors.at(object, "an object needs at least one `#[version(\"1.0\", \"first version\")]`");
    }
    (releases, whole)
}

fn read(attr: &Attribute, reader: &OpReader<'_>, whole: &mut bool, errors: &mut Errors) -> Option<Release> {
    let entry = errors.take(attr.parse_args::<Entry>())?;
    if entry.why.value().trim().is_empty() {
        errors.at(&entry.why, "say what changed and why: the changelog is read off it");
    }
    let version = errors.take(version(&entry.version))?;
    let ops: Vec<Op> = entry.ops.iter().filter_map(|op| reader.read(op, errors)).collect();
    *whole &= ops.len() == entry.ops.len();
    Some(Release { version, why: entry.why.value(), ops })
}

fn version(text: &LitStr) -> syn::Result<Version> {
    let malformed = || syn::Error::new(text.span(), "a version is one to three numbers of at most five digits joined by dots");
    let value = text.value();
    let part = |part: &str| {
        let canonical = part.len() == 1 || !part.starts_with('0');
        let digits = part.len() <= PART_DIGITS_MAX && part.bytes().all(|byte| byte.is_ascii_digit());
        if canonical && digits { part.parse::<u64>().ok() } else { None }
    };
    let parts: Vec<u64> = value.split('.').map(part).collect::<Option<_>>().ok_or_else(malformed)?;
    if parts.len() > 3 {
        return Err(malformed());
    }
    Ok(Version { parts, span: text.span() })
}

/// Reads ops; knows what the object says about all of its fields.
struct OpReader<'o> {
    object: &'o Ident,
    default_class: Option<&'o Class>,
}

impl OpReader<'_> {
    fn read(&self, op: &Arg, errors: &mut Errors) -> Option<Op> {
        let key = op.key();
        if !OPS.contains(&key.as_str()) {
            errors.unknown("op", &op.name, OPS);
            return None;
        }
        let form = match key.as_str() {
            "remove" => "remove(field: Type, fallback = ..)",
            "rename" => "rename(old => new)",
            "method" => "method(name)",
            _ => "add(field, old_default = ..)",
        };
        let Rest::List(args) = &op.rest else {
            errors.at(&op.name, format!("write `{form}`"));
            return None;
        };
        let Some((subject, args)) = args.split_first() else {
            errors.at(&op.name, format!("write `{form}`"));
            return None;
        };
        let change = match (key.as_str(), &subject.rest) {
            ("add", Rest::Nothing) => add(subject, args, errors),
            ("remove", Rest::Type(_)) => self.remove(subject, args, errors),
            ("rename", Rest::Becomes(to)) => {
                nothing_more(args, form, errors);
                Some(Change::Rename { from: Name::of(&subject.name), to: Name::of(to) })
            }
            ("method", Rest::Nothing) => {
                nothing_more(args, form, errors);
                Some(Change::Method { name: subject.key() })
            }
            _ => {
                errors.at(&subject.name, format!("write `{form}`"));
                None
            }
        };
        change.map(|change| Op { span: op.name.span(), change })
    }

    fn remove(&self, subject: &Arg, args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let Rest::Type(ty) = &subject.rest else { return None };
        let Some(shape) = Shape::of(ty) else {
            errors.at(ty, UNSUPPORTED);
            return None;
        };
        let (mut options, mut fallback) = (<Options as std::default::Default>::default(), None);
        for arg in args {
            if arg.key() == "fallback" {
                fallback = Default::of(arg, errors);
            } else if !options.read(arg, errors) {
                errors.unknown("argument", &arg.name, OPTIONS.into_iter().chain(["fallback"]));
            }
        }
        options.settle_class(shape, self.default_class);
        let field = Removed { name: Name::of(&subject.name), ty: without_self(ty, self.object), shape, options, fallback };
        Some(Change::Remove(Box::new(field)))
    }
}

fn add(subject: &Arg, args: &[Arg], errors: &mut Errors) -> Option<Change> {
    let mut old_default = None;
    for arg in args {
        match (arg.key().as_str(), &arg.rest) {
            ("old_default", _) => old_default = Default::of(arg, errors),
            (other, Rest::Nothing) => {
                errors.at(&arg.name, format!("`add` takes one field: write `add({}), add({other})`", subject.key()));
            }
            _ => errors.unknown("argument", &arg.name, ["old_default"]),
        }
    }
    Some(Change::Add(Box::new(Added { name: Name::of(&subject.name), ty: None, old_default })))
}

fn nothing_more(args: &[Arg], form: &str, errors: &mut Errors) {
    for arg in args {
        errors.at(&arg.name, format!("write `{form}` and nothing more"));
    }
}

impl Name {
    fn of(ident: &Ident) -> Self {
        Self { text: plain(ident), span: ident.span() }
    }
}

impl Default {
    pub(crate) fn of(arg: &Arg, errors: &mut Errors) -> Option<Self> {
        arg.literal(errors).map(|literal| Self { literal, span: arg.value_span() })
    }
}
