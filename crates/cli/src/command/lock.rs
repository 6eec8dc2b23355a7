//! `recension lock`

use std::fs;
use std::io::ErrorKind;

use recension_versioning::{LockFile, Registry};

use crate::answer::Answer;
use crate::args::LockArgs;
use crate::error::Error;
use crate::source::Locked;

/// Writes the lock file of the objects, with what was approved; with `--check`, finds out whether that would change it.
pub(crate) fn run(registry: Option<&Registry>, args: &LockArgs) -> Result<Answer, Error> {
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
    let path = args.lock.display();
    if present.is_some_and(|present| present.text == text) {
        return Ok(Answer::clean(format!("`{path}` is as the objects are\n")));
    }
    if args.check {
        return Ok(Answer::clean(format!("`{path}` is not as the objects are: write it with `lock`\n")).found(true));
    }
    fs::write(&args.lock, text).map_err(|source| Error::File { path: args.lock.clone(), source })?;
    let count = fresh.objects().len();
    Ok(Answer::clean(format!("`{path}` is written: {count} {}\n", if count == 1 { "object" } else { "objects" })))
}
