//! Packets: three bytes of length, a number that counts them, and what is in them. One of the greatest length goes on in the next.

/// The length of a piece that goes on in the next one.
const FULL: usize = 0xff_ffff;
const HEADER: usize = 4;

/// A packet with all its pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'b> {
    /// How many bytes it has, with the headers of its pieces.
    pub(super) len: usize,
    /// The number of its last piece.
    pub(super) number: u8,
    /// What is in its first piece.
    pub(super) body: &'b [u8],
}

impl<'b> Packet<'b> {
    /// The first packet, where all of it is there.
    pub(super) fn of(bytes: &'b [u8]) -> Option<Self> {
        let (mut len, mut first) = (0, None);
        loop {
            let rest = bytes.get(len..)?;
            let [a, b, c, number] = *rest.first_chunk::<HEADER>()?;
            let size = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
            let piece = rest.get(HEADER..HEADER + size)?;
            len += HEADER + size;
            let body = *first.get_or_insert(piece);
            if size < FULL {
                return Some(Self { len, number, body });
            }
        }
    }

    /// What its first byte says.
    pub(super) fn mark(&self) -> Option<u8> {
        self.body.first().copied()
    }

    /// Whether it is in one piece, as everything is that is no row.
    pub(super) const fn is_short(&self) -> bool {
        self.body.len() < FULL
    }
}

/// A packet of what is in it, which fits into one piece.
pub(super) fn written(number: u8, body: &[u8]) -> Vec<u8> {
    let [a, b, c, ..] = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    [&[a, b, c, number], body].concat()
}

/// A number of two bytes.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// A number of four bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// A number of one to nine bytes, and how many it has.
pub(super) fn any(bytes: &[u8]) -> Option<(u64, usize)> {
    let (first, rest) = bytes.split_first()?;
    let width = match first {
        0..=0xfa => return Some((u64::from(*first), 1)),
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        _ => return None,
    };
    let digits = rest.get(..width)?;
    Some((digits.iter().rev().fold(0, |sum, digit| sum << 8 | u64::from(*digit)), 1 + width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_of_several_pieces_is_one() {
        for size in [0, 1, FULL - 1, FULL, FULL + 1, 2 * FULL] {
            let mut bytes = Vec::new();
            let body = vec![7; size];
            let mut number = 3_u8;
            for piece in body.chunks(FULL).chain((size % FULL == 0).then_some([].as_slice())) {
                bytes.extend(written(number, piece));
                number += 1;
            }
            let whole = bytes.len();
            for end in (0..whole.min(9)).chain(whole.saturating_sub(9)..whole) {
                assert_eq!(Packet::of(&bytes[..end]), None, "{size} {end}");
            }
            bytes.extend(written(0, b"next"));
            let packet = Packet::of(&bytes).unwrap();
            assert_eq!((packet.len, packet.number, packet.is_short()), (whole, number - 1, size < FULL), "{size}");
        }
    }

    #[test]
    fn numbers_of_any_width_are_read() {
        for (bytes, expected) in [
            (&[][..], None),
            (&[0xfa], Some((250, 1))),
            (&[0xfb], None),
            (&[0xfc, 1, 2, 9], Some((0x201, 3))),
            (&[0xfc, 1], None),
            (&[0xfd, 1, 2, 3], Some((0x3_0201, 4))),
            (&[0xfe, 1, 0, 0, 0, 0, 0, 0, 2], Some((0x200_0000_0000_0001, 9))),
            (&[0xff], None),
        ] {
            assert_eq!(any(bytes), expected, "{bytes:?}");
        }
    }
}
