//! The proxy itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::address::Address;
use super::connection::{Connection, Shared};
use super::wire::Wire;
use super::{Counts, Fault, FaultsError};

/// A proxy before a database server: it listens on this machine, and passes on what a client and the server say to each other,
/// but for the faults that it was told.
///
/// It runs on the runtime that it was started on, and closes all connections when it is dropped.
pub struct FaultProxy {
    url: String,
    shared: Shared,
    accepting: AbortHandle,
}

impl FaultProxy {
    /// A proxy before the server of a URL, whose scheme says the protocol: `postgres`, `postgresql`, `mysql` or `mariadb`. It is connected to
    /// for each client that connects here.
    ///
    /// # Errors
    /// Those of the URL, and [`FaultsError::Listen`].
    pub async fn start(url: &str) -> Result<Self, FaultsError> {
        let address = Address::of(url)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(FaultsError::Listen)?;
        let place = listener.local_addr().map_err(FaultsError::Listen)?;
        let url = address.leading_to(&place.to_string());
        let shared = Shared::default();
        let accepting = tokio::spawn(accept(listener, address, shared.clone())).abort_handle();
        Ok(Self { url, shared, accepting })
    }

    /// The URL that leads to the server by way of the proxy: the same user, password, database and parameters.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Arms a fault for the next COMMIT, on whatever connection; one that is armed after it waits for the COMMIT behind that.
    /// A statement outside of a transaction is committed by itself: see [`at_statement`](Self::at_statement).
    pub fn at_commit(&self, fault: impl Into<Fault>) {
        self.shared.plan.at_commit(fault.into());
    }

    /// Arms a fault for the `n`-th statement from now, counted over all connections as [`Counts::statements`] are. The first one
    /// is 1.
    ///
    /// # Panics
    /// When `n` is 0.
    pub fn at_statement(&self, n: u64, fault: impl Into<Fault>) {
        assert!(n > 0, "statements are counted from 1");
        self.shared.plan.at_statement(n, fault.into());
    }

    /// How many faults are armed and have not fired.
    #[must_use]
    pub fn armed(&self) -> usize {
        self.shared.plan.left()
    }

    /// Forgets the faults that are armed.
    pub fn disarm(&self) {
        self.shared.plan.disarm();
    }

    /// Holds back each statement for this time, and with [`Duration::ZERO`] none. It is a time of tokio's clock.
    pub fn delay(&self, time: Duration) {
        self.shared.plan.delay(time);
    }

    /// Closes all connections, and new ones at once, until [`resume`](Self::resume).
    pub fn kill(&self) {
        self.shared.control.kill();
    }

    /// Passes nothing on in either direction, and closes nothing, until [`resume`](Self::resume): a server that is there and does not answer.
    pub fn pause(&self) {
        self.shared.control.pause();
    }

    /// Ends [`kill`](Self::kill) and [`pause`](Self::pause).
    pub fn resume(&self) {
        self.shared.control.resume();
    }

    /// How many faults have fired.
    #[must_use]
    pub fn fired(&self) -> u64 {
        self.counts().fired
    }

    /// What has been counted since the proxy was started.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.now()
    }
}

impl std::fmt::Debug for FaultProxy {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultProxy").field("armed", &self.armed()).field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Takes connections until it is aborted, which ends those that it has taken.
async fn accept(listener: TcpListener, address: Address, shared: Shared) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            taken = listener.accept() => {
                // A client that is gone already.
                let Ok((client, _)): Result<(TcpStream, SocketAddr), _> = taken else { continue };
                // Counted before it is looked whether there are any more, so that a kill in between ends this one too.
                let kills = shared.control.kills();
                if !shared.control.is_refusing() {
                    shared.counters.connected();
                    open.spawn(connect(client, address.clone(), shared.clone(), kills));
                }
            }
            Some(_) = open.join_next() => {}
        }
    }
}

/// Connects a client with the server, until one of them has enough or all connections are closed.
async fn connect(client: TcpStream, address: Address, shared: Shared, kills: u64) {
    let control = shared.control.clone();
    let connected = async {
        control.running().await;
        // A client whose server is not there finds its connection closed.
        let Ok(server) = TcpStream::connect((address.host.as_str(), address.port)).await else { return };
        let wire: Box<dyn Wire> = address.protocol.wire();
        let Ok(connection) = Connection::of(client, server, wire, shared) else { return };
        connection.run().await;
    };
    tokio::select! {
        biased;
        () = control.killed(kills) => {}
        () = connected => {}
    }
}
