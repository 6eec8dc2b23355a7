//! `convert`: samples.

use crate::support::Sandbox;

const SERVER: &str = r#"{
  "versioned_object.name": "Server", "versioned_object.namespace": "demo", "versioned_object.version": "1.1",
  "versioned_object.data": {
    "label": "db-1", "state": "paused", "owner": "Ada Lovelace",
    "disks": [{"versioned_object.name": "Disk", "versioned_object.namespace": "demo", "versioned_object.version": "1.1", "versioned_object.data": {"label": "vda", "note": "spare"}}]
  }
}"#;

#[test]
fn a_sample_goes_down_with_what_it_carries_and_up_again() {
    let sandbox = Sandbox::of(2);
    sandbox.write("server.json", SERVER);
    let down = sandbox.run(["convert", "server.json", "--to", "1.0"]);
    let message = down.lines().find(|line| line.starts_with('{')).unwrap();
    let told = [
        down.clone(),
        sandbox.run_with(&["convert", "--to", "1.1"], message),
        sandbox.run(["convert", "server.json", "--to", "1.0", "--explain"]),
        sandbox.run_with(&["convert", "--to", "1.1", "--explain"], message),
        sandbox.run(["convert", "server.json", "--to", "1.0", "--format", "json"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_would_be_lost_is_a_finding() {
    let sandbox = Sandbox::of(2);
    sandbox.write("server.json", SERVER);
    insta::assert_snapshot!(sandbox.run(["convert", "server.json", "--to", "1.0", "--no-carry"]));
}

#[test]
fn objects_inside_go_to_the_versions_that_are_asked_for() {
    let sandbox = Sandbox::of(2);
    sandbox.write("server.json", SERVER);
    let told = [
        sandbox.run(["convert", "server.json", "--to", "1.1", "--manifest", "Disk=1.0", "--explain"]),
        sandbox.run(["convert", "server.json", "--to", "1.1", "--manifest", "Disk"]),
        sandbox.run(["convert", "server.json", "--to", "1.1", "--manifest", "Disk=9.0"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_op_with_functions_needs_a_teams_own_command() {
    let sandbox = Sandbox::of(3);
    sandbox.write("server.json", SERVER);
    let told = [
        sandbox.run(["convert", "server.json", "--to", "1.2"]),
        sandbox.own(3, ["convert", "./server.json", "--to", "1.2"]),
        sandbox.own(3, ["convert", "./server.json", "--to", "1.2", "--explain"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn s11_a_refused_sample_is_told_without_its_values() {
    let sandbox = Sandbox::of(3);
    let refused = SERVER.replace("Ada Lovelace", "canary");
    sandbox.write("server.json", &refused);
    let told = sandbox.own(3, ["convert", "./server.json", "--to", "1.2"]);
    assert!(!told.contains("canary"), "{told}");
    insta::assert_snapshot!(told);
}
