//! Where a server is.

use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx_core::Url;

use crate::engine::server::Way;
use crate::error::{Error, Malformed};

/// Parameters of a URL that do no more than name something.
const HARMLESS: [&str; 7] = ["sslca", "ssl-ca", "sslcert", "ssl-cert", "sslkey", "ssl-key", "statement-cache-capacity"];

/// How to get to the server of a URL: `mysql://USER:PASSWORD@HOST:PORT/DATABASE` or `mariadb://…`, which are the same;
/// `?socket=PATH` leads to a socket of this machine.
///
/// Over the network the connection is encrypted and the certificate of the server verified, its name too. A URL that asks
/// for less is refused unless the program says that it is meant. On a socket, and to the machine itself, nobody is in between.
///
/// # Errors
/// [`Malformed::Url`] for what is no such URL, [`Malformed::WeakTls`] for one that asks for less.
pub(super) fn of(url: &str, insecure_tls: bool) -> Result<MySqlConnectOptions, Error> {
    let malformed = || Error::Malformed(Malformed::Url);
    let parsed: Url = url.parse().map_err(|_| malformed())?;
    let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
    let (mut asked, mut way) = (None, Way::to(host));
    for (name, value) in parsed.query_pairs() {
        match &*name {
            "sslmode" | "ssl-mode" if asked.is_none() => asked = Some(value.parse::<MySqlSslMode>().map_err(|_| malformed())?),
            "socket" if value.starts_with('/') => way = Way::Local,
            // The driver would take settings of the session from here, and pass over what it does not know.
            name if HARMLESS.contains(&name) => {}
            _ => return Err(malformed()),
        }
    }
    // Without one no table could be found, and the server would say so for each.
    if parsed.path().trim_matches('/').is_empty() {
        return Err(malformed());
    }
    let options: MySqlConnectOptions = url.parse().map_err(|_| malformed())?;
    // What the driver would set, it sets by two more statements of each connection; see `super::settings`.
    let options = options.pipes_as_concat(false).no_engine_substitution(false).timezone(None).set_names(false);
    let mode = way.mode(asked, [MySqlSslMode::Preferred, MySqlSslMode::VerifyIdentity], insecure_tls)?;
    Ok(options.ssl_mode(mode).disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str, insecure_tls: bool) -> Result<MySqlSslMode, Malformed> {
        match of(url, insecure_tls) {
            Ok(options) => Ok(options.get_ssl_mode()),
            Err(Error::Malformed(malformed)) => Err(malformed),
            Err(error) => unreachable!("{error:?}"),
        }
    }

    fn is(url: &str, insecure_tls: bool, expected: MySqlSslMode) -> bool {
        mode(url, insecure_tls).is_ok_and(|mode| std::mem::discriminant(&mode) == std::mem::discriminant(&expected))
    }

    #[test]
    fn s13_a_url_that_weakens_tls_over_the_network_takes_a_word_of_the_program() {
        for (scheme, host) in [("mysql", "db.example"), ("mariadb", "10.0.0.1"), ("mysql", "[2001:db8::1]"), ("mysql", "localhost.example")]
        {
            let url = |mode: &str| format!("{scheme}://u:p@{host}/d{mode}");
            assert!(is(&url(""), false, MySqlSslMode::VerifyIdentity), "{host}");
            assert!(is(&url("?ssl-mode=VERIFY_IDENTITY"), false, MySqlSslMode::VerifyIdentity), "{host}");
            for weak in ["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA"] {
                for name in ["sslmode", "ssl-mode"] {
                    let url = url(&format!("?{name}={weak}"));
                    assert_eq!(mode(&url, false).err(), Some(Malformed::WeakTls), "{url}");
                    assert!(is(&url, true, weak.parse().unwrap()), "{url}");
                }
            }
            // The word alone weakens nothing.
            assert!(is(&url(""), true, MySqlSslMode::VerifyIdentity), "{host}");
        }
    }

    #[test]
    fn the_way_to_this_machine_needs_no_tls() {
        for host in ["127.0.0.1:3306", "127.9.9.9", "[::1]", "localhost"] {
            assert!(is(&format!("mysql://u:p@{host}/d"), false, MySqlSslMode::Preferred), "{host}");
            assert!(is(&format!("mariadb://u:p@{host}/d?ssl-mode=DISABLED"), false, MySqlSslMode::Disabled), "{host}");
        }
        assert!(is("mysql://u:p@db.example/d?socket=/run/mysqld/mysqld.sock", false, MySqlSslMode::Preferred));
    }

    #[test]
    fn s9_a_url_has_a_host_a_database_and_no_parameter_that_is_not_known() {
        for url in [
            "mysql:",
            "mysql://",
            "mysql:///d",
            "mysql://u:p@/d",
            "mysql://u:p@127.0.0.1",
            "mysql://u:p@127.0.0.1/",
            "mysql://u:p@127.0.0.1:port/d",
            "mysql://u:p@127.0.0.1/d?charset=latin1",
            "mysql://u:p@127.0.0.1/d?timezone=%2B01:00",
            "mysql://u:p@127.0.0.1/d?password=c4n4ry",
            "mysql://u:p@127.0.0.1/d?ssl-mode=maybe",
            "mysql://u:p@db.example/d?socket=relative",
            // The first of two must not hide the second.
            "mysql://u:p@db.example/d?sslmode=VERIFY_IDENTITY&ssl-mode=DISABLED",
        ] {
            assert_eq!(mode(url, false).err(), Some(Malformed::Url), "{url}");
        }
    }
}
