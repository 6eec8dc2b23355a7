//! What can be done to a statement.

use std::time::Duration;

/// Where the connection of a client is cut while a statement is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The statement never reaches the server.
    RequestLost,
    /// The server has run the statement, and nothing of its answer arrives.
    ReplyLost,
    /// The server has run the statement, and the first half of the bytes of its answer arrives.
    HalfReply,
}

/// What happens to a statement.
///
/// ```
/// use std::time::Duration;
/// use recension_testkit::faults::{Cut, Fault};
///
/// let faults = [
///     Fault::from(Cut::ReplyLost),
///     Fault::error("40001"),
///     Fault::errno(1213, "40001"),
///     Fault::error("57P01").closing(),
///     Fault::error("40003").after(),
///     Fault::delay(Duration::from_millis(20)),
/// ];
/// # let _ = faults;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cut(Cut),
    Delay(Duration),
    Error(Answer),
}

/// An error that is answered in place of what the server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) state: [u8; 5],
    pub(super) number: u16,
    /// Whether the server runs the statement before.
    pub(super) after: bool,
    /// Whether the connection is closed behind it.
    pub(super) closing: bool,
}

/// MySQL's number for an error that has none of its own, `ER_UNKNOWN_ERROR`.
const UNKNOWN: u16 = 1105;

impl Fault {
    /// An error of this SQLSTATE, answered before the statement has run: it does not reach the server. On MySQL it has the
    /// number 1105, which says nothing.
    ///
    /// The transaction is then as the server would have it: one that has failed on PostgreSQL, one that was rolled back on MySQL
    /// where the number or the class of the SQLSTATE (`40`) says so, and one that was rolled back on both where the statement was COMMIT.
    ///
    /// # Panics
    /// When it is not five digits and capital letters.
    #[must_use]
    pub fn error(sqlstate: &str) -> Self {
        Self::errno(UNKNOWN, sqlstate)
    }

    /// As [`error`](Self::error), with the number that MySQL and MariaDB give the error. PostgreSQL has none, and answers the SQLSTATE.
    ///
    /// # Panics
    /// When the SQLSTATE is not five digits and capital letters.
    #[must_use]
    pub fn errno(number: u16, sqlstate: &str) -> Self {
        let state = sqlstate.as_bytes().try_into().unwrap_or([b' '; 5]);
        let is_state = state.iter().all(|byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        assert!(is_state, "a SQLSTATE is five digits and capital letters");
        Self { kind: Kind::Error(Answer { state, number, after: false, closing: false }) }
    }

    /// The statement is held back for this time, and then runs.
    #[must_use]
    pub const fn delay(time: Duration) -> Self {
        Self { kind: Kind::Delay(time) }
    }

    /// The error is answered when the server has run the statement. Of other faults it changes nothing.
    #[must_use]
    pub const fn after(mut self) -> Self {
        if let Kind::Error(answer) = &mut self.kind {
            answer.after = true;
        }
        self
    }

    /// The connection is closed behind the error, as a server does that is going down. Of other faults it changes nothing.
    #[must_use]
    pub const fn closing(mut self) -> Self {
        if let Kind::Error(answer) = &mut self.kind {
            answer.closing = true;
        }
        self
    }
}

impl From<Cut> for Fault {
    fn from(cut: Cut) -> Self {
        Self { kind: Kind::Cut(cut) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a SQLSTATE is five digits and capital letters")]
    fn a_sqlstate_has_five_characters() {
        let _ = Fault::error("4000");
    }

    #[test]
    #[should_panic(expected = "a SQLSTATE is five digits and capital letters")]
    fn a_sqlstate_has_no_other_characters() {
        let _ = Fault::errno(1213, "4000'");
    }

    #[test]
    fn only_an_error_is_after_or_closes() {
        for fault in [Fault::from(Cut::HalfReply), Fault::delay(Duration::ZERO)] {
            assert_eq!(fault.clone().after().closing(), fault);
        }
        let error = Fault::error("40001");
        assert!(error.clone().after() != error && error.clone().closing() != error);
    }
}
