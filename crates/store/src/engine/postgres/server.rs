//! What a server must be like for a store to be opened on it.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Row};

use super::pooler;
use crate::engine::server::asked;
use crate::error::{Error, Incompatible};

const ENGINE: &str = "postgres";
/// Version 15, as the server counts.
const OLDEST: i32 = 150_000;

const ASK: &str = "SELECT current_setting('server_version_num')::int4, pg_is_in_recovery(), current_setting('server_encoding')";

/// Looks at the server once, on a connection of its own; whether it may follow another one.
///
/// # Errors
/// [`Error::Incompatible`] for a server that is too old, follows another one, whose database is not in UTF-8, or that is behind a
/// pooler which lends its sessions for one transaction each;
/// as [`asked`].
pub(super) async fn check(to: &PgConnectOptions, timeout: Duration, may_follow: bool) -> Result<(), Error> {
    let mut connection = asked(timeout, PgConnection::connect_with(to)).await?;
    let (version, is_replica, encoding) = asked(timeout, ask(&mut connection)).await?;
    if let Some(incompatible) = judge(version, is_replica && !may_follow, &encoding) {
        return Err(Error::Incompatible(incompatible));
    }
    if pooler::shares_sessions(&mut connection, to).await {
        return Err(Error::Incompatible(Incompatible::TransactionPooler { engine: ENGINE }));
    }
    asked(timeout, connection.close()).await
}

async fn ask(connection: &mut PgConnection) -> Result<(i32, bool, String), sqlx::Error> {
    let row = sqlx::raw_sql(ASK).fetch_one(connection).await?;
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
}

fn judge(version: i32, is_replica: bool, encoding: &str) -> Option<Incompatible> {
    if version < OLDEST {
        Some(Incompatible::EngineVersion { engine: ENGINE, needed: "15" })
    } else if is_replica {
        Some(Incompatible::Replica { engine: ENGINE })
    } else if encoding != "UTF8" {
        Some(Incompatible::EngineSetting { engine: ENGINE, setting: "server_encoding", needed: "UTF8" })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_cannot_keep_what_is_stored_is_refused() {
        assert_eq!(judge(150_000, false, "UTF8"), None);
        assert_eq!(judge(149_999, false, "UTF8"), Some(Incompatible::EngineVersion { engine: "postgres", needed: "15" }));
        assert_eq!(judge(180_006, true, "UTF8"), Some(Incompatible::Replica { engine: "postgres" }));
        for encoding in ["SQL_ASCII", "LATIN1"] {
            assert!(matches!(judge(150_000, false, encoding), Some(Incompatible::EngineSetting { setting: "server_encoding", .. })));
        }
    }
}
