//! Every check, by its id.

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing need be done.
    Note,
    /// Something may be lost, or be other than it is elsewhere, in a case that does not come up each day.
    Warning,
    /// Data may be damaged, or the store does not work on it.
    Error,
}

impl Severity {
    /// As it is written for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Its id, which never changes.
    pub id: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// When it fires, and why that matters.
    pub why: &'static str,
    /// What helps.
    pub remedy: &'static str,
}

use Severity::{Error, Note, Warning};

const fn check(id: &'static str, severity: Severity, why: &'static str, remedy: &'static str) -> Check {
    Check { id, severity, why, remedy }
}

/// Every check that [`Store::doctor`](crate::Store::doctor) makes.
pub const CHECKS: &[Check] = &[
    // Of every engine.
    check(
        "DB_FSYNC_OFF",
        Error,
        "what is written is not forced to the disk: a loss of power can damage the whole database",
        "turn `fsync` on; on SQLite, `synchronous` to NORMAL or FULL",
    ),
    check(
        "DB_FULL_PAGE_WRITES_OFF",
        Error,
        "a page that was half written when the power went cannot be repaired: rows are damaged unseen",
        "turn `full_page_writes` on",
    ),
    check(
        "DB_COMMIT_ASYNCHRONOUS",
        Warning,
        "COMMIT is answered before the disk has it: what was said to be done is lost when the server or the power fails",
        "set `synchronous_commit` to on; on MariaDB and MySQL, `innodb_flush_log_at_trx_commit` to 1",
    ),
    check(
        "DB_VERSION_UNSUPPORTED",
        Warning,
        "nobody mends this version of the server any more: a hole that is found stays open",
        "upgrade to a version that is maintained",
    ),
    check(
        "DB_CONNECTION_PLAIN",
        Warning,
        "the connection goes over a network and is not encrypted: whoever is in between reads and changes everything",
        "let the URL ask for a verified connection, and give the server a certificate",
    ),
    check(
        "DB_CONNECTION_PLAIN_LOCAL",
        Note,
        "the connection is not encrypted; it does not leave this machine, as far as the server sees",
        "nothing, unless a proxy on this machine leads elsewhere",
    ),
    check(
        "DB_USER_SUPERUSER",
        Warning,
        "the user may do everything with the server: who gets hold of the service gets hold of all databases",
        "connect as a user that may read and write the tables of the service, and nothing else",
    ),
    check(
        "DB_ISOLATION_DEFAULT",
        Note,
        "the server begins transactions at another level of isolation than READ COMMITTED; those of the store set theirs, other programs get this one",
        "nothing, or bring the default into line",
    ),
    // PostgreSQL.
    check(
        "DB_IDLE_IN_TRANSACTION",
        Note,
        "a transaction whose client is gone or stuck is kept open without an end, and so are its locks",
        "set `idle_in_transaction_session_timeout`",
    ),
    check(
        "DB_KEEPALIVE",
        Note,
        "a client whose machine is gone is noticed after two hours, and keeps its transaction and its locks until then",
        "set `tcp_keepalives_idle` to some minutes at most",
    ),
    check(
        "DB_NO_STANDBY",
        Note,
        "no other server follows this one: when its disk is lost, so is what was written since the last backup",
        "attach a standby, or be sure of the backups",
    ),
    // MariaDB and MySQL.
    check(
        "DB_BINLOG_NOT_SYNCED",
        Warning,
        "the log that replicas read is not forced to the disk: after a loss of power they have other rows than the server",
        "set `sync_binlog` to 1",
    ),
    check(
        "DB_SQL_MODE_LAX",
        Note,
        "the server cuts values that do not fit; the sessions of the store are strict, those of other programs are not",
        "have STRICT_TRANS_TABLES or STRICT_ALL_TABLES in `sql_mode`",
    ),
    check(
        "DB_AUTOCOMMIT_OFF",
        Note,
        "a session begins with a transaction that nobody began; those of the store set it, other programs keep locks they know nothing of",
        "set `autocommit` to ON",
    ),
    check(
        "DB_PACKET_SMALL",
        Warning,
        "a statement or a row of more than 16 MiB is refused and ends the connection: many objects made at once, or a large cell",
        "set `max_allowed_packet` to 16M or more",
    ),
    check(
        "DB_CLUSTER_NOT_PRIMARY",
        Error,
        "this node has lost the others, and refuses to read and to write",
        "connect to a node of the primary component, and mend the network of the cluster",
    ),
    check(
        "DB_CLUSTER_SMALL",
        Warning,
        "the cluster has fewer than three nodes: when one is gone, the rest cannot tell whether it is the majority",
        "have three nodes, or an arbitrator",
    ),
    check(
        "DB_CLUSTER_READS_STALE",
        Note,
        "a read on one node may not see what was committed on another just before",
        "set `wsrep_sync_wait` to 1 where that matters, or let one service use one node",
    ),
    check(
        "DB_CLUSTER_AUTOINC",
        Error,
        "ids that the database makes are locked for as long as a statement lasts, which a cluster does not keep apart: writes end in deadlocks",
        "set `innodb_autoinc_lock_mode` to 2",
    ),
    // SQLite.
    check(
        "DB_JOURNAL_NOT_WAL",
        Warning,
        "readers and the writer wait for one another",
        "let a process that may write open the file, or set `journal_mode` to WAL",
    ),
    check(
        "DB_FOREIGN_KEYS_OFF",
        Warning,
        "references to rows that are not there are taken",
        "turn `foreign_keys` on, as the store does when it opens",
    ),
    check(
        "DB_DAMAGED",
        Error,
        "the file is damaged: rows and indexes of it say different things, or cannot be read",
        "restore a backup, or recover what can be read with `.recover`",
    ),
    // Tables.
    check("DB_TABLE_MISSING", Error, "the table is not there: each operation on the object fails", "run the migrations"),
    check(
        "DB_TABLE_ENGINE",
        Error,
        "the table has no transactions: what is taken back stays there, and a write that was cut off is half done",
        "make it InnoDB: `ALTER TABLE .. ENGINE=InnoDB`",
    ),
    check("DB_COLUMN_MISSING", Error, "a column is not there: each operation on the object fails", "run the migrations"),
    check(
        "DB_COLUMN_TYPE",
        Error,
        "a column is of a type that cannot hold what the field is: writes fail, or rows cannot be read",
        "make it the type that `column_sql` names",
    ),
    check(
        "DB_COLUMN_NARROW",
        Note,
        "a column does not hold every value that the limits of the field allow: the database refuses the others",
        "widen it to the type that `column_sql` names, or narrow the limits",
    ),
    check(
        "DB_COLUMN_DIGITS",
        Note,
        "a column keeps fewer than six digits of a second: a time is read as another than was written",
        "make it the type that `column_sql` names",
    ),
    check(
        "DB_COLUMN_COLLATION",
        Warning,
        "a column takes texts that differ for the same (in upper and lower case, or with blanks at the end): a policy on a project, and a unique key, match what they should not",
        "give it the collation that `column_sql` names",
    ),
    check(
        "DB_COLUMN_ORDER",
        Note,
        "a column orders texts otherwise than by their code points: lists are in another order than on other engines",
        "give it the collation that `column_sql` names, if orders matter",
    ),
    check(
        "DB_KEY_NOT_UNIQUE",
        Error,
        "no unique index has the key: two rows may have it, and each look-up reads the whole table",
        "make it the primary key",
    ),
    check(
        "DB_NATURAL_KEY_NOT_UNIQUE",
        Error,
        "no unique index has the digest of the natural key: two who make the same object at once both succeed",
        "make a unique index on it",
    ),
    check(
        "DB_REQUEST_NOT_UNIQUE",
        Error,
        "no unique index has the key of a request: one that is sent twice at once makes two objects",
        "make a unique index on it",
    ),
    check(
        "DB_NO_REVISION",
        Note,
        "the object counts no writes: of two who change a row at once, the last one wins",
        "say `revision` in its `persist`, and add the column",
    ),
    check(
        "DB_TABLE_SHARED",
        Note,
        "a program that counts no writes is declared to write the table: each write compares all that was read",
        "take `shared_with_reference` out once the table is ours alone",
    ),
    check(
        "DB_TABLE_SHARED_EXPIRED",
        Warning,
        "the day is over up to which another program was to write the table",
        "take `shared_with_reference` out if the other program is gone; if it is not, give it another day",
    ),
    check(
        "DB_COMMITS_TABLE",
        Error,
        "the table of the tokens of transactions is not there, or not as it should be: no transaction can begin",
        "make it with `commit_table`, or leave `commit_tokens` out",
    ),
];

/// The check of that id.
pub(super) fn of(id: &str) -> &'static Check {
    /// For an id that is in the list of none, which a test rules out.
    static UNKNOWN: Check = check("DB_UNKNOWN", Error, "a check that is in no list", "tell the makers of Recension");
    CHECKS.iter().find(|check| check.id == id).unwrap_or(&UNKNOWN)
}
