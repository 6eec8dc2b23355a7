//! What is told of lock files: written, compared, listed.

use crate::support::Sandbox;
use crate::team;

#[test]
fn help_of_each_command() {
    let sandbox = Sandbox::new();
    let commands: [&[&str]; 13] = [
        &["--help"],
        &["lock", "--help"],
        &["check", "--help"],
        &["diff", "--help"],
        &["convert", "--help"],
        &["schema", "--help"],
        &["schema", "export", "--help"],
        &["schema", "compare", "--help"],
        &["fixtures", "--help"],
        &["fixtures", "write", "--help"],
        &["changelog", "--help"],
        &["rules", "--help"],
        &["nonsense"],
    ];
    let all: Vec<String> = commands.iter().map(|command| sandbox.run_with(command, "")).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_team_writes_its_lock_file_and_finds_it_stale() {
    let sandbox = Sandbox::new();
    let told = [
        sandbox.run(["lock"]),
        sandbox.own(1, ["lock", "--lock", "./recension.lock", "--check"]),
        sandbox.own(1, ["lock", "--lock", "./recension.lock"]),
        sandbox.own(1, ["lock", "--lock", "./recension.lock"]),
        sandbox.own(2, ["lock", "--lock", "./recension.lock", "--check"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(sandbox.read("recension.lock"), team::lock(1), "`--check` writes nothing");
}

#[test]
fn what_was_approved_stays_in_the_file() {
    let sandbox = Sandbox::new();
    let allow = "\n[[object.allow]]\nrule = \"VO_FIELD_RENAME_SUSPECTED\"\nfinding = \"0123456789abcdef\"\nreason = \"two fields\"\nuntil = \"2030-01-01\"\n";
    sandbox.write("recension.lock", &(team::lock(2) + allow));
    sandbox.own(3, ["lock", "--lock", "./recension.lock"]);
    assert!(sandbox.read("recension.lock").contains("reason = \"two fields\""));
}

#[test]
fn what_changed_between_two_files() {
    let sandbox = Sandbox::of(3);
    sandbox.write("released.lock", &team::lock(1));
    let base = ["diff", "--base", "released.lock"];
    let told = [
        sandbox.run(base),
        sandbox.run(["diff", "--base", "released.lock", "--format", "json"]),
        sandbox.run(["diff", "--base", "recension.lock"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_changelog() {
    let sandbox = Sandbox::of(3);
    let told =
        [sandbox.run(["changelog", "Server"]), sandbox.run(["changelog", "Disk", "--format", "json"]), sandbox.run(["changelog", "Disc"])];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_rules() {
    let sandbox = Sandbox::new();
    let told = [
        sandbox.run(["rules"]),
        sandbox.run(["rules", "VO_HIST_GAP"]),
        sandbox.run(["rules", "VO_HIST_GAP", "--format", "json"]),
        sandbox.run(["rules", "VO_NOTHING"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
