//! `fixtures`, and what `check` makes of them and of exported schemas.

use crate::support::Sandbox;
use crate::team;

#[test]
fn samples_of_each_version_are_stored_once_and_read_as_they_were() {
    let sandbox = Sandbox::of(2);
    let told = [
        sandbox.run(["fixtures", "check"]),
        sandbox.run(["fixtures", "write"]),
        sandbox.run(["fixtures", "write"]),
        sandbox.run(["fixtures", "check"]),
        sandbox.run(["fixtures", "check", "--format", "json"]),
    ];
    insta::assert_snapshot!(told.join("\n").replace("os error 3", "os error 2"));
    insta::assert_snapshot!("samples", sandbox.read("fixtures/Server-1.0.json"));
    // A release later they are read as they were, and what is new has none.
    sandbox.write("recension.lock", &team::lock(2).replace("why = \"a note\"", "why = \"a remark\""));
    assert!(sandbox.run(["fixtures", "check"]).ends_with("--- exit code 0\n"));
}

#[test]
fn what_is_read_otherwise_is_told() {
    let sandbox = Sandbox::of(2);
    sandbox.run(["fixtures", "write"]);
    // Somebody changes what an older reader is shown of a paused server, after its release.
    sandbox.write("recension.lock", &team::lock(2).replace("shown_as = \"off\"", "shown_as = \"on\""));
    assert!(sandbox.run(["fixtures", "check"]).ends_with("--- exit code 0\n"), "what is carried comes back all the same");
    // And what a released field of a disk is called.
    sandbox.write("recension.lock", &team::lock(2).replacen("name = \"label\"", "name = \"title\"", 1));
    insta::assert_snapshot!(
        [
            sandbox.run(["fixtures", "check"]),
            sandbox.run(["check", "--base", "recension.lock", "--fixtures", "fixtures", "--today", "2026-11-25"])
        ]
        .join("\n")
    );
}

#[test]
fn functions_need_a_teams_own_command_and_run_there() {
    let sandbox = Sandbox::of(3);
    let told = [
        sandbox.run(["fixtures", "write"]),
        sandbox.own(3, ["fixtures", "write", "./fixtures"]),
        sandbox.own(3, ["fixtures", "check", "./fixtures"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn exported_schemas_are_to_be_current() {
    let sandbox = Sandbox::of(2);
    sandbox.run(["schema", "export", "--out", "schemas", "--classes", "public"]);
    sandbox.run(["schema", "export", "--out", "schemas", "--side", "read", "--draft", "07"]);
    sandbox.write("schemas/notes.json", "{}");
    let check = ["check", "--base", "recension.lock", "--exports", "schemas", "--today", "2026-11-25"];
    assert!(sandbox.run(check).ends_with("--- exit code 0\n"));
    let path = "schemas/Server-1.1.write.json";
    sandbox.write(path, &sandbox.read(path).replace("\"label\"", "\"name\""));
    insta::assert_snapshot!(sandbox.run(check));
}

#[test]
fn samples_that_are_none() {
    let sandbox = Sandbox::of(2);
    sandbox.run(["fixtures", "write"]);
    sandbox.write("fixtures/Disk-1.0.json", "{\"message\": 1}");
    let told = [sandbox.run(["fixtures", "check"]), sandbox.run(["check", "--base", "recension.lock", "--exports", "nowhere"])];
    assert!(told.iter().all(|told| told.ends_with("--- exit code 2\n")));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_mode_for_readers_outside_compares_schemas() {
    let sandbox = Sandbox::of(2);
    sandbox.write("released.lock", &team::lock(1));
    let check = |mode| sandbox.run(["check", "--base", "released.lock", "--today", "2026-11-25", "--mode", mode]);
    insta::assert_snapshot!([check("backward"), check("forward-transitive"), check("sideways")].join("\n"));
}
