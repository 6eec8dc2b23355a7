//! `recension lock`

use std::fs;
use std::io::ErrorKind;

use recension_versioning::{LockFile, Registry};
use serde_json::json;

use crate::answer::Answer;
use crate::args::{Format, LockArgs};
use crate::error::Error;
use crate::source::Locked;

/// Writes the lock file of the objects, with what was approved; with `--check`, finds out whether that would change it.
pub(crate) fn run(registry: Option<&Registry>, args: &LockArgs, format: Format) -> Result<Answer, Error> {
    let registry = registry.ok_or_else(|| Error::NeedsOwn { what: "write the lock file".to_owned() })?;
    let fresh = LockFile::of(registry).map_err(|source| Error::Unlockable { source })?;
    let present = match Locked::read(&args.lock) {
        Ok(present) => Some(present),
        Err(Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let fresh = match &present {
        Some(present) => fresh.allowing_as(&present.file),
        None => fresh,
    };
    let text = fresh.to_string();
    let state = if present.is_some_and(|present| present.text == text) {
        State::Current
    } else if args.check {
        State::Stale
    } else {
        fs::write(&args.lock, text).map_err(|source| Error::File { path: args.lock.clone(), source })?;
        State::Written
    };
    let (path, count) = (args.lock.display(), fresh.objects().len());
    Ok(match format {
        Format::Json => Answer::json(&json!({ "file": path.to_string(), "state": state.as_str(), "objects": count })),
        Format::Human => Answer::clean(match state {
            State::Current => format!("`{path}` is as the objects are\n"),
            State::Stale => format!("`{path}` is not as the objects are: write it with `lock`\n"),
            State::Written => format!("`{path}` is written: {count} {}\n", if count == 1 { "object" } else { "objects" }),
        }),
    }
    .found(state == State::Stale))
}

/// What became of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was as the objects are.
    Current,
    /// It is not, and was left so.
    Stale,
    /// It was not, and is now.
    Written,
}

impl State {
    /// As it is written for programs.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Stale => "stale",
            Self::Written => "written",
        }
    }
}
