//! One connection of a client, and the one to the server that belongs to it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::control::Control;
use super::counts::Counters;
use super::fault::{Answer, Kind};
use super::plan::Plan;
use super::wire::{Broken, Request, Wire};
use super::{Cut, Fault};

/// What is sent ahead of the answer to what was before is passed on at once up to this size; more could fill the buffers of both
/// sides while nobody reads.
const AHEAD: usize = 8 * 1024;
/// How much is read at once, at least.
const READ: usize = 16 * 1024;

/// What all connections of a proxy share.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    pub(super) control: Control,
    pub(super) counters: Arc<Counters>,
    pub(super) plan: Arc<Plan>,
}

/// Why a connection has ended.
#[derive(Debug)]
enum End {
    /// One of the two has closed it, or it failed.
    Closed,
    /// A fault that fired.
    Cut,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

impl From<Broken> for End {
    fn from(Broken: Broken) -> Self {
        Self::Closed
    }
}

/// Bytes that were read and are not passed on yet.
#[derive(Debug)]
struct Side {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Side {
    fn of(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, bytes: Vec::new() })
    }

    /// Waits for more bytes. Where it is dropped meanwhile, none are lost.
    async fn more(&mut self) -> Result<(), End> {
        self.bytes.reserve(READ);
        if self.stream.read_buf(&mut self.bytes).await? == 0 { Err(End::Closed) } else { Ok(()) }
    }

    fn take(&mut self, len: usize) -> Vec<u8> {
        self.bytes.drain(..len.min(self.bytes.len())).collect()
    }
}

/// A client, the server, and what is between them.
pub(super) struct Connection {
    client: Side,
    server: Side,
    wire: Box<dyn Wire>,
    shared: Shared,
    /// How many answers the server has not ended yet.
    due: usize,
    /// Whether the client has sent something since it was answered.
    has_asked: bool,
}

impl Connection {
    pub(super) fn of(client: TcpStream, server: TcpStream, wire: Box<dyn Wire>, shared: Shared) -> io::Result<Self> {
        Ok(Self { client: Side::of(client)?, server: Side::of(server)?, wire, shared, due: 0, has_asked: false })
    }

    /// Passes on what either side sends, until one of them has closed the connection or a fault does.
    pub(super) async fn run(mut self) {
        let end = self.relay().await;
        if matches!(end, Err(End::Closed)) {
            // What has arrived of an answer when the server goes away arrives at the client, too.
            let rest = std::mem::take(&mut self.server.bytes);
            _ = self.tell_client(&rest).await;
        }
        _ = self.client.stream.shutdown().await;
    }

    async fn relay(&mut self) -> Result<(), End> {
        loop {
            while let Some(request) = self.wire.request(&self.client.bytes)? {
                let bytes = self.client.take(request.len);
                self.handle(request, bytes).await?;
            }
            tokio::select! {
                more = self.client.more() => {
                    more?;
                    self.has_asked = true;
                }
                more = self.server.more() => {
                    more?;
                    self.pass_back().await?;
                }
            }
        }
    }

    /// Passes a request on, or does what is planned for it.
    async fn handle(&mut self, request: Request, bytes: Vec<u8>) -> Result<(), End> {
        if let Some(refusal) = request.refusal {
            return self.tell_client(refusal).await;
        }
        self.shared.counters.asked(request.statements, u64::from(request.is_commit));
        let verdict = self.shared.plan.verdict(request.statements, request.is_commit);
        hold_back(verdict.delay).await;
        match verdict.fault {
            None if bytes.len() > AHEAD => {
                self.drain().await?;
                self.pass_on(&request, &bytes).await
            }
            None => self.pass_on(&request, &bytes).await,
            Some(Fault { kind }) => {
                self.drain().await?;
                self.fire(kind, &request, &bytes).await
            }
        }
    }

    /// Does to a request what a fault says. Nothing is under way before it.
    async fn fire(&mut self, kind: Kind, request: &Request, bytes: &[u8]) -> Result<(), End> {
        match kind {
            Kind::Delay(time) => {
                self.shared.counters.fired();
                hold_back(time).await;
                self.pass_on(request, bytes).await
            }
            Kind::Cut(cut) => {
                if cut == Cut::RequestLost {
                    self.shared.counters.fired();
                    return Err(End::Cut);
                }
                self.pass_on(request, bytes).await?;
                let answer = self.answer().await?;
                self.shared.counters.fired();
                if cut == Cut::HalfReply {
                    self.tell_client(answer.get(..answer.len() / 2).unwrap_or_default()).await?;
                }
                Err(End::Cut)
            }
            Kind::Error(error) => self.fail(&error, request, bytes).await,
        }
    }

    /// Answers with an error.
    async fn fail(&mut self, error: &Answer, request: &Request, bytes: &[u8]) -> Result<(), End> {
        if error.after {
            self.pass_on(request, bytes).await?;
            self.answer().await?;
        }
        if let Some(undoing) = self.wire.undoing(request, error) {
            self.tell_server(&undoing).await?;
            self.wire.sent_undoing();
            self.due += 1;
            self.answer().await?;
        }
        self.shared.counters.fired();
        let answer = self.wire.error(error);
        self.tell_client(&answer).await?;
        if error.closing { Err(End::Cut) } else { Ok(()) }
    }

    async fn pass_on(&mut self, request: &Request, bytes: &[u8]) -> Result<(), End> {
        self.wire.sent(request);
        self.due += usize::from(request.is_answered);
        self.tell_server(bytes).await
    }

    /// Passes on what the server has sent, as far as it is whole.
    async fn pass_back(&mut self) -> Result<(), End> {
        let len = self.parts(usize::MAX)?;
        let bytes = self.server.take(len);
        self.tell_client(&bytes).await
    }

    /// How many bytes of the server are whole parts, until so many answers have ended.
    fn parts(&mut self, most: usize) -> Result<usize, Broken> {
        let (mut len, mut ended) = (0, 0);
        while ended < most
            && let Some(part) = self.wire.part(self.server.bytes.get_mut(len..).unwrap_or_default())?
        {
            len += part.len;
            ended += usize::from(part.ends);
            self.due = self.due.saturating_sub(usize::from(part.ends));
        }
        Ok(len)
    }

    /// Passes on answers until none is due.
    async fn drain(&mut self) -> Result<(), End> {
        while self.due > 0 {
            self.server.more().await?;
            self.pass_back().await?;
        }
        Ok(())
    }

    /// Waits for the whole answer that is due, and keeps it from the client, the beginning of one that has no end included.
    async fn answer(&mut self) -> Result<Vec<u8>, End> {
        let mut answer = Vec::new();
        loop {
            let len = self.parts(1)?;
            answer.extend(self.server.take(len));
            if self.due == 0 {
                return Ok(answer);
            }
            self.server.more().await.map_err(|_| End::Cut)?;
        }
    }

    async fn tell_server(&mut self, bytes: &[u8]) -> Result<(), End> {
        self.shared.control.running().await;
        self.shared.counters.to_server(bytes.len());
        Ok(self.server.stream.write_all(bytes).await?)
    }

    async fn tell_client(&mut self, bytes: &[u8]) -> Result<(), End> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.shared.control.running().await;
        self.shared.counters.to_client(bytes.len());
        if std::mem::take(&mut self.has_asked) {
            self.shared.counters.came_back();
        }
        Ok(self.client.stream.write_all(bytes).await?)
    }
}

#[expect(clippy::disallowed_methods, reason = "holding back for a time is what was asked for")]
async fn hold_back(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
