//! Where a server is, by a URL.

use super::{FaultsError, Protocol};

/// The parts of a URL that a proxy needs: it puts its own address in the place of the server's.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) protocol: Protocol,
    pub(super) host: String,
    pub(super) port: u16,
    /// What stands before the host: scheme, user and password.
    before: String,
    /// What stands behind the port: database and parameters.
    after: String,
}

impl Address {
    /// Reads a URL such as `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    ///
    /// # Errors
    /// [`FaultsError::Scheme`], [`FaultsError::Host`] and [`FaultsError::Port`]; the URL itself, which may hold a password, is not repeated.
    pub(super) fn of(url: &str) -> Result<Self, FaultsError> {
        let (scheme, rest) = url.split_once("://").ok_or(FaultsError::Scheme)?;
        let protocol = match scheme {
            "postgres" | "postgresql" => Protocol::Postgres,
            "mysql" | "mariadb" => Protocol::MySql,
            _ => return Err(FaultsError::Scheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at_checked(end).ok_or(FaultsError::Host)?;
        let (user, place) = authority.rsplit_once('@').map_or(("", authority), |(user, place)| (user, place));
        let at = if authority.len() > place.len() { "@" } else { "" };
        let (host, port) = host_and_port(place, protocol)?;
        Ok(Self { protocol, host: host.to_owned(), port, before: format!("{scheme}://{user}{at}"), after: after.to_owned() })
    }

    /// The same URL with another place in it.
    pub(super) fn leading_to(&self, place: &str) -> String {
        format!("{}{place}{}", self.before, self.after)
    }
}

fn host_and_port(place: &str, protocol: Protocol) -> Result<(&str, u16), FaultsError> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or(FaultsError::Port)?)),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    // One with `%` is the folder of a socket.
    if host.is_empty() || host.contains('%') {
        return Err(FaultsError::Host);
    }
    let port = match port {
        Some(port) => port.parse().map_err(|_| FaultsError::Port)?,
        None => protocol.port(),
    };
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_put_together_with_another_place() {
        for (url, host, port, other) in [
            ("postgres://u:p%40@db.example:5433/d?x=1", "db.example", 5433, "postgres://u:p%40@HERE/d?x=1"),
            ("postgresql://db.example", "db.example", 5432, "postgresql://HERE"),
            ("mariadb://u@[::1]:3307/d", "::1", 3307, "mariadb://u@HERE/d"),
            ("mysql://u:a@b@127.0.0.1?x=a@b:1/", "127.0.0.1", 3306, "mysql://u:a@b@HERE?x=a@b:1/"),
            ("mysql://[::1]/d", "::1", 3306, "mysql://HERE/d"),
        ] {
            let address = Address::of(url).unwrap();
            assert_eq!((address.host.as_str(), address.port), (host, port), "{url}");
            assert_eq!(address.leading_to("HERE"), other);
        }
    }

    #[test]
    fn s9_what_is_wrong_with_a_url_is_told_and_its_password_is_not() {
        for (url, expected) in [
            ("c4n4ry", "scheme"),
            ("sqlite://c4n4ry.db", "scheme"),
            ("POSTGRES://u:c4n4ry@h/d", "scheme"),
            ("postgres://u:c4n4ry@/d", "no host"),
            ("postgres://u:c4n4ry@%2Frun%2Fpostgresql/d", "no host"),
            ("mysql://u:c4n4ry@h:c4n4ry/d", "port"),
            ("mysql://u:c4n4ry@[::1]3306/d", "port"),
        ] {
            let error = Address::of(url).err().unwrap().to_string();
            assert!(error.contains(expected) && !error.contains("c4n4ry"), "{error}");
        }
    }
}
