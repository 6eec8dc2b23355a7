//! Until when a version of a server is mended, as its makers say.

use chrono::NaiveDate;
use recension_model::Timestamp;

use super::Finding;

/// The engine, how its version begins, and the last day on which it is mended: year, month and day.
const ENDS: &[(&str, &str, (i32, u32, u32))] = &[
    ("postgres", "15", (2027, 11, 11)),
    ("postgres", "16", (2028, 11, 9)),
    ("postgres", "17", (2029, 11, 8)),
    ("postgres", "18", (2030, 11, 14)),
    ("mariadb", "10.11", (2028, 2, 16)),
    ("mariadb", "11.4", (2029, 5, 29)),
    ("mariadb", "11.8", (2028, 6, 4)),
    ("mysql", "5.6", (2021, 2, 5)),
    ("mysql", "5.7", (2023, 10, 31)),
    ("mysql", "8.0", (2026, 4, 30)),
    ("mysql", "8.4", (2032, 4, 30)),
];

/// That the version is not mended any more; nothing of one that is not in the list.
pub(super) fn finding(engine: &str, version: &str, now: Timestamp) -> Option<Finding> {
    let begins = |with: &str| version.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (_, known, (year, month, day)) = ENDS.iter().find(|(of, known, _)| *of == engine && begins(known))?;
    let end = NaiveDate::from_ymd_opt(*year, *month, *day)?;
    let is_over = now.to_utc().to_chrono().date_naive() > end;
    is_over.then(|| Finding::of("DB_VERSION_UNSUPPORTED", format!("{engine} {known} was mended until {end}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_mended_until_its_last_day() {
        let at = |day: &str| Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap();
        assert_eq!(finding("postgres", "15.18", at("2027-11-11")), None);
        let over = finding("postgres", "15.18", at("2027-11-12")).unwrap();
        assert_eq!((over.check.id, &*over.says), ("DB_VERSION_UNSUPPORTED", "postgres 15 was mended until 2027-11-11"));
        assert!(finding("mysql", "5.6.51", at("2026-11-30")).is_some());
        // Version 1 is not how version 15 begins, and what is not known is not said.
        for (engine, version) in [("postgres", "150.1"), ("mariadb", "10.1"), ("mariadb", "99.1"), ("sqlite", "3.40.1")] {
            assert_eq!(finding(engine, version, at("2099-01-01")), None, "{version}");
        }
    }
}
