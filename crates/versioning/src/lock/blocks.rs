//! Files read block by block, each block once, whichever files have it: a change leaves most of a lock file as it was.
//!
//! An object is one block for what it is now, and one more for each version and each approval. A block ends where a line begins
//! the next. If all that is before that line is TOML, then the line stands in no string and no list, and begins a table in the
//! whole file too. So a file of which every block can be read is what its blocks are. Any other is left to whoever reads it as a
//! whole, and can say where in it something is wrong: a block does not know where it stands.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::text::{AllowText, BYTES_MAX, NowText, VersionText};
use super::{FORMAT, LockedObject};
use crate::side_by_side::side_by_side;

/// How the first block of an object begins.
const FIRST: &str = "[[object]]";
/// How a later one does.
const LATER: [&str; 2] = ["[[object.version]]", "[[object.allow]]"];

/// What stands above the first object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadText {
    format: u32,
}

/// A block of an object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockText<T> {
    object: Vec<T>,
}

/// What a later block adds to its object. The first has none of it: a table cannot be added to what is no list of tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoreText {
    #[serde(default)]
    version: Vec<VersionText>,
    #[serde(default)]
    allow: Vec<Spanned<AllowText>>,
}

/// A block that was read.
enum Block {
    First(NowText),
    Later(MoreText),
}

/// Files as the places of their objects' blocks among all that there are.
#[derive(Default)]
struct Blocks<'t> {
    texts: Vec<&'t str>,
    places: HashMap<&'t str, usize>,
}

/// The objects of each file; none for a file that has to be read as a whole.
pub(super) fn read(files: &[&str]) -> Vec<Option<Vec<LockedObject>>> {
    let mut blocks = Blocks::default();
    let cut: Vec<Option<Vec<Vec<usize>>>> = files.iter().map(|text| blocks.cut(text)).collect();
    let read = side_by_side(&blocks.texts, |text| Block::read(text));
    let objects: Vec<&Vec<usize>> = cut.iter().flatten().flatten().collect();
    let mut objects = side_by_side(&objects, |places| object(places, &read)).into_iter();
    let mut of_file = |file: &Vec<Vec<usize>>| {
        let objects: Vec<Option<LockedObject>> = objects.by_ref().take(file.len()).collect();
        let objects = objects.into_iter().collect::<Option<Vec<_>>>()?;
        objects.is_sorted_by(|before, after| before.place() < after.place()).then_some(objects)
    };
    cut.iter().map(|file| of_file(file.as_ref()?)).collect()
}

impl<'t> Blocks<'t> {
    /// Cuts a file up.
    fn cut(&mut self, text: &'t str) -> Option<Vec<Vec<usize>>> {
        if text.len() > BYTES_MAX {
            return None;
        }
        let mut objects: Vec<Vec<usize>> = Vec::new();
        let starts = text.match_indices("\n[[object").map(|(place, _)| place + 1);
        let starts: Vec<usize> = starts.filter(|place| text.get(*place..).is_some_and(|rest| is_first(rest) || is_later(rest))).collect();
        let head: HeadText = toml::from_str(text.get(..starts.first().copied().unwrap_or(text.len()))?).ok()?;
        if head.format == 0 || head.format > FORMAT {
            return None;
        }
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        for (start, end) in starts.iter().zip(ends) {
            let block = text.get(*start..end)?;
            let place = self.place(block);
            if is_first(block) {
                objects.push(vec![place]);
            } else {
                objects.last_mut()?.push(place);
            }
        }
        Some(objects)
    }

    /// The place of a block among those that there are.
    fn place(&mut self, text: &'t str) -> usize {
        let Self { texts, places } = self;
        *places.entry(text).or_insert_with(|| {
            texts.push(text);
            texts.len() - 1
        })
    }
}

fn is_first(text: &str) -> bool {
    text.starts_with(FIRST)
}

fn is_later(text: &str) -> bool {
    LATER.iter().any(|begin| text.starts_with(begin))
}

impl Block {
    fn read(text: &str) -> Option<Self> {
        if is_first(text) {
            return alone(text).map(Self::First);
        }
        // By itself it would make up a table `object`, which a line may still begin as another. There is none in a list of them.
        alone(&format!("{FIRST}\n{text}")).map(Self::Later)
    }
}

/// The only object of a text.
fn alone<T: DeserializeOwned>(text: &str) -> Option<T> {
    let BlockText { mut object } = toml::from_str(text).ok()?;
    object.pop().filter(|_| object.is_empty())
}

