//! The servers of an engine, which end as in a crash and are started again on their data.

use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::sync::Mutex;

/// The servers of an engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server(pub(crate) &'static str);

fn variable(name: &str, what: &str) -> String {
    let Ok(value) = std::env::var(name) else { panic!("{name} is not set: {what}") };
    value
}

/// Whose turn it is: tests that kill servers need the machine for themselves, and their tables have one name.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

impl Server {
    /// The address of a server, counted from 1.
    pub(crate) fn url(self, number: usize) -> String {
        let Self(engine) = self;
        let of = if number == 1 { String::new() } else { format!("_{number}") };
        let name = format!("RECENSION_{}_URL{of}", engine.to_uppercase());
        variable(&name, &format!("`cargo xtask db up {engine}` prints what it should be"))
    }

    /// Kills the servers of these numbers, all at once; all of the engine when none is named.
    pub(crate) async fn kill(self, numbers: &[usize]) {
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        self.command("kill", &numbers).await;
    }

    /// Starts again what was killed, and waits until it answers.
    pub(crate) async fn start(self) {
        self.command("up", &[]).await;
    }

    async fn command(self, word: &'static str, arguments: &[String]) {
        command(&folder(), word, self.0, arguments).await;
    }
}

/// The folder of the servers of the gate.
fn folder() -> PathBuf {
    variable("RECENSION_DB_FOLDER", "`target/db`, where `cargo xtask db` has the servers").into()
}

/// A server of a test's own, which demands TLS; it goes away with this value.
pub(crate) struct WithTls {
    engine: &'static str,
    folder: PathBuf,
    /// What the command printed.
    pub(crate) url: String,
}

impl WithTls {
    pub(crate) async fn start(engine: &'static str) -> Self {
        let folder = folder().join("tls");
        let mut server = Self { engine, folder, url: String::new() };
        let printed = command(&server.folder, "up", engine, &["--tls".to_owned()]).await;
        server.url = printed.lines().find_map(|line| line.strip_prefix("DATABASE_URL=")).unwrap().to_owned();
        server
    }
}

impl Drop for WithTls {
    fn drop(&mut self) {
        let ended = run(&self.folder, "down", self.engine, &[]);
        assert!(std::thread::panicking() || ended.is_ok(), "{ended:?}");
    }
}

async fn command(folder: &Path, word: &'static str, engine: &'static str, arguments: &[String]) -> String {
    let (folder, arguments) = (folder.to_owned(), arguments.to_owned());
    let ran = tokio::task::spawn_blocking(move || run(&folder, word, engine, &arguments)).await.unwrap();
    let Ok(printed) = ran.as_deref() else { panic!("{word} {engine}: {ran:?}") };
    printed.to_owned()
}

/// What the command prints, or what it says of its failure.
fn run(folder: &Path, word: &str, engine: &str, arguments: &[String]) -> Result<String, String> {
    let mut command = Command::new(variable("RECENSION_XTASK", "the path of the program behind `cargo xtask`"));
    let output = command.args(["db", "--folder"]).arg(folder).args([word, engine]).args(arguments).output().unwrap();
    let [printed, said] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if output.status.success() { Ok(printed) } else { Err(said) }
}
