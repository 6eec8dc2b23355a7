//! Where an answer of a MySQL server ends, which only what is in it says.

use super::super::wire::Broken;
use super::packet::{Packet, any, short};

/// The first byte of a packet that says that all is well, that the rows or columns are at an end, that something failed, or that the
/// server waits for a file.
const OK: u8 = 0x00;
const END: u8 = 0xfe;
const ERR: u8 = 0xff;
const FILE: u8 = 0xfb;
/// What the status of the server says: another result follows, and the rows are fetched later.
const MORE: u16 = 0x0008;
const CURSOR: u16 = 0x0040;
/// How long the old packet may be that says that something is at an end.
const LONGEST_END: usize = 9;

/// How much of an answer is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Whatever the server wants of the client, until it is let in or not.
    Login,
    /// One packet.
    One,
    /// What a statement was prepared to.
    Prepared,
    /// So many more packets.
    Packets(u32),
    /// Packets until one says that they are at an end.
    Rows,
    /// The beginning of a result.
    Result,
    /// So many columns of a result, and the rows.
    Columns(u64),
    /// The packet that ends the columns.
    EndOfColumns,
}

/// What a packet means for the answer that it is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    More(Answer),
    Ends,
    /// The client sends a file, and then the answer goes on.
    File,
    /// A statement was prepared, and has this number.
    Prepared {
        id: u32,
        then: Option<Answer>,
    },
}

impl Answer {
    /// Takes notice of the next packet. `is_brief` where columns and rows do not each have an end of the old kind.
    pub(super) fn next(self, packet: &Packet<'_>, is_brief: bool) -> Result<Next, Broken> {
        let mark = packet.mark().ok_or(Broken)?;
        if mark == ERR && packet.is_short() && !matches!(self, Self::Packets(_) | Self::Columns(_)) {
            return Ok(Next::Ends);
        }
        let next = match self {
            Self::One => Next::Ends,
            Self::Login if mark == OK => Next::Ends,
            Self::Login => Next::More(self),
            Self::Prepared => prepared(packet.body, is_brief)?,
            Self::Packets(0 | 1) => Next::Ends,
            Self::Packets(left) => Next::More(Self::Packets(left - 1)),
            Self::Result => match mark {
                OK => after(ok_status(packet.body)?),
                FILE => Next::File,
                _ => Next::More(Self::Columns(any(packet.body).ok_or(Broken)?.0)),
            },
            Self::Columns(0 | 1) => Next::More(if is_brief { Self::Rows } else { Self::EndOfColumns }),
            Self::Columns(left) => Next::More(Self::Columns(left - 1)),
            Self::EndOfColumns if end_status(packet.body)? & CURSOR != 0 => Next::Ends,
            Self::EndOfColumns => Next::More(Self::Rows),
            Self::Rows if mark != END => Next::More(self),
            Self::Rows if is_brief && packet.is_short() => after(ok_status(packet.body)?),
            Self::Rows if !is_brief && packet.body.len() < LONGEST_END => after(end_status(packet.body)?),
            Self::Rows => Next::More(self),
        };
        Ok(next)
    }
}

/// What comes behind a result, as the status says.
const fn after(status: u16) -> Next {
    if status & MORE == 0 { Next::Ends } else { Next::More(Answer::Result) }
}

/// The status behind the numbers of rows and of the last key.
fn ok_status(body: &[u8]) -> Result<u16, Broken> {
    let mut at = 1;
    for _ in 0..2 {
        at += any(body.get(at..).unwrap_or_default()).ok_or(Broken)?.1;
    }
    short(body, at).ok_or(Broken)
}

/// The status behind the number of warnings.
fn end_status(body: &[u8]) -> Result<u16, Broken> {
    short(body, 3).ok_or(Broken)
}

/// Which packets follow on a statement that was prepared: its parameters and its columns, each with an end of the old kind.
fn prepared(body: &[u8], is_brief: bool) -> Result<Next, Broken> {
    let id = super::packet::long(body, 1).ok_or(Broken)?;
    let lists = [5, 7].map(|at| short(body, at).map(u32::from));
    let mut left = 0;
    for count in lists {
        let count = count.ok_or(Broken)?;
        left += count + u32::from(count > 0 && !is_brief);
    }
    Ok(Next::Prepared { id, then: (left > 0).then_some(Answer::Packets(left)) })
}
