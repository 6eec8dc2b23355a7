//! The address of a database as drivers read it.

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
};

/// Which protocol a server speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Postgres,
    Mysql,
}

/// A server, a database in it, and who logs in. Without `Debug`: there is a password in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) protocol: Protocol,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    /// The certificate that signs the server's, where the server demands TLS.
    pub(super) authority: Option<PathBuf>,
}

impl Protocol {
    fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    /// The parameters that demand TLS with a server whose certificate was checked, up to the path of the authority: sqlx's names,
    /// those of `PostgreSQL` being libpq's too.
    fn verified(self) -> &'static str {
        match self {
            Self::Postgres => "sslmode=verify-full&sslrootcert=",
            Self::Mysql => "ssl-mode=VERIFY_IDENTITY&ssl-ca=",
        }
    }
}

impl Url {
    /// Reads an address as this command prints it, and none that asks for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let protocol = [Protocol::Postgres, Protocol::Mysql].into_iter().find(|protocol| protocol.scheme() == scheme)?;
        let (user, rest) = rest.split_once(':')?;
        let (password, rest) = rest.split_once('@')?;
        let (host, rest) = rest.split_once(':')?;
        let (port, rest) = rest.split_once('/')?;
        let (database, authority) = match rest.split_once('?') {
            Some((database, query)) => (database, Some(decode(query.strip_prefix(protocol.verified())?)?)),
            None => (rest, None),
        };
        Some(Self {
            protocol,
            user: user.into(),
            password: password.into(),
            host: host.into(),
            port: port.parse().ok()?,
            database: database.into(),
            authority,
        })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, user, password, host, port, database, authority } = self;
        write!(f, "{}://{user}:{password}@{host}:{port}/{database}", protocol.scheme())?;
        if let Some(path) = authority {
            write!(f, "?{}{}", protocol.verified(), encode(&path.to_string_lossy()))?;
        }
        Ok(())
    }
}

/// Percent-encodes what may not stand in a query as it is.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}"); // A string takes everything.
        }
        out
    })
}

fn decode(text: &str) -> Option<PathBuf> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.get(2..)?.bytes());
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(protocol: Protocol, authority: Option<&str>) -> Url {
        Url {
            protocol,
            user: "recension".into(),
            password: "0a1b".into(),
            host: "localhost".into(),
            port: 20001,
            database: "recension".into(),
            authority: authority.map(PathBuf::from),
        }
    }

    #[test]
    fn an_address_is_printed_as_drivers_read_it_and_read_back() {
        let shown = [
            (url(Protocol::Postgres, None), "postgres://recension:0a1b@localhost:20001/recension"),
            (
                url(Protocol::Postgres, Some("/a b/ä.pem")),
                "postgres://recension:0a1b@localhost:20001/recension?sslmode=verify-full&sslrootcert=/a%20b/%C3%A4.pem",
            ),
            (
                url(Protocol::Mysql, Some("/ca.pem")),
                "mysql://recension:0a1b@localhost:20001/recension?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca.pem",
            ),
        ];
        for (url, text) in shown {
            assert_eq!(url.to_string(), text);
            assert!(Url::parse(text) == Some(url), "{text}");
        }
    }

    #[test]
    fn an_address_that_asks_for_something_else_is_none() {
        let good = "postgres://u:p@h:1/d";
        assert!(Url::parse(good).is_some());
        for bad in ["http://u:p@h:1/d", "postgres://h:1/d", "postgres://u:p@h:port/d", "postgres://u:p@h:1/d?sslmode=disable"] {
            assert!(Url::parse(bad).is_none(), "{bad}");
        }
    }
}
