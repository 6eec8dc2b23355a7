//! The settings of a node of a Galera cluster.

use super::Ability;
use super::abilities::ability;
use super::ask::Values;
use super::diagnosis::Finding;

pub(super) const STATUS: &str = "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_status', 'wsrep_cluster_size')";

/// What is other on a cluster than on one server.
pub(super) const ABILITIES: [Ability; 2] = [
    ability(
        "row_locks_everywhere",
        false,
        [
            "",
            "a row that is locked is locked on this node alone: a write on another node is found out at COMMIT, and the transaction run again",
        ],
    ),
    ability("ids_follow_one_another", false, ["", "ids that the database makes go in steps, one for each node"]),
];

pub(super) fn judge(values: &Values, status: &Values) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !status.is("wsrep_cluster_status", &["Primary"]) {
        findings.push(Finding::of_setting("DB_CLUSTER_NOT_PRIMARY", "wsrep_cluster_status", status.get("wsrep_cluster_status")));
    }
    if status.number("wsrep_cluster_size").is_none_or(|nodes| nodes < 3) {
        findings.push(Finding::of_setting("DB_CLUSTER_SMALL", "wsrep_cluster_size", status.get("wsrep_cluster_size")));
    }
    // The first bit is that of reads.
    if values.number("wsrep_sync_wait").is_none_or(|waits| waits & 1 == 0) {
        findings.push(Finding::of_setting("DB_CLUSTER_READS_STALE", "wsrep_sync_wait", values.get("wsrep_sync_wait")));
    }
    if !values.is("innodb_autoinc_lock_mode", &["2"]) {
        findings.push(Finding::of_setting("DB_CLUSTER_AUTOINC", "innodb_autoinc_lock_mode", values.get("innodb_autoinc_lock_mode")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        Values(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn each_setting_of_a_cluster_that_is_unsafe_is_told_and_no_other() {
        let ids = |but: &[(&str, &str)]| -> Vec<&str> {
            let set = [&[("wsrep_sync_wait", "1"), ("innodb_autoinc_lock_mode", "2")], but].concat();
            let status = [&[("wsrep_cluster_status", "Primary"), ("wsrep_cluster_size", "3")], but].concat();
            judge(&values(&set), &values(&status)).iter().map(|finding| finding.check.id).collect()
        };
        assert!(ids(&[]).is_empty());
        for (name, value, id) in [
            ("wsrep_cluster_status", "non-Primary", "DB_CLUSTER_NOT_PRIMARY"),
            ("wsrep_cluster_size", "2", "DB_CLUSTER_SMALL"),
            ("wsrep_sync_wait", "0", "DB_CLUSTER_READS_STALE"),
            ("wsrep_sync_wait", "6", "DB_CLUSTER_READS_STALE"),
            ("innodb_autoinc_lock_mode", "1", "DB_CLUSTER_AUTOINC"),
        ] {
            assert_eq!(ids(&[(name, value)]), [id], "{name}");
        }
    }
}
