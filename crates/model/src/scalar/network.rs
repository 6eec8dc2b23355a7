//! Addresses and networks of the Internet protocols, from text.

use std::net::IpAddr;

use ipnet::IpNet;

use super::digits;
use crate::{IpFamily, Rule};

/// Reads an address of the family, as the standard library has it: no leading zeros, no zone, no port.
///
/// # Errors
/// [`Rule::Form`] when the text is none.
pub(crate) fn address_of_text(family: IpFamily, text: &str) -> Result<IpAddr, Rule> {
    let address = match family {
        IpFamily::Any => text.parse().ok(),
        IpFamily::V4 => text.parse().ok().map(IpAddr::V4),
        IpFamily::V6 => text.parse().ok().map(IpAddr::V6),
    };
    address.ok_or(Rule::Form(family.address_form()))
}

/// Reads `address/prefix`. Host bits are kept, as the reference keeps them.
///
/// # Errors
/// [`Rule::Form`] when the text is none.
pub(crate) fn network_of_text(family: IpFamily, text: &str) -> Result<IpNet, Rule> {
    let form = Rule::Form(family.network_form());
    let Some((address, prefix)) = text.split_once('/') else { return Err(form) };
    // `ipnet` by itself takes leading zeros in an address and in the prefix.
    let canonical = prefix.len() == 1 || !prefix.starts_with('0');
    let length = digits(prefix.as_bytes()).filter(|_| canonical).and_then(|length| u8::try_from(length).ok());
    match (address_of_text(family, address), length) {
        (Ok(address), Some(length)) => IpNet::new(address, length).map_err(|_| form),
        _ => Err(form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_other_forms_of_addresses_are_refused() {
        for (family, text) in [
            (IpFamily::Any, ""),
            (IpFamily::Any, "192.0.2"),
            (IpFamily::Any, "192.0.2.01"),
            (IpFamily::Any, "192.0.2.256"),
            (IpFamily::Any, "192.0.2.1:80"),
            (IpFamily::Any, "192.0.2.1/24"),
            (IpFamily::Any, "fe80::1%eth0"),
            (IpFamily::Any, "[::1]"),
            (IpFamily::Any, " ::1"),
            (IpFamily::V4, "::1"),
            (IpFamily::V6, "192.0.2.1"),
        ] {
            assert_eq!(address_of_text(family, text), Err(Rule::Form(family.address_form())), "{text:?}");
        }
        assert!(address_of_text(IpFamily::V6, "::ffff:192.0.2.1").is_ok());
    }

    #[test]
    fn s15_other_forms_of_networks_are_refused() {
        for (family, text) in [
            (IpFamily::Any, "192.0.2.0"),
            (IpFamily::Any, "10/8"),
            (IpFamily::Any, "192.0.2.0/33"),
            (IpFamily::Any, "192.0.2.0/024"),
            (IpFamily::Any, "192.0.2.0/255.255.255.0"),
            (IpFamily::Any, "192.0.2.0/"),
            (IpFamily::Any, "192.0.2.0/+8"),
            (IpFamily::Any, "192.0.02.0/8"),
            (IpFamily::Any, "2001:db8::/129"),
            (IpFamily::V4, "2001:db8::/32"),
            (IpFamily::V6, "192.0.2.0/24"),
        ] {
            assert_eq!(network_of_text(family, text), Err(Rule::Form(family.network_form())), "{text:?}");
        }
        assert_eq!(network_of_text(IpFamily::V4, "192.0.2.5/24").unwrap().to_string(), "192.0.2.5/24");
        assert_eq!(network_of_text(IpFamily::Any, "2001:DB8::/0").unwrap().to_string(), "2001:db8::/0");
    }
}
