//! What is wrong is told with line and path, and the command ends with 2.

use std::process::{Command, Stdio};

use recension_versioning::LockFile;

use crate::support::Sandbox;
use crate::team;

/// Each ends with 2; all that is told.
fn all_refused(told: &[String]) -> String {
    for one in told {
        assert!(one.ends_with("--- exit code 2\n"), "{one}");
        assert!(!one.contains("panicked"), "{one}");
    }
    told.join("\n")
}

#[test]
fn lock_files_that_are_none() {
    let whole = team::lock(2);
    let line = |text: &str| whole.replacen(text, "", 1);
    let files = [
        ("cut.lock", whole.split_at(whole.find("op = \"enum_add\"").unwrap()).0.to_owned() + "op = \"enum"),
        ("edited.lock", whole.replacen("type = \"text\"", "type = \"txt\"", 1)),
        ("twice.lock", whole.replacen("number = 2", "number = 1", 1)),
        ("unknown_op.lock", whole.replace("op = \"enum_add\"", "op = \"enum_addition\"")),
        ("newer.lock", whole.replacen("format = 1", "format = 2", 1)),
        ("no_format.lock", line("format = 1")),
        ("empty.lock", String::new()),
        ("order.lock", whole.replacen("name = \"Disk\"", "name = \"Zebra\"", 1)),
    ];
    let sandbox = Sandbox::new();
    let mut told = Vec::new();
    for (name, text) in &files {
        sandbox.write(name, text);
        told.push(sandbox.run(["changelog", "--lock", name]));
    }
    told.push(sandbox.run(["changelog", "--lock", "nowhere.lock"]));
    told.push(sandbox.run(["changelog", "--lock", "nowhere.lock", "--format", "json"]));
    insta::assert_snapshot!(all_refused(&told));
}

#[test]
fn every_cut_of_a_lock_file_is_told_or_is_a_shorter_file() {
    let (sandbox, whole) = (Sandbox::new(), team::lock(2));
    let ends: Vec<usize> = (0..whole.len()).step_by(61).collect();
    for end in ends {
        sandbox.write("cut.lock", whole.get(..end).unwrap_or_default());
        let told = sandbox.run(["convert", "nowhere.json", "--to", "1.0", "--lock", "cut.lock"]);
        assert!(told.ends_with("--- exit code 2\n") && !told.contains("panicked"), "{end}: {told}");
    }
}

#[test]
fn a_history_that_does_not_hold_together() {
    let sandbox = Sandbox::new();
    sandbox.write("recension.lock", &team::lock(2).replace("to = \"label\"", "to = \"title\""));
    sandbox.write("server.json", "{}");
    insta::assert_snapshot!(all_refused(&[sandbox.run(["convert", "server.json", "--to", "1.0"]), sandbox.run(["schema", "export"])]));
    let whole = team::lock(2);
    let (disk, server) = whole.split_at(whole.rfind("[[object]]").unwrap());
    let other = disk.split_once("[[object]]").unwrap().1.replacen("\"demo\"", "\"other\"", 1);
    let files = [
        // Of what stands twice, the second is too much.
        (format!("{disk}[[object]]{other}"), 38, "two objects are called `Disk`"),
        (whole.replacen("version = \"1.1\"", "version = \"1.0\"", 1), 28, "release 1.0 of `Disk` does not come after 1.0"),
        (
            format!("{}{server}", disk.split_once("[[object]]").unwrap().0),
            31,
            "field `disks` of `Server` holds `Disk`, which is not registered",
        ),
        (whole.replacen("value = \"paused\"", "value = \"gone\"", 1), 73, "release 1.1 of `Server`: `enum_add"),
    ];
    for (file, line, fault) in files {
        sandbox.write("recension.lock", &file);
        let told = sandbox.run(["schema", "export"]);
        assert!(told.contains(&format!("error: `recension.lock` does not hold together: line {line}: {fault}")), "{told}\n{file}");
    }
}

