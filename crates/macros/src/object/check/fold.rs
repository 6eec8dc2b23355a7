//! Folding a history back: from the newest shape, each op undone, to the shape of the first version.

use std::collections::BTreeMap;

use syn::Type;

use super::literal;
use crate::errors::{Errors, unknown};
use crate::object::model::{Added, Change, Field, Name, Op, Release, Removed, Version};
use crate::rust_type::Shape;

/// Notes what does not fold, and the type of each field that was added. After a mistake the fold goes on as
/// if the op were not there.
pub(super) fn history(fields: &[Field], releases: &mut [Release], errors: &mut Errors) {
    let mut found = Errors::default();
    let fields = fields.iter().map(|field| (field.name.text.clone(), (field.shape, field.ty.clone()))).collect();
    let mut fold = Fold { fields, errors: &mut found };
    for (index, release) in releases.iter_mut().enumerate().rev() {
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

struct Fold<'e> {
    /// The fields of the shape that the fold has come to.
    fields: BTreeMap<String, (Shape, Type)>,
    errors: &'e mut Errors,
}

impl Fold<'_> {
    fn undo(&mut self, op: &mut Op, version: &Version) {
        match &mut op.change {
            Change::Add(field) => field.ty = self.undo_add(field, version),
            Change::Remove(field) => self.undo_remove(field, version),
            Change::Rename { from, to } => self.undo_rename(from, to, version),
            Change::Method { .. } => {}
        }
    }

    fn undo_add(&mut self, field: &Added, version: &Version) -> Option<Type> {
        let name = &field.name;
        let (shape, ty) = self.take(name, version)?;
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
        self.give_back(name, (field.shape, field.ty.clone()), "removed", version);
    }

    fn undo_rename(&mut self, from: &Name, to: &Name, version: &Version) {
        if let Some(field) = self.take(to, version) {
            self.give_back(from, field, "renamed", version);
        }
    }

    /// Takes a field out that a version must have.
    fn take(&mut self, field: &Name, version: &Version) -> Option<(Shape, Type)> {
        let taken = self.fields.remove(&field.text);
        if taken.is_none() {
            let known = self.fields.keys().map(String::as_str);
            self.errors.span(field.span, unknown(&format!("field of version {version}"), &field.text, known));
        }
        taken
    }

    /// Puts a field back that a version no longer has.
    fn give_back(&mut self, name: &Name, field: (Shape, Type), gone: &str, version: &Version) {
        super::name(name, self.errors);
        if self.fields.insert(name.text.clone(), field).is_some() {
            let message = format!("`{}` was {gone} in version {version}, but that version has a field of this name", name.text);
            self.errors.span(name.span, message);
        }
    }
}
