//! Reading the ops on values that have a table, a unit or items.

use syn::{Expr, Ident, LitStr};

use super::ops::{FUNCTIONS, FunctionArgs, OpReader, write};
use crate::arg::{self, Arg, Literal, Rest};
use crate::errors::{Errors, unknown};
use crate::object::model::{Change, Default, Each, EntryOp, Former, Keyed, Listed, Mapped, Name, Scaled, Within};
use crate::object::options::{OPTIONS, Options};

const ROUNDINGS: [(&str, &str); 3] = [("floor", "Floor"), ("ceiling", "Ceiling"), ("nearest", "Nearest")];
const PICKS: [(&str, &str); 2] = [("first", "First"), ("last", "Last")];
const OTHERS: [(&str, &str); 2] = [("go", "Go"), ("stay", "Stay")];

/// A field with its table. `options` are the words that may be said of it as it was.
pub(super) fn map_values(mut field: Former, args: &[Arg], options: &[&str], form: &str, errors: &mut Errors) -> Option<Mapped> {
    let (mut table, mut fallback, mut fill) = (None, None, None);
    for arg in args {
        match (arg.key().as_str(), &arg.rest) {
            ("table", Rest::Pairs(pairs)) => table = Some(pairs.iter().map(|pair| row(pair, errors)).collect::<Vec<_>>()),
            ("fallback", _) => fallback = Default::of(arg, errors),
            ("fill", _) => fill = Default::of(arg, errors),
            _ => said(&mut field.options, arg, options, &["table", "fallback", "fill"], errors),
        }
    }
    let Some(table) = table.filter(|table| !table.is_empty()) else {
        errors.span(field.name.span, format!("write `{form}`, with at least one pair in the table"));
        return None;
    };
    let table = table.into_iter().collect::<Option<_>>()?;
    Some(Mapped { field, newer: None, table, fallback, fill })
}

/// One pair of a table.
fn row((before, after): &(Expr, Expr), errors: &mut Errors) -> Option<(Default, Default)> {
    let mut side = |value: &Expr| match arg::literal(value) {
        Some(Literal::Null) => {
            errors.at(value, "null stays null; say with `require` or `relax` what becomes of it");
            None
        }
        Some(literal) => Some(Default { literal, span: syn::spanned::Spanned::span(value) }),
        None => {
            errors.at(value, "a table is of texts, numbers, `true` and `false`");
            None
        }
    };
    side(before).zip(side(after))
}

/// A number with what it is multiplied by.
pub(super) fn scale(mut field: Former, args: &[Arg], options: &[&str], form: &str, errors: &mut Errors) -> Option<Scaled> {
    let (mut by, mut given, mut rounding, mut fallback, mut fill) = (None, false, None, None, None);
    for arg in args {
        match arg.key().as_str() {
            "by" => (by, given) = (ratio(arg, errors), true),
            "rounding" => rounding = word(arg, &ROUNDINGS, errors),
            "fallback" => fallback = Default::of(arg, errors),
            "fill" => fill = Default::of(arg, errors),
            _ => said(&mut field.options, arg, options, &["by", "rounding", "fallback", "fill"], errors),
        }
    }
    if !given {
        errors.span(field.name.span, format!("write `{form}`, with what an older value is multiplied by"));
    }
    Some(Scaled { field, newer: None, by: by?, rounding, fallback, fill })
}

/// `1024`, or `"1/1024"`.
fn ratio(arg: &Arg, errors: &mut Errors) -> Option<[u64; 2]> {
    let whole = |text: &str| text.parse::<u64>().ok().filter(|number| *number > 0);
    let ratio = match arg.literal(errors)? {
        Literal::Integer(number) => u64::try_from(number).ok().filter(|number| *number > 0).map(|number| [number, 1]),
        Literal::Text(text) => {
            let (numerator, denominator) = text.split_once('/').unwrap_or((&text, "1"));
            whole(numerator).zip(whole(denominator)).map(|(numerator, denominator)| [numerator, denominator])
        }
        _ => None,
    };
    if ratio.is_none() {
        errors.span(arg.value_span(), "`by` is a whole number or a ratio of two, none of them zero: `1024` or `\"1/1024\"`");
    }
    ratio
}

pub(super) fn listify(mut field: Former, args: &[Arg], errors: &mut Errors) -> Change {
    let (mut pick, mut others, mut fallback) = (None, None, None);
    for arg in args {
        match arg.key().as_str() {
            "pick" => pick = word(arg, &PICKS, errors),
            "others" => others = word(arg, &OTHERS, errors),
            "fallback" => fallback = Default::of(arg, errors),
            _ => said(&mut field.options, arg, &OPTIONS, &["pick", "others", "fallback"], errors),
        }
    }
    Change::Listify(Box::new(Listed { field, pick, others, fallback }))
}

pub(super) fn keyed(mut field: Former, up: bool, args: &[Arg], form: &str, errors: &mut Errors) -> Option<Change> {
    let mut key = None;
    for arg in args {
        match arg.key().as_str() {
            "key" => key = Some(key_of(arg, errors)?),
            _ => said(&mut field.options, arg, &OPTIONS, &["key"], errors),
        }
    }
    if key.is_none() {
        errors.span(field.name.span, format!("write `{form}`, with the field that names each object"));
    }
    Some(Change::Key(Box::new(Keyed { field, key: key?, up })))
}

