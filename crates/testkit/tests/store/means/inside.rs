//! What fails statements where there is no network: the store itself.

pub(crate) use recension::store::faults::Fault;
use recension::store::faults::{Counts, Faults, Kind};
use recension::store::{Connect, Store};

use crate::faults_at_each::{CONTENTION, Code, DEADLINE, EXISTS, INTEGRITY, INTERNAL, Place, REFERENCE, UNAVAILABLE, Work};

fn code(number: i32, of_object: &'static [&'static str], of_none: &'static str, leaves_open: bool) -> Code {
    Code { fault: Fault::number(number), of_object, of_none, leaves_open }
}

fn codes() -> [Code; 27] {
    [
        // Locked, by a snapshot that is old, while a file recovers, by a connection of this process.
        code(5, CONTENTION, "contention", false),
        code(517, CONTENTION, "contention", false),
        code(261, CONTENTION, "contention", false),
        code(262, CONTENTION, "contention", false),
        code(9, DEADLINE, "deadline", false),
        code(7, UNAVAILABLE, "unavailable", false),
        // Read-only, and a file that was moved.
        code(8, UNAVAILABLE, "unavailable", false),
        code(1032, UNAVAILABLE, "unavailable", false),
        // Input or output: at large, of a read, of a write, of a sync.
        code(10, UNAVAILABLE, "unavailable", true),
        code(266, UNAVAILABLE, "unavailable", true),
        code(778, UNAVAILABLE, "unavailable", true),
        code(1034, UNAVAILABLE, "unavailable", true),
        code(13, UNAVAILABLE, "unavailable", false),
        code(14, UNAVAILABLE, "unavailable", false),
        code(11, INTEGRITY, "unavailable", false),
        code(26, INTEGRITY, "unavailable", false),
        Code { fault: Kind::Missing.into(), ..code(0, INTEGRITY, "unavailable", false) },
        // Unique, a primary key, a foreign key, a CHECK, a null.
        code(2067, EXISTS, "internal", false),
        code(1555, EXISTS, "internal", false),
        code(787, REFERENCE, "internal", false),
        code(275, INTERNAL, "internal", false),
        code(1299, INTERNAL, "internal", false),
        // An error of the statement, a schema that changed, too big, of another type, misused.
        code(1, INTERNAL, "internal", false),
        code(17, INTERNAL, "internal", false),
        code(18, INTERNAL, "internal", false),
        code(20, INTERNAL, "internal", false),
        code(21, INTERNAL, "internal", false),
    ]
}

/// Those with which SQLite takes the whole transaction back, if it has no journal of the one statement.
fn taking_back() -> Vec<Code> {
    let codes = codes().into_iter().filter(|code| [7, 9, 10, 266, 778, 1034, 13].map(Fault::number).contains(&code.fault));
    codes.map(|code| Code { fault: code.fault.taking_back(), ..code }).collect()
}

/// One way in which a statement fails.
pub(crate) struct Case {
    pub(crate) fault: Fault,
    /// Whether the database has run it.
    pub(crate) has_run: bool,
    /// The classes of the error.
    pub(crate) classes: Vec<&'static str>,
    /// Whether there need be none.
    pub(crate) may_do: bool,
}

/// All ways in which a statement of an operation fails.
pub(crate) fn cases(work: Work, place: Place) -> Vec<Case> {
    let case = |fault, has_run, classes| Case { fault, has_run, classes, may_do: false };
    let gone = Fault::from(Kind::Gone);
    let gone = [case(gone.clone(), false, place.gone()), case(gone.after(), true, place.gone())];
    let errors = codes().into_iter().flat_map(|code| {
        let classes = place.classes(work, &code);
        [case(code.fault.clone(), false, classes.clone()), case(code.fault.after(), true, classes)]
    });
    let taking_back = taking_back().into_iter().filter(|_| matches!(place, Place::Within | Place::Commit));
    let taking_back = taking_back.map(|code| case(code.fault.clone(), false, place.classes(work, &code)));
    gone.into_iter().chain(errors).chain(taking_back).collect()
}

/// What a transaction passes over, and whether a COMMIT is then done all the same.
pub(crate) fn passed_over() -> Vec<(Fault, bool)> {
    let gone = Fault::from(Kind::Gone);
    let errors = codes().into_iter().chain(taking_back()).map(|code| (code.fault, false));
    errors.chain([(gone.clone(), false), (gone.after(), true)]).collect()
}

/// A new database in a file: one in memory ends with its connection.
pub(crate) struct Means {
    folder: tempfile::TempDir,
    faults: Faults,
}

impl Means {
    #[expect(clippy::unused_async, reason = "as before a server")]
    pub(crate) async fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), faults: Faults::default() }
    }

    /// The URL at which nothing fails.
    pub(crate) fn past(&self) -> String {
        format!("sqlite://{}?mode=rwc", self.folder.path().join("files.db").display())
    }

    /// A store whose statements fail.
    pub(crate) fn connect(&self) -> Connect {
        Store::connect(&self.past()).faults(&self.faults)
    }

    pub(crate) fn at_statement(&self, n: u64, fault: Fault) {
        self.faults.at_statement(n, fault);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.faults.counts()
    }

    pub(crate) fn fired(&self) -> u64 {
        self.faults.fired()
    }

    pub(crate) fn armed(&self) -> usize {
        self.faults.armed()
    }
}
