//! Undoing ops on values that have a table or a unit, and those that made lists and maps.

use syn::Type;

use super::{Changed, Fold, inherit};
use crate::arg::Literal;
use crate::object::check::literal;
use crate::object::model::{Default, Former, Keyed, Listed, Mapped, Scaled, Version};
use crate::rust_type::{Items, Kind, Shape};

/// A field before an op and after it.
struct Both {
    older: Shape,
    newer: Shape,
    /// The type after it.
    ty: Type,
}

impl Fold<'_> {
    pub(super) fn undo_map(&mut self, mapped: &mut Mapped, version: &Version) {
        let Some(both) = self.former(&mut mapped.field, version) else { return };
        self.keeps_null(&mapped.field, &both);
        let name = &mapped.field.name;
        for shape in [both.older, both.newer] {
            if shape.kind.items().is_some() {
                let message = format!("`{}` is {}; say with `each` what its items became", name.text, shape.kind.as_str());
                self.errors.span(name.span, message);
                return;
            }
        }
        let mut seen: Vec<&Literal> = Vec::new();
        for (before, after) in &mapped.table {
            literal("table", before, &name.text, both.older, self.errors);
            literal("table", after, &name.text, both.newer, self.errors);
            if seen.contains(&&before.literal) {
                self.errors.span(before.span, "the table has this older value already");
            }
            seen.push(&before.literal);
        }
        self.stand_ins(&mapped.field, &both, mapped.fallback.as_ref(), mapped.fill.as_ref());
        mapped.newer = Some(both.ty);
    }

    pub(super) fn undo_scale(&mut self, scaled: &mut Scaled, version: &Version) {
        let Some(both) = self.former(&mut scaled.field, version) else { return };
        self.keeps_null(&scaled.field, &both);
        let name = &scaled.field.name;
        let [older, newer] = [both.older, both.newer].map(|shape| unit(shape.kind));
        match (older, newer) {
            (Some(older), Some(newer)) if older != newer => {
                self.errors.span(name.span, format!("`{}` is {newer} and was {older}: it stays what it is in another unit", name.text));
            }
            (None, _) | (_, None) => {
                let kind = if older.is_none() { both.older.kind } else { both.newer.kind };
                self.errors.span(name.span, format!("`{}` is no number but {}", name.text, kind.as_str()));
            }
            _ => {}
        }
        self.stand_ins(&scaled.field, &both, scaled.fallback.as_ref(), scaled.fill.as_ref());
        scaled.newer = Some(both.ty);
    }

    pub(super) fn undo_listify(&mut self, listed: &mut Listed, version: &Version) {
        let name = &listed.field.name;
        let changed = self.fields.get(&name.text).is_some_and(|field| !field.removed && field.changed >= Changed::Values);
        if changed && listed.others.as_ref().is_some_and(|others| others == "Stay") {
            let message = format!("`{}` is changed further in version {version}, though its other items stay: ", name.text);
            self.errors.span(name.span, message + "make it a version of its own");
            return;
        }
        let Some(both) = self.former(&mut listed.field, version) else { return };
        let name = &listed.field.name;
        let item = Items::from(both.older.kind);
        match both.newer.kind {
            _ if both.older.kind.items().is_some() => {
                self.errors.span(name.span, format!("`{}` was {}, which is no item of a list", name.text, both.older.kind.as_str()));
            }
            Kind::List(items) if items == item || [items, item].contains(&Items::Named) => {}
            Kind::List(_) => {
                self.errors.span(name.span, format!("`{}` is no list of what it was, {}", name.text, both.older.kind.as_str()))
            }
            Kind::Named => {}
            kind => self.errors.span(name.span, format!("`{}` is no list but {}", name.text, kind.as_str())),
        }
        if let Some(given) = &listed.fallback {
            literal("fallback", given, &name.text, both.older, self.errors);
        }
    }

    pub(super) fn undo_key(&mut self, keyed: &mut Keyed, version: &Version) {
        let name = &keyed.field.name;
        let field = self.fields.get(&name.text).filter(|field| !field.removed);
        if field.is_some_and(|field| field.changed >= Changed::Values) {
            let name = name.clone();
            self.not_alone(&name, version);
            return;
        }
        let Some(both) = self.former(&mut keyed.field, version) else { return };
        if let Some(known) = self.fields.get_mut(&keyed.field.name.text) {
            known.changed = Changed::Keyed;
        }
        self.keeps_null(&keyed.field, &both);
        let (list, map) = if keyed.up { (both.older, both.newer) } else { (both.newer, both.older) };
        let [was, is] = if keyed.up { ["list", "map"] } else { ["map", "list"] };
        let may_be = |kind: Kind, items: Option<Items>| kind == Kind::Named || items == Some(Items::Named);
        let lists = may_be(list.kind, if let Kind::List(items) = list.kind { Some(items) } else { None });
        let maps = may_be(map.kind, if let Kind::Map(items) = map.kind { Some(items) } else { None });
        let (older, newer) = if keyed.up { (lists, maps) } else { (maps, lists) };
        let name = &keyed.field.name;
        for (right, word, verb) in [(older, was, "was"), (newer, is, "is")] {
            if !right {
                self.errors.span(name.span, format!("`{}` {verb} no {word} of objects", name.text));
            }
        }
    }

    /// Takes a field back to what it was; `None` where there is no such field.
    fn former(&mut self, field: &mut Former, version: &Version) -> Option<Both> {
        let known = self.changed(&field.name, version)?;
        let (newer, ty) = (known.shape, known.ty.clone());
        let stayed = field.ty.is_none();
        let older_ty = field.ty.get_or_insert_with(|| ty.clone());
        let older = if stayed { newer } else { Shape::of(older_ty).unwrap_or(newer) };
        inherit(&mut field.options, &known.options, older);
        field.options.sensitive |= stayed && known.options.sensitive;
        (known.shape, known.ty, known.options) = (older, older_ty.clone(), field.options.clone());
        field.options.check(&field.name.text, field.name.span, older, self.errors);
        Some(Both { older, newer, ty })
    }

    fn keeps_null(&mut self, field: &Former, both: &Both) {
        if both.older.nullable != both.newer.nullable
            && let Some(ty) = &field.ty
        {
            self.errors.at(ty, "a field keeps its `Option` when its values are others; say with `require` or `relax` what becomes of null");
        }
    }

    fn stand_ins(&mut self, field: &Former, both: &Both, fallback: Option<&Default>, fill: Option<&Default>) {
        for (word, given, shape) in [("fallback", fallback, both.older), ("fill", fill, both.newer)] {
            if let Some(given) = given {
                literal(word, given, &field.name.text, shape, self.errors);
            }
        }
    }
}

/// What a number is, in words; `None` for what is none. Of a name, only the traits can tell.
fn unit(kind: Kind) -> Option<&'static str> {
    matches!(kind, Kind::Integer { .. } | Kind::Float | Kind::Decimal).then(|| kind.as_str())
}