fn key_of(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let path = arg.path(errors)?;
    let name = path.get_ident().map(|name| Name::of(name).text);
    if name.is_none() {
        errors.at(&path, "`key` is the name of one field of the objects");
    }
    name
}

impl OpReader<'_> {
    /// An op on the items of the field that it names.
    pub(super) fn each(&self, each: &Arg, args: &[Arg], form: &str, errors: &mut Errors) -> Option<Change> {
        let [inner] = args else {
            let place = args.get(1).unwrap_or(each);
            errors.at(&place.name, format!("write `{form}`: `each` takes one op"));
            return None;
        };
        let op = self.read(inner, errors)?;
        let Some(name) = op.change.of_values().cloned() else {
            const KNOWN: &str =
                "`widen`, `constrain`, `retype`, `require`, `relax`, `enum_add`, `enum_remove`, `enum_rename`, `map_values` or `scale`";
            errors.at(&inner.name, format!("`each` takes an op that changes single values: {KNOWN}"));
            return None;
        };
        Some(Change::Each(Box::new(Each { name, op })))
    }
}

/// An op on one entry of a map.
pub(super) fn within(name: Name, args: &[Arg], form: &str, errors: &mut Errors) -> Option<Change> {
    let [inner] = args else {
        errors.span(name.span, format!("write `{form}`: `within` takes one op"));
        return None;
    };
    let key = inner.key();
    let (entry, op) = match (key.as_str(), &inner.rest) {
        ("rename", Rest::Pairs(pairs)) => renamed(inner, pairs, errors)?,
        ("retype", Rest::Entry(entry, args)) => {
            let (entry, mut functions) = (name_of(entry), <FunctionArgs as std::default::Default>::default());
            for arg in args {
                if !functions.read(arg, errors) {
                    errors.unknown("argument", &arg.name, FUNCTIONS);
                }
            }
            let functions = functions.both("a value that is written otherwise", entry.span, errors)?;
            (entry, EntryOp::Retype(functions))
        }
        ("map_values", Rest::Entry(entry, args)) => {
            let entry = name_of(entry);
            let form = "map_values(\"entry\", table(\"old\" => \"new\", ..), fallback = .., fill = ..)";
            let op = map_values(former(&entry), args, &[], form, errors)?;
            (entry, EntryOp::Map(op))
        }
        ("scale", Rest::Entry(entry, args)) => {
            let entry = name_of(entry);
            let op = scale(former(&entry), args, &[], "scale(\"entry\", by = 1024, rounding = .., fallback = .., fill = ..)", errors)?;
            (entry, EntryOp::Scale(op))
        }
        ("rename", _) => return write(&inner.name, "rename(\"old\" => \"new\")", errors),
        ("retype", _) => return write(&inner.name, "retype(\"entry\", up = .., down = ..)", errors),
        ("map_values", _) => return write(&inner.name, "map_values(\"entry\", table(\"old\" => \"new\", ..))", errors),
        ("scale", _) => return write(&inner.name, "scale(\"entry\", by = 1024)", errors),
        _ => {
            errors.unknown("op on an entry of a map", &inner.name, ["rename", "retype", "map_values", "scale"]);
            return None;
        }
    };
    Some(Change::Within(Box::new(Within { name, entry, op, item: None })))
}

/// The one pair of names.
fn renamed(inner: &Arg, pairs: &[(Expr, Expr)], errors: &mut Errors) -> Option<(Name, EntryOp)> {
    let [(from, to)] = pairs else { return write(&inner.name, "rename(\"old\" => \"new\")", errors) };
    let (Some(Literal::Text(old)), Some(Literal::Text(new))) = (arg::literal(from), arg::literal(to)) else {
        return write(&inner.name, "rename(\"old\" => \"new\")", errors);
    };
    if old == new {
        errors.at(to, "an entry has another name when it is renamed");
    }
    Some((Name { text: old, span: syn::spanned::Spanned::span(from) }, EntryOp::Rename(new)))
}

fn name_of(entry: &LitStr) -> Name {
    Name { text: entry.value(), span: entry.span() }
}

fn former(name: &Name) -> Former {
    Former { name: name.clone(), ty: None, options: <Options as std::default::Default>::default() }
}

/// Reads what is said of the older field, or notes that there is no such argument beside the `known` ones.
fn said(options: &mut Options, arg: &Arg, words: &[&str], known: &[&str], errors: &mut Errors) {
    if !words.contains(&arg.key().as_str()) || !options.read(arg, errors) {
        errors.unknown("argument", &arg.name, words.iter().chain(known).copied());
    }
}

/// The variant that a word names.
fn word(arg: &Arg, known: &[(&str, &str)], errors: &mut Errors) -> Option<Ident> {
    let text = arg.text(errors)?;
    let value = text.value();
    let Some((_, variant)) = known.iter().find(|(word, _)| *word == value) else {
        errors.at(&text, unknown(&arg.key(), &value, known.iter().map(|(word, _)| *word)));
        return None;
    };
    Some(Ident::new(variant, text.span()))
}
