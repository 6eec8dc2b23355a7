//! Undoing ops that made fields of others.

use super::{Changed, Fold, Known};
use crate::object::model::{Name, Part, Regrouped, Regrouping, Version};
use crate::object::options::{Class, Options};
use crate::rust_type::{Kind, Shape};

impl Fold<'_> {
    pub(super) fn undo_group(&mut self, group: &mut Regrouped, version: &Version) {
        let newer: Vec<Known> = group.into.iter().filter_map(|name| self.take_made(name, version)).collect();
        let whole = newer.len() == group.into.len();
        if whole {
            self.nests(group, &newer);
            group.newer = newer.iter().map(|known| known.ty.clone()).collect();
        }
        for part in &mut group.older {
            if whole {
                inherit(part, &newer);
            }
            let Part { name, ty, shape, options } = part;
            options.check(&name.text, name.span, *shape, self.errors);
            let known = Known { removed: true, changed: Changed::Regrouped, ..Known::new(*shape, ty, options) };
            self.give_back(name, known, group.how.as_str(), version);
        }
    }

    /// Takes a field out that others became; nothing else may have happened to it.
    fn take_made(&mut self, name: &Name, version: &Version) -> Option<Known> {
        let known = self.take(name, version)?;
        if known.removed || known.changed > Changed::Not {
            self.twice(name, version);
            return None;
        }
        Some(known)
    }

    /// Checks the field that holds the object, and that its null can be told by its fields.
    fn nests(&mut self, group: &Regrouped, newer: &[Known]) {
        let older: Vec<(&Name, Shape)> = group.older.iter().map(|part| (&part.name, part.shape)).collect();
        let newer: Vec<(&Name, Shape)> = group.into.iter().zip(newer).map(|(name, known)| (name, known.shape)).collect();
        let (objects, fields) = match group.how {
            Regrouping::Nest(_) => (newer, older),
            Regrouping::Flatten(_) => (older, newer),
            _ => return,
        };
        for (object, shape) in objects {
            if shape.kind != Kind::Named {
                self.errors.span(object.span, format!("`{}` holds no object but {}", object.text, shape.kind.as_str()));
            }
            for (field, _) in fields.iter().filter(|(_, field)| shape.nullable && !field.nullable) {
                let message = format!("`{}` must be an `Option`, since `{}` may be null", field.text, object.text);
                self.errors.span(field.span, message);
            }
        }
    }
}

/// Gives a field what is not said of it, by what it became: it is shown to nobody whom one of those is not shown to.
fn inherit(part: &mut Part, newer: &[Known]) {
    let all = |is: fn(&Options) -> bool| newer.iter().all(|known| is(&known.options));
    part.options.read_only |= all(|options| options.read_only);
    part.options.server_set |= all(|options| options.server_set);
    let strictest = newer.iter().map(|known| known.options.class.as_ref()).max_by_key(|class| strictness(*class));
    part.options.settle_class(part.shape, strictest.flatten());
}

/// What has no class is secret.
fn strictness(class: Option<&Class>) -> usize {
    let known = ["Public", "Internal", "Personal"];
    known.iter().position(|name| class.is_some_and(|Class(class)| class == name)).unwrap_or(known.len())
}
