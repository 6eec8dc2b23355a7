//! Numbers in another unit.

use recension_model::{Decimal, FieldKind, FieldSpec, Misfit, Ratio, Rounding, Rule, Slot, Value};

use super::{Direction, fits, fitting, mismatch};

/// What an op `scale` says.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    /// From the older unit to the newer.
    pub(crate) by: Ratio,
    pub(crate) rounding: Rounding,
    /// What stands for a newer value that the older type has not, and for an older that the newer has not.
    pub(crate) fallback: Slot,
    pub(crate) fill: Slot,
}

impl Scale {
    pub(super) fn apply(&self, value: &Value, to: &FieldSpec, direction: Direction) -> Result<Slot, Misfit> {
        let (by, otherwise) = match direction {
            Direction::Up => (self.by, &self.fill),
            Direction::Down => (self.by.inverse(), &self.fallback),
        };
        let scaled = match value {
            Value::Integer(number) => integer(*number, by, self.rounding).map(Value::Integer),
            Value::Decimal(number) => decimal(*number, to.limits.decimal().1, by, self.rounding).map(Value::Decimal),
            #[expect(clippy::cast_precision_loss, reason = "a float is not exact; what it loses is carried")]
            Value::Float(number) => Some(Value::Float(number * by.numerator() as f64 / by.denominator() as f64)),
            _ => None,
        };
        fitting(scaled.ok_or_else(|| too_large(to, value)).and_then(|scaled| fits(to, scaled.into())), otherwise)
    }
}

/// The rule that a number breaks which is too large to be computed with.
fn too_large(to: &FieldSpec, value: &Value) -> Rule {
    match to.kind {
        FieldKind::Decimal => {
            let (whole, scale) = to.limits.decimal();
            Rule::Digits { whole, scale }
        }
        _ => mismatch(to, value),
    }
}

fn integer(number: i128, by: Ratio, rounding: Rounding) -> Option<i128> {
    divided(number.checked_mul(by.numerator().into())?, by.denominator().into(), rounding)
}

/// Rounded to as many digits behind the point as the field may have.
fn decimal(number: Decimal, digits: u8, by: Ratio, rounding: Rounding) -> Option<Decimal> {
    let product = number.coefficient().checked_mul(by.numerator().into())?;
    let denominator = i128::from(by.denominator());
    let power = |exponent: u8| 10_i128.checked_pow(exponent.into());
    let coefficient = match digits.checked_sub(number.scale()) {
        Some(more) => divided(product.checked_mul(power(more)?)?, denominator, rounding)?,
        None => divided(product, denominator.checked_mul(power(number.scale() - digits)?)?, rounding)?,
    };
    Decimal::new(coefficient, digits).ok()
}

/// `number` divided by a positive one.
fn divided(number: i128, by: i128, rounding: Rounding) -> Option<i128> {
    let (floor, rest) = (number.div_euclid(by), number.rem_euclid(by));
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Ceiling => rest > 0,
        // Of two that are as near, the even one.
        Rounding::Nearest => match rest.cmp(&(by - rest)) {
            std::cmp::Ordering::Equal => floor % 2 != 0,
            order => order.is_gt(),
        },
    };
    floor.checked_add(i128::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_is_rounded_as_it_was_said() {
        let all = |number| [Rounding::Floor, Rounding::Ceiling, Rounding::Nearest].map(|rounding| divided(number, 4, rounding).unwrap());
        assert_eq!(all(8), [2, 2, 2]);
        assert_eq!(all(9), [2, 3, 2]);
        assert_eq!(all(10), [2, 3, 2]); // as near to 3, which is odd
        assert_eq!(all(11), [2, 3, 3]);
        assert_eq!(all(14), [3, 4, 4]);
        assert_eq!(all(-1), [-1, 0, 0]);
        assert_eq!(all(-2), [-1, 0, 0]);
        assert_eq!(all(-3), [-1, 0, -1]);
        assert_eq!(all(-6), [-2, -1, -2]);
    }

    #[test]
    fn a_decimal_keeps_the_digits_that_the_field_may_have() {
        let scaled = |number: &str, digits, by: &str| {
            decimal(number.parse().unwrap(), digits, by.parse().unwrap(), Rounding::Nearest).map(|number| number.to_string())
        };
        assert_eq!(scaled("1.5", 3, "1/8").as_deref(), Some("0.188"));
        assert_eq!(scaled("1.5", 0, "3").as_deref(), Some("4")); // 4.5
        assert_eq!(scaled("0.125", 1, "1").as_deref(), Some("0.1"));
        assert_eq!(scaled("99999999999999999999999999999999999999", 0, "1024"), None);
    }
}
