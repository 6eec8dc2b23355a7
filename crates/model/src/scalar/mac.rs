//! The hardware address of a network interface.

use std::fmt;
use std::str::FromStr;

use super::hex;
use crate::Rule;

/// The hardware address of a network interface (EUI-48). As text six groups of two hexadecimal digits in
/// lower case, joined by colons.
///
/// ```
/// use recension_model::MacAddress;
/// let mac: MacAddress = "fa:16:3e:00:0a:ff".parse()?;
/// assert_eq!(mac.octets(), [0xfa, 0x16, 0x3e, 0, 0x0a, 0xff]);
/// assert!("FA-16-3E-00-0A-FF".parse::<MacAddress>().is_err());
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// The address of these octets.
    #[must_use]
    pub const fn new(octets: [u8; 6]) -> Self {
        Self(octets)
    }

    /// The octets.
    #[must_use]
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }
}

impl FromStr for MacAddress {
    type Err = Rule;

    /// # Errors
    /// [`Rule::Form`] when the text has another form.
    fn from_str(text: &str) -> Result<Self, Rule> {
        parse(text.as_bytes()).map(Self).ok_or(Rule::Form("MAC address in lower case, as `fa:16:3e:00:00:01`"))
    }
}

fn parse(text: &[u8]) -> Option<[u8; 6]> {
    if text.len() != 17 {
        return None;
    }
    let mut octets = [0; 6];
    for (octet, group) in octets.iter_mut().zip(text.chunks(3)) {
        let (digits, colon) = group.split_at_checked(2)?;
        if !matches!(colon, [] | [b':']) {
            return None;
        }
        *octet = u8::try_from(hex(digits)?).ok()?;
    }
    Some(octets)
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_only_one_form_is_read() {
        for text in [
            "",
            "fa:16:3e:00:0a",
            "fa:16:3e:00:0a:ff:00",
            "FA:16:3e:00:0a:ff",
            "fa-16-3e-00-0a-ff",
            "fa:16:3e:00:0a:fg",
            "fa:16:3e:00:0a:ff\n",
            "fa163e000aff",
            "fa:16:3e:00:0a:f",
        ] {
            assert!(text.parse::<MacAddress>().is_err(), "{text:?}");
        }
        assert_eq!("00:00:00:00:00:00".parse(), Ok(MacAddress::new([0; 6])));
        assert_eq!("ff:ff:ff:ff:ff:ff".parse(), Ok(MacAddress::new([255; 6])));
    }
}
