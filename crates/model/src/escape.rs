//! Text that came from elsewhere, made safe to show.

use std::fmt::{self, Write};

/// Shows text that came from elsewhere on one line: control characters (C0, DEL, C1), line and paragraph
/// separators, bidirectional controls and the backslash are written as escapes, so that nobody's message
/// can forge a log line or steer a terminal (security rules S7, 7.1).
///
/// ```
/// use recension_model::Escaped;
/// assert_eq!(Escaped("boom\nINFO all well\u{1b}[2J").to_string(), r"boom\nINFO all well\u{1b}[2J");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'t>(pub &'t str);

/// Characters that change how others are laid out, beside the control characters.
const fn steers_layout(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_control() || steers_layout(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Any character, often one of the ranges that are escaped.
    fn character() -> impl Strategy<Value = char> {
        let range = prop::char::range;
        prop_oneof![any::<char>(), range('\0', ' '), range('\u{7f}', '\u{a0}'), range('\u{2000}', '\u{2070}')]
    }

    proptest! {
        // Not `any::<String>()`, which has no control characters.
        #[test]
        fn s7_no_control_character_gets_out(text in vec(character(), 1..16)) {
            let shown = Escaped(&String::from_iter(text)).to_string();
            prop_assert!(!shown.chars().any(|c| c.is_control() || steers_layout(c)));
        }
    }
}
