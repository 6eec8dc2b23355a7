//! Timestamps, days, durations.

use recension::{Duration, Rule};
use recension_tests::{Cable, Kinds, Sample};

use super::{accepted, past_limit, refused, refused_at};

#[test]
fn timestamps() {
    accepted::<Sample>(
        "made_at",
        &[
            r#""0001-01-01T00:00:00Z""#,
            r#""9999-12-31T23:59:59.999999Z""#,
            r#""2024-02-29T12:00:00.5+14:00""#,
            r#""2024-01-01T00:00:00-23:59""#,
        ],
    );
    accepted::<Sample>("seen_at", &["null"]);
    refused::<Sample>(
        "made_at",
        &Rule::Timestamp,
        &[
            r#""""#,
            r#""2024-01-01""#,
            r#""2024-01-01T00:00:00""#,
            r#""2024-02-30T00:00:00Z""#,
            r#""2024-01-01T24:00:00Z""#,
            r#""2024-01-01T00:00:00.1234567Z""#,
            r#""2024-01-01T00:00:00+24:00""#,
            r#""0000-01-01T00:00:00Z""#,
            r#""9999-12-31T23:59:59-01:00""#,
            r#""0001-01-01T00:00:00+01:00""#,
            r#""canary""#,
        ],
    );
    refused_at::<Kinds>("seen", "seen[*]", &Rule::Timestamp, &[r#"{"canary":"2024-01-01"}"#]);
    refused::<Sample>("made_at", &Rule::NotNull, &["null"]);
}

#[test]
fn days() {
    accepted::<Kinds>("born", &[r#""0001-01-01""#, r#""9999-12-31""#, r#""2024-02-29""#]);
    accepted::<Kinds>("died", &["null", r#""1970-01-01""#]);
    refused::<Kinds>(
        "born",
        &Rule::Form("day of the years 1 to 9999 as `YYYY-MM-DD`"),
        &[
            r#""""#,
            r#""0000-12-31""#,
            r#""10000-01-01""#,
            r#""2023-02-29""#,
            r#""2024-13-01""#,
            r#""2024-2-29""#,
            r#""2024-02-29T00:00:00Z""#,
            r#""20240229""#,
            r#""canary""#,
        ],
    );
    refused::<Kinds>("born", &Rule::NotNull, &["null"]);
}

#[test]
fn durations() {
    accepted::<Kinds>("timeout", &[r#""-PT1S""#, r#""PT3600S""#, r#""PT0S""#, r#""PT0.000001S""#]);
    let range = Rule::DurationRange { min: Duration::from_micros(-1_000_000), max: Duration::from_micros(3_600_000_000) };
    past_limit::<Kinds>("timeout", "timeout", &range, &[r#""-PT1.000001S""#, r#""PT3600.000001S""#, r#""PT9223372036854.775807S""#]);
    // The bound that is not declared is that of the kind.
    accepted::<Cable>("delay", &[r#""PT60S""#, r#""-PT9223372036854.775808S""#]);
    let range = Rule::DurationRange { min: Duration::from_micros(i64::MIN), max: Duration::from_micros(60_000_000) };
    past_limit::<Cable>("delay", "delay", &range, &[r#""PT60.000001S""#]);
    accepted::<Kinds>("span", &["null", r#""PT9223372036854.775807S""#, r#""-PT9223372036854.775808S""#]);
    refused::<Kinds>(
        "span",
        &Rule::Form("ISO 8601 duration in seconds, as `PT90.5S`"),
        &[
            r#""""#,
            r#""PT9223372036854.775808S""#,
            r#""-PT9223372036854.775809S""#,
            r#""P1D""#,
            r#""PT1M""#,
            r#""PT01S""#,
            r#""PT1.0000001S""#,
            r#""pt15s""#,
            r#""+PT1S""#,
            r#""3600""#,
            r#""canary""#,
        ],
    );
    refused::<Kinds>("timeout", &Rule::NotNull, &["null"]);
}
