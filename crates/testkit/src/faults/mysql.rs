//! The protocol of MySQL and MariaDB: the server greets, the client logs in, and then each command of the client has an answer, or
//! none.

mod answer;
mod packet;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use super::fault::Answer as Told;
use super::wire::{Broken, Part, Request, Wire, is_commit};
use answer::{Answer, Next};
use packet::{Packet, long, short, written};

/// What a server may offer and a proxy does not pass on, since it would not understand the rest: compression, TLS.
const NOT_OFFERED: u16 = 0x0020 | 0x0800;
/// The upper half: results without columns, another compression, statements with attributes.
const NOT_OFFERED_UPPER: u16 = 0x0200 | 0x0400 | 0x0800;
/// MariaDB's own: reports of progress, several commands in one, columns that are left out when they are known.
const NOT_OFFERED_MARIADB: u32 = 0x0001 | 0x0002 | 0x0010;
/// MySQL's own, by whose absence MariaDB is known.
const IS_MYSQL: u16 = 0x0001;
/// What a client must be able to do, and what it must not ask for.
const PROTOCOL_41: u32 = 0x0200;
const TLS: u32 = 0x0800;
/// Columns and rows have no end of the old kind.
const BRIEF: u32 = 0x0100_0000;

/// Errors after which the server has rolled the transaction back, beside those of the class `40`.
const ENDS_TRANSACTION: [u16; 4] = [1020, 1213, 1614, 3101];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The server has not greeted yet.
    Greeting,
    /// The client says who it is.
    Hello,
    /// Each sends what the other asks for.
    Login,
    Commands,
}

/// A connection to a MySQL or MariaDB server.
#[derive(Debug)]
pub(super) struct MySql {
    phase: Phase,
    is_brief: bool,
    /// The client sends a file.
    is_file: bool,
    /// The number of the last packet of a client.
    number: u8,
    /// The answer to the request that was looked at last.
    next: Option<Answer>,
    /// The answers that are to come.
    due: VecDeque<Answer>,
    /// Whether the statement that is being prepared is COMMIT, for each that is.
    preparing: VecDeque<bool>,
    /// By its number whether a prepared statement is COMMIT.
    prepared: HashMap<u32, bool>,
}

impl Default for MySql {
    fn default() -> Self {
        Self {
            phase: Phase::Greeting,
            is_brief: false,
            is_file: false,
            number: 0,
            next: None,
            due: VecDeque::new(),
            preparing: VecDeque::new(),
            prepared: HashMap::new(),
        }
    }
}

impl MySql {
    /// What the client says first: what it can do.
    fn hello(&mut self, body: &[u8]) -> Result<(), Broken> {
        let can = long(body, 0).ok_or(Broken)?;
        if can & PROTOCOL_41 == 0 || can & TLS != 0 {
            return Err(Broken);
        }
        self.is_brief = can & BRIEF != 0;
        self.phase = Phase::Login;
        self.next = Some(Answer::Login);
        Ok(())
    }

    /// A command: how many statements it is, and whether it is COMMIT.
    fn command(&mut self, body: &[u8]) -> (u64, bool) {
        let Some((command, rest)) = body.split_first() else { return (0, false) };
        let (answer, statement) = match command {
            // QUIT, STMT_SEND_LONG_DATA, STMT_CLOSE.
            0x01 | 0x18 => (None, None),
            0x19 => {
                self.prepared.remove(&long(rest, 0).unwrap_or_default());
                (None, None)
            }
            // QUERY.
            0x03 => (Some(Answer::Result), Some(is_commit(rest))),
            // FIELD_LIST, STMT_FETCH.
            0x04 | 0x1c => (Some(Answer::Rows), None),
            // CHANGE_USER.
            0x11 => {
                self.phase = Phase::Login;
                (Some(Answer::Login), None)
            }
            // STMT_PREPARE.
            0x16 => {
                self.preparing.push_back(is_commit(rest));
                (Some(Answer::Prepared), None)
            }
            // STMT_EXECUTE, and MariaDB's of many rows.
            0x17 | 0xfa => (Some(Answer::Result), Some(long(rest, 0).is_some_and(|id| self.prepared.get(&id) == Some(&true)))),
            _ => (Some(Answer::One), None),
        };
        self.next = answer;
        (u64::from(statement.is_some()), statement.unwrap_or_default())
    }

