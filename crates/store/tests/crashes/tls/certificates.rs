//! Certificates of servers, made anew for each test by `openssl`, which comes with the servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A certificate and its key, as files.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Certificate {
    fn in_folder(folder: &Path, name: &str) -> Self {
        Self { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) }
    }

    /// The text of the certificate.
    pub(super) fn text(&self) -> String {
        fs::read_to_string(&self.certificate).unwrap()
    }
}

/// Somebody who signs certificates.
pub(super) struct Authority {
    folder: TempDir,
    own: Certificate,
}

impl Authority {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = Certificate::in_folder(folder.path(), "ca");
        let mut request = request("/CN=an authority", &own, "basicConstraints=critical,CA:TRUE");
        ran(request.args(["-x509", "-days", "2", "-addext", "keyUsage=critical,keyCertSign", "-out"]).arg(&own.certificate));
        Self { folder, own }
    }

    /// What clients check a server by.
    pub(super) fn path(&self) -> &Path {
        &self.own.certificate
    }

    /// A certificate for a host that is good for so many days, or was good until now.
    pub(super) fn sign(&self, file: &str, host: &str, days: u32) -> Certificate {
        let made = Certificate::in_folder(self.folder.path(), file);
        let asked = self.folder.path().join("request");
        ran(request(&subject(host), &made, &format!("subjectAltName=DNS:{host}")).arg("-out").arg(&asked));
        let mut sign = openssl("x509");
        sign.args(["-req", "-copy_extensions", "copy", "-days", &days.to_string(), "-in"]).arg(asked);
        ran(sign.arg("-CA").arg(self.path()).arg("-CAkey").arg(&self.own.key).arg("-out").arg(&made.certificate));
        made
    }

    /// A certificate that is signed by itself, such as `openssl` makes where it is told nothing more.
    pub(super) fn without(&self, file: &str, host: &str) -> Certificate {
        let made = Certificate::in_folder(self.folder.path(), file);
        ran(request(&subject(host), &made, &format!("subjectAltName=DNS:{host}"))
            .args(["-x509", "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE", "-out"])
            .arg(&made.certificate));
        made
    }
}

/// Its host stands elsewhere: a machine may know an authority that is called like one.
fn subject(host: &str) -> String {
    format!("/CN=a server of a test/OU={host}")
}

fn request(subject: &str, of: &Certificate, extension: &str) -> Command {
    let mut command = openssl("req");
    command.args(["-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject]);
    command.args(["-addext", extension, "-keyout"]).arg(&of.key);
    command
}

/// `openssl` without the settings of this machine, and without input.
pub(super) fn openssl(what: &str) -> Command {
    let mut command = Command::new("openssl");
    command.arg(what).env("OPENSSL_CONF", "/dev/null").stdin(Stdio::null());
    command
}

fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
