//! What fails statements on a server: a proxy before it.

use recension::store::sea_orm::DbBackend;
use recension::store::{Connect, Store};
pub(crate) use recension_testkit::faults::Fault;
use recension_testkit::faults::{Counts, Cut, FaultProxy};

use crate::engine::{BACKEND, fresh};
use crate::faults_at_each::{CONTENTION, Code, DEADLINE, EXISTS, INTEGRITY, INTERNAL, Place, REFERENCE, UNAVAILABLE, UNKNOWN, Work};

fn code(number: u16, state: &str, of_object: &'static [&'static str], of_none: &'static str, leaves_open: bool) -> Code {
    Code { fault: Fault::errno(number, state), of_object, of_none, leaves_open }
}

fn of_postgres() -> [Code; 17] {
    [
        code(1105, "40001", CONTENTION, "contention", false),
        code(1105, "40P01", CONTENTION, "contention", false),
        code(1105, "55P03", CONTENTION, "contention", false),
        code(1105, "57014", DEADLINE, "deadline", false),
        code(1105, "57P01", UNAVAILABLE, "unavailable", true),
        code(1105, "08006", UNAVAILABLE, "unavailable", true),
        code(1105, "53300", UNAVAILABLE, "unavailable", false),
        code(1105, "53100", UNAVAILABLE, "unavailable", false),
        code(1105, "25006", UNAVAILABLE, "unavailable", false),
        code(1105, "42501", UNAVAILABLE, "unavailable", false),
        code(1105, "42P01", INTEGRITY, "unavailable", false),
        code(1105, "XX001", INTEGRITY, "unavailable", true),
        code(1105, "23505", EXISTS, "internal", false),
        code(1105, "23503", REFERENCE, "internal", false),
        code(1105, "23514", INTERNAL, "internal", false),
        code(1105, "P0001", INTERNAL, "internal", false),
        code(1105, "40003", UNKNOWN, "commit_unknown", true),
    ]
}

fn of_mariadb() -> [Code; 18] {
    [
        code(1213, "40001", CONTENTION, "contention", false),
        code(1205, "HY000", CONTENTION, "contention", false),
        code(1020, "HY000", CONTENTION, "contention", false),
        code(1317, "70100", DEADLINE, "deadline", true),
        code(1969, "70100", DEADLINE, "deadline", true),
        code(1053, "08S01", UNAVAILABLE, "unavailable", true),
        code(1927, "70100", UNAVAILABLE, "unavailable", true),
        code(1047, "08S01", UNAVAILABLE, "unavailable", false),
        code(1180, "HY000", UNAVAILABLE, "unavailable", true),
        code(1114, "HY000", UNAVAILABLE, "unavailable", false),
        code(1040, "08004", UNAVAILABLE, "unavailable", false),
        code(1290, "HY000", UNAVAILABLE, "unavailable", false),
        code(1142, "42000", UNAVAILABLE, "unavailable", false),
        code(1146, "42S02", INTEGRITY, "unavailable", false),
        code(1062, "23000", EXISTS, "internal", false),
        code(1452, "23000", REFERENCE, "internal", false),
        code(4025, "23000", INTERNAL, "internal", false),
        code(1105, "HY000", INTERNAL, "internal", false),
    ]
}

/// A server that is shut down says so.
fn going() -> Code {
    code(1053, "57P01", UNAVAILABLE, "unavailable", true)
}

fn codes() -> Vec<Code> {
    if matches!(BACKEND, DbBackend::Postgres) { of_postgres().to_vec() } else { of_mariadb().to_vec() }
}

/// One way in which a statement fails.
pub(crate) struct Case {
    pub(crate) fault: Fault,
    /// Whether the server has run it.
    pub(crate) has_run: bool,
    /// The classes of the error.
    pub(crate) classes: Vec<&'static str>,
    /// Whether there need be none.
    pub(crate) may_do: bool,
}

/// All ways in which a statement of an operation fails.
pub(crate) fn cases(work: Work, place: Place) -> Vec<Case> {
    let cuts = [Cut::RequestLost, Cut::ReplyLost, Cut::HalfReply].map(|cut| Case {
        fault: cut.into(),
        has_run: cut != Cut::RequestLost,
        classes: place.gone(),
        // A read has all it needs when its last row has arrived.
        may_do: place == Place::Read && cut == Cut::HalfReply,
    });
    // Behind that of a server that is shut down the connection is closed.
    let going = going();
    let going = Code { fault: going.fault.clone().closing(), ..going };
    let errors = codes().into_iter().chain([going]).flat_map(|code| {
        let classes = place.classes(work, &code);
        [(code.fault.clone(), false), (code.fault.after(), true)].map(|(fault, has_run)| Case {
            fault,
            has_run,
            classes: classes.clone(),
            may_do: false,
        })
    });
    cuts.into_iter().chain(errors).collect()
}

/// What a transaction passes over, and whether a COMMIT is then done all the same.
pub(crate) fn passed_over() -> Vec<(Fault, bool)> {
    let cuts = [Cut::RequestLost, Cut::ReplyLost, Cut::HalfReply].map(|cut| (cut.into(), cut != Cut::RequestLost));
    codes().into_iter().map(|code| (code.fault, false)).chain(cuts).collect()
}

/// A new database, and the proxy before its server.
pub(crate) struct Means {
    url: String,
    proxy: FaultProxy,
}

impl Means {
    pub(crate) async fn new() -> Self {
        let url = fresh().await;
        let proxy = FaultProxy::start(&url).await.unwrap();
        Self { url, proxy }
    }

    /// The URL at which nothing fails.
    pub(crate) fn past(&self) -> String {
        self.url.clone()
    }

    /// A store whose statements fail.
    pub(crate) fn connect(&self) -> Connect {
        Store::connect(&self.proxy.url())
    }

    pub(crate) fn at_statement(&self, n: u64, fault: Fault) {
        self.proxy.at_statement(n, fault);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.proxy.counts()
    }

    pub(crate) fn fired(&self) -> u64 {
        self.proxy.fired()
    }

    pub(crate) fn armed(&self) -> usize {
        self.proxy.armed()
    }
}