/// An object of its blocks.
fn object(places: &[usize], blocks: &[Option<Block>]) -> Option<LockedObject> {
    let block = |place: &usize| blocks.get(*place)?.as_ref();
    let (first, later) = places.split_first()?;
    let Block::First(now) = block(first)? else { return None };
    let later = later.iter().map(|place| if let Block::Later(more) = block(place)? { Some(more) } else { None });
    let later = later.collect::<Option<Vec<&MoreText>>>()?;
    let (versions, allow) = (later.iter().flat_map(|more| &more.version), later.iter().flat_map(|more| &more.allow));
    // What is wrong with it is told where its place is known.
    LockedObject::read(now, versions, allow, "").ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LockFile;

    /// Two objects, one with approvals.
    const FILE: &str = r#"# A lock file.

format = 1

[[object]]
namespace = "demo"
name = "Disk"

[[object.field]]
number = 1
name = "size"
type = "i32?"
class = "public"

[[object.version]]
version = "1.0"
why = "first version"
fingerprint = "1.0-a"

[[object]]
namespace = "demo"
name = "Server"

[[object.field]]
number = 1
name = "label"
type = "text"
class = "public"

[[object.tombstone]]
number = 2
name = "host"
removed = "1.1"

[[object.version]]
version = "1.0"
why = "first version"
fingerprint = "1.0-a"

[[object.version]]
version = "1.1"
why = "it has a label"
fingerprint = "1.1-b"

[[object.version.op]]
op = "rename"
from = "name"
to = "label"

[[object.version.op]]
op = "remove"

[object.version.op.field]
name = "host"
type = "text?"
class = "public"

[[object.allow]]
rule = "VO_LOSS"
finding = "c"
reason = "nobody reads it"
until = "2027-03-01"
"#;

    fn one(text: &str) -> Option<LockFile> {
        read(&[text]).remove(0).map(|objects| LockFile { objects })
    }

    fn whole(text: &str) -> LockFile {
        LockFile::whole(text).unwrap()
    }

    #[test]
    fn a_file_is_what_its_blocks_are() {
        for text in [
            FILE.to_owned(),
            FILE.replace('\n', "\r\n"),
            FILE.replace("\"it has a label\"", "\"\"\"\nit has\na label\"\"\""),
            "format = 1".to_owned(),
            "format = 1\n".to_owned(),
        ] {
            assert_eq!(one(&text), Some(whole(&text)), "{text}");
        }
        let mut blocks = Blocks::default();
        assert_eq!(blocks.cut(FILE), Some(vec![vec![0, 1], vec![2, 1, 3, 4]]), "the first versions are the same block");
    }

    #[test]
    fn a_file_with_what_looks_like_a_block_is_read_as_a_whole() {
        for (from, to) in [
            ("why = \"it has a label\"", "why = '''\n[[object]]\nnamespace = \"demo\"\nname = \"T\"\n[[object.version]]'''"),
            ("[[object.allow]]", "[[object.tombstone]]\nnumber = 3\nname = \"x\"\nremoved = \"1.1\"\n\n[[object.allow]]"),
        ] {
            let text = FILE.replace(from, to);
            assert_eq!((one(&text), whole(&text).objects().len()), (None, 2), "{text}");
        }
    }

    #[test]
    fn what_a_reader_of_the_whole_refuses_is_in_no_blocks() {
        let server = FILE.split_at(FILE.rfind("[[object]]").unwrap()).1;
        for text in [
            FILE.replace("name = \"Server\"", "name = \"Chassis\""),
            format!("{FILE}\n{server}"),
            FILE.replace("removed = \"1.1\"\n", "removed = \"1.1\"\n[object.version]\n"),
            FILE.replace("name = \"Server\"\n", "name = \"Server\"\nversion = []\n"),
            FILE.replace("name = \"Server\"\n", "name = \"Server\"\nallow = []\n"),
            FILE.replace("format = 1\n", "format = 1\nobject = []\n"),
            FILE.replace("format = 1\n", "format = 2\n"),
            FILE.replace("format = 1\n", ""),
            FILE.replace("number = 2", "number = 1"),
            format!("{}\n [[object]]{}", FILE.split_once("\n[[object.version]]").unwrap().0, server.split_once("[[object]]").unwrap().1),
        ] {
            assert!(LockFile::whole(&text).is_err(), "{text}");
            assert_eq!(one(&text), None, "{text}");
        }
    }

    /// Every line is taken out, doubled, moved to the end, and has something put before it.
    fn edited() -> Vec<String> {
        let lines: Vec<&str> = FILE.lines().collect();
        let put = [
            "\"\"\"",
            "'''",
            "x = [",
            "]",
            "x = '''",
            "[[object]]",
            "[[object.version]]",
            "[[object.allow]]",
            "[object]",
            "#",
            "[[object.field]]",
        ];
        let mut all = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            let (before, after) = (lines[..place].join("\n"), lines[place + 1..].join("\n"));
            all.extend([
                format!("{before}\n{after}"),
                format!("{before}\n{line}\n{line}\n{after}"),
                format!("{before}\n{after}\n{line}\n"),
                format!("{before}\n {line}\n{after}"),
            ]);
            all.extend(put.map(|put| format!("{before}\n{put}\n{line}\n{after}")));
        }
        all
    }

    #[test]
    fn an_edited_file_has_no_blocks_or_is_what_they_are() {
        let mut counts = [0, 0];
        for text in edited() {
            let (blocks, whole) = (one(&text), LockFile::whole(&text));
            counts[usize::from(blocks.is_some())] += 1;
            if let Some(file) = blocks {
                assert_eq!(Ok(file), whole, "{text}");
            }
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }

    #[test]
    fn files_that_share_blocks_are_read_as_each_by_itself() {
        let moved = format!("# One line\n# and another.\n{FILE}");
        let other = moved.replace("why = \"it has a label\"", "why = \"another\"");
        let broken = other.replace("type = \"i32?\"", "type = \"i33\"");
        for texts in [[FILE, &*moved, &*other, &*broken], [&*broken, FILE, &*broken, &*other]] {
            let read = LockFile::parse_all(texts);
            for (file, text) in read.iter().zip(texts) {
                assert_eq!(*file, LockFile::whole(text), "{text}");
            }
            assert_eq!(read.iter().filter_map(|file| file.as_ref().err()?.line()).next(), Some(11));
        }
    }
}
