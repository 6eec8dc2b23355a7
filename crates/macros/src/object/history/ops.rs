//! The ops of one `#[version(..)]`.

use proc_macro2::Span;
use syn::{Ident, LitStr, Path, Type};

use super::{method, values, version};
use crate::arg::{Arg, Rest};
use crate::errors::{Errors, plain};
use crate::object::model::{
    Added, Change, Constrained, Default, Filled, Former, Functions, Name, Op, Pinned, Removed, Retyped, ValueChange, Values, Widened,
};
use crate::object::options::{Class, OPTIONS, Options};
use crate::rust_type::{Shape, UNSUPPORTED, without_self};

/// Each op and how it is written.
const OPS: [(&str, &str); 27] = [
    ("add", "add(field, old_default = ..)"),
    ("remove", "remove(field: Type, fallback = ..)"),
    ("rename", "rename(old => new)"),
    ("retype", "retype(field: Old -> New, up = .., down = ..)"),
    ("require", "require(field, fill = ..)"),
    ("relax", "relax(field, fallback = ..)"),
    ("widen", "widen(field: Old, fallback = ..)"),
    ("constrain", "constrain(field, max_chars = .., fallback = .., fill = ..)"),
    ("enum_add", "enum_add(field: \"value\" => \"shown as\")"),
    ("enum_remove", "enum_remove(field: \"value\" => \"becomes\")"),
    ("enum_rename", "enum_rename(field: \"old\" => \"new\")"),
    ("map_values", "map_values(field: Old, table(1 => \"low\", ..), fallback = .., fill = ..)"),
    ("scale", "scale(field: Old, by = 1024, rounding = \"floor\", fallback = .., fill = ..)"),
    ("listify", "listify(field: Old, pick = \"first\", others = \"stay\", fallback = ..)"),
    ("key_by", "key_by(field: Vec<Object>, key = field_of_the_object)"),
    ("unkey", "unkey(field: BTreeMap<String, Object>, key = field_of_the_object)"),
    ("each", "each(op(field, ..))"),
    ("within", "within(field, op(\"entry\", ..))"),
    ("nest", "nest((field: Type, ..) => object, at = \"1.0\")"),
    ("flatten", "flatten(object: Type => (field, ..), at = \"1.0\")"),
    ("split", "split(field: Type => (field, ..), up = .., down = ..)"),
    ("merge", "merge((field: Type, ..) => field, up = .., down = ..)"),
    ("custom", "custom(name: (field: Type, ..) => (field, ..), up = .., down = .., loss = ..)"),
    ("rename_object", "rename_object(Old, namespace = \"..\")"),
    ("child", "child(field: \"1.0\" => \"1.1\")"),
    ("behaviour", "behaviour(name)"),
    ("method", "method(name, added)"),
];

/// Reads ops; knows what the object says about all of its fields.
pub(super) struct OpReader<'o> {
    pub(super) object: &'o Ident,
    pub(super) default_class: Option<&'o Class>,
}

/// The words of the functions of an op.
pub(super) const FUNCTIONS: [&str; 2] = ["up", "down"];

