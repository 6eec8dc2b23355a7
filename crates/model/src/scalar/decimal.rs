//! A decimal number, exactly.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::Rule;

/// A decimal number of at most 38 digits, exactly as it was written but for zeros at its end: `1.50` and
/// `1.5` are one number, written `1.5`. There is no negative zero, no exponent, no infinity.
///
/// It is text on the wire and in every database, so that nothing in between can round it.
///
/// ```
/// use recension_model::Decimal;
/// let price: Decimal = "1234567890123456789.10".parse()?;
/// assert_eq!(price.to_string(), "1234567890123456789.1");
/// assert!(price > Decimal::from(7));
/// assert!("1e3".parse::<Decimal>().is_err());
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits as a whole number, in native byte order: unaligned, so that a value stays small.
    coefficient: [u8; 16],
    /// How many of the digits are behind the point.
    scale: u8,
}

/// Digits that a number can have.
pub(crate) const DIGITS_MAX: u8 = 38;

const FORM: Rule = Rule::Form("decimal number of at most 38 digits, without exponent");

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { coefficient: [0; 16], scale: 0 };

    /// `coefficient` divided by ten to the power of `scale`.
    ///
    /// # Errors
    /// [`Rule::Form`] for more than 38 digits, before or behind the point.
    pub fn new(coefficient: i128, scale: u8) -> Result<Self, Rule> {
        let limit = 10_u128.pow(u32::from(DIGITS_MAX));
        if scale > DIGITS_MAX || coefficient.unsigned_abs() >= limit {
            return Err(FORM);
        }
        let (mut coefficient, mut scale) = (coefficient, scale);
        while scale > 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            scale -= 1;
        }
        Ok(Self { coefficient: coefficient.to_ne_bytes(), scale })
    }

    /// All digits as a whole number.
    #[must_use]
    pub const fn coefficient(self) -> i128 {
        i128::from_ne_bytes(self.coefficient)
    }

    /// How many of the digits are behind the point; none of them is a zero at the end.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Digits before the point, zero for a number between -1 and 1.
    pub(crate) fn integer_digits(self) -> u8 {
        let whole = self.coefficient().unsigned_abs() / 10_u128.pow(u32::from(self.scale));
        whole.checked_ilog10().map_or(0, |log| u8::try_from(log + 1).unwrap_or(u8::MAX))
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self { coefficient: i128::from(number).to_ne_bytes(), scale: 0 }
    }
}

impl FromStr for Decimal {
    type Err = Rule;

    /// Reads `-?(0|[1-9][0-9]*)(\.[0-9]+)?`.
    ///
    /// # Errors
    /// [`Rule::Form`] when the text has another form, or the number too many digits.
    fn from_str(text: &str) -> Result<Self, Rule> {
        parse(text).ok_or(FORM)
    }
}

fn parse(text: &str) -> Option<Decimal> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let canonical = whole.len() == 1 || !whole.starts_with('0');
    let too_long = usize::from(DIGITS_MAX);
    if whole.is_empty()
        || !canonical
        || whole.len() > too_long
        || fraction.is_some_and(|digits| digits.is_empty() || digits.len() > too_long)
    {
        return None;
    }
    let fraction = fraction.unwrap_or_default();
    let kept = fraction.trim_end_matches('0');
    // Every digit is looked at, those that are cut off too.
    let all = whole.bytes().chain(fraction.bytes());
    if !all.clone().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude =
        all.take(whole.len() + kept.len()).try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')))?;
    let coefficient = if negative { -magnitude } else { magnitude };
    Decimal::new(coefficient, u8::try_from(kept.len()).ok()?).ok()
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coefficient = self.coefficient();
        let sign = if coefficient < 0 { "-" } else { "" };
        let unit = 10_u128.pow(u32::from(self.scale));
        let magnitude = coefficient.unsigned_abs();
        write!(f, "{sign}{}", magnitude / unit)?;
        if self.scale > 0 {
            write!(f, ".{:0width$}", magnitude % unit, width = usize::from(self.scale))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let whole = |number: &Self| number.coefficient() / 10_i128.pow(u32::from(number.scale));
        // Behind the point both have at most 38 digits, so bringing them to the same number of digits fits.
        let fraction = |number: &Self| {
            let unit = 10_i128.pow(u32::from(number.scale));
            number.coefficient() % unit * 10_i128.pow(u32::from(DIGITS_MAX - number.scale))
        };
        whole(self).cmp(&whole(other)).then_with(|| fraction(self).cmp(&fraction(other)))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s15_only_one_form_is_read() {
        let long = "1".repeat(39);
        let deep = format!("0.{}", "1".repeat(39));
        for text in [
            "", "-", ".5", "5.", "+1", "1e3", "01", "-01", "1,5", "1.5.5", " 1", "NaN", "inf", "1_000", "0x1", "1.0a", "1.00٣", &long,
            &deep,
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(FORM), "{text:?}");
        }
        let largest = "9".repeat(38);
        let finest = format!("0.{}1", "0".repeat(37));
        for (text, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("1.50", "1.5"),
            ("-12.034", "-12.034"),
            ("100", "100"),
            (&largest, &largest),
            (&finest, &finest),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn digits_before_the_point_are_counted() {
        for (text, count) in [("0", 0), ("0.5", 0), ("9.9", 1), ("-10", 2), ("123456.7", 6)] {
            assert_eq!(text.parse::<Decimal>().unwrap().integer_digits(), count, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_comes_back_and_is_ordered(a in -10_i128.pow(37)..10_i128.pow(37), b in -10_i128.pow(37)..10_i128.pow(37), scale in 0_u8..=38) {
            let (left, right) = (Decimal::new(a, scale).unwrap(), Decimal::new(b, scale).unwrap());
            prop_assert_eq!(left.to_string().parse(), Ok(left));
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left == right, a == b);
        }

        #[test]
        fn order_is_total_over_scales(a in any::<i32>(), b in any::<i32>(), x in 0_u8..=9, y in 0_u8..=9) {
            let (left, right) = (Decimal::new(a.into(), x).unwrap(), Decimal::new(b.into(), y).unwrap());
            let exact = (i128::from(a) * 10_i128.pow(u32::from(y))).cmp(&(i128::from(b) * 10_i128.pow(u32::from(x))));
            prop_assert_eq!(left.cmp(&right), exact);
        }
    }
}
