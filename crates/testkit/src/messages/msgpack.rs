//! MessagePack, spelled otherwise.

use super::Dice;

pub(super) fn respelled(message: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut reader = Reader { bytes: message, at: 0 };
    let tree = reader.tree(LEVELS_MAX)?;
    let mut out = Vec::with_capacity(message.len() * 2);
    tree.write(dice, &mut out)?;
    (reader.at == message.len()).then_some(out)
}

/// Deeper than any message that is written here.
const LEVELS_MAX: usize = 64;

/// A value of a message.
enum Tree<'m> {
    Map(Vec<(Tree<'m>, Tree<'m>)>),
    List(Vec<Tree<'m>>),
    Text(&'m [u8]),
    Unsigned(u64),
    /// Anything else, as it stands in the message.
    Leaf(&'m [u8]),
}

struct Reader<'m> {
    bytes: &'m [u8],
    at: usize,
}

impl<'m> Reader<'m> {
    fn take(&mut self, count: usize) -> Option<&'m [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn length(&mut self, bytes: usize) -> Option<usize> {
        usize::try_from(self.number(bytes)?).ok()
    }

    /// A value; extensions are none.
    fn tree(&mut self, levels: usize) -> Option<Tree<'m>> {
        let levels = levels.checked_sub(1)?;
        let begin = self.at;
        let [marker] = *self.take(1)? else { return None };
        let low = |bits: u8| usize::from(marker & bits);
        let leaf = match marker {
            0x00..0x80 => return Some(Tree::Unsigned(marker.into())),
            0x80..0x90 => return self.map(low(0x0f), levels),
            0x90..0xa0 => return self.list(low(0x0f), levels),
            0xa0..0xc0 => return self.take(low(0x1f)).map(Tree::Text),
            0xd9..=0xdb => {
                let length = self.length(1 << (marker - 0xd9))?;
                return self.take(length).map(Tree::Text);
            }
            0xcc..=0xcf => return self.number(1 << (marker - 0xcc)).map(Tree::Unsigned),
            0xdc | 0xdd => {
                let length = self.length(2 << (marker - 0xdc))?;
                return self.list(length, levels);
            }
            0xde | 0xdf => {
                let length = self.length(2 << (marker - 0xde))?;
                return self.map(length, levels);
            }
            0xc0 | 0xc2 | 0xc3 | 0xe0.. => 0,
            0xc4..=0xc6 => self.length(1 << (marker - 0xc4))?,
            0xca | 0xcb => 4 << (marker - 0xca),
            0xd0..=0xd3 => 1 << (marker - 0xd0),
            _ => return None,
        };
        self.take(leaf)?;
        self.bytes.get(begin..self.at).map(Tree::Leaf)
    }

    fn list(&mut self, length: usize, levels: usize) -> Option<Tree<'m>> {
        (0..length).map(|_| self.tree(levels)).collect::<Option<_>>().map(Tree::List)
    }

    fn map(&mut self, length: usize, levels: usize) -> Option<Tree<'m>> {
        (0..length).map(|_| Some((self.tree(levels)?, self.tree(levels)?))).collect::<Option<_>>().map(Tree::Map)
    }
}

impl Tree<'_> {
    /// Writes the value with its keys in another order, and with some lengths and numbers longer than they need be.
    fn write(self, dice: &mut Dice, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Map(mut entries) => {
                dice.shuffle(&mut entries);
                header(entries.len(), 0x80, 0x0f, 0xdf, dice, out)?;
                for (key, value) in entries {
                    key.write(dice, out)?;
                    value.write(dice, out)?;
                }
            }
            Self::List(items) => {
                header(items.len(), 0x90, 0x0f, 0xdd, dice, out)?;
                items.into_iter().try_for_each(|item| item.write(dice, out))?;
            }
            Self::Text(text) => {
                header(text.len(), 0xa0, 0x1f, 0xdb, dice, out)?;
                out.extend_from_slice(text);
            }
            // A whole number that is not negative has signed forms too.
            Self::Unsigned(number) => match (dice.below(3), i64::try_from(number), u8::try_from(number)) {
                (0, Ok(number), _) => {
                    out.push(0xd3);
                    out.extend_from_slice(&number.to_be_bytes());
                }
                (1, _, Ok(number @ 0..0x80)) => out.push(number),
                _ => {
                    out.push(0xcf);
                    out.extend_from_slice(&number.to_be_bytes());
                }
            },
            Self::Leaf(bytes) => out.extend_from_slice(bytes),
        }
        Some(())
    }
}

/// A length in the marker `short`, if it is at most `most` and the dice say so, else in four bytes behind `long`.
fn header(length: usize, short: u8, most: u8, long: u8, dice: &mut Dice, out: &mut Vec<u8>) -> Option<()> {
    match u8::try_from(length) {
        Ok(length) if length <= most && dice.below(2) == 0 => out.push(short | length),
        _ => {
            out.push(long);
            out.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
        }
    }
    Some(())
}
