//! `recension diff`

use recension_model::Op;
use recension_versioning::{LockFile, LockedObject};
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::args::{DiffArgs, Format};
use crate::error::Error;
use crate::source;

/// What happened to an object.
struct Change<'c> {
    object: &'c LockedObject,
    what: What<'c>,
}

enum What<'c> {
    Added,
    Removed,
    /// A version that is new.
    Version {
        version: String,
        why: &'c str,
        ops: &'c [Op],
    },
    /// A version whose ops or shape are others.
    Rewritten {
        version: String,
    },
}

/// Tells what one lock file has that another has not.
pub(crate) fn run(args: &DiffArgs, format: Format) -> Result<Answer, Error> {
    let (now, base) = source::both(&args.base, &args.lock)?;
    let changes = changes(base.locked().map(|base| &base.file), &now.file);
    Ok(match format {
        Format::Human if changes.is_empty() => Answer::clean("nothing changed\n").warning(base.warning()),
        Format::Human => Answer::clean(changes.iter().map(human).collect::<String>()).warning(base.warning()),
        Format::Json => {
            let changes = changes.iter().map(program).collect::<Vec<_>>();
            Answer::json(&json!({ "changes": changes, "warnings": Vec::from_iter(base.warning()) }))
        }
    })
}

fn changes<'c>(base: Option<&'c LockFile>, now: &'c LockFile) -> Vec<Change<'c>> {
    let mut changes = Vec::new();
    for object in now.objects() {
        let Some(older) = base.and_then(|base| base.before(object)) else {
            changes.push(Change { object, what: What::Added });
            continue;
        };
        for (place, release) in object.declaration.releases.iter().enumerate() {
            let version = release.version.to_string();
            let what = match older.declaration.releases.iter().position(|known| known.version == release.version) {
                None => What::Version { version, why: &release.why, ops: &release.ops },
                Some(known) => {
                    let ops = older.declaration.releases.get(known).map(|known| &known.ops);
                    let print = |object: &LockedObject, place: usize| object.fingerprints.get(place).cloned();
                    if ops == Some(&release.ops) && print(older, known) == print(object, place) {
                        continue;
                    }
                    What::Rewritten { version }
                }
            };
            changes.push(Change { object, what });
        }
    }
    let gone = base.into_iter().flat_map(|base| base.gone_in(now));
    changes.extend(gone.map(|object| Change { object, what: What::Removed }));
    changes
}

fn human(change: &Change<'_>) -> String {
    let name = &change.object.declaration.head.name;
    match &change.what {
        What::Added => format!("+ {name} {}\n", change.object.declaration.head.version),
        What::Removed => format!("- {name}\n"),
        What::Rewritten { version } => format!("! {name} {version}: was released otherwise\n"),
        What::Version { version, why, ops } => {
            let ops: String = ops.iter().map(|op| format!("    {}\n", op_sentence(op))).collect();
            format!("~ {name} {version}: {why}\n{ops}")
        }
    }
}

fn program(change: &Change<'_>) -> Json {
    let name = change.object.declaration.head.name.as_str();
    match &change.what {
        What::Added => json!({ "change": "object_added", "object": name, "version": change.object.declaration.head.version.to_string() }),
        What::Removed => json!({ "change": "object_removed", "object": name }),
        What::Rewritten { version } => json!({ "change": "version_rewritten", "object": name, "version": version }),
        What::Version { version, why, ops } => {
            let ops: Vec<String> = ops.iter().map(op_sentence).collect();
            json!({ "change": "version_added", "object": name, "version": version, "why": why, "ops": ops })
        }
    }
}

/// An op as it is declared, without values.
pub(super) fn op_sentence(op: &Op) -> String {
    recension_versioning::explain::sentence(op)
}
