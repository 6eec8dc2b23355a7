//! Folding a history back: from the newest shape, each op undone, to the shape of the first version.

mod groups;
mod items;
mod values;

use std::collections::BTreeMap;

use syn::{Type, parse_quote};

use super::literal;
use crate::errors::{Errors, unknown};
use crate::object::model::{
    Added, Change, Constrained, Field, Filled, Name, Op, Pinned, Release, Removed, Retyped, Values, Version, Widened,
};
use crate::object::options::Options;
use crate::rust_type::{Kind, Shape, bare};

/// Notes what does not fold, and completes the ops with what is known of the fields they name. After a
/// mistake the fold goes on as if the op were not there.
pub(super) fn history(fields: &[Field], releases: &mut [Release], errors: &mut Errors) {
    let mut found = Errors::default();
    let fields = fields.iter().map(|field| (field.name.text.clone(), Known::new(field.shape, &field.ty, &field.options))).collect();
    let mut fold = Fold { fields, errors: &mut found };
    for (index, release) in releases.iter_mut().enumerate().rev() {
        fold.fields.values_mut().for_each(|field| (field.removed, field.changed) = (false, Changed::Not));
        for op in release.ops.iter_mut().rev() {
            if index == 0 {
                fold.errors.span(op.span, "the first version has no ops: there is nothing before it");
            } else {
                fold.undo(op, &release.version);
            }
        }
    }
    errors.append_reversed(found);
}

/// A field of the shape that the fold has come to.
struct Known {
    shape: Shape,
    ty: Type,
    options: Options,
    /// The version of the objects in it, as the ops that were undone say.
    pin: Option<Version>,
    /// Whether the release that is being undone removed it, and whether it changed what it holds.
    removed: bool,
    changed: Changed,
}

/// What a release did to what a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Changed {
    Not,
    /// The objects in it are of another version.
    Pinned,
    Values,
    /// It is a map of the list that it was, or the other way round: nothing else was done to it.
    Keyed,
    /// It became others.
    Regrouped,
}

impl Known {
    fn new(shape: Shape, ty: &Type, options: &Options) -> Self {
        Self { shape, ty: ty.clone(), options: options.clone(), pin: None, removed: false, changed: Changed::Not }
    }
}

struct Fold<'e> {
    fields: BTreeMap<String, Known>,
    errors: &'e mut Errors,
}