impl OpReader<'_> {
    pub(super) fn read(&self, op: &Arg, errors: &mut Errors) -> Option<Op> {
        let key = op.key();
        let Some((_, form)) = OPS.into_iter().find(|(name, _)| *name == key) else {
            errors.unknown("op", &op.name, OPS.map(|(name, _)| name));
            return None;
        };
        let change = match (key.as_str(), &op.rest) {
            ("each", Rest::List(args)) => self.each(op, args, form, errors),
            ("nest", Rest::Group(group, args)) => self.nest(op, group, args, errors),
            ("merge", Rest::Group(group, args)) => self.merge(op, group, args, errors),
            (_, Rest::List(args)) => match args.split_first() {
                Some((subject, args)) => self.change(&key, subject, args, form, errors),
                None => write(&op.name, form, errors),
            },
            _ => write(&op.name, form, errors),
        };
        change.map(|change| Op { span: op.name.span(), change })
    }

    /// An op that begins with a name.
    fn change(&self, op: &str, subject: &Arg, args: &[Arg], form: &str, errors: &mut Errors) -> Option<Change> {
        let name = Name::of(&subject.name);
        match (op, &subject.rest) {
            ("add", Rest::Nothing) => add(subject, args, errors),
            ("remove", Rest::Type(ty)) => self.remove(name, ty, args, errors),
            ("rename", Rest::Becomes(to)) => {
                nothing_more(args, form, errors);
                Some(Change::Rename { from: name, to: Name::of(to) })
            }
            ("retype", Rest::Retyped(older, newer)) => self.retype(name, [older, newer], args, errors),
            ("require", Rest::Nothing) => filled(name, "fill", args, form, errors).map(Change::Require),
            ("relax", Rest::Nothing) => filled(name, "fallback", args, form, errors).map(Change::Relax),
            ("widen", Rest::Type(ty)) => self.widen(name, ty, args, errors),
            ("constrain", Rest::Nothing) => Some(constrain(name, args, errors)),
            ("enum_add", Rest::Texts(value, other)) => values(name, ValueChange::Added, [value, other], args, form, errors),
            ("enum_remove", Rest::Texts(value, other)) => values(name, ValueChange::Removed, [value, other], args, form, errors),
            ("enum_rename", Rest::Texts(value, other)) => values(name, ValueChange::Renamed, [value, other], args, form, errors),
            ("child", Rest::Texts(from, to)) => {
                nothing_more(args, form, errors);
                child(name, [from, to], errors)
            }
            ("rename_object", Rest::Nothing) => rename_object(name, args, form, errors),
            ("behaviour", Rest::Nothing) => {
                nothing_more(args, form, errors);
                Some(Change::Behaviour { name })
            }
            ("method", Rest::Nothing) => method::read(name, args, errors).map(Change::Method),
            ("map_values", Rest::Nothing | Rest::Type(_)) => {
                let field = self.former(name, &subject.rest, errors)?;
                values::map_values(field, args, &OPTIONS, form, errors).map(|field| Change::Map(Box::new(field)))
            }
            ("scale", Rest::Nothing | Rest::Type(_)) => {
                let field = self.former(name, &subject.rest, errors)?;
                values::scale(field, args, &OPTIONS, form, errors).map(|field| Change::Scale(Box::new(field)))
            }
            ("listify", Rest::Type(_)) => Some(values::listify(self.former(name, &subject.rest, errors)?, args, errors)),
            ("key_by" | "unkey", Rest::Type(_)) => {
                values::keyed(self.former(name, &subject.rest, errors)?, op == "key_by", args, form, errors)
            }
            ("within", Rest::Nothing) => values::within(name, args, form, errors),
            ("flatten", Rest::Parted(ty, into)) => self.flatten(name, ty, into, args, errors),
            ("split", Rest::Parted(ty, into)) => self.split(name, ty, into, args, errors),
            ("custom", Rest::Grouped(group)) => self.custom(name, group, args, errors),
            _ => write(&subject.name, form, errors),
        }
    }

    fn remove(&self, name: Name, ty: &Type, args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let shape = shape_of(ty, errors)?;
        let (mut options, fallback) = older(args, errors);
        options.settle_class(shape, self.default_class);
        Some(Change::Remove(Box::new(Removed { name, ty: without_self(ty, self.object), shape, options, fallback })))
    }

    fn widen(&self, name: Name, ty: &Type, args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let shape = shape_of(ty, errors)?;
        let (options, fallback) = older(args, errors);
        Some(Change::Widen(Box::new(Widened { name, older: without_self(ty, self.object), shape, options, fallback })))
    }

    /// A field as it was, of the type that is said, if one is.
    fn former(&self, name: Name, rest: &Rest, errors: &mut Errors) -> Option<Former> {
        let ty = match rest {
            Rest::Type(ty) => {
                shape_of(ty, errors)?;
                Some(without_self(ty, self.object))
            }
            _ => None,
        };
        Some(Former { name, ty, options: <Options as std::default::Default>::default() })
    }

    fn retype(&self, name: Name, [older, newer]: [&Type; 2], args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let (shape, _) = (shape_of(older, errors)?, shape_of(newer, errors)?);
        let mut options = <Options as std::default::Default>::default();
        let mut functions = <FunctionArgs as std::default::Default>::default();
        for arg in args {
            if !functions.read(arg, errors) && !options.read(arg, errors) {
                errors.unknown("argument", &arg.name, OPTIONS.into_iter().chain(FUNCTIONS));
            }
        }
        let Functions { up, down } = functions.both("a field that has another type", name.span, errors)?;
        let (older, newer) = (without_self(older, self.object), without_self(newer, self.object));
        Some(Change::Retype(Box::new(Retyped { name, older, shape, options, newer, up, down })))
    }
}

/// The functions of an op, as they are read.
#[derive(std::default::Default)]
pub(super) struct FunctionArgs {
    said: [bool; 2],
    paths: [Option<Path>; 2],
}

impl FunctionArgs {
    /// Reads one argument; `false` if it is none of [`FUNCTIONS`].
    pub(super) fn read(&mut self, arg: &Arg, errors: &mut Errors) -> bool {
        let key = arg.key();
        let Some(way) = FUNCTIONS.iter().position(|word| *word == key) else { return false };
        if let (Some(said), Some(path)) = (self.said.get_mut(way), self.paths.get_mut(way)) {
            (*said, *path) = (true, arg.path(errors));
        }
        true
    }

