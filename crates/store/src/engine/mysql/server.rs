//! What a server must be like for a store to be opened on it, and what it can do.

use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{Connection, Row};

use crate::capability::Capability;
use crate::engine::server::asked;
use crate::error::{Error, Incompatible};

const ASK: &str = "SELECT CAST(VERSION() AS CHAR), CAST(@@GLOBAL.read_only AS SIGNED)";

/// Looks at the server once, on a connection of its own: what it can do.
///
/// # Errors
/// [`Error::Incompatible`] for a server that is too old or may not be written, as one that follows another; as [`asked`].
pub(super) async fn check(to: &MySqlConnectOptions, timeout: Duration) -> Result<&'static Capability, Error> {
    let (version, read_only) = asked(timeout, ask(to)).await?;
    judge(&version, read_only != 0).map_err(Error::Incompatible)
}

/// As [`check`], for a node of a cluster.
///
/// # Errors
/// As [`check`]; [`Incompatible::Unsupported`] for a server that is none.
pub(super) async fn check_node(to: &MySqlConnectOptions, timeout: Duration) -> Result<&'static Capability, Error> {
    let capability = check(to, timeout).await?;
    let is_node = asked(timeout, is_node(to)).await?;
    if is_node { Ok(capability) } else { Err(Error::Incompatible(Incompatible::Unsupported { engine: capability.engine, what: NODES })) }
}

const NODES: &str = "replicas but the other nodes of a cluster";

async fn is_node(to: &MySqlConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = MySqlConnection::connect_with(to).await?;
    // A server that was built without clusters does not know the variable.
    let row = sqlx::query("SHOW GLOBAL VARIABLES LIKE 'wsrep_on'").fetch_optional(&mut connection).await?;
    let is_on = row.map(|row| row.try_get::<String, _>(1)).transpose()?;
    connection.close().await?;
    Ok(is_on.is_some_and(|is_on| is_on == "ON"))
}

async fn ask(to: &MySqlConnectOptions) -> Result<(String, i64), sqlx::Error> {
    let mut connection = MySqlConnection::connect_with(to).await?;
    let row = sqlx::query(ASK).fetch_one(&mut connection).await?;
    let about = (row.try_get(0)?, row.try_get(1)?);
    connection.close().await?;
    Ok(about)
}

fn judge(version: &str, is_read_only: bool) -> Result<&'static Capability, Incompatible> {
    let is_mariadb = version.contains("MariaDB");
    let (engine, needed, oldest, capability) = if is_mariadb {
        ("mariadb", "10.11", (10, 11), &Capability::MARIADB)
    } else {
        // Statements are only those that 5.6 knows.
        ("mysql", "5.6", (5, 6), &Capability::MYSQL)
    };
    // `10.11.19-MariaDB-0+deb12u1`, which some versions and proxies write behind a `5.5.5-`.
    let version = version.strip_prefix("5.5.5-").filter(|_| is_mariadb).unwrap_or(version);
    let mut numbers = version.split(|other: char| !other.is_ascii_digit()).map_while(|number| number.parse::<u32>().ok());
    if numbers.next().zip(numbers.next()).is_none_or(|version| version < oldest) {
        return Err(Incompatible::EngineVersion { engine, needed });
    }
    if is_read_only { Err(Incompatible::Replica { engine }) } else { Ok(capability) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_or_cannot_be_written_is_refused() {
        for version in ["10.11.19-MariaDB-0+deb12u1", "5.5.5-10.11.6-MariaDB", "11.4.2-MariaDB-log"] {
            assert_eq!(judge(version, false), Ok(&Capability::MARIADB), "{version}");
            assert_eq!(judge(version, true), Err(Incompatible::Replica { engine: "mariadb" }), "{version}");
        }
        for version in ["5.6.24", "8.0.36", "8.4.0-log"] {
            assert_eq!(judge(version, false), Ok(&Capability::MYSQL), "{version}");
        }
        for version in ["10.6.1-MariaDB", "5.5.5-10.3.1-MariaDB"] {
            assert_eq!(judge(version, false), Err(Incompatible::EngineVersion { engine: "mariadb", needed: "10.11" }), "{version}");
        }
        for version in ["5.5.62", "5", "", "unknown"] {
            assert_eq!(judge(version, false), Err(Incompatible::EngineVersion { engine: "mysql", needed: "5.6" }), "{version}");
        }
    }
}
