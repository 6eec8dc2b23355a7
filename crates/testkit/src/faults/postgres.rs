//! PostgreSQL's protocol, version 3: messages of a type, a length and a body. A client sends several and then Sync, or one query,
//! and the server is done with them when it says that it is ready.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::fault::Answer;
use super::wire::{Broken, Part, Request, Wire, is_commit};

/// The longest message there is.
const LONGEST: usize = 0x3fff_ffff;
/// The longest that the first one may be.
const LONGEST_START: usize = 10_000;
/// What stands in place of a version where a client asks for TLS, or for encryption by GSSAPI.
const ENCRYPTIONS: [u32; 2] = [80_877_103, 80_877_104];
/// And where it wants a statement of another connection to be cancelled.
const CANCEL: u32 = 80_877_102;
/// The answer that there is no encryption.
const NO: &[u8] = b"N";
/// A statement that fails, so that the transaction of the server has.
const FAILING: &[u8] = b"fault";

/// A connection to a PostgreSQL server.
#[derive(Debug)]
pub(super) struct Postgres {
    /// Whether the login has begun: messages have a type from then on.
    started: bool,
    /// What the server said last of its transaction: idle, in one, or in one that has failed.
    status: u8,
    /// How many bytes of what comes next have been looked at: messages that wait for their Sync.
    scanned: usize,
    /// Statements among those messages.
    statements: u64,
    is_commit: bool,
    /// Whether the server takes rows of a COPY, and passes over a Sync among them.
    is_copying: bool,
    /// By the name of a prepared statement whether it is COMMIT, and of a portal.
    prepared: HashMap<Vec<u8>, bool>,
    portals: HashMap<Vec<u8>, bool>,
}

impl Default for Postgres {
    fn default() -> Self {
        Self {
            started: false,
            status: b'I',
            scanned: 0,
            statements: 0,
            is_commit: false,
            is_copying: false,
            prepared: HashMap::new(),
            portals: HashMap::new(),
        }
    }
}

/// What a message does to the request that it is part of.
enum Step {
    /// More belongs to it.
    More,
    /// It ends, and the server will answer.
    Ends,
    /// It ends, without an answer that has an end.
    Passes,
}

impl Postgres {
    /// The first message of a connection, which has no type.
    fn start(&mut self, bytes: &[u8]) -> Result<Option<Request>, Broken> {
        let Some(len) = length(bytes) else { return Ok(None) };
        if !(8..=LONGEST_START).contains(&len) {
            return Err(Broken);
        }
        let Some(version) = bytes.get(..len).and_then(|message| number(message.get(4..)?)) else { return Ok(None) };
        let refusal = ENCRYPTIONS.contains(&version).then_some(NO);
        self.started = refusal.is_none();
        Ok(Some(Request { len, is_answered: self.started && version != CANCEL, refusal, ..Request::default() }))
    }

    /// Takes notice of a message of a client.
    fn step(&mut self, kind: u8, body: &[u8]) -> Step {
        match kind {
            b'Q' => {
                self.statements += 1;
                self.is_commit |= is_commit(body);
                return Step::Ends;
            }
            b'S' if self.is_copying => return Step::Passes,
            b'S' | b'F' => return Step::Ends,
            b'H' | b'X' | b'c' | b'd' | b'f' | b'p' => return Step::Passes,
            b'P' => {
                let (name, sql) = text(body);
                self.prepared.insert(name.to_vec(), is_commit(sql));
            }
            b'B' => {
                let (portal, rest) = text(body);
                let is_commit = self.prepared.get(text(rest).0).copied().unwrap_or_default();
                self.portals.insert(portal.to_vec(), is_commit);
            }
            b'E' => {
                self.statements += 1;
                self.is_commit |= self.portals.get(text(body).0).copied().unwrap_or_default();
            }
            b'C' => match body.split_first() {
                Some((b'S', name)) => _ = self.prepared.remove(text(name).0),
                Some((_, name)) => _ = self.portals.remove(text(name).0),
                None => {}
            },
            _ => {}
        }
        Step::More
    }
}

impl Wire for Postgres {
    fn request(&mut self, bytes: &[u8]) -> Result<Option<Request>, Broken> {
        if !self.started {
            return self.start(bytes);
        }
        while let Some((kind, len)) = message(bytes.get(self.scanned..).unwrap_or_default())? {
            let body = bytes.get(self.scanned..).and_then(|bytes| bytes.get(5..len)).unwrap_or_default();
            let step = self.step(kind, body);
            self.scanned += len;
            let is_answered = match step {
                Step::More => continue,
                Step::Ends => true,
                Step::Passes => false,
            };
            let len = std::mem::take(&mut self.scanned);
            if !is_answered {
                // What is in it is counted when its answer is asked for.
                return Ok(Some(Request { len, ..Request::default() }));
            }
            let (statements, is_commit) = (std::mem::take(&mut self.statements), std::mem::take(&mut self.is_commit));
            return Ok(Some(Request { len, statements, is_commit, is_answered, refusal: None }));
        }
        Ok(None)
    }

    fn sent(&mut self, _: &Request) {}

    fn part(&mut self, bytes: &mut [u8]) -> Result<Option<Part>, Broken> {
        let Some((kind, len)) = message(bytes)? else { return Ok(None) };
        match kind {
            b'Z' => {
                self.status = bytes.get(5).copied().ok_or(Broken)?;
                self.is_copying = false;
            }
            b'G' | b'W' => self.is_copying = true,
            b'C' | b'E' => self.is_copying = false,
            _ => {}
        }
        Ok(Some(Part { len, ends: kind == b'Z' }))
    }

    fn undoing(&self, request: &Request, error: &Answer) -> Option<Vec<u8>> {
        if request.is_commit && !error.after {
            return Some(query(b"ROLLBACK"));
        }
        (self.status == b'T').then(|| query(FAILING))
    }

    fn sent_undoing(&mut self) {}

    fn error(&self, error: &Answer) -> Vec<u8> {
        let severity: &[u8] = if error.closing { b"FATAL" } else { b"ERROR" };
        let mut body = Vec::new();
        for (field, text) in [(b'S', severity), (b'V', severity), (b'C', &error.state), (b'M', b"fault of a test")] {
            body.push(field);
            body.extend_from_slice(text);
            body.push(0);
        }
        body.push(0);
        let mut answer = typed(b'E', &body);
        if !error.closing {
            answer.extend(typed(b'Z', &[self.status]));
        }
        answer
    }
}

/// The first number of four bytes.
fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// The length that stands first, which counts itself.
fn length(bytes: &[u8]) -> Option<usize> {
    number(bytes).and_then(|len| usize::try_from(len).ok())
}

/// The type of the first message and how many bytes it has, where all of them are there.
fn message(bytes: &[u8]) -> Result<Option<(u8, usize)>, Broken> {
    let Some((kind, rest)) = bytes.split_first() else { return Ok(None) };
    let Some(len) = length(rest) else { return Ok(None) };
    if !(4..=LONGEST).contains(&len) {
        return Err(Broken);
    }
    Ok((rest.len() >= len).then_some((*kind, len + 1)))
}

/// A text that ends with a zero, and what is behind it.
fn text(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (text, rest) = bytes.split_at_checked(end).unwrap_or_default();
    (text, rest.get(1..).unwrap_or_default())
}

fn typed(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&[kind], len.to_be_bytes().as_slice(), body].concat()
}

fn query(sql: &[u8]) -> Vec<u8> {
    typed(b'Q', &[sql, b"\0"].concat())
}
