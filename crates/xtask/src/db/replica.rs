//! `PostgreSQL`, a primary and a replica that streams from it.

use std::path::Path;

use rustix::process::Signal;

use super::{
    Recipe, client, postgres,
    postgres::Primary,
    random,
    server::Launch,
    site::{Site, tool},
    url::{Protocol, Url},
};
use crate::{error::Error, tools::Need};

pub(super) struct Replica;

const NEEDS: [Need; 4] = [
    Need { program: "initdb", why: "to set a server up", packages: &["postgresql"] },
    Need { program: "postgres", why: "the server", packages: &["postgresql"] },
    Need { program: "psql", why: "its client", packages: &["postgresql"] },
    Need { program: "pg_basebackup", why: "to copy a server", packages: &["postgresql"] },
];

impl Recipe for Replica {
    fn needs(&self) -> &'static [Need] {
        &NEEDS
    }

    fn stop(&self) -> Signal {
        postgres::Postgres.stop()
    }

    fn before_revival(&self, killed: &Launch) -> Result<(), Error> {
        postgres::forget(killed)
    }

    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error> {
        let Primary { account, superuser, url, authority } = postgres::primary(site)?;
        let folder = site.private("replica", account)?;
        let copier = Url { user: "replica".into(), ..site.url(Protocol::Postgres, superuser.port, &random::password()?) };
        site.query(&superuser, &format!("CREATE ROLE replica LOGIN REPLICATION PASSWORD '{}';\n", copier.password))?;
        // The tests hold the replica up.
        let database = Url { database: url.database.clone(), ..superuser.clone() };
        site.query(&database, &format!("GRANT EXECUTE ON FUNCTION pg_wal_replay_pause(), pg_wal_replay_resume() TO {};\n", url.user))?;

        // With a slot of its own, so that the primary keeps what a replica that was killed has not read. The password goes by the
        // environment and stays in the settings of the copy, which nobody else reads.
        let mut copy = tool("pg_basebackup")?;
        copy.args(["--no-sync", "--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf", "--create-slot", "--slot=replica"]);
        copy.arg("--pgdata")
            .arg(folder.join("data"))
            .arg("--dbname")
            .arg(conninfo(&copier, authority.as_deref()))
            .env("PGPASSWORD", &copier.password);
        site.run(&mut copy, account)?;

        let port = random::port()?;
        let replica = Url { port, ..url };
        site.publish("DATABASE_REPLICA_URL", &replica);
        postgres::start(site, "DATABASE_REPLICA_URL", "replica", &folder, port, account)?;
        site.wait(|| client::attempt(&replica, "SELECT pg_is_in_recovery()").as_deref() == Some("t"))?;
        site.wait(|| client::attempt(&superuser, STREAMS).as_deref() == Some("1"))
    }
}

/// How many replicas the primary sends to as it writes.
const STREAMS: &str = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";

/// How the replica reaches the primary, as libpq reads it. The certificate is one that the replica's user may read.
fn conninfo(copier: &Url, authority: Option<&Path>) -> String {
    let Url { host, port, user, .. } = copier;
    let mut text = format!("host={host} port={port} user={user} application_name=replica");
    if let Some(path) = authority {
        let path = path.display().to_string().replace('\\', "\\\\").replace('\'', "\\'");
        text.push_str(&format!(" sslmode=verify-full sslrootcert='{path}'"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_replica_checks_the_certificate_of_the_primary() {
        let url = Url::parse("postgres://replica:p@localhost:7/recension").unwrap();
        assert_eq!(conninfo(&url, None), "host=localhost port=7 user=replica application_name=replica");
        let expected = "host=localhost port=7 user=replica application_name=replica sslmode=verify-full sslrootcert='/it\\'s/ca.pem'";
        assert_eq!(conninfo(&url, Some(Path::new("/it's/ca.pem"))), expected);
    }
}
