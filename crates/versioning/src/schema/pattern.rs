//! The forms of texts as regular expressions, exactly as they are read. Only what ECMA-262 and every common
//! engine read alike is used: no look-around, no references, no classes by letter.

use recension_model::{IpFamily, Limits};

/// No text has a NUL.
pub(super) const NO_NUL: &str = r"^[^\x00]*$";

/// Base64 with padding, in the one spelling that an encoder writes: the bits that belong to no byte are zero.
pub(super) const BASE64: &str = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

pub(super) const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

pub(super) const DURATION: &str = r"^-?PT(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,6})?S$";

pub(super) const MAC_ADDRESS: &str = "^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$";

pub(super) const PCI_ADDRESS: &str = r"^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$";

/// One to three numbers joined by dots.
const VERSION: &str = r"(?:0|[1-9][0-9]{0,4})(?:\.(?:0|[1-9][0-9]{0,4})){0,2}";

/// The days of the calendar in the years 1 to 9999.
const DAY: &str = concat!(
    // Any year, with the days that every year has.
    "(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-",
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))",
    // A leap year: one that four divides, and of whole centuries one that four hundred divides.
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)",
);

/// A time of day with its offset from UTC.
const TIME: &str = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";

const OCTET: &str = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/// A pattern of the whole text.
fn whole(inner: &str) -> String {
    format!("^{inner}$")
}

pub(super) fn date() -> String {
    whole(DAY)
}

pub(super) fn timestamp() -> String {
    whole(&format!("{DAY}{TIME}"))
}

/// The version of an object.
pub(super) fn version() -> String {
    whole(VERSION)
}

/// Comparisons of versions, joined by commas.
pub(super) fn version_predicate() -> String {
    let comparison = format!(" *(?:[<>]=?|[=!]=) *{VERSION} *");
    whole(&format!("{comparison}(?:,{comparison})*"))
}

/// A decimal number within its limits. Zeros at the end count for nothing, but there are at most 38 digits behind
/// the point all told.
pub(super) fn decimal(limits: &Limits) -> String {
    let (whole_digits, scale) = limits.decimal();
    let before = match whole_digits {
        0 => "0".to_owned(),
        digits => format!("(?:0|[1-9][0-9]{{0,{}}})", digits - 1),
    };
    let behind = match scale {
        0 => "0{1,38}".to_owned(),
        scale => format!("[0-9]{{1,{scale}}}0{{0,{}}}", 38 - scale),
    };
    whole(&format!(r"-?{before}(?:\.{behind})?"))
}

pub(super) fn ip_address(family: IpFamily) -> String {
    whole(&in_family(family, &v4(), &v6()))
}

/// An address with the length of its network's prefix.
pub(super) fn ip_network(family: IpFamily) -> String {
    let v4 = format!("{}/(?:3[0-2]|[12]?[0-9])", v4());
    let v6 = format!("{}/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])", v6());
    whole(&in_family(family, &v4, &v6))
}

fn in_family(family: IpFamily, v4: &str, v6: &str) -> String {
    match family {
        IpFamily::Any => format!("(?:{v4}|{v6})"),
        IpFamily::V4 => v4.to_owned(),
        IpFamily::V6 => v6.to_owned(),
    }
}

fn v4() -> String {
    format!(r"{OCTET}(?:\.{OCTET}){{3}}")
}

/// Eight groups, of which `::` stands for one or more, and the last two may be written as an address of version 4.
fn v6() -> String {
    const GROUP: &str = "[0-9a-fA-F]{1,4}";
    let v4 = v4();
    let mut forms = vec![format!("(?:{GROUP}:){{7}}{GROUP}"), format!("(?:{GROUP}:){{6}}{v4}")];
    for head in 0..=7_usize {
        let before = match head {
            0 => String::new(),
            head => format!("{GROUP}(?::{GROUP}){{{}}}", head - 1),
        };
        // What may follow the `::`: it stands for one group at least.
        let after = match 7 - head {
            0 => String::new(),
            1 => format!("(?:{GROUP})?"),
            room => format!("(?:(?:{GROUP}:){{0,{}}}(?:{GROUP}|{v4})|{}{GROUP})?", room - 2, format_args!("(?:{GROUP}:){{{}}}", room - 1)),
        };
        forms.push(format!("{before}::{after}"));
    }
    format!("(?:{})", forms.join("|"))
}
