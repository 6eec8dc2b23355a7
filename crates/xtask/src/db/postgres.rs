//! `PostgreSQL`, one server.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use rustix::process::Signal;

use super::{
    Recipe,
    account::Account,
    client, needs, random,
    server::Launch,
    site::{Site, USER, tool},
    tls::Files,
    url::{Protocol, Url},
};
use crate::{error::Error, tools::Need};

pub(super) struct Postgres;

const NEEDS: [Need; 3] = [
    Need { program: "initdb", why: "to set a server up", packages: &["postgresql"] },
    Need { program: "postgres", why: "the server", packages: &["postgresql"] },
    Need { program: "psql", why: "its client", packages: &["postgresql"] },
];

impl Recipe for Postgres {
    fn needs(&self) -> &'static [Need] {
        &NEEDS
    }

    fn stop(&self) -> Signal {
        Signal::QUIT // An immediate shutdown: TERM waits for the clients, and INT writes data that go away next.
    }

    fn before_revival(&self, killed: &Launch) -> Result<(), Error> {
        forget(killed)
    }

    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error> {
        primary(site).map(drop)
    }
}

/// A server that takes writes.
pub(super) struct Primary {
    pub(super) account: Account,
    /// The address for its superuser.
    pub(super) superuser: Url,
    /// The address for the tests.
    pub(super) url: Url,
    /// Where its user finds the authority that signs its certificate.
    pub(super) authority: Option<PathBuf>,
}

/// Makes a server with the user and the database of the tests, and waits until it answers.
///
/// # Errors
/// When a step fails.
pub(super) fn primary(site: &mut Site<'_>) -> Result<Primary, Error> {
    let account = Account::of(&["postgres"])?;
    let folder = site.private("server", account)?;
    let (password, port) = (random::password()?, random::port()?);
    let superuser =
        Url { user: "postgres".into(), database: "postgres".into(), ..site.url(Protocol::Postgres, port, &random::password()?) };
    let url = site.url(Protocol::Postgres, port, &password);

    let password_file = folder.join("superuser-password");
    site.secret(&password_file, &superuser.password, account)?;
    let data = folder.join("data");
    // Not synced, unlike what is written later: a machine that loses power while this runs begins anew.
    let mut initdb = tool("initdb")?;
    initdb.args(["--no-sync", "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
    initdb.arg("--pgdata").arg(&data).arg("--pwfile").arg(&password_file);
    site.run(&mut initdb, account)?;
    let files = site.tls.as_ref().map(|tls| tls.copy(&folder, account)).transpose()?;
    append(&data.join("postgresql.conf"), &settings(files.as_ref()))?;
    fs::write(data.join("pg_hba.conf"), access(files.is_some())).map_err(Error::file("write", data.join("pg_hba.conf")))?;

    site.publish("DATABASE_URL", &url);
    start(site, "DATABASE_URL", "postgres", &folder, port, account)?;
    site.wait(|| client::answers(&superuser))?;
    let role = format!("CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{password}';\n");
    site.query(&superuser, &format!("{role}CREATE DATABASE {USER} OWNER {USER};\n"))?;
    Ok(Primary { account, superuser, url, authority: files.map(|files| files.authority) })
}

/// Starts a server on the data in its folder, which say all but the port.
///
/// # Errors
/// When it does not start.
pub(super) fn start(site: &mut Site<'_>, answers: &str, name: &str, folder: &Path, port: u16, account: Account) -> Result<(), Error> {
    let program = needs::program("postgres")?;
    let arguments = vec!["-D".into(), folder.join("data").display().to_string(), "-p".into(), port.to_string()];
    let launch = site.launch(name, program, arguments, folder, account);
    site.start(answers, launch)
}

/// Removes the file by which `PostgreSQL` keeps a second server off its data. We know that the process in it has ended; `PostgreSQL`
/// takes it for alive until its parent has asked how it ended, which may be never. Its other guard stays: it still refuses while a
/// process of the killed server has the shared memory of these data.
///
/// # Errors
/// When the file cannot be removed.
pub(super) fn forget(killed: &Launch) -> Result<(), Error> {
    let file = killed.folder.join("data/postmaster.pid");
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).map_err(Error::file("remove", file)),
        _ => Ok(()),
    }
}

/// `fsync` and `synchronous_commit` stay as they are, on: tests count what was acknowledged before a crash.
fn settings(files: Option<&Files>) -> String {
    // No sockets: every login is by TCP, with a password. Many tests run at once, and some wait for a deadlock to be seen.
    let mut text = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\nshared_buffers = 64MB\n\
                    deadlock_timeout = 100ms\n"
        .to_owned();
    if let Some(Files { authority, certificate, key }) = files {
        for (name, path) in [("ssl_ca_file", authority), ("ssl_cert_file", certificate), ("ssl_key_file", key)] {
            text.push_str(&format!("{name} = '{}'\n", path.display().to_string().replace('\'', "''")));
        }
        text.push_str("ssl = on\n");
    }
    text
}

/// Who may log in: everybody with a password, by TCP from this machine, and with TLS where it is there. A copy may be made, for a replica.
fn access(tls: bool) -> String {
    let kind = if tls { "hostssl" } else { "host" };
    format!("{kind} all all 127.0.0.1/32 scram-sha-256\n{kind} replication all 127.0.0.1/32 scram-sha-256\n")
}

fn append(path: &Path, text: &str) -> Result<(), Error> {
    fs::File::options().append(true).open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(Error::file("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_demanded_where_it_is_there_and_durability_is_not_touched() {
        assert!(access(true).lines().all(|line| line.starts_with("hostssl ")));
        let files = Files { authority: "/it's/ca.pem".into(), certificate: "/s.pem".into(), key: "/s.key".into() };
        let text = settings(Some(&files));
        assert!(text.contains("ssl_ca_file = '/it''s/ca.pem'\n") && text.contains("ssl = on\n"), "{text}");
        assert!(!text.contains("fsync") && !text.contains("commit"), "{text}");
    }
}
