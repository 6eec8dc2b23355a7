//! Whether all that is valid under one JSON Schema is valid under another.

mod alike;
mod apart;
mod area;
mod arena;
mod array;
mod atom;
mod beside;
mod check;
mod classes;
mod deep;
mod error;
mod keywords;
mod leaning;
mod made;
mod narrow;
mod near;
mod number;
mod object;
mod reader;
mod solve;
mod state;
mod string;
mod text;
mod values;
mod witness;

use serde_json::Value;

use self::arena::Arena;
use self::check::{Seen, check};
pub use self::error::{Fault, NotCompared, SchemaError, Side};
use self::number::{is_rounded, same};
use self::solve::{Goal, Limits, Outcome};
pub use self::witness::Witness;

/// What the comparison of two schemas came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// Every instance that is valid under the writer's schema is valid under the reader's.
    Compatible,
    /// This instance is valid under the writer's schema and not under the reader's.
    Incompatible {
        /// The instance that proves it, or what it is made of.
        instance: Witness,
        /// The rules of the reader's schema that refuse it at the root, as JSON pointers.
        refused_by: Vec<String>,
    },
    /// Not decided. Never to be taken as compatible.
    Unknown {
        /// Whose schema has the keyword.
        side: Side,
        /// The keyword; `steps` and `depth` where a limit of the search was reached.
        keyword: &'static str,
        /// The schema that has it, as a JSON pointer.
        path: String,
    },
}

/// Decides whether every instance that is valid under the writer's schema is valid under the reader's. Each is read in the draft that
/// its `$schema` names, which is 2020-12 or draft-07; without one in 2020-12. `format` is an annotation and refuses nothing.
///
/// Schemas may be nested in each other 128 deep; by references they may lead to each other as deep as the work does. The search takes a
/// bounded number of steps, which is a second or two and more for large documents; where they do not do, the verdict is
/// [`Verdict::Unknown`]. It has threads of its own for that time, for their stacks.
///
/// ```
/// use recension_versioning::{Verdict, compare};
/// use serde_json::json;
///
/// let (narrow, wide) = (json!({ "type": "integer" }), json!({ "type": "number" }));
/// assert_eq!(compare(&narrow, &wide)?, Verdict::Compatible);
/// let Verdict::Incompatible { instance, .. } = compare(&wide, &narrow)? else { unreachable!() };
/// let number = instance.instance().and_then(|instance| instance.as_f64());
/// assert!(number.is_some_and(|number| number.fract() != 0.0));
/// # Ok::<(), recension_versioning::SchemaError>(())
/// ```
///
/// # Errors
/// [`SchemaError`] for a schema that is none, or nested too deep, or has a reference that leads nowhere or back to itself.
pub fn compare(writer: &Value, reader: &Value) -> Result<Verdict, SchemaError> {
    deep::with_room(|limits| compare_within(limits, writer, reader))
}

fn compare_within(limits: Limits, writer: &Value, reader: &Value) -> Result<Verdict, SchemaError> {
    let mut arena = Arena::default();
    let (written, read) = (arena.read(Side::Writer, writer)?, arena.read(Side::Reader, reader)?);
    arena.check_loops()?;
    // What was rounded is the same only as far as can be seen here.
    if same(writer, reader) && !is_rounded(writer) {
        return Ok(Verdict::Compatible);
    }
    arena.join_alike();
    arena.near = near::near(&arena);
    let (outcome, arena) = deep::solve(arena, limits, &Goal::from([(written, true), (read, false)]));
    Ok(match outcome {
        Outcome::None(_) => Verdict::Compatible,
        Outcome::Instance(made) => {
            // The search proves what it finds; this is the last gate before it is shown, and asks everything again.
            arena.start(1);
            arena.forget_checked();
            let seen = Seen::Made(made);
            if check(&arena, written, seen) != Some(true) || check(&arena, read, seen) != Some(false) {
                return Ok(unknown(&arena, "witness", read));
            }
            let broken = arena.rules(read).iter().filter(|rule| check::demand(&arena, &rule.demand, seen) == Some(false));
            let refused_by = broken.map(|rule| format!("/{}", rule.keyword)).collect();
            Verdict::Incompatible { instance: Witness::of(&arena.table.borrow(), made), refused_by }
        }
        Outcome::Open(keyword, id) => unknown(&arena, keyword, id),
    })
}

fn unknown(arena: &Arena, keyword: &'static str, id: usize) -> Verdict {
    let node = arena.nodes.get(id);
    let (side, path) = node.map_or((Side::Reader, String::new()), |node| (node.side, node.path.to_string()));
    Verdict::Unknown { side, keyword, path }
}

/// In which direction versions have to be compatible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareMode {
    /// A newer reader reads what an older writer wrote.
    Backward,
    /// An older reader reads what a newer writer wrote.
    Forward,
    /// Both.
    Full,
}

/// What one version writes and reads.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionSchemas {
    /// The version, or whatever it is called.
    pub name: String,
    /// What is written.
    pub write: Value,
    /// What is read.
    pub read: Value,
}

/// A writer and a reader that were compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The version that writes.
    pub writer: String,
    /// The version that reads.
    pub reader: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// Compares versions, oldest first, each with its neighbour; `transitive`, each with every other.
///
/// # Errors
/// [`NotCompared`] with the names of the two that are at fault, for what [`compare`] refuses.
pub fn compare_versions(versions: &[VersionSchemas], mode: CompareMode, transitive: bool) -> Result<Vec<Compared>, NotCompared> {
    let mut compared = Vec::new();
    for (at, newer) in versions.iter().enumerate() {
        let from = if transitive { 0 } else { at.saturating_sub(1) };
        for older in versions.iter().take(at).skip(from) {
            let backward = (mode != CompareMode::Forward).then_some((older, newer));
            let forward = (mode != CompareMode::Backward).then_some((newer, older));
            for (writer, reader) in backward.into_iter().chain(forward) {
                let names = || (writer.name.clone(), reader.name.clone());
                let verdict = compare(&writer.write, &reader.read).map_err(|source| {
                    let (writer, reader) = names();
                    NotCompared { writer, reader, source }
                })?;
                let (writer, reader) = names();
                compared.push(Compared { writer, reader, verdict });
            }
        }
    }
    Ok(compared)
}
