//! Reading the ops that make fields of others.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::{Ident, Type};

use super::ops::{FUNCTIONS, FunctionArgs, OpReader, shape_of};
use super::version;
use crate::arg::{Arg, Group, Rest};
use crate::errors::Errors;
use crate::object::model::{Change, Functions, Name, Part, Regrouped, Regrouping, Version};
use crate::object::options::{OPTIONS, Options};
use crate::rust_type::without_self;

/// Fields that one function takes or gives, as `FieldTypes` has tuples.
const FIELDS_MAX: usize = 8;

impl OpReader<'_> {
    pub(super) fn nest(&self, op: &Arg, group: &Group, args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let (older, into) = (self.parts(group, errors), one(op, &group.into, errors)?);
        let at = at(op.name.span(), args, None, errors);
        made(Regrouping::Nest(at?), older?, vec![into], op.name.span(), errors)
    }

    pub(super) fn flatten(&self, name: Name, ty: &Type, into: &[Ident], args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let span = name.span;
        let mut older = self.part(name, ty, errors)?;
        let at = at(span, args, Some(&mut older.options), errors)?;
        made(Regrouping::Flatten(at), vec![older], names(into), span, errors)
    }

    pub(super) fn split(&self, name: Name, ty: &Type, into: &[Ident], args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let span = name.span;
        let mut older = self.part(name, ty, errors)?;
        let mut functions = <FunctionArgs as Default>::default();
        for arg in args {
            if !functions.read(arg, errors) && !older.options.read(arg, errors) {
                errors.unknown("argument", &arg.name, OPTIONS.into_iter().chain(FUNCTIONS));
            }
        }
        let functions = functions.both(OTHERS, span, errors)?;
        made(Regrouping::Split(functions), vec![older], names(into), span, errors)
    }

    pub(super) fn merge(&self, op: &Arg, group: &Group, args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let (older, into) = (self.parts(group, errors), one(op, &group.into, errors)?);
        let (functions, _) = functions(op.name.span(), args, false, errors);
        made(Regrouping::Merge(functions?), older?, vec![into], op.name.span(), errors)
    }

    pub(super) fn custom(&self, name: Name, group: &Group, args: &[Arg], errors: &mut Errors) -> Option<Change> {
        let older = self.parts(group, errors);
        let (functions, loss) = functions(name.span, args, true, errors);
        let how = Regrouping::Custom { name: name.text, functions: functions?, loss };
        made(how, older?, names(&group.into), name.span, errors)
    }

    /// The fields as they were, each followed by what is said of it.
    fn parts(&self, group: &Group, errors: &mut Errors) -> Option<Vec<Part>> {
        let (mut parts, mut whole): (Vec<Part>, _) = (Vec::new(), true);
        for arg in &group.fields {
            match (&arg.rest, parts.last_mut()) {
                (Rest::Type(ty), _) => match self.part(Name::of(&arg.name), ty, errors) {
                    Some(part) => parts.push(part),
                    None => whole = false,
                },
                (_, Some(part)) if OPTIONS.contains(&arg.key().as_str()) => whole &= part.options.read(arg, errors),
                _ => {
                    errors.at(&arg.name, format!("write `{}: Type`, the type that the field had, and then what is said of it", arg.key()));
                    whole = false;
                }
            }
        }
        if group.fields.is_empty() {
            errors.span(group.span, "name the fields as they were: `(field: Type, ..)`");
        }
        whole.then_some(parts)
    }

    fn part(&self, name: Name, ty: &Type, errors: &mut Errors) -> Option<Part> {
        let shape = shape_of(ty, errors)?;
        Some(Part { name, ty: without_self(ty, self.object), shape, options: Options::default() })
    }
}

const OTHERS: &str = "fields that become others";

/// The op, once both sides have fields, each once.
fn made(how: Regrouping, older: Vec<Part>, into: Vec<Name>, span: Span, errors: &mut Errors) -> Option<Change> {
    let mut right = !older.is_empty() && !into.is_empty();
    if into.is_empty() {
        errors.span(span, "name the fields that are there since: `=> (field, ..)`");
    }
    for names in [older.iter().map(|part| &part.name).collect::<Vec<_>>(), into.iter().collect()] {
        let mut seen = BTreeSet::new();
        for name in names.iter().filter(|name| !seen.insert(name.text.as_str())) {
            errors.span(name.span, format!("`{}` is named twice", name.text));
            right = false;
        }
        let by_name = matches!(how, Regrouping::Nest(_) | Regrouping::Flatten(_));
        if let Some(name) = names.get(FIELDS_MAX).filter(|_| !by_name) {
            errors.span(name.span, format!("a function takes or gives at most {FIELDS_MAX} fields"));
            right = false;
        }
    }
    right.then(|| Change::Regroup(Box::new(Regrouped { how, older, into, newer: Vec::new() })))
}

/// The version of the object that has just the fields, which `at` says; beside it what is said of the older field, if that is
/// where it stands.
fn at(span: Span, args: &[Arg], mut options: Option<&mut Options>, errors: &mut Errors) -> Option<Version> {
    let (mut at, mut given) = (None, false);
    for arg in args {
        if arg.key() == "at" {
            given = true;
            at = arg.text(errors).and_then(|text| errors.take(version(&text)));
        } else if !options.as_mut().is_some_and(|options| options.read(arg, errors)) {
            let known = if options.is_some() { &OPTIONS[..] } else { &[] };
            errors.unknown("argument", &arg.name, known.iter().copied().chain(["at"]));
        }
    }
    if !given {
        errors.span(span, "write `at = \"1.0\"`, the version of the object that has just these fields");
    }
    at
}

/// The functions of an op, and what it says may be lost, where it may.
fn functions(span: Span, args: &[Arg], loses: bool, errors: &mut Errors) -> (Option<Functions>, Option<String>) {
    let (mut functions, mut loss) = (<FunctionArgs as Default>::default(), None);
    for arg in args {
        if loses && arg.key() == "loss" {
            loss = arg.text(errors).map(|text| text.value());
        } else if !functions.read(arg, errors) {
            errors.unknown("argument", &arg.name, FUNCTIONS.into_iter().chain(loses.then_some("loss")));
        }
    }
    (functions.both(OTHERS, span, errors), loss)
}

/// The one field that others became.
fn one(op: &Arg, into: &[Ident], errors: &mut Errors) -> Option<Name> {
    match into {
        [name] => Some(Name::of(name)),
        [] => {
            errors.at(&op.name, "name the field that is there since: `=> field`");
            None
        }
        [_, second, ..] => {
            errors.at(second, format!("`{}` makes one field of several", op.key()));
            None
        }
    }
}

fn names(idents: &[Ident]) -> Vec<Name> {
    idents.iter().map(Name::of).collect()
}
