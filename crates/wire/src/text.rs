//! Texts, checked where they are read.

use recension_model::Limits;

use crate::direct::LongWay;
use crate::source::Text;

/// Checks that a text is within the limits of its field. `borrows_nul`: whether one that is borrowed from the
/// message may have a NUL in it.
#[inline]
pub(crate) fn checked_text(limits: &Limits, text: &Text<'_>, borrows_nul: bool) -> Result<(), LongWay> {
    let may_have_nul = borrows_nul || matches!(text, Text::Owned(_));
    let text = text.as_str();
    limits.check_length(text)?;
    if may_have_nul && text.as_bytes().contains(&0) {
        return Err(LongWay);
    }
    limits.check_pattern(text)?;
    Ok(())
}
