//! The numbers of MySQL and MariaDB, and of MariaDB's cluster.

use super::classify::{Kind, MISSING};

/// A statement was ended by another session.
pub(super) const INTERRUPTED: u16 = 1317;

/// The class of an error by its number, and by the group that its SQLSTATE says where the number is not known.
pub(super) fn class(number: u16, state: Option<&str>) -> (Kind, &'static str) {
    match number {
        1022 | 1062 | 1169 | 1586 | 1859 => (Kind::Unique, "not unique"),
        1216 | 1217 | 1451 | 1452 => (Kind::ForeignKey, "foreign key"),
        // Too long, out of range, null, no default, of no such character, of no such form; checks of MariaDB and of MySQL.
        1048 | 1263 | 1264 | 1265 | 1292 | 1364..=1367 | 1406 | 1690 | 3140 | 3819 | 4025 => (Kind::Constraint, "constraint of the table"),
        1213 | 1614 => (Kind::Contention, "deadlock"),
        1020 => (Kind::Contention, "transactions could not be put in an order"),
        1205 | 1689 | 3572 => (Kind::Contention, "locked"),
        INTERRUPTED | 1969 | 3024 => (Kind::Deadline, "interrupted"),
        1021 | 1114 => (Kind::Unavailable, "disk is full"),
        1037 | 1038 | 1041 | 1135 => (Kind::Unavailable, "out of memory"),
        1040 | 1203 | 1226 => (Kind::Unavailable, "too many connections"),
        1461 => (Kind::Unavailable, "out of resources"),
        1290 | 1792 | 1836 => (Kind::Unavailable, "database is read-only"),
        1044 | 1142 | 1143 | 1227 | 1370 => (Kind::Unavailable, "user may not do this"),
        1045 | 1129 | 1130 | 1251 | 1524 | 1698 | 1820 | 1862 | 3118 | 4151 => {
            (Kind::Unavailable, "server does not let this user in: see to the user and the password in the URL")
        }
        1046 | 1049 => (Kind::Unavailable, "database is not there: make it, or name another in the URL"),
        1047 | 1180 => (Kind::Unavailable, "node has lost the cluster"),
        1053 | 1927 => (Kind::Unavailable, "server is going down or has cut the connection"),
        4031 => (Kind::Unavailable, "connection was idle too long"),
        1152 | 1156..=1161 | 1184 => (Kind::Unavailable, "connection failed"),
        1016 | 1023..=1026 | 1030 => (Kind::Unavailable, "input or output failed"),
        1034 | 1035 | 1194 | 1195 | 1712 => (Kind::Unreadable, "database is damaged"),
        1054 | 1146 => (Kind::Unreadable, MISSING),
        _ => class_of_two(state.and_then(|state| state.get(..2)).unwrap_or_default()),
    }
}

/// The class of what the first two characters of the state say.
fn class_of_two(class: &str) -> (Kind, &'static str) {
    match class {
        "22" | "23" => (Kind::Constraint, "constraint of the table"),
        "28" => (Kind::Unavailable, "server does not let this user in: see to the user and the password in the URL"),
        _ => (Kind::Internal, "driver error"),
    }
}

/// Whether somebody must do something before a database that is not available is so again.
pub(super) const fn lasts(number: u16) -> bool {
    matches!(number, 1044..=1046 | 1049 | 1129 | 1130 | 1142 | 1143 | 1227 | 1251 | 1290 | 1370 | 1524 | 1698 | 1792 | 1820 | 1836 | 1862)
        || matches!(number, 3118 | 4151)
}

/// Whether an error of COMMIT does not say that nothing was committed: the server or the cluster went away while it was at it,
/// or it was interrupted. A node that is without its cluster already (1047) refuses a statement before it looks at it, and a row that a table
/// has no room for (1114) is one of a statement, which is undone.
pub(super) const fn leaves_commit_open(number: u16) -> bool {
    matches!(number, 1016 | 1021 | 1023..=1026 | 1030 | 1053 | 1152 | 1156..=1161 | 1180 | 1184 | 1317 | 1927 | 1969 | 3024)
}

/// Whether the server has nothing more to do with the session.
pub(super) const fn ends_session(number: u16) -> bool {
    matches!(number, 1053 | 1152 | 1156..=1161 | 1184 | 1927 | 4031)
}

/// Whether the transaction is gone, or must not go on, though the server takes the next statement: it would be one outside of the
/// transaction, committed by itself. After a lock was waited for in vain (1205) the transaction is still there.
pub(super) const fn ends_transaction(number: u16) -> bool {
    matches!(number, 1020 | 1047 | 1180 | 1213 | 1614 | 3101)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_class() {
        use Kind::{Constraint, Contention, Deadline, ForeignKey, Internal, Unavailable, Unique, Unreadable};
        let all: [(Kind, &[u16]); 8] = [
            (Unique, &[1062]),
            (ForeignKey, &[1451, 1452]),
            (Constraint, &[1048, 4025, 3819, 1406, 1264, 1365, 1366, 1292]),
            (Contention, &[1213, 1205, 1020, 3572]),
            (Deadline, &[1969, 1317, 3024]),
            (Unavailable, &[1040, 1041, 1044, 1045, 1047, 1049, 1053, 1114, 1142, 1180, 1290, 1792, 1836, 1927, 4031]),
            (Unreadable, &[1054, 1146]),
            // What nobody knows is not tried again.
            (Internal, &[1064, 1105, 1235, 1243, 65_535]),
        ];
        for (kind, numbers) in all {
            for number in numbers {
                assert_eq!(class(*number, Some("HY000")).0, kind, "{number}");
            }
        }
        assert_eq!(class(65_535, Some("22007")).0, Constraint);
        assert_eq!(class(65_535, Some("28000")).0, Unavailable);
        assert_eq!(class(65_535, None).0, Internal);
    }

    #[test]
    fn what_lasts_leaves_a_commit_open_and_ends_a_transaction_is_told_by_the_number() {
        for (is, yes, no) in [
            (lasts as fn(u16) -> bool, [1045, 1049, 1142, 1290], [1040, 1053, 1927, 1047]),
            (leaves_commit_open, [1053, 1927, 1180, 1317], [1213, 1205, 1047, 1114]),
            (ends_transaction, [1213, 1020, 1047, 1180], [1205, 1062, 1048, 1054]),
        ] {
            assert_eq!((yes.map(is), no.map(is)), ([true; 4], [false; 4]), "{yes:?} {no:?}");
        }
    }
}
