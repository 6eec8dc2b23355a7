//! A proxy that stands between a service and its database, and lets go wrong what a test asks for.
//!
//! It speaks the protocols of PostgreSQL and of MariaDB and MySQL well enough to tell statements and COMMIT apart. So a test can cut the
//! connection at COMMIT, fail any statement before or after it has run, hold statements back, let the server be silent or
//! gone, and count statements, bytes and round trips, with the real server and the real driver on both sides. SQLite has no network:
//! there, and where it is simpler, the store fails its statements itself (`recension::store::faults`, with the feature `faults` of `recension`).
//!
//! ```no_run
//! use recension_testkit::faults::{Cut, Fault, FaultProxy, FaultsError};
//!
//! # async fn shown(url: &str) -> Result<(), FaultsError> {
//! let proxy = FaultProxy::start(url).await?;
//! // What is tested connects to this URL.
//! let url = proxy.url();
//! proxy.at_commit(Cut::RequestLost);
//! proxy.at_statement(3, Fault::error("40001"));
//! // ... what is tested ...
//! assert_eq!(proxy.fired(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! | what | is |
//! |---|---|
//! | a statement | on PostgreSQL a simple query or an Execute, on MySQL `COM_QUERY` or `COM_STMT_EXECUTE`; to prepare one is none |
//! | a COMMIT | a statement whose first word is COMMIT or END, sent as it is or prepared |
//! | a fault | fires once, for the statement it was armed for; what is sent with that statement in one request fails with it |
//!
//! **Limits.** The way is TCP without TLS: a client that may do without is told that there is none, one that may not fails, and a
//! server that insists on it refuses the proxy. A folder of a socket in the URL is refused. Of several statements in one text
//! the first one says what it is. A client of PostgreSQL that asks for answers by Flush, before its Sync, meets faults at the
//! Sync. Compression and other additions to MySQL's protocol are not offered to the client.

mod address;
mod connection;
mod control;
mod counts;
mod fault;
mod mysql;
mod plan;
mod postgres;
mod proxy;
#[cfg(test)]
mod proxy_tests;
mod wire;

use std::io;

pub use counts::Counts;
pub use fault::{Cut, Fault};
pub use proxy::FaultProxy;

use wire::Wire;

/// Why a proxy was not started. No error repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultsError {
    /// The URL has no scheme that says the protocol.
    #[error("the database URL has a scheme that is none of postgres, postgresql, mysql and mariadb")]
    Scheme,
    /// The URL names no host, or the folder of a socket.
    #[error("the database URL has no host that is reached by TCP")]
    Host,
    /// The port of the URL is no number of a port.
    #[error("the database URL has a port that is none")]
    Port,
    /// No port of this machine could be listened on.
    #[error("the proxy cannot listen: {0}")]
    Listen(#[source] io::Error),
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Postgres,
    MySql,
}

impl Protocol {
    /// The port of a server whose URL names none.
    const fn port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::MySql => 3306,
        }
    }

    fn wire(self) -> Box<dyn Wire> {
        match self {
            Self::Postgres => Box::<postgres::Postgres>::default(),
            Self::MySql => Box::<mysql::MySql>::default(),
        }
    }
}
