//! Numbers in ranges of which the ends are whole, or far out, or next to each other.

use recension_versioning::{Verdict, compare};
use serde_json::{Value as Json, json};

use super::verdict;

fn between(low: impl Into<Json>, high: impl Into<Json>) -> Json {
    json!({ "type": "number", "exclusiveMinimum": low.into(), "exclusiveMaximum": high.into() })
}

#[test]
fn a_fraction_is_found_wherever_there_is_one() {
    let whole = json!({ "type": "integer" });
    for range in [
        between(0, 11),
        between(0, 5.5),
        between(-11, 0),
        between(0, 1_000_000_000_000_000_000_u64),
        between(-1.7e308, 1.7e308),
        between(-1_000_000_000_000_000_000_i64, 1),
        between(4_503_599_627_370_495_u64, 4_503_599_627_370_496_u64),
        json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 5.5 }),
    ] {
        assert_eq!(verdict(&range, &whole), "incompatible", "{range}");
    }
}

#[test]
fn a_whole_number_beside_those_that_are_left_out_is_found() {
    let far = json!({ "type": "number", "minimum": 1_152_921_504_606_846_976_u64, "maximum": 1_152_921_504_606_846_979_u64 });
    let ends = json!({ "enum": [1_152_921_504_606_846_976_u64, 1_152_921_504_606_846_979_u64] });
    assert_eq!(verdict(&far, &ends), "incompatible");
    // The next one down is none that 64 bits hold.
    let low = json!({ "type": "integer", "maximum": i64::MIN });
    assert_eq!(verdict(&low, &json!({ "const": i64::MIN })), "incompatible");
}

#[test]
fn what_lies_between_two_floats_is_not_taken_for_nothing() {
    // A text may have such a number, and who reads it exactly sees it.
    for (writer, reader) in
        [(between(1, 1.0_f64.next_up()), json!(false)), (json!({ "type": "number", "minimum": 1_u64 << 53 }), json!({ "type": "integer" }))]
    {
        let compared = compare(&writer, &reader).unwrap();
        assert!(matches!(compared, Verdict::Unknown { keyword: "minimum", .. }), "{compared:?}");
    }
}