    /// Both of them, where both were given.
    pub(super) fn both(self, who: &str, span: Span, errors: &mut Errors) -> Option<Functions> {
        let verb = if who.starts_with("a ") { "needs" } else { "need" };
        for (word, _) in FUNCTIONS.iter().zip(self.said).filter(|(_, said)| !said) {
            errors.span(span, format!("{who} {verb} a function for the way {word}: write `{word} = ..`"));
        }
        let [up, down] = self.paths;
        Some(Functions { up: up?, down: down? })
    }
}

/// What is said of a field as it was, and what an older reader is shown in place of a value that it has not.
fn older(args: &[Arg], errors: &mut Errors) -> (Options, Option<Default>) {
    let (mut options, mut fallback) = (<Options as std::default::Default>::default(), None);
    for arg in args {
        if arg.key() == "fallback" {
            fallback = Default::of(arg, errors);
        } else if !options.read(arg, errors) {
            errors.unknown("argument", &arg.name, OPTIONS.into_iter().chain(["fallback"]));
        }
    }
    (options, fallback)
}

/// Says how an op is written.
pub(super) fn write<T>(place: &Ident, form: &str, errors: &mut Errors) -> Option<T> {
    errors.at(place, format!("write `{form}`"));
    None
}

pub(super) fn shape_of(ty: &Type, errors: &mut Errors) -> Option<Shape> {
    let shape = Shape::of(ty);
    if shape.is_none() {
        errors.at(ty, UNSUPPORTED);
    }
    shape
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

/// The field of an op about null, with the value of `word` that stands for it.
fn filled(name: Name, word: &str, args: &[Arg], form: &str, errors: &mut Errors) -> Option<Box<Filled>> {
    let mut value = None;
    for arg in args {
        if arg.key() == word {
            value = Some(Default::of(arg, errors)?);
        } else {
            errors.unknown("argument", &arg.name, [word]);
        }
    }
    if value.is_none() {
        errors.span(name.span, format!("write `{form}`, with a value that stands for null"));
    }
    Some(Box::new(Filled { name, ty: None, value: value? }))
}

/// What the object was called.
fn rename_object(from: Name, args: &[Arg], form: &str, errors: &mut Errors) -> Option<Change> {
    let mut namespace = None;
    for arg in args {
        match (arg.key().as_str(), &arg.rest) {
            ("namespace", Rest::Value(_)) => namespace = Some(arg.text(errors)?.value()),
            _ => {
                errors.at(&arg.name, format!("write `{form}`"));
                return None;
            }
        }
    }
    Some(Change::RenameObject { from, namespace })
}

/// A field with the limits that it had, and what stands for values past them or past those since.
fn constrain(name: Name, args: &[Arg], errors: &mut Errors) -> Change {
    let (mut options, mut fallback, mut fill) = (<Options as std::default::Default>::default(), None, None);
    for arg in args {
        match arg.key().as_str() {
            "fallback" => fallback = Default::of(arg, errors),
            "fill" => fill = Default::of(arg, errors),
            _ if options.read(arg, errors) => {}
            _ => errors.unknown("argument", &arg.name, OPTIONS.into_iter().chain(["fallback", "fill"])),
        }
    }
    Change::Constrain(Box::new(Constrained { name, ty: None, options, fallback, fill }))
}

/// What happened to a value of an enum. Which values it has only its type knows: the first test that makes the object tells.
fn values(name: Name, change: ValueChange, texts: [&LitStr; 2], args: &[Arg], form: &str, errors: &mut Errors) -> Option<Change> {
    nothing_more(args, form, errors);
    let [value, other] = texts.map(LitStr::value);
    if value == other {
        errors.at(texts[1], "a value cannot stand for itself");
        return None;
    }
    Some(Change::Values(Box::new(Values { name, change, value, other })))
}

fn child(name: Name, versions: [&LitStr; 2], errors: &mut Errors) -> Option<Change> {
    let [from, to] = versions.map(|text| errors.take(version(text)));
    Some(Change::Child(Box::new(Pinned { name, from: from?, to: to? })))
}

pub(super) fn nothing_more(args: &[Arg], form: &str, errors: &mut Errors) {
    for arg in args {
        errors.at(&arg.name, format!("write `{form}` and nothing more"));
    }
}

impl Name {
    pub(super) fn of(ident: &Ident) -> Self {
        Self { text: plain(ident), span: ident.span() }
    }
}

impl Default {
    pub(crate) fn of(arg: &Arg, errors: &mut Errors) -> Option<Self> {
        arg.literal(errors).map(|literal| Self { literal, span: arg.value_span() })
    }
}
