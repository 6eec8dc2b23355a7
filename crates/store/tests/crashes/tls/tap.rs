//! Somebody on the way to a server, who keeps what clients say and may do worse.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What is done to a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Nothing.
    Listen,
    /// The server seems to have no TLS.
    Strip,
    /// Whoever listens at another port speaks TLS in the place of the server.
    Divert(u16),
}

/// It is there until it is dropped.
pub(super) struct Tap {
    pub(super) port: u16,
    /// What each client has said.
    heard: Arc<Mutex<Vec<Heard>>>,
    /// How many of them have not gone.
    here: Arc<AtomicUsize>,
    accepting: AbortHandle,
}

type Heard = Arc<Mutex<Vec<u8>>>;

/// `SSLRequest` of PostgreSQL.
const ASKS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// The length of that of MySQL, with its head.
const PACKET: usize = 36;
/// That a server of MySQL has TLS, in the second byte of its capabilities.
const HAS_TLS: u8 = 0x08;

impl Tap {
    pub(super) async fn before(is_postgres: bool, server: u16, deed: Deed) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let all = heard.clone();
        let here = Arc::new(AtomicUsize::new(0));
        let left = here.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let of_client = Heard::default();
                all.lock().unwrap().push(of_client.clone());
                let way = Way { is_postgres, client: client.into_split(), heard: of_client };
                let left = left.clone();
                left.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    way.lead(server, deed).await;
                    left.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { port, heard, here, accepting: accepting.abort_handle() }
    }

    /// What each client has said in all: waits until they have gone.
    pub(super) async fn all_heard(&self) -> Vec<Vec<u8>> {
        let begun = Instant::now();
        while self.heard().is_empty() || self.here.load(Ordering::SeqCst) > 0 {
            assert!(begun.elapsed() < Duration::from_secs(60), "a client does not come and go");
            tokio::task::yield_now().await;
        }
        self.heard()
    }

    /// What each client has said until now.
    pub(super) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().iter().map(|heard| heard.lock().unwrap().clone()).collect()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A client that has come.
struct Way {
    is_postgres: bool,
    client: (OwnedReadHalf, OwnedWriteHalf),
    heard: Heard,
}

impl Way {
    /// Passes on what is said until one of both has enough; none of them gets an error.
    async fn lead(mut self, port: u16, deed: Deed) -> Option<()> {
        let server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        let (mut from_server, mut to_server) = server.into_split();
        if !self.is_postgres && !matches!(deed, Deed::Listen) {
            let mut greeting = packet(&mut from_server).await?;
            if matches!(deed, Deed::Strip) {
                let capabilities = 4 + 1 + greeting.get(5..)?.iter().position(|byte| *byte == 0)? + 1 + 4 + 8 + 1;
                *greeting.get_mut(capabilities + 1)? &= !HAS_TLS;
            }
            self.client.1.write_all(&greeting).await.ok()?;
        }
        match deed {
            Deed::Listen => {}
            Deed::Strip if self.is_postgres => {
                self.hear(ASKS.len()).await?;
                self.client.1.write_all(b"N").await.ok()?;
            }
            Deed::Strip => {}
            Deed::Divert(other) => {
                self.hear(if self.is_postgres { ASKS.len() } else { PACKET }).await?;
                if self.is_postgres {
                    self.client.1.write_all(b"S").await.ok()?;
                }
                (from_server, to_server) = TcpStream::connect(("127.0.0.1", other)).await.ok()?.into_split();
            }
        }
        let (from_client, mut to_client) = self.client;
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await.ok() });
        pass_on(from_client, to_server, &self.heard).await
    }

    /// The next so many bytes of the client, which go no further.
    async fn hear(&mut self, length: usize) -> Option<()> {
        let mut said = vec![0; length];
        self.client.0.read_exact(&mut said).await.ok()?;
        self.heard.lock().unwrap().extend(said);
        Some(())
    }
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, heard: &Mutex<Vec<u8>>) -> Option<()> {
    let mut buffer = vec![0; 16_384];
    loop {
        let length = from.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        let said = buffer.get(..length)?;
        heard.lock().unwrap().extend_from_slice(said);
        to.write_all(said).await.ok()?;
    }
}

/// A packet of MySQL with its head.
async fn packet(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut all = vec![0; 4];
    from.read_exact(&mut all).await.ok()?;
    let length = usize::from(all[0]) | usize::from(all[1]) << 8 | usize::from(all[2]) << 16;
    all.resize(4 + length, 0);
    from.read_exact(all.get_mut(4..)?).await.ok()?;
    Some(all)
}

/// Checks that a client has asked for TLS and got no further than a handshake, if it has said anything.
///
/// # Errors
/// What else it has said.
pub(super) fn is_mute(is_postgres: bool, heard: &[u8]) -> Result<(), String> {
    if heard.is_empty() {
        return Ok(());
    }
    // Nothing of MySQL's has a name in it: a size, a character set, and what the client is able to do.
    let asked = if is_postgres { heard.starts_with(&ASKS) } else { heard.starts_with(&[32, 0, 0, 1]) };
    if !asked {
        return Err("it did not ask for TLS".to_owned());
    }
    let mut rest = heard.get(if is_postgres { ASKS.len() } else { PACKET }..).ok_or("half a question")?;
    while let [kind, _, _, high, low, ..] = *rest {
        let length = usize::from(u16::from_be_bytes([high, low]));
        match kind {
            // A change of keys, an alert, a handshake.
            20..=22 => {}
            // From TLS 1.3 on an alert looks like any other record, but for its length: two bytes, their kind, and a seal.
            23 if length == 2 + 1 + 16 => {}
            _ => return Err(format!("a record of kind {kind} with {length} bytes")),
        }
        rest = rest.get(5 + length..).unwrap_or_default();
    }
    Ok(())
}
