//! `recension changelog`

use std::fmt::Write;

use recension_versioning::LockedObject;
use serde_json::{Value as Json, json};

use super::diff::op_sentence;
use crate::answer::Answer;
use crate::args::{ChangelogArgs, Format};
use crate::error::Error;
use crate::source::Locked;

/// Tells what each version changed, and why; the newest first.
pub(crate) fn run(args: &ChangelogArgs, format: Format) -> Result<Answer, Error> {
    let locked = Locked::read(&args.lock)?;
    let objects: Vec<&LockedObject> = match &args.object {
        Some(name) => vec![locked.file.object(name).ok_or_else(|| Error::NoObject(name.clone()))?],
        None => locked.file.objects().iter().collect(),
    };
    Ok(match format {
        Format::Human => Answer::clean(objects.iter().map(|object| markdown(object)).collect::<Vec<_>>().join("\n")),
        Format::Json => Answer::json(&json!({ "objects": objects.iter().map(|object| program(object)).collect::<Vec<_>>() })),
    })
}

fn markdown(object: &LockedObject) -> String {
    let head = &object.declaration.head;
    let mut text = format!("# {}.{}\n", head.namespace, head.name);
    for release in object.declaration.releases.iter().rev() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## {}\n\n{}\n", release.version, release.why);
        for (place, op) in release.ops.iter().enumerate() {
            let _ = writeln!(text, "{}- `{}`", if place == 0 { "\n" } else { "" }, op_sentence(op));
        }
    }
    text
}

fn program(object: &LockedObject) -> Json {
    let head = &object.declaration.head;
    let releases = object.declaration.releases.iter().rev().map(|release| {
        let ops: Vec<String> = release.ops.iter().map(op_sentence).collect();
        json!({ "version": release.version.to_string(), "why": release.why, "ops": ops })
    });
    json!({ "namespace": &*head.namespace, "object": head.name.as_str(), "releases": releases.collect::<Vec<_>>() })
}
