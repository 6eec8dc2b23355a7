//! Rules about what a field that both versions have can hold on either side, and about who may see it there.

use recension_model::{FieldClass, FieldKind, FieldSpec, IntegerWidth};

use super::{Checked, Finding};
use crate::promote;

/// What is wrong with the types and classes of fields.
pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for hop in checked.hops() {
        for (older, newer) in hop.kept() {
            let mut tell = |id, says| findings.extend(hop.tell_of(id, checked, (older, newer), says));
            match held(&older.kind, &newer.kind) {
                Held::All => {}
                Held::Roughly => tell("VO_TYPE_WIDENED_LOSSY", "the type it has since holds the older values only roughly"),
                Held::Some => tell("VO_TYPE_NARROWED", "the type it has since does not hold every older value"),
            }
            match (is_secret(older), is_secret(newer)) {
                (true, false) => tell("VO_FIELD_SECRET_CARRIED", "it was a secret, and travels in the open since"),
                (false, true) => tell("VO_FIELD_SECRET_CARRIED", "it is a secret since, and travels in the open to older readers"),
                _ => {}
            }
        }
    }
}

fn is_secret(field: &FieldSpec) -> bool {
    field.class == FieldClass::Secret
}

/// What of the values of one type another holds.
#[derive(Debug, PartialEq, Eq)]
enum Held {
    All,
    /// All of them, some not exactly.
    Roughly,
    Some,
}

/// What of the values of the older kind the newer one holds, whatever the op makes of them. Values of enums and objects have
/// rules of their own.
fn held(older: &FieldKind, newer: &FieldKind) -> Held {
    use FieldKind::{Bool, Date, Decimal, Duration, Enum, Float, Integer, List, Map, Object, Set, Text, Timestamp, Union};
    match (older, newer) {
        (older, newer) if older == newer || promote::widens(older, newer) => Held::All,
        (List(older), List(newer) | Set(newer)) | (Set(older), Set(newer) | List(newer)) | (Map(older), Map(newer)) => {
            match (older.nullable && !newer.nullable, held(&older.kind, &newer.kind)) {
                (false, held) => held,
                (true, _) => Held::Some,
            }
        }
        // How one value is one of several, and which of several is the one, is what the op says.
        (older, newer) if older.element().is_some() || newer.element().is_some() => Held::All,
        (Enum(_), Enum(_)) | (Object(_) | Union(_), _) | (_, Object(_) | Union(_)) => Held::All,
        // Every other value can be told as text.
        (_, Text) | (Bool, Integer(_) | Float | Decimal) | (Date, Timestamp) => Held::All,
        (Integer(width), Duration) if *width != IntegerWidth::U64 => Held::All,
        (Integer(_) | Decimal | Duration, Float) => Held::Roughly,
        _ => Held::Some,
    }
}

#[cfg(test)]
mod tests {
    use recension_model::EnumSpec;

    use super::*;

    #[test]
    fn what_one_type_holds_of_another() {
        use FieldKind::{Bool, Decimal, Float, Integer, Text, Uuid};
        use IntegerWidth::{I32, I64, U64};
        let state = || FieldKind::Enum(EnumSpec::new("State", ["new"]));
        let list = FieldKind::list_of;
        for (older, newer, expected) in [
            (Integer(I32), Integer(I64), Held::All),
            (Integer(I64), Integer(I32), Held::Some),
            (Integer(I64), Integer(U64), Held::Some),
            (Integer(I32), Float, Held::All),
            (Integer(I64), Float, Held::Roughly),
            (Decimal, Float, Held::Roughly),
            (Float, Integer(I64), Held::Some),
            (Bool, Integer(I32), Held::All),
            (Text, Uuid, Held::Some),
            (Uuid, Text, Held::All),
            (state(), Text, Held::All),
            (Text, state(), Held::Some),
            (list(Integer(I64)), list(Integer(I32)), Held::Some),
            (list(Integer(I32)), FieldKind::set_of(Integer(I64)), Held::All),
        ] {
            assert_eq!(held(&older, &newer), expected, "{older:?} {newer:?}");
        }
    }
}
