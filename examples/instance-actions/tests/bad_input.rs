//! Bad input at the command: each gets an error that says what and where, nothing is stored, nothing panics,
//! and no value is repeated.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const INSTANCE: &str = "c0ffee00-0000-4000-8000-000000000000";
/// Stands in for a value that must not be repeated.
const CANARY: &str = "hunter2-canary";

/// Runs the command as alice, with `input` on standard input.
fn run(database: &str, input: &[u8], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_instance-actions"));
    command.args(["--database", database, "--user", "alice", "--project", "project-a", "--request", "req-1"]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that fails before it reads closes its input early.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("actions.db").display())
}

/// Sees that a command was refused with this exit code, in one line that has `says` and not the canary.
#[track_caller]
fn refused(output: &Output, code: i32, says: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(says), "{says:?} is not in {said:?}");
    assert!(!said.contains(CANARY), "{said:?} repeats a value");
    assert!(!said.contains("panicked"), "{said}");
    assert!(output.stdout.is_empty());
}

/// How many actions and events there are, as the command shows them.
fn rows(database: &str) -> usize {
    let listed = run(database, b"", &["--json", "list", "--instance", INSTANCE]);
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8_lossy(&listed.stdout).matches("nova_object.data\":{\"id\"").count()
}

#[test]
fn a_url_that_is_none_or_of_another_engine() {
    refused(&run(CANARY, b"", &["start", "--instance", INSTANCE, "x"]), 2, "the database cannot be used");
    refused(&run(&format!("oracle://u:{CANARY}@host/db"), b"", &["start", "--instance", INSTANCE, "x"]), 2, "no known scheme");
    for engine in ["mysql", "mariadb", "postgres"] {
        let weak = if engine == "postgres" { "sslmode=disable" } else { "ssl-mode=DISABLED" };
        let database = format!("{engine}://u:{CANARY}@db.example/d?{weak}");
        refused(&run(&database, b"", &["start", "--instance", INSTANCE, "x"]), 2, "weakens TLS");
        // Nobody listens there.
        let database = format!("{engine}://u:{CANARY}@127.0.0.1:1/d");
        refused(&run(&database, b"", &["start", "--instance", INSTANCE, "x"]), 3, "the database cannot be used");
    }
}

