//! The place of a device on the PCI bus.

use std::fmt;
use std::str::FromStr;

use super::hex;
use crate::Rule;

/// The place of a device on the PCI bus: domain, bus, device and function. As text `0000:0a:1f.7`, in
/// hexadecimal and lower case.
///
/// ```
/// use recension_model::PciAddress;
/// let place: PciAddress = "0000:0a:1f.7".parse()?;
/// assert_eq!((place.domain(), place.bus(), place.device(), place.function()), (0, 0x0a, 0x1f, 7));
/// assert!("0000:0a:20.0".parse::<PciAddress>().is_err());
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PciAddress {
    domain: u16,
    bus: u8,
    device: u8,
    function: u8,
}

const FORM: Rule = Rule::Form("PCI address in lower case, as `0000:0a:1f.7`");

impl PciAddress {
    /// The place with these numbers.
    ///
    /// # Errors
    /// [`Rule::Form`] for a device above 31 or a function above 7.
    pub const fn new(domain: u16, bus: u8, device: u8, function: u8) -> Result<Self, Rule> {
        if device > 31 || function > 7 { Err(FORM) } else { Ok(Self { domain, bus, device, function }) }
    }

    /// The domain (segment).
    #[must_use]
    pub const fn domain(self) -> u16 {
        self.domain
    }

    /// The bus in the domain.
    #[must_use]
    pub const fn bus(self) -> u8 {
        self.bus
    }

    /// The device (slot) on the bus, at most 31.
    #[must_use]
    pub const fn device(self) -> u8 {
        self.device
    }

    /// The function of the device, at most 7.
    #[must_use]
    pub const fn function(self) -> u8 {
        self.function
    }
}

impl FromStr for PciAddress {
    type Err = Rule;

    /// # Errors
    /// [`Rule::Form`] when the text has another form or a number is too large.
    fn from_str(text: &str) -> Result<Self, Rule> {
        let [d1, d2, d3, d4, b':', b1, b2, b':', s1, s2, b'.', function] = *text.as_bytes() else { return Err(FORM) };
        let byte = |digits: &[u8]| hex(digits).and_then(|number| u8::try_from(number).ok()).ok_or(FORM);
        Self::new(hex(&[d1, d2, d3, d4]).ok_or(FORM)?, byte(&[b1, b2])?, byte(&[s1, s2])?, byte(&[function])?)
    }
}

impl fmt::Display for PciAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { domain, bus, device, function } = self;
        write!(f, "{domain:04x}:{bus:02x}:{device:02x}.{function}")
    }
}

impl fmt::Debug for PciAddress {
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
            "0a:1f.7",
            "0000:0a:1f:7",
            "0000:0a:1f.8",
            "0000:0a:20.0",
            "0000:0A:1f.7",
            "0000:0a:1f.7\n",
            "00000:0a:1f.7",
            "0000:0a:1f.07",
        ] {
            assert_eq!(text.parse::<PciAddress>(), Err(FORM), "{text:?}");
        }
        for text in ["0000:00:00.0", "ffff:ff:1f.7"] {
            assert_eq!(text.parse::<PciAddress>().unwrap().to_string(), text);
        }
    }
}
