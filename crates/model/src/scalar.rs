//! Scalar values that no other crate has in just the form that travels and is stored.

mod bytes;
mod date;
mod decimal;
mod duration;
mod mac;
mod network;
mod pci;
mod predicate;

pub use bytes::Bytes;
pub use date::Date;
pub(crate) use decimal::DIGITS_MAX as DECIMAL_DIGITS_MAX;
pub use decimal::Decimal;

pub use duration::Duration;
pub use mac::MacAddress;
pub(crate) use network::{address_of_text, network_of_text};
pub use pci::PciAddress;
pub use predicate::{Comparison, VersionPredicate};

/// The number that decimal digits make; `None` for anything else, for no digits and for more than nine.
fn digits(text: &[u8]) -> Option<u32> {
    if !(1..=9).contains(&text.len()) {
        return None;
    }
    text.iter().try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

/// The value of one hexadecimal digit in lower case.
const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The number that hexadecimal digits in lower case make; `None` for anything else, and for more than four.
fn hex(text: &[u8]) -> Option<u16> {
    if !(1..=4).contains(&text.len()) {
        return None;
    }
    text.iter().try_fold(0_u16, |sum, digit| Some(sum << 4 | u16::from(nibble(*digit)?)))
}
