//! Texts, checked where they are read.

use recension_model::Limits;

/// A text breaks a rule; the long way tells which.
#[derive(Debug)]
pub(crate) struct TextRule;

/// The text, if it is within the limits of its field.
#[inline]
pub(crate) fn checked_text<'t>(limits: &Limits, text: &'t str, may_have_nul: bool) -> Result<&'t str, TextRule> {
    let fits = limits.check_length(text).is_ok() && !(may_have_nul && text.as_bytes().contains(&0)) && limits.check_pattern(text).is_ok();
    if fits { Ok(text) } else { Err(TextRule) }
}
