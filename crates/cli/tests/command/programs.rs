//! What programs are told: with `--format json` every outcome is one JSON document on standard output.

use serde_json::json;

use crate::support::{Sandbox, document};
use crate::team;

#[test]
fn every_command_answers_with_one_document() {
    let sandbox = Sandbox::of(1);
    sandbox.write("disk.json", r#"{"versioned_object.name": "Disk", "versioned_object.namespace": "demo", "versioned_object.version": "1.0", "versioned_object.data": {"label": "vda"}}"#);
    sandbox.write("any.json", "{}");
    let commands: [(&[&str], &str); 15] = [
        (&["lock"], "2"),
        (&["check", "--base", "recension.lock"], "0"),
        (&["check", "--base", "nowhere.lock"], "2"),
        (&["diff", "--base", "recension.lock"], "0"),
        (&["convert", "disk.json", "--to", "1.0"], "0"),
        (&["convert", "disk.json", "--to", "1.0", "--explain"], "0"),
        (&["convert", "any.json", "--to", "1.0"], "2"),
        (&["schema", "export"], "0"),
        (&["schema", "export", "--out", "schemas"], "0"),
        (&["schema", "compare", "any.json", "any.json"], "0"),
        (&["fixtures", "check"], "1"),
        (&["fixtures", "write"], "0"),
        (&["changelog"], "0"),
        (&["rules"], "0"),
        (&["rules", "VO_NOTHING"], "2"),
    ];
    for (command, expected) in commands {
        let told = sandbox.run_with(&[command, &["--format", "json"]].concat(), "");
        let (document, code) = document(&told);
        assert_eq!(code, expected, "{told}");
        assert_eq!(document.get("error").is_some(), code == "2", "{told}");
    }
}

#[test]
fn a_team_locks_its_objects() {
    let sandbox = Sandbox::new();
    let lock = |release, arguments: &[&str]| {
        let told = sandbox.own(release, [&["lock", "--lock", "./recension.lock", "--format", "json"], arguments].concat());
        let (document, code) = document(&told);
        let state = document["state"].as_str().unwrap().to_owned();
        assert_eq!(document, json!({ "file": "./recension.lock", "state": state, "objects": 2 }));
        (state, code.to_owned())
    };
    let outcome = |state: &str, code: &str| (state.to_owned(), code.to_owned());
    assert_eq!(lock(1, &["--check"]), outcome("stale", "1"));
    assert_eq!(lock(1, &[]), outcome("written", "0"));
    assert_eq!(lock(1, &[]), outcome("current", "0"));
    assert_eq!(lock(2, &["--check"]), outcome("stale", "1"));
    assert_eq!(sandbox.read("recension.lock"), team::lock(1));
}

#[test]
fn arguments_that_mean_nothing_are_told_as_json_wherever_that_is_asked_for() {
    let sandbox = Sandbox::of(1);
    let refused = |arguments: &[&str]| {
        let told = sandbox.run_with(arguments, "");
        let (document, code) = document(&told);
        assert_eq!(code, "2", "{told}");
        document["error"].as_str().unwrap().to_owned()
    };
    for arguments in [
        &["--format", "json", "nonsense"][..],
        &["nonsense", "--format", "json"],
        &["nonsense", "--format=json"],
        &["nonsense", "--format", "JSON"],
        &["nonsense", "--format=Json"],
    ] {
        assert_eq!(refused(arguments), "unrecognized subcommand 'nonsense'");
    }
    assert!(refused(&["--format", "json"]).starts_with("'recension' requires a subcommand but one was not provided"));
    assert!(refused(&["schema", "--format", "json"]).starts_with("'recension schema' requires a subcommand"));
    assert_eq!(refused(&["--format=json", "schema"]), "no command is given");
    assert_eq!(
        refused(&["schema", "export", "--version", "1.0", "--format", "json"]),
        "the following required arguments were not provided: --object <OBJECT>"
    );
    assert_eq!(
        refused(&["check", "--base", "a", "--against", "b", "--format", "json"]),
        "the argument '--base <FILE>' cannot be used with '--against <REVISION>'"
    );
    let told = sandbox.run(["rules", "--format", "JSON"]);
    assert_eq!(document(&told).1, "0", "{told}");
    // Behind `--` nothing is an option.
    for arguments in [&["nonsense"][..], &["nonsense", "--format", "human"], &["rules", "--nonsense", "--", "--format", "json"]] {
        let told = sandbox.run_with(arguments, "");
        assert!(told.contains("--- standard error\nerror: ") && told.ends_with("--- exit code 2\n"), "{told}");
    }
}

#[test]
fn help_and_version_are_for_people() {
    let sandbox = Sandbox::new();
    for (arguments, begins) in [(["--help", "--format=json"], "Versioned objects"), (["--format=json", "--version"], "recension ")] {
        let told = sandbox.run(arguments);
        assert!(told.split_once('\n').unwrap().1.starts_with(begins) && told.ends_with("--- exit code 0\n"), "{told}");
    }
}
