//! `method(name)` and what can be said of it.

use super::nothing_more;
use crate::arg::{Arg, Rest};
use crate::errors::Errors;
use crate::object::model::{Default, Method, MethodChange, Name};

const FORM: &str = "method(name, added)`, `removed`, `arg_added(arg, default = ..)` or `arg_removed(arg)";

/// What happened to the method.
pub(super) fn read(name: Name, args: &[Arg], errors: &mut Errors) -> Option<Method> {
    let Some((change, rest)) = args.split_first() else { return Some(Method { name: name.text, change: MethodChange::Changed }) };
    nothing_more(rest, FORM, errors);
    let change = match (change.key().as_str(), &change.rest) {
        ("added", Rest::Nothing) => MethodChange::Added,
        ("removed", Rest::Nothing) => MethodChange::Removed,
        ("arg_added", Rest::List(args)) => arg_added(change, args, errors)?,
        ("arg_removed", Rest::List(args)) => match &args[..] {
            [arg] if arg.flag(errors) => MethodChange::ArgRemoved { arg: arg.key() },
            _ => return malformed(change, errors),
        },
        _ => return malformed(change, errors),
    };
    Some(Method { name: name.text, change })
}

fn arg_added(change: &Arg, args: &[Arg], errors: &mut Errors) -> Option<MethodChange> {
    let Some((arg, rest)) = args.split_first().filter(|(arg, _)| matches!(arg.rest, Rest::Nothing)) else {
        return malformed(change, errors);
    };
    let mut default = None;
    for given in rest {
        if given.key() == "default" {
            default = Some(Default::of(given, errors)?);
        } else {
            errors.unknown("argument", &given.name, ["default"]);
        }
    }
    Some(MethodChange::ArgAdded { arg: arg.key(), default: default.map(|default| default.literal) })
}

fn malformed<T>(change: &Arg, errors: &mut Errors) -> Option<T> {
    errors.at(&change.name, format!("write `{FORM}`"));
    None
}
