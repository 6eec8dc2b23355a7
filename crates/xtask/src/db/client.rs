//! Statements by the clients that come with the servers: they log in as any user does, over TCP.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use super::{
    needs, server,
    url::{Protocol, Url},
};
use crate::{error::Error, process, report};

/// Runs statements and gives back what they returned, a row a line.
///
/// # Errors
/// When the client does not start or the server refuses; what the client said is shown.
pub(super) fn run(url: &Url, statements: &str) -> Result<String, Error> {
    let output = output(url, statements)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    report::aside(String::from_utf8_lossy(&output.stderr).trim_end());
    Err(Error::Login { host: url.host.clone(), port: url.port })
}

/// The same without a word when it fails, for a server that may not be there yet.
pub(super) fn attempt(url: &Url, statements: &str) -> Option<String> {
    let output = output(url, statements).ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether the server lets the user in and answers.
pub(super) fn answers(url: &Url) -> bool {
    attempt(url, "SELECT 1").as_deref() == Some("1")
}

/// The password goes by the environment and the statements by standard input: arguments are for everybody to read.
fn output(url: &Url, statements: &str) -> Result<std::process::Output, Error> {
    let mut command = match url.protocol {
        Protocol::Postgres => psql(url),
        Protocol::Mysql => mariadb(url),
    };
    let start_failed = |program: String| move |source| Error::Start { program, source };
    let shown = process::shown(&command);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(start_failed(shown.clone()))?;
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(statements.as_bytes()); // A client that could not log in reads nothing, and says so itself.
    }
    child.wait_with_output().map_err(start_failed(shown))
}

/// A client that has ten seconds: a server that is about to join a cluster may leave it waiting.
fn client(name: &str) -> Command {
    let mut command = server::program("timeout".as_ref());
    command.arg("10").arg(needs::find(name).unwrap_or_else(|| name.into()));
    command
}

fn psql(url: &Url) -> Command {
    let mut command = client("psql");
    command.args(["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
    command.env("PGHOST", &url.host).env("PGPORT", url.port.to_string()).env("PGCONNECT_TIMEOUT", "3");
    command.env("PGUSER", &url.user).env("PGPASSWORD", &url.password).env("PGDATABASE", &url.database);
    if let Some(path) = &url.authority {
        command.env("PGSSLMODE", "verify-full").env("PGSSLROOTCERT", path);
    }
    command
}

fn mariadb(url: &Url) -> Command {
    let mut command = client("mariadb");
    // Without TCP by name, `localhost` would mean a socket.
    command.args(["--no-defaults", "--protocol=TCP", "--connect-timeout=3", "--batch", "--skip-column-names"]);
    command.arg(format!("--host={}", url.host)).arg(format!("--port={}", url.port)).arg(format!("--user={}", url.user));
    command.env("MYSQL_PWD", &url.password);
    if let Some(path) = &url.authority {
        command.arg(format!("--ssl-ca={}", path.display())).arg("--ssl-verify-server-cert");
    }
    command.arg(&url.database);
    command
}
