//! The items of a list that nobody changed.

use recension_model::{Item, Op, Others, Pick, Record, Release, Value};
use recension_versioning::{Lineage, Manifest, Registry};

use super::{Fault, LawBroken, Trial};

/// Where one item stands for a list whose others stay (`listify`), whoever changes it changes no other: `edited` is what somebody made
/// of `newest` at an older version. Without any item that takes the place there is no list whose others could stay. Objects have a
/// history of their own.
pub(super) fn others_stay(
    trial: &Trial<'_>,
    registry: &Registry,
    lineage: &Lineage,
    (newest, edited): (&Record, &Record),
    to: &Manifest,
) -> Result<(), LawBroken> {
    for release in lineage.releases().iter().filter(|release| release.version > edited.spec().version) {
        for (name, pick) in lists(release) {
            let at = |record: &Record| registry.convert(record.clone(), &release.version, to);
            let (Ok(before), Ok(after)) = (at(newest), at(edited)) else { continue };
            let (Some(before), Some(after)) = (items(&before, name), items(&after, name)) else { continue };
            if !after.is_empty() && others(before, pick) != others(after, pick) {
                return Err(trial.broken(Fault::Value { field: name.to_owned() }));
            }
        }
    }
    Ok(())
}

/// The lists of a release whose other items stay, by the names that they have in it, and the item that is shown.
fn lists(release: &Release) -> impl Iterator<Item = (&str, Pick)> {
    release.ops.iter().enumerate().filter_map(|(place, op)| match op {
        Op::Listify { field, pick, others: Others::Stay, .. } if field.kind.children().is_empty() => {
            let later = release.ops.iter().skip(place + 1);
            let name = later.fold(&field.name, |name, op| match op {
                Op::Rename { from, to } if from == name => to,
                _ => name,
            });
            Some((&**name, *pick))
        }
        _ => None,
    })
}

fn items<'r>(record: &'r Record, name: &str) -> Option<&'r [Item]> {
    match record.slot(name).ok()?.value()? {
        Value::List(items) => Some(items),
        _ => None,
    }
}

fn others(items: &[Item], pick: Pick) -> &[Item] {
    let split = match pick {
        Pick::First => items.split_first(),
        Pick::Last => items.split_last(),
    };
    split.map_or(&[], |(_, others)| others)
}