#[test]
fn samples_that_are_none() {
    let sandbox = Sandbox::of(2);
    let sample = |name: &str, version: &str, data: &str| {
        format!(
            r#"{{"versioned_object.name": "{name}", "versioned_object.namespace": "demo", "versioned_object.version": "{version}", "versioned_object.data": {data}}}"#
        )
    };
    let samples = [
        ("version.json", sample("Disk", "9.9", "{}")),
        ("object.json", sample("Disc", "1.0", "{}")),
        ("field.json", sample("Disk", "1.0", r#"{"label": "canary", "size": 1}"#)),
        ("value.json", sample("Disk", "1.0", r#"{"label": 12345}"#)),
        ("cut.json", r#"{"versioned_object.name": "Disk","#.to_owned()),
        ("deep.json", "[".repeat(10_000)),
        ("empty.json", String::new()),
    ];
    let mut told = Vec::new();
    for (name, text) in &samples {
        sandbox.write(name, text);
        told.push(sandbox.run(["convert", name, "--to", "1.0"]));
    }
    told.push(sandbox.run(["convert", "nowhere.json", "--to", "1.0"]));
    sandbox.write("disk.json", &sample("Disk", "1.0", r#"{"label": "vda"}"#));
    told.push(sandbox.run(["convert", "disk.json", "--to", "one"]));
    insta::assert_snapshot!(all_refused(&told));
}

#[test]
fn schemas_that_are_none() {
    let sandbox = Sandbox::new();
    let schemas = [
        ("reference.json", r##"{"properties": {"a": {"$ref": "#/$defs/nowhere"}}}"##.to_owned()),
        ("loop.json", r##"{"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}"##.to_owned()),
        ("deep.json", r#"{"not":"#.repeat(10_000) + "true" + &"}".repeat(10_000)),
        ("deep_items.json", r#"{"items":"#.repeat(200) + "true" + &"}".repeat(200)),
        ("kind.json", r#"{"type": 7}"#.to_owned()),
        ("text.json", "no JSON".to_owned()),
        ("twice.json", "{\n  \"type\": \"object\",\n  \"properties\": {\"a\": {}, \"b\": {}, \"a\": false}\n}".to_owned()),
    ];
    sandbox.write("good.json", "{}");
    let mut told = Vec::new();
    for (name, text) in &schemas {
        sandbox.write(name, text);
        told.push(sandbox.run(["schema", "compare", name, "good.json"]));
    }
    insta::assert_snapshot!(all_refused(&told));
}

#[test]
fn the_schema_at_fault_is_named_and_no_other() {
    let sandbox = Sandbox::of(1);
    sandbox.write("bad.json", r#"{"type": 7}"#);
    for name in ["good.json", "newer.json"] {
        sandbox.write(name, "{}");
    }
    let told = |arguments: &[&str]| sandbox.run_with(&[&["schema", "compare"], arguments].concat(), "");
    let fault = |side: &str| format!("`type` at `#/type` of the {side}'s schema has a value that the keyword may not have");
    for (arguments, writer, reader, side) in [
        (&["good.json", "bad.json"][..], "good.json", "bad.json", "reader"),
        (&["good.json", "bad.json", "--mode", "forward"], "bad.json", "good.json", "writer"),
        (&["bad.json", "good.json", "--mode", "forward"], "good.json", "bad.json", "reader"),
        (&["good.json", "newer.json", "bad.json"], "newer.json", "bad.json", "reader"),
        (&["good.json", "newer.json", "bad.json", "--transitive"], "good.json", "bad.json", "reader"),
        (&["bad.json", "good.json", "newer.json"], "bad.json", "good.json", "writer"),
        (&["Disk@1.0", "bad.json", "good.json", "--mode", "full"], "Disk@1.0", "bad.json", "reader"),
    ] {
        let told = told(arguments);
        let expected = format!("error: `{writer}` cannot be compared with `{reader}`: {}\n--- exit code 2\n", fault(side));
        assert!(told.ends_with(&expected), "{told}");
    }
}

#[test]
fn arguments_that_mean_nothing() {
    let sandbox = Sandbox::of(1);
    let told = [
        sandbox.run(["check", "--today", "tomorrow", "--base", "recension.lock"]),
        sandbox.run(["check", "--base", "recension.lock", "--against", "v1"]),
        sandbox.run(["schema", "export", "--version", "1.0"]),
        sandbox.run(["schema", "compare", "one.json"]),
    ];
    insta::assert_snapshot!(all_refused(&told));
    // Not a repository of git.
    let told = sandbox.run(["check"]);
    assert!(told.ends_with("--- exit code 2\n") && told.contains("git merge-base"), "{told}");
}

#[test]
fn whoever_does_not_read_on_is_no_trouble() {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_recension")).arg("rules").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn nothing_is_written_outside_of_the_folder() {
    let sandbox = Sandbox::of(1);
    let lock = sandbox.read("recension.lock");
    let (before, after) = lock.split_once("name = \"Disk\"").unwrap();
    sandbox.write("evil.lock", &format!("{before}name = \"../evil\"{}", after.replace("Disk\"", "../evil\"")));
    let told = [
        sandbox.run(["schema", "export", "--out", "schemas", "--lock", "evil.lock"]),
        sandbox.run(["fixtures", "write", "fixtures", "--lock", "evil.lock"]),
    ];
    for told in told {
        assert!(told.contains("`../evil` is the name of an object, and no name for a file"), "{told}");
        assert!(told.ends_with("--- exit code 2\n"), "{told}");
    }
    assert!(!sandbox.path().join("evil-1.0.json").exists() && !sandbox.path().join("evil-1.0.write.json").exists());
}

#[test]
fn a_day_is_written_in_full() {
    let sandbox = Sandbox::of(1);
    // In the order of texts each of these comes before every day.
    for day in ["+2026-11-5", " 2026-11-5", "2026-11- 5", "2026-1-005"] {
        let told = sandbox.run(["check", "--base", "recension.lock", "--today", day]);
        assert!(told.ends_with("--- exit code 2\n"), "{told}");
    }
}

#[test]
fn a_long_chain_of_objects_exhausts_no_stack() {
    let sandbox = Sandbox::new();
    let lock = LockFile::of(&team::chain(1_500)).unwrap().to_string();
    sandbox.write("recension.lock", &lock);
    sandbox.write("released.lock", &lock);
    sandbox.write("one.json", r#"{"versioned_object.name":"Link0","versioned_object.namespace":"demo","versioned_object.version":"1.0","versioned_object.data":{}}"#);
    let arguments: [&[&str]; 8] = [
        &["check", "--base", "released.lock", "--today", "2026-11-25"],
        &["diff", "--base", "released.lock"],
        &["schema", "export", "--object", "Link0", "--version", "1.0"],
        &["schema", "export", "--openapi"],
        &["schema", "export", "--object", "Link0", "--version", "1.0", "--draft", "draft-07"],
        &["schema", "compare", "Link0@1.0", "Link0@1.0"],
        &["convert", "one.json", "--to", "1.0"],
        &["changelog"],
    ];
    for arguments in arguments {
        let told = sandbox.run_with(arguments, "");
        assert!(!told.contains("overflow") && told.contains("--- exit code "), "{arguments:?}: {}", told.get(..300).unwrap_or(&told));
    }
}
