//! `MariaDB`, one server.

use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::{
    Recipe,
    account::Account,
    client, needs, random,
    site::{Site, USER, tool},
    tls::Files,
    url::Protocol,
};
use crate::{error::Error, tools::Need};

pub(super) struct Mariadb;

pub(super) const INSTALL: Need = Need { program: "mariadb-install-db", why: "to set a server up", packages: &["mariadb-server-core"] };
pub(super) const SERVER: Need = Need { program: "mariadbd", why: "the server", packages: &["mariadb-server-core"] };
pub(super) const CLIENT: Need = Need { program: "mariadb", why: "its client", packages: &["mariadb-client-core"] };

const NEEDS: [Need; 3] = [INSTALL, SERVER, CLIENT];

impl Recipe for Mariadb {
    fn needs(&self) -> &'static [Need] {
        &NEEDS
    }

    fn stop(&self) -> Signal {
        Signal::TERM
    }

    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error> {
        let account = account()?;
        let folder = site.private("server", account)?;
        let port = random::port()?;
        let url = site.url(Protocol::Mysql, port, &random::password()?);
        install(site, &folder, account, &url.password)?;
        let files = site.tls.as_ref().map(|tls| tls.copy(&folder, account)).transpose()?;

        site.publish("DATABASE_URL", &url);
        // Where a file would be too long it is to hear of it, as `PostgreSQL` does, and not to be killed: see the tests of full disks.
        let mut arguments = vec!["--ignore-signal=XFSZ".to_owned(), needs::program("mariadbd")?.display().to_string()];
        arguments.extend(options(&folder, port, files.as_ref()));
        arguments.extend(BINARY_LOG.map(str::to_owned));
        let launch = site.launch("mariadb", needs::program("env")?, arguments, &folder, account);
        site.start("DATABASE_URL", launch)?;
        site.wait(|| client::answers(&url))
    }
}

/// The user of the Debian package, or one that is on every machine: the server's core package makes none.
pub(super) fn account() -> Result<Account, Error> {
    Account::of(&["mysql", "nobody"])
}

/// Makes the data of a server with the user and the database of the tests. Its superuser is `root`, from this machine and with the
/// password in the file `superuser-password`.
///
/// # Errors
/// When a step fails.
pub(super) fn install(site: &Site<'_>, folder: &Path, account: Account, password: &str) -> Result<(), Error> {
    let superuser = random::password()?;
    site.secret(&folder.join("superuser-password"), &superuser, account)?;
    let statements = folder.join("set-up.sql");
    // The server that runs them takes no note of accounts before it is told to.
    site.secret(&statements, &format!("FLUSH PRIVILEGES;\n{}", users(&superuser, password)), account)?;
    let mut install = tool("mariadb-install-db")?;
    // Not synced, unlike what is written later: a machine that loses power while this runs begins anew.
    install.args(["--no-defaults", "--auth-root-authentication-method=socket", "--skip-test-db", "--skip-name-resolve"]);
    install.args(["--innodb-flush-method=nosync", LOG_SIZE]).arg(argument("extra-file", &statements));
    install.arg(argument("datadir", &data(folder)));
    site.run(&mut install, account)?;
    std::fs::remove_file(&statements).map_err(Error::file("remove", statements))
}

/// Users by address: with `--skip-name-resolve` there are no names.
fn users(superuser: &str, password: &str) -> String {
    format!(
        "CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY '{superuser}';\n\
         GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;\n\
         CREATE DATABASE {USER} CHARACTER SET utf8mb4;\n\
         CREATE USER {USER}@127.0.0.1 IDENTIFIED BY '{password}';\n\
         GRANT ALL ON `{USER}%`.* TO {USER}@127.0.0.1;\n\
         GRANT PROCESS ON *.* TO {USER}@127.0.0.1;\n"
    )
}

/// As a server has it that others follow: some statements then end in other ways. Each node of a cluster has one of its own.
/// The functions of tests are by nobody else.
const BINARY_LOG: [&str; 3] = ["--log-bin=binary-log", "--server-id=1", "--log-bin-trust-function-creators=1"];

const LOG_SIZE: &str = "--innodb-log-file-size=16M";

/// The options of a server on the data in its folder. `innodb_flush_log_at_trx_commit` stays as it is, 1: tests count what was
/// acknowledged before a crash.
pub(super) fn options(folder: &Path, port: u16, files: Option<&Files>) -> Vec<String> {
    // The machine's own options are not read. The socket's path is one inside the data: longer ones may be too long.
    let mut options = vec!["--no-defaults".to_owned(), argument("datadir", &data(folder)), "--socket=socket".into()];
    options.push(argument("pid-file", &folder.join("pid")));
    options.push(format!("--port={port}"));
    let fixed = ["--bind-address=127.0.0.1", "--skip-name-resolve", "--character-set-server=utf8mb4", "--max-connections=200"];
    options.extend(fixed.map(str::to_owned));
    options
        .extend([LOG_SIZE, "--innodb-buffer-pool-size=64M", "--performance-schema=0", "--innodb-lock-wait-timeout=5"].map(str::to_owned));
    if let Some(Files { authority, certificate, key }) = files {
        options.extend([argument("ssl-ca", authority), argument("ssl-cert", certificate), argument("ssl-key", key)]);
        options.push("--require-secure-transport=ON".into());
    }
    options
}

pub(super) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

pub(super) fn argument(name: &str, path: &Path) -> String {
    format!("--{name}={}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_demanded_where_it_is_there_and_durability_is_not_touched() {
        let files = Files { authority: "/ca.pem".into(), certificate: "/s.pem".into(), key: "/s.key".into() };
        let all = options(Path::new("/folder"), 7, Some(&files));
        assert!(
            all.contains(&"--require-secure-transport=ON".to_owned()) && all.contains(&"--bind-address=127.0.0.1".to_owned()),
            "{all:?}"
        );
        assert!(!all.iter().any(|option| option.contains("flush") || option.contains("doublewrite")), "{all:?}");
    }
}
