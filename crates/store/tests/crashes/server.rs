//! The servers of an engine, which end as in a crash and are started again on their data.

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
        self.command("kill", numbers).await;
    }

    /// Starts again what was killed, and waits until it answers.
    pub(crate) async fn start(self) {
        self.command("up", &[]).await;
    }

    async fn command(self, word: &'static str, numbers: &[usize]) {
        let mut command = Command::new(variable("RECENSION_XTASK", "the path of the program behind `cargo xtask`"));
        command.args(["db", "--folder", &variable("RECENSION_DB_FOLDER", "`target/db`, where `cargo xtask db` has the servers")]);
        command.args([word, self.0]).args(numbers.iter().map(usize::to_string));
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{word} {}: {}", self.0, String::from_utf8_lossy(&output.stderr));
    }
}
