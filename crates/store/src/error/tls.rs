//! What is wrong with a server that a connection is not encrypted with. Each text ends up in what an operator reads, and is fixed: what the
//! driver says may have names of hosts in it.

use std::error::Error as StdError;
use std::io;

#[cfg(any(feature = "mysql", feature = "postgres"))]
use rustls::{AlertDescription, CertificateError, Error as TlsError};

const NONE: &str = "connection could not be encrypted: the server, or something before it, has no TLS";
const AUTHORITY: &str = "the certificate of the server is of no authority that is known here";
const NAME: &str = "the certificate of the server is for another name";
const EXPIRED: &str = "the certificate of the server has expired";
const TOO_EARLY: &str = "the certificate of the server is not valid yet";
const ITSELF: &str = "the certificate of the server is that of an authority, as of one that signs itself";
const CERTIFICATE: &str = "the certificate of the server cannot be trusted";
const OLD: &str = "connection could not be encrypted: the server has no version or cipher of TLS that is safe and known here";
const UNKNOWN: &str = "connection could not be encrypted, or the other end is not who it should be";

const ALL: [&str; 9] = [NONE, AUTHORITY, NAME, EXPIRED, TOO_EARLY, ITSELF, CERTIFICATE, OLD, UNKNOWN];

/// Whether a text is one of these. Such a server is not better a little later.
pub(super) fn is_of(detail: &str) -> bool {
    ALL.contains(&detail)
}

/// What keeps a connection from being encrypted, by an error of the driver about that.
pub(super) fn of(error: &(dyn StdError + Send + Sync + 'static)) -> &'static str {
    // The driver has no type for it.
    if error.to_string() == "server does not support TLS" {
        return NONE;
    }
    told(error).unwrap_or(UNKNOWN)
}

/// The same by an error of input and output: as such the driver gives on what a handshake fails of.
pub(super) fn of_io(error: &io::Error) -> Option<&'static str> {
    error.get_ref().and_then(told)
}

#[cfg(any(feature = "mysql", feature = "postgres"))]
fn told(error: &(dyn StdError + Send + Sync + 'static)) -> Option<&'static str> {
    match error.downcast_ref::<TlsError>()? {
        TlsError::InvalidCertificate(error) => Some(of_certificate(error)),
        TlsError::PeerIncompatible(_)
        | TlsError::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        ) => Some(OLD),
        // What happens to a connection that was good may pass.
        _ => None,
    }
}

#[cfg(not(any(feature = "mysql", feature = "postgres")))]
fn told(_: &(dyn StdError + Send + Sync + 'static)) -> Option<&'static str> {
    None
}

#[cfg(any(feature = "mysql", feature = "postgres"))]
fn of_certificate(error: &CertificateError) -> &'static str {
    match error {
        // All but the first are of one that is called like another.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => AUTHORITY,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => NAME,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => EXPIRED,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TOO_EARLY,
        // It has no type for it.
        CertificateError::Other(error) if format!("{error:?}").contains("CaUsedAsEndEntity") => ITSELF,
        _ => CERTIFICATE,
    }
}
