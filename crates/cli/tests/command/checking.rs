//! `check`: the gate.

use serde_json::Value as Json;

use crate::support::{Sandbox, document};
use crate::team;

/// The lock file of a release, meddled with: a released default, and a field that was removed and added again.
fn meddled() -> String {
    team::lock(2).replace("why = \"it can be paused, and has disks\"", "why = \"\"").replace("shown_as = \"off\"", "shown_as = \"on\"")
}

#[test]
fn a_new_version_passes() {
    let sandbox = Sandbox::of(2);
    sandbox.write("released.lock", &team::lock(1));
    let told = [
        sandbox.run(["check", "--base", "released.lock", "--today", "2026-11-25"]),
        sandbox.run(["check", "--base", "released.lock", "--today", "2026-11-25", "--format", "json"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_released_version_that_changed_is_told_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write("recension.lock", &meddled());
    sandbox.write("released.lock", &team::lock(2));
    let told = [
        sandbox.run(["check", "--base", "released.lock", "--today", "2026-11-25"]),
        sandbox.run(["check", "--base", "released.lock", "--today", "2026-11-25", "--format", "json"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_base_is_where_the_branch_left_main() {
    let sandbox = Sandbox::of(1);
    sandbox.git(["init", "-q"]);
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-qm", "release 1"]);
    sandbox.git(["tag", "v1"]);
    sandbox.git(["switch", "-qc", "change"]);
    sandbox.write("recension.lock", &meddled());
    // The revision is another each time.
    let told = |text: &str| text.lines().find(|line| line.contains(" against ")).unwrap_or_default().rsplit_once(':').unwrap().1.to_owned();
    assert_eq!(told(&sandbox.run(["check"])), " compatible, 0 findings, 0 approved");
    assert_eq!(told(&sandbox.run(["check", "--against", "v1"])), " compatible, 0 findings, 0 approved");
    // Once main has release 2 as it was, the meddling shows.
    sandbox.git(["switch", "-q", "-f", "main"]);
    sandbox.write("recension.lock", &team::lock(2));
    sandbox.git(["commit", "-qam", "release 2"]);
    sandbox.git(["switch", "-qc", "later"]);
    sandbox.write("recension.lock", &meddled());
    assert!(sandbox.run(["check"]).ends_with("--- exit code 1\n"));
    sandbox.git(["rm", "-q", "--cached", "recension.lock"]);
    sandbox.git(["commit", "-qm", "no lock file"]);
    assert!(sandbox.run(["check", "--against", "HEAD"]).contains("against nothing: it was not released yet"));
    insta::assert_snapshot!([sandbox.run(["check", "--against", "v9"]), sandbox.run(["check", "--against", "--all"])].join("\n"));
}

/// The lock file as released in a folder of a repository, and meddled with on a branch.
fn meddled_in_a_folder() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q"]);
    std::fs::create_dir(sandbox.path().join("crätes")).unwrap();
    sandbox.write("crätes/recension.lock", &team::lock(2));
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-qm", "release 2"]);
    sandbox.git(["switch", "-qc", "change"]);
    sandbox.write("crätes/recension.lock", &meddled());
    sandbox
}

#[test]
fn a_lock_file_that_was_moved_is_compared_with_what_it_was() {
    let sandbox = meddled_in_a_folder();
    std::fs::create_dir(sandbox.path().join("libs")).unwrap();
    sandbox.git(["mv", "crätes/recension.lock", "libs/objects.lock"]);
    // Whatever a user has git do by itself.
    sandbox.git(["config", "diff.renames", "false"]);
    sandbox.git(["config", "diff.relative", "true"]);
    let told = |arguments| document(&sandbox.run(arguments)).0.clone();
    let answer = told(["check", "--lock", "libs/objects.lock", "--format", "json"]);
    assert!(answer["base"].as_str().is_some_and(|base| base.ends_with(":crätes/recension.lock")), "{answer}");
    assert_eq!((answer["verdict"].as_str(), answer["open"].as_array().unwrap().len()), (Some("incompatible"), 1), "{answer}");
    assert_eq!(answer["warnings"], Json::Array(Vec::new()));
    let answer = told(["diff", "--lock", "libs/objects.lock", "--format", "json"]);
    assert_eq!(answer["changes"].as_array().unwrap().len(), 1, "{answer}");
}

#[test]
fn a_lock_file_that_git_does_not_know_is_said_to_be_unreleased() {
    let sandbox = meddled_in_a_folder();
    // Not added: git cannot tell.
    std::fs::rename(sandbox.path().join("crätes/recension.lock"), sandbox.path().join("objects.lock")).unwrap();
    let warning = " has no `objects.lock`, and git knows no file that was moved there: all its versions count as unreleased";
    for command in ["check", "diff"] {
        let told = sandbox.run([command, "--lock", "objects.lock", "--against", "main"]);
        assert!(told.contains("--- standard error\nwarning: `") && told.contains(warning), "{told}");
        let answer = sandbox.run([command, "--lock", "objects.lock", "--against", "main", "--format", "json"]);
        let (answer, _) = document(&answer);
        assert!(answer["warnings"][0].as_str().unwrap().contains(warning), "{answer}");
    }
}

#[test]
fn a_team_finds_a_file_that_is_behind_its_objects() {
    let sandbox = Sandbox::of(1);
    sandbox.write("released.lock", &team::lock(1));
    let arguments = ["check", "--lock", "./recension.lock", "--base", "./released.lock", "--today", "2026-11-25"];
    assert!(sandbox.own(1, arguments).ends_with("--- exit code 0\n"));
    insta::assert_snapshot!(sandbox.own(2, arguments));
}

#[test]
fn programs_find_a_file_that_is_behind_among_the_findings() {
    let sandbox = Sandbox::of(1);
    sandbox.write("released.lock", &team::lock(1));
    let behind = |release| {
        let arguments = ["check", "--lock", "./recension.lock", "--base", "./released.lock", "--today", "2026-11-25"];
        let (text, told) = (sandbox.own(release, arguments), sandbox.own(release, [&arguments[..], &["--format", "json"]].concat()));
        let (answer, code) = document(&told);
        assert!(text.ends_with(&format!("--- exit code {code}\n")), "{text}");
        let open: Vec<&Json> =
            answer["open"].as_array().unwrap().iter().filter(|finding| finding["id"] == "VO_HIST_BASELINE_MISSING").collect();
        assert_eq!(text.matches("error[VO_HIST_BASELINE_MISSING]").count(), open.len());
        assert_eq!((answer["behind"] == true, answer["verdict"] == "incompatible", code), (code == "1", code == "1", code));
        let found = |finding: &Json| format!("{} {}", finding["object"], finding["line"]).replace('"', "");
        open.into_iter().map(found).collect::<Vec<_>>()
    };
    assert_eq!(behind(1), Vec::<String>::new());
    assert_eq!(behind(2), ["Server 38"]);
    // Edited by hand, and yet of the same meaning.
    sandbox.write("recension.lock", &(team::lock(1) + "# a remark\n"));
    assert_eq!(behind(1), [" null"]);
    // An object that the file has not, and one that the code has not.
    sandbox.write("recension.lock", &team::lock(1).replace("\"Disk\"", "\"Disc\""));
    sandbox.write("released.lock", &sandbox.read("recension.lock"));
    assert_eq!(behind(1), ["Disc 7", "Disk null"]);
}

#[test]
fn the_laws_are_tried_where_they_are_asked_for() {
    let sandbox = Sandbox::of(2);
    sandbox.write("released.lock", &team::lock(1));
    let arguments = ["check", "--base", "released.lock", "--today", "2026-11-25", "--laws", "20"];
    let told = sandbox.run(arguments);
    assert!(told.contains("the laws of conversion were tried on 20 objects at each of 2 hops\n"), "{told}");
    assert!(told.ends_with("rolling: compatible, 0 findings, 0 approved\n--- exit code 0\n"), "{told}");
    assert!(sandbox.run(["check", "--base", "released.lock", "--laws", "0"]).ends_with("--- exit code 2\n"));
    // Functions are in nobody's lock file.
    sandbox.write("recension.lock", &team::lock(3));
    sandbox.write("released.lock", &team::lock(2));
    assert!(sandbox.run(arguments).contains("to run `split(owner => (first, last), up = split_owner, down = join_owner)` of `Server`"));
    // A team's own command has them.
    let own = ["check", "--lock", "./recension.lock", "--base", "./released.lock", "--today", "2026-11-25", "--laws", "20"];
    let told = sandbox.own(3, own);
    assert!(told.contains("`./recension.lock` against `./released.lock`, rolling: ") && !told.contains("exit code 2"), "{told}");
}

/// What is above the objects of a file, and moves them.
const ABOVE: &str = "# One line\n# and another.\n\n";

#[test]
fn a_finding_stands_where_the_lock_file_has_it_wherever_the_base_has_the_same() {
    let sandbox = Sandbox::new();
    // Not that of the shape, in either file: a finding at what is the same in both.
    let wrong = |lock: String| lock.replacen("fingerprint = \"1.0-", "fingerprint = \"1.0-0", 1);
    let found = |released: &str, lock: &str| -> Vec<(String, u64)> {
        sandbox.write("released.lock", released);
        sandbox.write("recension.lock", lock);
        let answer = sandbox.run(["check", "--base", "released.lock", "--today", "2026-11-25", "--format", "json"]);
        let open = document(&answer).0["open"].as_array().unwrap().clone();
        open.iter().map(|finding| (finding["id"].as_str().unwrap().to_owned(), finding["line"].as_u64().unwrap())).collect()
    };
    let (released, lock) = (wrong(team::lock(2)), wrong(meddled()));
    let line = |place: usize| 1 + lock[..place].matches('\n').count() as u64;
    let (first, changed) = (lock.find("version = \"1.0\"").unwrap(), lock.rfind("version = \"1.1\"").unwrap());
    let expected = [("VO_HIST_FOLD_MISMATCH", line(first)), ("VO_HIST_RELEASED_CHANGED", line(changed))];
    let expected = expected.map(|(rule, line)| (rule.to_owned(), line));
    assert_eq!(found(&released, &lock), expected);
    assert_eq!(found(&format!("{ABOVE}{released}"), &lock), expected);
    assert_eq!(found(&released, &format!("{ABOVE}{lock}")), expected.map(|(rule, line)| (rule, line + 3)));
}

#[test]
fn what_is_no_lock_file_is_told_with_its_name_and_its_line() {
    let sandbox = Sandbox::new();
    let whole = team::lock(2);
    let bad = whole.replacen("type = \"text\"", "type = \"txt\"", 1);
    let line = 1 + bad.split_once("type = \"txt\"").unwrap().0.rsplit_once("[[").unwrap().0.matches('\n').count();
    let moved = format!("{ABOVE}{bad}");
    let told = |released: &str, lock: &str| {
        sandbox.write("released.lock", released);
        sandbox.write("recension.lock", lock);
        sandbox.run(["check", "--base", "released.lock"])
    };
    for (released, lock, name, line) in [
        (&*whole, &*bad, "recension.lock", line),
        (&bad, &whole, "released.lock", line),
        (&moved, &whole, "released.lock", line + 3),
        (&bad, &moved, "recension.lock", line + 3),
    ] {
        let told = told(released, lock);
        assert!(told.contains(&format!("error: `{name}`: line {line}: ")), "{name} {line}\n{told}");
        assert!(told.ends_with("--- exit code 2\n"), "{told}");
    }
    // What is wrong with the lock file itself comes before a base that is not there.
    sandbox.write("recension.lock", &bad);
    assert!(sandbox.run(["check", "--base", "nowhere.lock"]).contains("`recension.lock`"));
    sandbox.write("recension.lock", &whole);
    assert!(sandbox.run(["check", "--base", "nowhere.lock"]).contains("nowhere.lock"));
}
