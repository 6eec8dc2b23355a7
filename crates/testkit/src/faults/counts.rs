//! What a proxy has counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a proxy has seen since it was started, on all connections together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Faults that have fired. A test that arms one asserts this, or it may have tried nothing.
    pub fired: u64,
    /// Connections that clients have opened.
    pub connections: u64,
    /// Statements that clients have sent, BEGIN, COMMIT and those that set the session included.
    pub statements: u64,
    /// Those of them that were COMMIT.
    pub commits: u64,
    /// How often a client had sent something and then got an answer. What it sends in one go is one round trip, whatever it
    /// is: a statement, one to be prepared, a step of the login.
    pub round_trips: u64,
    /// Bytes that were passed on to the server.
    pub bytes_to_server: u64,
    /// Bytes that were passed on to clients.
    pub bytes_to_client: u64,
}

impl Counts {
    /// What has been counted since an earlier look.
    #[must_use]
    pub const fn since(self, earlier: &Self) -> Self {
        Self {
            fired: self.fired.saturating_sub(earlier.fired),
            connections: self.connections.saturating_sub(earlier.connections),
            statements: self.statements.saturating_sub(earlier.statements),
            commits: self.commits.saturating_sub(earlier.commits),
            round_trips: self.round_trips.saturating_sub(earlier.round_trips),
            bytes_to_server: self.bytes_to_server.saturating_sub(earlier.bytes_to_server),
            bytes_to_client: self.bytes_to_client.saturating_sub(earlier.bytes_to_client),
        }
    }
}

/// The counters that all connections share.
#[derive(Debug, Default)]
pub(super) struct Counters {
    fired: AtomicU64,
    connections: AtomicU64,
    statements: AtomicU64,
    commits: AtomicU64,
    round_trips: AtomicU64,
    bytes_to_server: AtomicU64,
    bytes_to_client: AtomicU64,
}

impl Counters {
    pub(super) fn fired(&self) {
        add(&self.fired, 1);
    }

    pub(super) fn connected(&self) {
        add(&self.connections, 1);
    }

    pub(super) fn asked(&self, statements: u64, commits: u64) {
        add(&self.statements, statements);
        add(&self.commits, commits);
    }

    pub(super) fn came_back(&self) {
        add(&self.round_trips, 1);
    }

    pub(super) fn to_server(&self, bytes: usize) {
        add(&self.bytes_to_server, bytes as u64);
    }

    pub(super) fn to_client(&self, bytes: usize) {
        add(&self.bytes_to_client, bytes as u64);
    }

    pub(super) fn now(&self) -> Counts {
        Counts {
            fired: self.fired.load(Ordering::Relaxed),
            connections: self.connections.load(Ordering::Relaxed),
            statements: self.statements.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            round_trips: self.round_trips.load(Ordering::Relaxed),
            bytes_to_server: self.bytes_to_server.load(Ordering::Relaxed),
            bytes_to_client: self.bytes_to_client.load(Ordering::Relaxed),
        }
    }
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}
