//! PostgreSQL's codes, which are those of SQL and its own.

use super::classify::{Kind, MISSING, STALE_PLAN};

/// A histogram of no buckets was asked for.
pub(super) const NO_BUCKETS: &str = "2201G";

/// The class of an error by its code, and by the routine of the server that told it where one code is for several things.
pub(super) fn class(state: &str, routine: Option<&str>) -> (Kind, &'static str) {
    match state {
        "23505" | "23P01" => (Kind::Unique, "not unique"),
        "23503" | "23001" => (Kind::ForeignKey, "foreign key"),
        "40001" => (Kind::Contention, "transactions could not be put in an order"),
        "40P01" => (Kind::Contention, "deadlock"),
        "55P03" => (Kind::Contention, "locked"),
        "40003" => (Kind::CommitUnknown, "outcome of the statement is not known"),
        "57014" => (Kind::Deadline, "interrupted"),
        "57P01" | "57P02" | "57P03" => (Kind::Unavailable, "server is going down or coming up"),
        "57P04" | "3D000" => (Kind::Unavailable, "database is not there: make it, or name another in the URL"),
        "57P05" | "25P03" | "25P04" => (Kind::Unavailable, "connection was idle too long"),
        "53100" => (Kind::Unavailable, "disk is full"),
        "53200" => (Kind::Unavailable, "out of memory"),
        "53300" => (Kind::Unavailable, "too many connections"),
        "25006" => (Kind::Unavailable, "database is read-only"),
        "42501" => (Kind::Unavailable, "user may not do this"),
        "42P01" | "42703" | "3F000" => (Kind::Unreadable, MISSING),
        "42804" | "42883" => (Kind::Unreadable, "column of another type"),
        // A pooler that gives each transaction another connection, and knows nothing of prepared statements.
        "26000" | "42P05" => {
            (Kind::Unavailable, "a pooler in between loses prepared statements: let it pool sessions, or bring it up to date")
        }
        "08P01" => (Kind::Unavailable, "server or a pooler in between does not speak the whole protocol"),
        "0A000" if routine == Some("RevalidateCachedQuery") => (Kind::Unavailable, STALE_PLAN),
        "25P02" => (Kind::Internal, "transaction has failed already"),
        "XX001" | "XX002" => (Kind::Unreadable, "database is damaged"),
        _ => class_of_two(state.get(..2).unwrap_or_default()),
    }
}

/// The class of what the first two characters say.
fn class_of_two(class: &str) -> (Kind, &'static str) {
    match class {
        "08" => (Kind::Unavailable, "connection failed"),
        "28" => (Kind::Unavailable, "server does not let this user in: see to the user and the password in the URL"),
        // A value that its column does not hold, and rules that the store does not know.
        "22" | "23" | "44" => (Kind::Constraint, "constraint of the table"),
        "53" => (Kind::Unavailable, "out of resources"),
        "58" => (Kind::Unavailable, "input or output failed"),
        _ => (Kind::Internal, "driver error"),
    }
}

/// Whether somebody must do something before a database that is not available is so again.
pub(super) fn lasts(state: &str) -> bool {
    state.starts_with("28") || matches!(state, "25006" | "42501" | "3D000" | "57P04" | "26000" | "42P05" | "08P01" | "XX001" | "XX002")
}

/// Whether an error of COMMIT does not say that nothing was committed: the server went away while it was at it.
pub(super) fn leaves_commit_open(state: &str) -> bool {
    state == "40003" || state.starts_with("08") || state.starts_with("57P") || state.starts_with("58") || state.starts_with("XX")
}

/// Whether the server has nothing more to do with the session.
pub(super) fn ends_session(state: &str) -> bool {
    state.starts_with("08") || matches!(state, "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_class() {
        use Kind::{CommitUnknown, Constraint, Contention, Deadline, ForeignKey, Internal, Unavailable, Unique, Unreadable};
        for (kind, codes) in [
            (Unique, "23505 23P01"),
            (ForeignKey, "23503 23001"),
            (Constraint, "23502 23514 23000 22001 22003 22012 22021 22P02 22008 44000"),
            (Contention, "40001 40P01 55P03"),
            (Deadline, "57014"),
            (CommitUnknown, "40003"),
            (Unavailable, "57P01 57P02 57P03 57P04 57P05 25P03 25P04 3D000 53000 53100 53200 53300 53400 25006 42501"),
            (Unavailable, "08000 08001 08003 08004 08006 08P01 28000 28P01 26000 42P05 58000 58030"),
            (Unreadable, "42P01 42703 3F000 42804 42883 XX001 XX002"),
            // What nobody knows is not tried again.
            (Internal, "25P02 42601 0A000 55000 2D000 P0001 XX000 99999 40002"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(class(code, None).0, kind, "{code}");
            }
        }
        assert_eq!(class("0A000", Some("RevalidateCachedQuery")), (Unavailable, STALE_PLAN));
        assert_eq!(class("", None).0, Internal);
    }

    #[test]
    fn what_lasts_and_what_leaves_a_commit_open_is_told_by_the_code() {
        for code in ["28P01", "28000", "3D000", "25006", "42501", "26000"] {
            assert!(lasts(code), "{code}");
        }
        for code in ["57P01", "57P03", "53100", "53300", "08006"] {
            assert!(!lasts(code), "{code}");
        }
        for code in ["57P01", "08006", "40003", "58030"] {
            assert!(leaves_commit_open(code), "{code}");
        }
        for code in ["40001", "40P01", "23505", "23503", "53100", "25P02"] {
            assert!(!leaves_commit_open(code), "{code}");
        }
    }
}
