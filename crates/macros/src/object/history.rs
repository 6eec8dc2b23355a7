//! From the tokens of `#[version(..)]` to releases.

mod groups;
mod method;
mod ops;
mod values;

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token};

use self::ops::{OpReader, nothing_more};
use super::model::{Op, Release, Version};
use super::options::Class;
use crate::arg::{self, Arg};
use crate::errors::Errors;

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

pub(crate) fn version(text: &LitStr) -> syn::Result<Version> {
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
