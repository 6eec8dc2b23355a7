//! Undoing ops on the items of fields.

use std::collections::BTreeMap;

use syn::Type;

use super::{Fold, Known};
use crate::object::model::{Change, Each, EntryOp, Name, Version, Within};
use crate::object::options::{Limit, Options};
use crate::rust_type::{Kind, Shape, item_of, with_item};

impl Fold<'_> {
    pub(super) fn undo_each(&mut self, each: &mut Each, version: &Version) {
        let Each { name, op } = each;
        let Some(known) = self.changed(name, version) else { return };
        let (kind, ty, options) = (known.shape.kind, known.ty.clone(), known.options.clone());
        let Some(item) = item_of(&ty) else { return self.no_items(name, kind) };
        // What the field may hold of them is no matter of the items.
        let said: Vec<Limit> = op.change.options_mut().map(|options| of_field(&mut options.limits)).unwrap_or_default();
        let Some(older) = self.item(name, item, &options, version, |fold| fold.undo(op, version)) else { return };
        let limits = if let Some(of_op) = op.change.options_mut() {
            let inherited = of_field(&mut options.limits.clone());
            let inherited = inherited.into_iter().filter(|limit| said.iter().all(|said| said.name != limit.name));
            of_op.limits.extend(inherited.collect::<Vec<_>>().into_iter().chain(said.iter().cloned()));
            of_op.limits.clone()
        } else {
            options.limits.clone()
        };
        let ty = with_item(&ty, &older.ty);
        let stayed = matches!(op.change, Change::Constrain(_) | Change::Values(_));
        let default = options.default.clone().filter(|_| stayed);
        if let Some(known) = self.fields.get_mut(&name.text) {
            known.shape = Shape::of(&ty).unwrap_or(known.shape);
            known.options = Options { limits, class: older.options.class, default, ..options };
            known.ty = ty;
            for limit in said.iter().filter(|limit| !known.shape.kind.takes_limit(&limit.name.to_string())) {
                self.errors.at(&limit.name, format!("`{}` does not limit {}", limit.name, kind.as_str()));
            }
        }
    }

    pub(super) fn undo_within(&mut self, within: &mut Within, version: &Version) {
        let Within { name, entry, op, .. } = within;
        let Some(known) = self.changed(name, version) else { return };
        let (kind, ty, options) = (known.shape.kind, known.ty.clone(), known.options.clone());
        let (Kind::Map(_) | Kind::Named) = kind else {
            self.errors.span(name.span, format!("`{}` is no map but {}", name.text, kind.as_str()));
            return;
        };
        let Some(item) = item_of(&ty) else { return self.no_items(name, kind) };
        let item = item.clone();
        let of_all = Options { default: None, ..options.clone() };
        match op {
            EntryOp::Rename(_) | EntryOp::Retype(_) => {}
            EntryOp::Map(mapped) => {
                self.item(entry, &item, &options, version, |fold| fold.undo_map(mapped, version));
                mapped.field.options = of_all.clone();
            }
            EntryOp::Scale(scaled) => {
                self.item(entry, &item, &options, version, |fold| fold.undo_scale(scaled, version));
                scaled.field.options = of_all.clone();
            }
        }
        // An entry is as the others are.
        within.item = Some((item, of_all));
    }

    /// Undoes an op on a field that is as the items are.
    fn item(&mut self, name: &Name, ty: &Type, options: &Options, version: &Version, undo: impl FnOnce(&mut Fold<'_>)) -> Option<Known> {
        let mut options = Options { default: None, ..options.clone() };
        let _ = of_field(&mut options.limits);
        let Some(shape) = Shape::of(ty) else {
            self.missing(name, version);
            return None;
        };
        let fields = BTreeMap::from([(name.text.clone(), Known::new(shape, ty, &options))]);
        let mut inner = Fold { fields, errors: &mut *self.errors };
        undo(&mut inner);
        inner.fields.remove(&name.text)
    }

    fn no_items(&mut self, name: &Name, kind: Kind) {
        let message = match kind {
            Kind::Named => format!("write out that `{}` is a `Vec`, `BTreeSet` or `BTreeMap`, and of what", name.text),
            kind => format!("`{}` has no items: it is {}", name.text, kind.as_str()),
        };
        self.errors.span(name.span, message);
    }
}

/// Takes the limits out that are those of a list, set or map itself.
fn of_field(limits: &mut Vec<Limit>) -> Vec<Limit> {
    let (of_field, of_items) = limits.drain(..).partition(|limit| limit.name == "max_items" || limit.name == "max_key_bytes");
    *limits = of_items;
    of_field
}
