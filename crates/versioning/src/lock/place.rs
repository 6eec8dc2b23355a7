//! Where in the text of a file a part does not fit, and what is wrong there, without the words that stand there: any of them
//! may be a value that got into the wrong place.

use recension_model::ObjectVersion;
use serde::Deserialize;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::error::{LockError, LockFault};
use super::text::OpText;

/// The parts of a file that there may be several of.
const PARTS: [&str; 6] = ["object", "field", "tombstone", "version", "op", "allow"];

/// The error for text that is TOML, and no lock file.
pub(super) fn misfit(text: &str, error: &toml::de::Error) -> LockError {
    let span = error.span().unwrap_or_default();
    let (path, at) = DeTable::parse(text).map(|file| path(file.get_ref(), span.start)).unwrap_or_default();
    let fault = LockError::new(LockFault::Toml(bare(error.message())));
    path.iter().rev().fold(fault, |fault, step| fault.below(step)).at(text, at..at)
}

/// What is wrong, without what is there. What could be there instead are words of ours, and stand last.
fn bare(message: &str) -> String {
    let with = |what: &str| match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("{what}, expected {expected}"),
        None => what.to_owned(),
    };
    for what in ["unknown field", "unknown variant"] {
        if message.starts_with(what) {
            return with(what);
        }
    }
    for what in ["invalid type: ", "invalid value: "] {
        if let Some(found) = message.strip_prefix(what) {
            let kind = found.split(['`', '"', ',']).next().unwrap_or_default();
            return with(&format!("{what}{}", kind.trim_end()));
        }
    }
    // These have words of ours alone, and a length.
    if ["missing field ", "duplicate field ", "invalid length "].iter().any(|what| message.starts_with(what)) {
        return message.to_owned();
    }
    "does not belong here".to_owned()
}

/// The names of the parts that begin last before a place, from the outermost on; and the place, or that of the op at fault.
fn path(file: &DeTable<'_>, at: usize) -> (Vec<String>, usize) {
    let (mut path, mut table) = (Vec::new(), file);
    // A key at fault is one of the table that has it, wherever in the text that goes on.
    while !table.keys().any(|key| key.span().contains(&at)) {
        let parts = PARTS.into_iter().flat_map(|key| {
            let parts = table.get(key).and_then(|parts| parts.get_ref().as_array()).into_iter().flatten();
            parts.enumerate().filter_map(move |(index, part)| Some((part.span().start, (key, index), part.get_ref().as_table()?)))
        });
        let Some((_, (key, index), part)) = parts.filter(|(start, ..)| *start <= at).max_by_key(|(start, ..)| *start) else { break };
        if let Some((index, place)) = (key == "op").then(|| bad_op(table)).flatten() {
            path.push(step(key, index));
            return (path, place);
        }
        path.push(name(key, part).unwrap_or_else(|| step(key, index)));
        table = part;
    }
    (path, at)
}

/// Which op of a version is none, and where. The parser says where all ops begin: it reads the keys of an op before it knows which
/// op that is.
fn bad_op(version: &DeTable<'_>) -> Option<(usize, usize)> {
    let ops = version.get("op")?.get_ref().as_array()?;
    ops.iter().enumerate().find_map(|(index, op)| {
        let error = OpText::deserialize(ValueDeserializer::from(op.clone())).err()?;
        Some((index, error.span().unwrap_or_else(|| op.span()).start))
    })
}

/// What a part is called: an object and a field by name, a version by number.
fn name(key: &str, part: &DeTable<'_>) -> Option<String> {
    let text = |key: &str| part.get(key).map(|name| name.get_ref()).and_then(DeValue::as_str).map(str::to_owned);
    match key {
        "object" | "field" | "tombstone" => text("name"),
        "version" => text("version").filter(|version| version.parse::<ObjectVersion>().is_ok()),
        _ => None,
    }
}

/// A part that has no name, by its place among others.
pub(super) fn step(key: &str, index: usize) -> String {
    format!("{key}[{index}]")
}
