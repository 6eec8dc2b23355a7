//! Which types have every value of another exactly: the table of `widen`.

use recension_model::{Decimal, EnumValue, FieldKind, IntegerWidth, IpFamily, Value};

/// Bits of a float that hold a whole number exactly.
const FLOAT_BITS: u32 = 53;

/// Whether every value of `older` is exactly one of `newer`. Promotions that others allow and that lose something, such as a
/// 64-bit integer to a float, are none.
pub(crate) fn widens(older: &FieldKind, newer: &FieldKind) -> bool {
    match (older, newer) {
        (FieldKind::Integer(older), FieldKind::Integer(newer)) => {
            let ((low, high), (lowest, highest)) = (older.bounds(), newer.bounds());
            older != newer && lowest <= low && high <= highest
        }
        (FieldKind::Integer(width), FieldKind::Float) => is_exact_in_float(*width),
        (FieldKind::Integer(_), FieldKind::Decimal) | (FieldKind::Enum(_) | FieldKind::Uuid, FieldKind::Text) => true,
        (FieldKind::IpAddress(older), FieldKind::IpAddress(IpFamily::Any))
        | (FieldKind::IpNetwork(older), FieldKind::IpNetwork(IpFamily::Any)) => *older != IpFamily::Any,
        _ => false,
    }
}

const fn is_exact_in_float(width: IntegerWidth) -> bool {
    width.bounds().1 < 1 << FLOAT_BITS
}

/// A value of the older type in the newer one; nothing for one that is of neither.
pub(crate) fn up(value: &Value, newer: &FieldKind) -> Option<Value> {
    match (value, newer) {
        (Value::Integer(_), FieldKind::Integer(_))
        | (Value::IpAddress(_), FieldKind::IpAddress(_))
        | (Value::IpNetwork(_), FieldKind::IpNetwork(_)) => Some(value.clone()),
        (Value::Integer(number), FieldKind::Float) => {
            i32::try_from(*number).map(f64::from).or_else(|_| u32::try_from(*number).map(f64::from)).ok().map(Value::Float)
        }
        (Value::Integer(number), FieldKind::Decimal) => Decimal::new(*number, 0).ok().map(Value::Decimal),
        (Value::Enum(_) | Value::Uuid(_), FieldKind::Text) => Some(Value::Text(value.to_text()?.into_owned())),
        _ => None,
    }
}

/// A value of the newer type in the older one; nothing where that has not exactly this value.
pub(crate) fn down(value: &Value, older: &FieldKind) -> Option<Value> {
    match (value, older) {
        (Value::Integer(number), FieldKind::Integer(width)) => {
            let (low, high) = width.bounds();
            (low..=high).contains(number).then(|| value.clone())
        }
        (Value::Float(number), FieldKind::Integer(width)) => {
            let (low, high) = width.bounds();
            #[expect(clippy::cast_possible_truncation, reason = "the way back shows whether it is exact")]
            let whole = *number as i128;
            #[expect(clippy::cast_precision_loss, reason = "as above")]
            let exact = whole as f64 == *number && (low..=high).contains(&whole);
            exact.then_some(Value::Integer(whole))
        }
        (Value::Decimal(_), FieldKind::Integer(width)) => {
            let (low, high) = width.bounds();
            let whole: i128 = value.to_text()?.parse().ok()?;
            (low..=high).contains(&whole).then_some(Value::Integer(whole))
        }
        (Value::IpAddress(address), FieldKind::IpAddress(family)) => family.takes(address).then(|| value.clone()),
        (Value::IpNetwork(network), FieldKind::IpNetwork(family)) => family.takes(&network.addr()).then(|| value.clone()),
        (Value::Text(_) | Value::Secret(_), FieldKind::Enum(_) | FieldKind::Uuid) => {
            match Value::from_text(older, value.as_text()?).ok()? {
                Value::Enum(EnumValue::Unknown(_)) => None,
                value => Some(value),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use recension_model::EnumSpec;

    use super::*;

    const INTEGERS: [IntegerWidth; 8] = [
        IntegerWidth::I8,
        IntegerWidth::I16,
        IntegerWidth::I32,
        IntegerWidth::I64,
        IntegerWidth::U8,
        IntegerWidth::U16,
        IntegerWidth::U32,
        IntegerWidth::U64,
    ];

    #[test]
    fn every_bound_of_a_narrow_type_comes_back_from_every_wider_one() {
        let wide = INTEGERS.map(FieldKind::Integer).into_iter().chain([FieldKind::Float, FieldKind::Decimal]);
        let mut promotions = 0;
        for newer in wide {
            for width in INTEGERS {
                let older = FieldKind::Integer(width);
                if !widens(&older, &newer) {
                    continue;
                }
                promotions += 1;
                let (low, high) = width.bounds();
                for number in [low, low + 1, 0, high - 1, high] {
                    let value = Value::Integer(number);
                    let shown = up(&value, &newer).unwrap();
                    assert_eq!(down(&shown, &older), Some(value), "{width:?} {newer:?}");
                }
            }
        }
        assert_eq!(promotions, 18 + 6 + 8, "integers, floats, decimal numbers");
    }

    #[test]
    fn trap_9_what_does_not_fit_is_never_another_number() {
        let narrow = FieldKind::Integer(IntegerWidth::I32);
        assert_eq!(down(&Value::Integer((1 << 32) + 1), &narrow), None);
        assert_eq!(down(&Value::Float(0.5), &narrow), None);
        assert_eq!(down(&Value::Float(1e300), &narrow), None);
        assert_eq!(down(&Value::Decimal("1.5".parse().unwrap()), &narrow), None);
        assert_eq!(down(&Value::Decimal("2147483648".parse().unwrap()), &narrow), None);
        assert_eq!(down(&Value::Decimal("-7".parse().unwrap()), &narrow), Some(Value::Integer(-7)));
        for width in [IntegerWidth::I64, IntegerWidth::U64] {
            assert!(!widens(&FieldKind::Integer(width), &FieldKind::Float), "not every one is a float");
        }
        let state = FieldKind::Enum(EnumSpec::new("State", ["new"]));
        assert!(widens(&state, &FieldKind::Text) && !widens(&FieldKind::Text, &state));
        assert_eq!(down(&Value::from("new"), &state), Value::from_text(&state, "new").ok());
        assert_eq!(down(&Value::from("old"), &state), None);
    }
}
