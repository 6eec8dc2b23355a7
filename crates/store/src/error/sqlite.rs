//! SQLite's extended result codes; the low byte is the primary code.

use super::classify::{Kind, MISSING};

/// The class of an error by its code, and by its text where one code is for several things.
pub(super) fn class(code: i32, message: &str) -> (Kind, &'static str) {
    match code {
        2067 | 1555 | 2579 => return (Kind::Unique, "not unique"),
        787 | 3850 => return (Kind::ForeignKey, "foreign key"),
        _ => {}
    }
    match code & 0xff {
        1 if drifted(message) => (Kind::Unreadable, MISSING),
        5 | 6 => (Kind::Contention, "locked"),
        7 => (Kind::Unavailable, "out of memory"),
        8 => (Kind::Unavailable, "database is read-only"),
        9 => (Kind::Deadline, "interrupted"),
        10 => (Kind::Unavailable, "input or output failed"),
        11 | 26 => (Kind::Unreadable, "database file is damaged"),
        13 => (Kind::Unavailable, "disk is full"),
        14 => (Kind::Unavailable, "database file cannot be opened"),
        19 => (Kind::Constraint, "constraint of the table"),
        _ => (Kind::Internal, "driver error"),
    }
}

/// Whether the plain error (code 1) is about a table that is not as the object says. It has no code
/// of its own; its text is fixed since version 3.0.
fn drifted(message: &str) -> bool {
    message.starts_with("no such column") || message.starts_with("no such table") || message.contains(" has no column named ")
}

/// Whether somebody must do something before a database that is not available is so again: one that is read-only (8), damaged
/// (11) or none at all (26).
pub(super) const fn lasts(code: i32) -> bool {
    matches!(code & 0xff, 8 | 11 | 26)
}

/// Whether an error of COMMIT does not say that nothing was committed.
pub(super) const fn leaves_commit_open(code: i32) -> bool {
    code & 0xff == 10
}

/// Whether SQLite takes the whole transaction back where it has no journal of the one statement, as it has of few (out of memory,
/// interrupted, input or output, full). What comes next would be committed by itself.
pub(super) const fn ends_transaction(code: i32) -> bool {
    matches!(code & 0xff, 7 | 9 | 10 | 13)
}
