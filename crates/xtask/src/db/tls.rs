//! A certificate authority that signs one server, made anew each time.
//!
//! The `openssl` program makes them, and no crate: it comes with `PostgreSQL`'s package, while the crates for this bring a second
//! library of cryptography, whose licence `deny.toml` does not know, for four files that nobody but a test reads.

use std::{
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::{account::Account, needs, server};
use crate::{error::Error, process};

/// The folder with the authority's certificate and the server's, with its key.
pub(super) struct Certificates {
    folder: PathBuf,
}

/// Where a server finds its copies.
pub(super) struct Files {
    pub(super) authority: PathBuf,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

const AUTHORITY: &str = "ca.pem";
const CERTIFICATE: &str = "server.pem";
const KEY: &str = "server.key";

impl Certificates {
    /// Makes an authority, and a certificate for `localhost` and 127.0.0.1 signed by it. The authority's own key does not stay:
    /// it signs nothing else.
    ///
    /// # Errors
    /// When `openssl` fails.
    pub(super) fn make(folder: &Path) -> Result<Self, Error> {
        let folder = folder.join("tls");
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(Error::file("make", &folder))?;
        let (authority, certificate, key) = (folder.join(AUTHORITY), folder.join(CERTIFICATE), folder.join(KEY));
        let authority_key = folder.join("ca.key");
        let mut request =
            request("/CN=Recension's test authority", &["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]);
        process::quiet(request.arg("-keyout").arg(&authority_key).arg("-out").arg(&authority))?;
        let names = ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=serverAuth", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
        let mut request = self::request("/CN=localhost", &names);
        request.arg("-CA").arg(&authority).arg("-CAkey").arg(&authority_key);
        process::quiet(request.arg("-keyout").arg(&key).arg("-out").arg(&certificate))?;
        fs::remove_file(&authority_key).map_err(Error::file("remove", authority_key))?;
        Ok(Self { folder })
    }

    /// What clients check the server by.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.join(AUTHORITY)
    }

    /// Puts copies where the user of a server can read them.
    ///
    /// # Errors
    /// When a file cannot be copied or given away.
    pub(super) fn copy(&self, folder: &Path, account: Account) -> Result<Files, Error> {
        for name in [AUTHORITY, CERTIFICATE, KEY] {
            let copy = folder.join(name);
            // With its mode: the key is for its owner alone.
            fs::copy(self.folder.join(name), &copy).map_err(Error::file("copy", &copy))?;
            account.own(&copy)?;
        }
        Ok(Files { authority: folder.join(AUTHORITY), certificate: folder.join(CERTIFICATE), key: folder.join(KEY) })
    }
}

/// `openssl req` for a certificate with these extensions.
fn request(subject: &str, extensions: &[&str]) -> std::process::Command {
    let mut command = server::program(&needs::find("openssl").unwrap_or_else(|| "openssl".into()));
    // Without the defaults of the machine's own configuration.
    command.env("OPENSSL_CONF", "/dev/null");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", subject]);
    for extension in extensions {
        command.args(["-addext", extension]);
    }
    command
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_authority_signs_the_server_and_only_its_owner_reads_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let made = Certificates::make(folder.path()).unwrap();
        let files = made.copy(folder.path(), Account::default()).unwrap();
        let mut verify = server::program("openssl".as_ref());
        verify.args(["verify", "-verify_hostname", "localhost", "-verify_ip", "127.0.0.1", "-purpose", "sslserver", "-CAfile"]);
        process::quiet(verify.arg(made.authority()).arg(&files.certificate)).unwrap();
        assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!folder.path().join("tls/ca.key").exists());
    }
}