    /// Takes out of the greeting what is not passed on.
    fn greeting(bytes: &mut [u8]) -> Result<(), Broken> {
        let body = bytes.get_mut(4..).ok_or(Broken)?;
        // A server that lets nobody in says why.
        if body.first() == Some(&0xff) {
            return Ok(());
        }
        let version = body.iter().position(|byte| *byte == 0).ok_or(Broken)?;
        // Behind the version: a number of four bytes, eight random ones, and a zero.
        let at = version + 14;
        let lower = short(body, at).ok_or(Broken)?;
        put(body, at, &(lower & !NOT_OFFERED).to_le_bytes())?;
        // Greetings of old servers end here.
        let Some(upper) = short(body, at + 5) else { return Ok(()) };
        put(body, at + 5, &(upper & !NOT_OFFERED_UPPER).to_le_bytes())?;
        match long(body, at + 14) {
            Some(own) if lower & IS_MYSQL == 0 => put(body, at + 14, &(own & !NOT_OFFERED_MARIADB).to_le_bytes()),
            _ => Ok(()),
        }
    }

    /// Takes notice of a packet of an answer; whether it is its last one.
    fn take(&mut self, packet: &Packet<'_>) -> Result<bool, Broken> {
        // What was not asked for: a server says so that it ends the connection.
        let Some(answer) = self.due.front_mut() else { return Ok(false) };
        let next = answer.next(packet, self.is_brief)?;
        let was_login = *answer == Answer::Login;
        if *answer == Answer::Prepared {
            let is_commit = self.preparing.pop_front().unwrap_or_default();
            if let Next::Prepared { id, .. } = next {
                self.prepared.insert(id, is_commit);
            }
        }
        match next {
            Next::More(then) | Next::Prepared { then: Some(then), .. } => *answer = then,
            Next::File => self.is_file = true,
            Next::Ends | Next::Prepared { then: None, .. } => {
                self.due.pop_front();
                if was_login {
                    self.phase = Phase::Commands;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Wire for MySql {
    fn request(&mut self, bytes: &[u8]) -> Result<Option<Request>, Broken> {
        if self.phase == Phase::Greeting {
            return Ok(None);
        }
        let Some(packet) = Packet::of(bytes) else { return Ok(None) };
        self.number = packet.number;
        self.next = None;
        let mut request = Request { len: packet.len, ..Request::default() };
        match self.phase {
            Phase::Hello => self.hello(packet.body)?,
            Phase::Commands if self.is_file => self.is_file = !packet.body.is_empty(),
            Phase::Commands => (request.statements, request.is_commit) = self.command(packet.body),
            Phase::Greeting | Phase::Login => {}
        }
        request.is_answered = self.next.is_some();
        Ok(Some(request))
    }

    fn sent(&mut self, _: &Request) {
        self.due.extend(self.next.take());
    }

    fn part(&mut self, bytes: &mut [u8]) -> Result<Option<Part>, Broken> {
        let Some(packet) = Packet::of(bytes) else { return Ok(None) };
        let len = packet.len;
        let ends = if self.phase == Phase::Greeting {
            Self::greeting(bytes)?;
            self.phase = Phase::Hello;
            false
        } else {
            self.take(&packet)?
        };
        Ok(Some(Part { len, ends }))
    }

    fn undoing(&self, request: &Request, error: &Told) -> Option<Vec<u8>> {
        let is_undone = request.is_commit && !error.after || error.state.starts_with(b"40") || ENDS_TRANSACTION.contains(&error.number);
        is_undone.then(|| written(0, b"\x03ROLLBACK"))
    }

    fn sent_undoing(&mut self) {
        self.due.push_back(Answer::Result);
    }

    fn error(&self, error: &Told) -> Vec<u8> {
        let number = error.number.to_le_bytes();
        written(self.number.wrapping_add(1), &[&[0xff], number.as_slice(), b"#", &error.state, b"fault of a test"].concat())
    }
}

fn put(body: &mut [u8], at: usize, bytes: &[u8]) -> Result<(), Broken> {
    body.get_mut(at..at + bytes.len()).ok_or(Broken)?.copy_from_slice(bytes);
    Ok(())
}