impl Fold<'_> {
    fn undo(&mut self, op: &mut Op, version: &Version) {
        match &mut op.change {
            Change::Add(field) => field.ty = self.undo_add(field, version),
            Change::Remove(field) => self.undo_remove(field, version),
            Change::Rename { from, to } => self.undo_rename(from, to, version),
            Change::Retype(field) => self.undo_retype(field, version),
            Change::Require(field) => field.ty = self.undo_require(field, version),
            Change::Relax(field) => field.ty = self.undo_relax(field, version),
            Change::Widen(field) => self.undo_widen(field, version),
            Change::Constrain(field) => field.ty = self.undo_constrain(field, version),
            Change::Values(values) => self.undo_values(values, version),
            Change::Map(field) => self.undo_map(field, version),
            Change::Scale(field) => self.undo_scale(field, version),
            Change::Listify(field) => self.undo_listify(field, version),
            Change::Key(field) => self.undo_key(field, version),
            Change::Each(each) => self.undo_each(each, version),
            Change::Within(within) => self.undo_within(within, version),
            Change::Regroup(group) => self.undo_group(group, version),
            Change::Child(field) => self.undo_child(field, version),
            Change::RenameObject { .. } | Change::Behaviour { .. } | Change::Method(_) => {}
        }
    }

    fn undo_add(&mut self, field: &Added, version: &Version) -> Option<Type> {
        let name = &field.name;
        let Known { shape, ty, changed, .. } = self.take(name, version)?;
        if changed > Changed::Not {
            self.twice(name, version);
            return None;
        }
        match &field.old_default {
            Some(given) => literal("old_default", given, &name.text, shape, self.errors),
            None if shape.nullable => {}
            None => self.errors.span(name.span, "a required field that was added needs `old_default` for objects made before it"),
        }
        Some(ty)
    }

    fn undo_remove(&mut self, field: &Removed, version: &Version) {
        let name = &field.name;
        match &field.fallback {
            Some(given) => literal("fallback", given, &name.text, field.shape, self.errors),
            None if field.shape.nullable => {}
            None => self.errors.span(name.span, "a required field that was removed needs a `fallback` for readers of older versions"),
        }
        field.options.check(&name.text, name.span, field.shape, self.errors);
        let known = Known { removed: true, ..Known::new(field.shape, &field.ty, &field.options) };
        self.give_back(name, known, "removed", version);
    }

    fn undo_rename(&mut self, from: &Name, to: &Name, version: &Version) {
        if let Some(field) = self.take(to, version) {
            self.give_back(from, field, "renamed", version);
        }
    }

    fn undo_retype(&mut self, field: &mut Retyped, version: &Version) {
        let Some(known) = self.changed(&field.name, version) else { return };
        let (older, newer) = (field.shape, Shape::of(&field.newer).unwrap_or(known.shape));
        // What an alias stands for is for the compiler to say.
        let differs = newer.kind != known.shape.kind && ![newer.kind, known.shape.kind].contains(&Kind::Named);
        let fault = if differs || newer.nullable != known.shape.nullable {
            Some((&field.newer, format!("`{}` has another type in version {version}", field.name.text)))
        } else if older.nullable != newer.nullable {
            let message = "a field keeps its `Option` when it gets another type; say with `require` or `relax` what becomes of null";
            Some((&field.older, message.to_owned()))
        } else {
            None
        };
        inherit(&mut field.options, &known.options, older);
        (known.shape, known.ty, known.options) = (older, field.older.clone(), field.options.clone());
        field.options.check(&field.name.text, field.name.span, older, self.errors);
        if let Some((ty, message)) = fault {
            self.errors.at(ty, message);
        }
    }

    fn undo_widen(&mut self, field: &mut Widened, version: &Version) {
        let Some(known) = self.changed(&field.name, version) else { return };
        let (older, newer) = (field.shape, known.shape);
        inherit(&mut field.options, &known.options, older);
        (known.shape, known.ty, known.options) = (older, field.older.clone(), field.options.clone());
        let name = &field.name;
        field.options.check(&name.text, name.span, older, self.errors);
        if older.nullable != newer.nullable {
            let message = "a field keeps its `Option` when it gets a wider type; say with `require` or `relax` what becomes of null";
            self.errors.at(&field.older, message);
        }
        if let Some(given) = &field.fallback {
            literal("fallback", given, &name.text, older, self.errors);
        }
    }

    fn undo_constrain(&mut self, field: &mut Constrained, version: &Version) -> Option<Type> {
        let name = &field.name;
        let known = self.changed(name, version)?;
        let (shape, ty) = (known.shape, known.ty.clone());
        inherit(&mut field.options, &known.options, shape);
        let Options { default, sensitive, .. } = &known.options;
        field.options.default = field.options.default.take().or_else(|| default.clone());
        field.options.sensitive |= sensitive;
        known.options = field.options.clone();
        field.options.check(&name.text, name.span, shape, self.errors);
        for (word, given) in [("fallback", &field.fallback), ("fill", &field.fill)] {
            if let Some(given) = given {
                literal(word, given, &name.text, shape, self.errors);
            }
        }
        Some(ty)
    }

    fn undo_values(&mut self, values: &Values, version: &Version) {
        let name = &values.name;
        let Some(kind) = self.changed(name, version).map(|known| known.shape.kind) else { return };
        if kind != Kind::Named {
            self.errors.span(name.span, format!("`{}` is no enum but {}", name.text, kind.as_str()));
        }
    }

    fn undo_require(&mut self, field: &Filled, version: &Version) -> Option<Type> {
        let name = &field.name;
        let known = self.changed(name, version)?;
        let (shape, ty) = (known.shape, known.ty.clone());
        known.shape.nullable = true;
        known.ty = parse_quote!(::core::option::Option<#ty>);
        if shape.nullable {
            self.errors.span(name.span, format!("`{}` may still be null in version {version}", name.text));
            return None;
        }
        literal("fill", &field.value, &name.text, shape, self.errors);
        Some(ty)
    }

    fn undo_relax(&mut self, field: &Filled, version: &Version) -> Option<Type> {
        let name = &field.name;
        let known = self.changed(name, version)?;
        let (nullable, shape) = (known.shape.nullable, Shape { nullable: false, ..known.shape });
        (known.shape, known.ty) = (shape, bare(&known.ty).clone());
        let ty = known.ty.clone();
        if !nullable {
            self.errors.span(name.span, format!("`{}` may not be null in version {version}", name.text));
            return None;
        }
        literal("fallback", &field.value, &name.text, shape, self.errors);
        Some(ty)
    }

    fn undo_child(&mut self, field: &Pinned, version: &Version) {
        let Pinned { name, from, to } = field;
        let Some(known) = self.kept(name, version) else { return };
        known.changed = known.changed.max(Changed::Pinned);
        let later = known.pin.replace(from.clone());
        let kind = known.shape.kind;
        if holds_no_object(kind) {
            self.errors.span(name.span, format!("`{}` holds no object but {}", name.text, kind.as_str()));
        } else if to.order() <= from.order() {
            self.errors.span(to.span, format!("versions go up: `{to}` does not come after `{from}`"));
        } else if let Some(later) = later.filter(|later| later.order() != to.order()) {
            let message = format!("the next `child({}: ..)` begins with `{later}`, so this one must end with it", name.text);
            self.errors.span(to.span, message);
        }
    }

    /// A field that both versions have and whose values an op changes.
    fn changed(&mut self, name: &Name, version: &Version) -> Option<&mut Known> {
        if self.kept(name, version)?.changed == Changed::Keyed {
            self.not_alone(name, version);
        }
        let field = self.fields.get_mut(&name.text)?;
        field.changed = field.changed.max(Changed::Values);
        Some(field)
    }

    fn not_alone(&mut self, name: &Name, version: &Version) {
        let message = format!(
            "version {version} does something else to `{}` when its objects get or lose keys: make it a version of its own",
            name.text
        );
        self.errors.span(name.span, message);
    }

    /// A field that both versions have.
    fn kept(&mut self, name: &Name, version: &Version) -> Option<&mut Known> {
        if self.fields.get(&name.text).is_some_and(|field| field.removed) {
            self.twice(name, version);
            return None;
        }
        if !self.fields.contains_key(&name.text) {
            self.missing(name, version);
        }
        self.fields.get_mut(&name.text)
    }

    fn twice(&mut self, name: &Name, version: &Version) {
        let message =
            format!("version {version} both changes `{}` and adds or removes it: say only what it was before or is since", name.text);
        self.errors.span(name.span, message);
    }

    /// Takes a field out that a version must have.
    fn take(&mut self, field: &Name, version: &Version) -> Option<Known> {
        let taken = self.fields.remove(&field.text);
        if taken.is_none() {
            self.missing(field, version);
        }
        taken
    }

    fn missing(&mut self, field: &Name, version: &Version) {
        let known = self.fields.keys().map(String::as_str);
        self.errors.span(field.span, unknown(&format!("field of version {version}"), &field.text, known));
    }

    /// Puts a field back that a version no longer has.
    fn give_back(&mut self, name: &Name, field: Known, gone: &str, version: &Version) {
        super::name(name, self.errors);
        if self.fields.insert(name.text.clone(), field).is_some() {
            let message = format!("`{}` was {gone} in version {version}, but that version has a field of this name", name.text);
            self.errors.span(name.span, message);
        }
    }
}

/// Gives an older field what is not said of it: it was as it is since. Limits are a matter of its type.
fn inherit(older: &mut Options, newer: &Options, shape: Shape) {
    older.read_only |= newer.read_only;
    older.server_set |= newer.server_set;
    older.settle_class(shape, newer.class.as_ref());
}

/// Whether a field of this kind is known to hold no object. Of a name, only the traits can tell.
const fn holds_no_object(kind: Kind) -> bool {
    matches!(kind, Kind::Integer { .. } | Kind::Bool | Kind::Text | Kind::SecretText | Kind::Uuid | Kind::Timestamp)
}