#[test]
fn a_file_that_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    let missing = format!("sqlite://{}/no/such/folder/{CANARY}.db?mode=rwc", folder.path().display());
    refused(&run(&missing, b"", &["start", "--instance", INSTANCE, "x"]), 3, "the database cannot be used");
    let database = url(folder.path());
    assert!(run(&database, b"", &["start", "--instance", INSTANCE, "x"]).status.success());
    let read_only = database.replace("mode=rwc", "mode=ro");
    refused(&run(&read_only, b"", &["finish", "--instance", INSTANCE]), 3, "read-only");
    assert_eq!(rows(&database), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_schema() {
    let folder = TempDir::new().unwrap();
    let database = url(folder.path());
    assert!(run(&database, b"", &["start", "--instance", INSTANCE, "x"]).status.success());
    let store = recension::Store::connect(&database).await.unwrap();
    let connection = store.schema_connection(&instance_actions::MIGRATE);
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_from_the_future', 0)";
    recension::store::sea_orm::ConnectionTrait::execute_unprepared(connection, newer).await.unwrap();
    store.close().await;
    refused(&run(&database, b"", &["start", "--instance", INSTANCE, "y"]), 3, "m29990101_000001_from_the_future");
}

#[test]
fn s4_texts_and_limits_out_of_bounds() {
    let folder = TempDir::new().unwrap();
    let database = url(folder.path());
    assert!(run(&database, b"", &["start", "--instance", INSTANCE, "reboot"]).status.success());
    let long = CANARY.repeat(300 / CANARY.len() + 1);
    let other = ["--instance", "c0ffee00-0000-4000-8000-000000000001"];
    refused(&run(&database, b"", &["start", other[0], other[1], &long]), 1, "`action`");
    refused(&run(&database, b"", &["event", "start", "--instance", INSTANCE, &long]), 1, "`event`");
    refused(&run(&database, b"", &["event", "start", "--instance", INSTANCE, "--host", &long, "stop"]), 1, "`host`");
    for limit in ["-1", "-5", "1001", "9223372036854775807"] {
        refused(&run(&database, b"", &["list", "--instance", INSTANCE, "--limit", limit]), 1, "0 to 1000 rows");
    }
    refused(&run(&database, b"", &["list", "--instance", INSTANCE, "--marker", CANARY]), 1, "marker");
    refused(&run(&database, b"", &["event", "finish", "--instance", INSTANCE, CANARY]), 1, "no such event");
    refused(&run(&database, b"", &["finish", "--instance", other[1]]), 1, "no such action");
    refused(&run(&database, b"", &["start", "--instance", INSTANCE, "again"]), 1, "exists");
    assert_eq!(rows(&database), 1);
}

/// A message of a stored event that a peer could send back, to be spoiled.
fn message(database: &str) -> String {
    assert!(run(database, b"", &["start", "--instance", INSTANCE, "reboot"]).status.success());
    assert!(run(database, b"", &["event", "start", "--instance", INSTANCE, "--host", "cn-1", "stop"]).status.success());
    let sent = run(database, b"", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    String::from_utf8(sent.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn x10_messages_that_are_refused() {
    let folder = TempDir::new().unwrap();
    let database = url(folder.path());
    let message = message(&database);
    let swap = |from: &str, to: &str| {
        assert!(message.contains(from), "{from} is not in {message}");
        message.replacen(from, to, 1)
    };
    let deep = format!("{}{}{}", r#"{"nova_object.data":"#, "[".repeat(100_000), "]".repeat(100_000));
    let large = swap(r#""cn-1""#, &format!(r#""{}""#, CANARY.repeat(100_000)));
    for (spoiled, says) in [
        (String::new(), "malformed"),
        (swap("{", "["), "malformed"),
        (message.get(..message.len() / 2).unwrap().to_owned(), "malformed"),
        (format!("{message}{CANARY}"), "malformed"),
        (swap("InstanceActionEvent", "InstanceActionGhost"), "unknown object"),
        (swap(r#""nova""#, r#""other""#), "unknown object"),
        (swap(r#""1.4""#, r#""1.5""#), "1.5"),
        (swap(r#""1.4""#, r#""2.0""#), "2.0"),
        (swap(r#""1.4""#, &format!(r#""{CANARY}""#)), "version"),
        (swap(r#""host":"cn-1""#, &format!(r#""hostnme":"{CANARY}""#)), "unknown field `data["),
        (swap(r#""host":"cn-1""#, &format!(r#""{CANARY}":"cn-1""#)), "unknown field `data["),
        (swap(r#""host":"cn-1""#, r#""host":"cn-1","host":"cn-2""#), "stands twice"),
        (swap(r#""id":1"#, &format!(r#""id":"{CANARY}""#)), "`id`"),
        (swap(r#""id":1"#, r#""id":1.5"#), "`id`"),
        (swap(r#""id":1"#, r#""id":null"#), "`id`"),
        (swap(r#""deleted":false"#, r#""deleted":"false""#), "`deleted`"),
        (swap(r#""deleted":false"#, r#""deleted":0"#), "`deleted`"),
        (swap(r#""cn-1""#, r#""cn\u00001""#), "NUL"),
        (swap(r#""cn-1""#, &format!(r#""{}""#, "h".repeat(300))), "`host`"),
        (swap(r#""result":null"#, &format!(r#""result":"{CANARY}""#)), "`result`"),
        (deep, "nesting"),
        (large, "bytes of a message"),
    ] {
        for action in ["apply", "amend", "read"] {
            refused(&run(&database, spoiled.as_bytes(), &["wire", action]), 2, says);
        }
    }
    let shown = run(&database, b"", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout).trim_end(), message, "a refused message changed the row");
}

#[test]
fn s6_a_message_cannot_claim_a_change_of_what_only_the_service_sets() {
    let folder = TempDir::new().unwrap();
    let database = url(folder.path());
    let message = message(&database);
    for field in ["id", "action_id", "created_at", "deleted", "event"] {
        let claimed = message.replace(r#""nova_object.revision""#, &format!(r#""nova_object.changes":["{field}"],"nova_object.revision""#));
        refused(&run(&database, claimed.as_bytes(), &["wire", "apply"]), 2, &format!("`{field}`"));
    }
    let shown = run(&database, b"", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout).trim_end(), message, "a refused message changed the row");
}

#[test]
fn s3_nobody_asks() {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_instance-actions"));
    let output = command.args(["--database", &url(folder.path()), "list", "--instance", INSTANCE]).output().unwrap();
    refused(&output, 2, "who asks");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "a database was made");
}

#[test]
fn s9_arguments_that_are_malformed_are_named_and_not_repeated() {
    let folder = TempDir::new().unwrap();
    let database = url(folder.path());
    for (arguments, says) in [
        (vec!["list", "--instance", CANARY], "--instance"),
        (vec!["list", "--instance", INSTANCE, "--limit", CANARY], "--limit"),
        (vec!["list", "--instance", INSTANCE, "--changes-since", CANARY], "--changes-since"),
        (vec!["list", "--instance", INSTANCE, "--deleted", CANARY], "--deleted"),
        (vec!["--pin", CANARY, "list", "--instance", INSTANCE], "--pin"),
        (vec!["--pin", "InstanceActionEvent=hunter2-canary", "list", "--instance", INSTANCE], "--pin"),
        (vec!["--pin", "InstanceActionEvnt=1.3", "list", "--instance", INSTANCE], "--pin"),
        (vec!["--pin", "InstanceActionEvent=7.3", "list", "--instance", INSTANCE], "--pin"),
        (vec!["wire", "export", "--action", "1", "--event", "1", "--disclose", CANARY], "--disclose"),
    ] {
        refused(&run(&database, b"", &arguments), 2, says);
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "a database was made");
}
