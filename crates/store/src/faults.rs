//! Faults inside the store, for tests of what a program does when its database fails.
//!
//! A [`Faults`] is given to a store when it is opened ([`Connect::faults`](crate::Connect::faults)). It counts the statements of that store,
//! and fails those that a test names, before or after they have run, with the error that the driver would give. It needs no
//! network, so it is what there is for SQLite, and it means the same on each engine. Beside it `recension_testkit::faults` has a
//! proxy, which cuts and delays what goes to a real server.
//!
//! ```
//! use recension_store::faults::{Fault, Faults, Kind};
//! use recension_store::{Error, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let faults = Faults::default();
//! let store = Store::connect("sqlite::memory:").faults(&faults).await?;
//! faults.at_commit(Kind::Full);
//! # let session = store.session(&recension_store::Caller::user("u", "p"));
//! let done: Result<(), Error> = session.transaction(async |_| Ok(())).await;
//! assert!(matches!(done, Err(Error::Unavailable(_))));
//! // A test that arms a fault asserts this, or it may have tried nothing.
//! assert_eq!((faults.fired(), faults.counts().commits), (1, 1));
//! # Ok(()) }
//! ```
//!
//! | what | is |
//! |---|---|
//! | a statement | what [`Store::statements`](crate::Store::statements) counts, but for a ROLLBACK that nobody waits for, and questions to a replica about where it is |
//! | a COMMIT | the end of a transaction of the store: of [`Session::transaction`](crate::Session::transaction), or of a write that takes several statements |
//! | before | the statement is not sent |
//! | after | the statement has run, and its rows were shown; a BEGIN that fails so is taken back, since none that fails has begun anything |
//! | taking back | the statement is not sent, and the transaction that is open is gone, as SQLite does with some errors and a server with a deadlock |
//!
//! A program is built without all this unless the feature `faults` is on: then nothing of it is there.

mod kind;
mod plan;
mod told;

use std::fmt;
use std::sync::Arc;

pub use kind::Kind;
pub use plan::Counts;
pub(crate) use plan::When;
pub(crate) use told::Told;

use plan::Plan;

/// What happens to a statement: an error in place of what the database says. It is answered before the statement has run, unless
/// something else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) error: Which,
    pub(crate) when: When,
}

/// Which error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Kind(Kind),
    Number(i32),
    State([u8; 5]),
}

impl Fault {
    const fn of(error: Which) -> Self {
        Self { error, when: When::Before }
    }

    /// The error of this number: an extended result code of SQLite, or a number of MySQL and MariaDB. PostgreSQL has none, and says
    /// an error without a code there, which is [`Error::Internal`](crate::Error::Internal).
    #[must_use]
    pub const fn number(number: i32) -> Self {
        Self::of(Which::Number(number))
    }

    /// The error of this SQLSTATE. On MySQL and MariaDB it has the number 1105, which says nothing. SQLite has none, and says an
    /// error without a code.
    ///
    /// # Panics
    /// When it is not five digits and capital letters.
    #[must_use]
    pub fn sqlstate(sqlstate: &str) -> Self {
        let state = sqlstate.as_bytes().try_into().unwrap_or([b' '; 5]);
        let is_state = state.iter().all(|byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        assert!(is_state, "a SQLSTATE is five digits and capital letters");
        Self::of(Which::State(state))
    }

    /// The error is answered when the statement has run.
    #[must_use]
    pub const fn after(self) -> Self {
        Self { when: When::After, ..self }
    }

    /// The statement does not run, and the transaction that it is in is taken back by the database.
    #[must_use]
    pub const fn taking_back(self) -> Self {
        Self { when: When::TakingBack, ..self }
    }
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Self {
        Self::of(Which::Kind(kind))
    }
}

/// The faults that are armed for a store, and what it has sent. Cheap to clone; all clones are the same.
#[derive(Clone, Default)]
pub struct Faults(Arc<Plan>);

impl Faults {
    /// Arms a fault for the next COMMIT, on whatever connection; one that is armed after it waits for the COMMIT behind that.
    /// A write of one statement is committed by itself: see [`at_statement`](Self::at_statement).
    pub fn at_commit(&self, fault: impl Into<Fault>) {
        self.0.at_commit(fault.into());
    }

    /// Arms a fault for the `n`-th statement from now, counted over all connections as [`Counts::statements`] are. The first one
    /// is 1.
    ///
    /// # Panics
    /// When `n` is 0.
    pub fn at_statement(&self, n: u64, fault: impl Into<Fault>) {
        assert!(n > 0, "statements are counted from 1");
        self.0.at_statement(n, fault.into());
    }

    /// How many faults are armed and have not fired.
    #[must_use]
    pub fn armed(&self) -> usize {
        self.0.left()
    }

    /// Forgets the faults that are armed.
    pub fn disarm(&self) {
        self.0.disarm();
    }

    /// How many faults have fired.
    #[must_use]
    pub fn fired(&self) -> u64 {
        self.counts().fired
    }

    /// What has been counted since the store was opened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.counts()
    }

    /// The fault for a statement that is about to be sent.
    pub(crate) fn met(&self, is_commit: bool) -> Option<Fault> {
        self.0.met(is_commit)
    }

    /// A fault was told.
    pub(crate) fn has_fired(&self) {
        self.0.has_fired();
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("armed", &self.armed()).field("counts", &self.counts()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a SQLSTATE is five digits and capital letters")]
    fn a_sqlstate_has_five_characters() {
        let _ = Fault::sqlstate("4000");
    }

    #[test]
    #[should_panic(expected = "statements are counted from 1")]
    fn no_statement_is_the_zeroth() {
        Faults::default().at_statement(0, Kind::Busy);
    }
}
