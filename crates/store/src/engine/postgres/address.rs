//! Where a server is, and how far the way to it may be trusted.

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx_core::Url;

use crate::engine::server::Way;
use crate::error::{Error, Malformed};

/// Parameters of a URL that do no more than name something.
const HARMLESS: [&str; 10] = [
    "options[search_path]",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "application_name",
    "statement-cache-capacity",
];

/// How to get to the server of a URL: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or `postgres://USER@%2FFOLDER/DATABASE`
/// with the folder of its socket. The schema of the tables is named with `?options[search_path]=SCHEMA`.
///
/// Over the network the connection is encrypted and the certificate of the server verified, its name too. A URL that asks
/// for less is refused unless the program says that it is meant. On a socket, and to the machine itself, nobody is in between.
///
/// # Errors
/// [`Malformed::Url`] for what is no such URL, [`Malformed::WeakTls`] for one that asks for less.
pub(super) fn of(url: &str, insecure_tls: bool) -> Result<PgConnectOptions, Error> {
    let malformed = || Error::Malformed(Malformed::Url);
    let parsed: Url = url.parse().map_err(|_| malformed())?;
    let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
    let mut asked = None;
    for (name, value) in parsed.query_pairs() {
        match &*name {
            "sslmode" | "ssl-mode" if asked.is_none() => asked = Some(value.parse::<PgSslMode>().map_err(|_| malformed())?),
            // The driver would take another host, or settings of the session, from here, and log what it does not know.
            name if HARMLESS.contains(&name) => {}
            _ => return Err(malformed()),
        }
    }
    let options: PgConnectOptions = url.parse().map_err(|_| malformed())?;
    let mode = Way::to(host).mode(asked, [PgSslMode::Prefer, PgSslMode::VerifyFull], insecure_tls)?;
    // The mode is always said: the driver would take one from the environment.
    Ok(options.ssl_mode(mode).disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str, insecure_tls: bool) -> Result<&'static str, Malformed> {
        match of(url, insecure_tls) {
            Ok(options) => Ok(match options.get_ssl_mode() {
                PgSslMode::Disable => "disable",
                PgSslMode::Allow => "allow",
                PgSslMode::Prefer => "prefer",
                PgSslMode::Require => "require",
                PgSslMode::VerifyCa => "verify-ca",
                PgSslMode::VerifyFull => "verify-full",
            }),
            Err(Error::Malformed(malformed)) => Err(malformed),
            Err(error) => unreachable!("{error:?}"),
        }
    }

    #[test]
    fn s13_a_url_that_weakens_tls_over_the_network_takes_a_word_of_the_program() {
        for host in ["db.example", "10.0.0.1", "[2001:db8::1]", "localhost.example", "127.0.0.1.example"] {
            let url = |mode: &str| format!("postgres://u:p@{host}/d{mode}");
            assert_eq!(mode(&url(""), false), Ok("verify-full"), "{host}");
            assert_eq!(mode(&url("?sslmode=verify-full"), false), Ok("verify-full"), "{host}");
            for weak in ["disable", "allow", "prefer", "require", "verify-ca"] {
                for name in ["sslmode", "ssl-mode"] {
                    let url = url(&format!("?{name}={weak}"));
                    assert_eq!(mode(&url, false), Err(Malformed::WeakTls), "{url}");
                    assert_eq!(mode(&url, true), Ok(weak), "{url}");
                }
            }
            // The word alone weakens nothing.
            assert_eq!(mode(&url(""), true), Ok("verify-full"), "{host}");
        }
    }

    #[test]
    fn the_way_to_this_machine_needs_no_tls() {
        for host in ["127.0.0.1:5432", "127.9.9.9", "[::1]", "localhost", "%2Frun%2Fpostgresql"] {
            assert_eq!(mode(&format!("postgres://u:p@{host}/d"), false), Ok("prefer"), "{host}");
            assert_eq!(mode(&format!("postgresql://u:p@{host}/d?sslmode=disable"), false), Ok("disable"), "{host}");
            assert_eq!(mode(&format!("postgres://u:p@{host}/d?sslmode=verify-full"), false), Ok("verify-full"), "{host}");
        }
    }

    #[test]
    fn s9_a_url_has_a_host_and_no_parameter_that_is_not_known() {
        for url in [
            "postgres:",
            "postgres://",
            "postgres:///d",
            "postgres://u:p@/d",
            "postgres://u:p@127.0.0.1:port/d",
            "postgres://u:p@127.0.0.1/d?host=db.example",
            "postgres://u:p@127.0.0.1/d?hostaddr=10.0.0.1",
            "postgres://u:p@127.0.0.1/d?options=-csearch_path=x",
            "postgres://u:p@127.0.0.1/d?options[default_transaction_read_only]=x",
            "postgres://u:p@127.0.0.1/d?password=c4n4ry",
            "postgres://u:p@127.0.0.1/d?sslmode=maybe",
            // The first of two must not hide the second.
            "postgres://u:p@db.example/d?sslmode=verify-full&ssl-mode=disable",
        ] {
            assert_eq!(mode(url, false), Err(Malformed::Url), "{url}");
        }
    }
}
