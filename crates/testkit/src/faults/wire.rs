//! What the proxy must know of a protocol.

use super::fault::Answer;

/// What a client has sent and is passed on or not as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    /// How many bytes it has.
    pub(super) len: usize,
    /// How many statements are in it.
    pub(super) statements: u64,
    /// Whether one of them is COMMIT.
    pub(super) is_commit: bool,
    /// Whether the server will give it an answer that has an end.
    pub(super) is_answered: bool,
    /// What the proxy answers in place of the server, which does not see it.
    pub(super) refusal: Option<&'static [u8]>,
}

/// A part of what a server has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// How many bytes it has.
    pub(super) len: usize,
    /// Whether the answer to a request ends with it.
    pub(super) ends: bool,
}

/// Bytes that are nothing of the protocol, or something that the proxy cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// One connection as its protocol sees it.
pub(super) trait Wire: Send {
    /// The first request of what a client has sent, where it is whole; else it is asked again, with the same bytes and more. When the
    /// request is dealt with, it is asked for the one behind it.
    fn request(&mut self, bytes: &[u8]) -> Result<Option<Request>, Broken>;

    /// The request is being passed on to the server, after all that were before.
    fn sent(&mut self, request: &Request);

    /// The first part of what the server has sent, where it is whole. What a client shall not see of it is changed.
    fn part(&mut self, bytes: &mut [u8]) -> Result<Option<Part>, Broken>;

    /// What the server must run, so that its transaction is as an error says that it is: one request.
    fn undoing(&self, request: &Request, error: &Answer) -> Option<Vec<u8>>;

    /// The request that is [`undoing`](Self::undoing) is being sent.
    fn sent_undoing(&mut self);

    /// An answer that says this error.
    fn error(&self, error: &Answer) -> Vec<u8>;
}

/// Whether a statement is COMMIT, whatever is written before it.
pub(super) fn is_commit(sql: &[u8]) -> bool {
    let word = first_word(sql);
    word.eq_ignore_ascii_case(b"COMMIT") || word.eq_ignore_ascii_case(b"END")
}

/// The first word of a statement, behind spaces and comments.
fn first_word(mut sql: &[u8]) -> &[u8] {
    loop {
        sql = sql.trim_ascii_start();
        let rest = match sql {
            [b'/', b'*', rest @ ..] => behind(rest, b"*/"),
            [b'-', b'-', rest @ ..] | [b'#', rest @ ..] => behind(rest, b"\n"),
            _ => break,
        };
        sql = rest;
    }
    let end = sql.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(sql.len());
    sql.get(..end).unwrap_or_default()
}

fn behind<'b>(bytes: &'b [u8], mark: &[u8]) -> &'b [u8] {
    let at = bytes.windows(mark.len()).position(|window| window == mark);
    at.and_then(|at| bytes.get(at + mark.len()..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Protocol;
    use super::*;

    proptest! {
        /// Whatever arrives, in whatever pieces, nothing is taken that is not there, and something is where it is whole.
        #[test]
        fn any_bytes_are_requests_and_answers_or_refused(
            is_postgres in any::<bool>(),
            pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(prop_oneof![3 => 0_u8..8, 1 => any::<u8>()], 0..40)), 0..20),
        ) {
            let mut wire = if is_postgres { Protocol::Postgres } else { Protocol::MySql }.wire();
            let mut sides = [Vec::new(), Vec::new()];
            for (is_client, piece) in pieces {
                let side = &mut sides[usize::from(is_client)];
                side.extend(piece);
                loop {
                    let taken = if is_client {
                        let Ok(request) = wire.request(side) else { return Ok(()) };
                        request.map(|request| { wire.sent(&request); request.len })
                    } else {
                        let Ok(part) = wire.part(side) else { return Ok(()) };
                        part.map(|part| part.len)
                    };
                    let Some(len) = taken else { break };
                    prop_assert!(len > 0 && len <= side.len());
                    side.drain(..len);
                }
            }
        }
    }

    #[test]
    fn a_commit_is_known_by_its_first_word() {
        for sql in ["COMMIT", " commit;", "/* a */ -- b\n COMMIT AND CHAIN", "end", "#c\nCOMMIT WORK"] {
            assert!(is_commit(sql.as_bytes()), "{sql}");
        }
        for sql in ["", "/*", "--", "SELECT 'COMMIT'", "COMMITTED", "BEGIN", "/* COMMIT */ SELECT 1", "ending"] {
            assert!(!is_commit(sql.as_bytes()), "{sql}");
        }
    }
}
