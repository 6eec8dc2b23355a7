//! How far the way to a server may be trusted.

use std::net::IpAddr;

use crate::error::{Error, Malformed};

/// What is between here and a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Way {
    /// Nothing but this machine.
    Local,
    Network,
}

impl Way {
    pub(in crate::engine) fn to(host: &str) -> Self {
        let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let is_local =
            host.to_ascii_lowercase().starts_with("%2f") || host == "localhost" || address.is_some_and(|address| address.is_loopback());
        if is_local { Self::Local } else { Self::Network }
    }

    /// The mode of TLS that is used where `asked` was asked for, of which `full` is the one that encrypts and verifies, and
    /// `prefer` the one that encrypts where the server can. Over the network less than `full` takes a word of the program.
    ///
    /// # Errors
    /// [`Malformed::WeakTls`] where less is asked for without it.
    pub(in crate::engine) fn mode<M>(self, asked: Option<M>, [prefer, full]: [M; 2], insecure_tls: bool) -> Result<M, Error> {
        // The modes of drivers cannot be compared.
        let is_less = |asked: &M| std::mem::discriminant(asked) != std::mem::discriminant(&full);
        match (self, asked) {
            (Self::Local, asked) => Ok(asked.unwrap_or(prefer)),
            (Self::Network, Some(asked)) if is_less(&asked) && insecure_tls => {
                tracing::warn!("the connection to the database is not verified, or not encrypted");
                Ok(asked)
            }
            (Self::Network, Some(asked)) if is_less(&asked) => Err(Error::Malformed(Malformed::WeakTls)),
            (Self::Network, _) => Ok(full),
        }
    }
}
