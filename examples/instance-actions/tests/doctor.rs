//! What `doctor` prints, for people and for programs.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn run(file: &Path, arguments: &[&str]) -> Output {
    let database = format!("sqlite://{}?mode=rwc", file.display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_instance-actions"));
    command.args(["--database", &database]).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A database as the service leaves it.
fn migrated(folder: &TempDir) -> std::path::PathBuf {
    let file = folder.path().join("c4n4ry.db");
    let list = ["--system", "read-all-actions", "list", "--instance", "c0ffee00-0000-4000-8000-000000000000"];
    assert!(run(&file, &list).status.success());
    file
}

#[test]
fn a_database_as_the_migrations_leave_it_is_clean() {
    let folder = TempDir::new().unwrap();
    let file = migrated(&folder);
    let output = run(&file, &["doctor", "--integrity"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let shown = text(&output.stdout);
    let (first, rest) = shown.split_once('\n').unwrap();
    assert!(first.starts_with("sqlite 3."), "{shown}");
    let expected = "  + an INSERT gives its rows back
  + an UPDATE gives its rows back
  + a transaction goes on after a statement that failed
  - each statement is sent by itself
  + NULL sorts first by itself

note DB_TABLE_SHARED: `InstanceAction`: table `instance_actions`, up to 2028-06-30
  why: a program that counts no writes is declared to write the table: each write compares all that was read
  remedy: take `shared_with_reference` out once the table is ours alone

note DB_TABLE_SHARED: `InstanceActionEvent`: table `instance_actions_events`, up to 2028-06-30
  why: a program that counts no writes is declared to write the table: each write compares all that was read
  remedy: take `shared_with_reference` out once the table is ours alone

errors: 0, warnings: 0, notes: 2
";
    assert_eq!(rest, expected);
}

#[test]
fn a_database_without_the_tables_is_told_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("c4n4ry.db");
    for _ in 0..2 {
        let output = run(&file, &["doctor"]);
        let (shown, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!((output.status.code(), &*said), (Some(1), "instance-actions: the database is not as it should be: 3 findings\n"));
        let expected = "
error DB_TABLE_MISSING: `InstanceAction`: there is no table `instance_actions`
  why: the table is not there: each operation on the object fails
  remedy: run the migrations

error DB_TABLE_MISSING: `InstanceActionEvent`: there is no table `instance_actions_events`
  why: the table is not there: each operation on the object fails
  remedy: run the migrations

error DB_COMMITS_TABLE: there is no table `recension_commits`
  why: the table of the tokens of transactions is not there, or not as it should be: no transaction can begin
  remedy: make it with `commit_table`, or leave `commit_tokens` out

errors: 3, warnings: 0, notes: 0
";
        assert!(shown.ends_with(expected), "{shown}");
        assert!(!shown.contains("c4n4ry"), "{shown}");
    }
}

#[test]
fn s9_for_programs_it_is_one_document_and_an_error_as_well() {
    let folder = TempDir::new().unwrap();
    let output = run(&migrated(&folder), &["--json", "doctor"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!((&document["engine"], &document["clean"]), (&json!("sqlite"), &json!(true)));
    let notes: Vec<&Value> = document["findings"].as_array().unwrap().iter().map(|finding| &finding["severity"]).collect();
    assert_eq!(notes, ["note", "note"], "{document}");
    let ability = json!({"id": "update_returns", "has": true, "means": "an UPDATE gives its rows back"});
    assert!(document["abilities"].as_array().unwrap().contains(&ability), "{document}");

    let output = run(&folder.path().join("other.db"), &["--json", "doctor"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    let message = "the database is not as it should be: 3 findings";
    assert_eq!((output.status.code(), error), (Some(1), json!({"error": {"code": "unsound", "message": message}})));
    assert_eq!(document["clean"], json!(false));
    let missing = json!({
        "id": "DB_TABLE_MISSING", "severity": "error", "says": "there is no table `instance_actions`", "object": "InstanceAction", "columns": [],
        "why": "the table is not there: each operation on the object fails", "remedy": "run the migrations",
    });
    assert_eq!(document["findings"][0], missing);
}

#[test]
fn s9_a_database_that_cannot_be_used_is_no_finding() {
    for (url, code) in [("sqlite:///c4n4ry/c4n4ry.db", 3), ("c4n4ry://x", 2)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_instance-actions"));
        let output = command.args(["--database", url, "doctor"]).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(code), String::new()), "{url}");
        assert!(!text(&output.stderr).contains("c4n4ry"), "{url}");
    }
}
