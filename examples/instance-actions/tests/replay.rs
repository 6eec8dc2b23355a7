//! Recorded sequences, replayed; and replays that must not pass.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use instance_actions::replay::{Fault, Place, ReplayError, ReplayOptions, Report, RulesError, replay};
use serde_json::{Value, json};
use tempfile::TempDir;

fn package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn recorded() -> Value {
    serde_json::from_str(&fs::read_to_string(package("tests/golden/nova_action_sequence.json")).unwrap()).unwrap()
}

fn rules() -> String {
    fs::read_to_string(package("replay-differences.toml")).unwrap()
}

async fn run(file: &Path) -> Result<Report, ReplayError> {
    replay(&ReplayOptions { file: file.to_owned(), differences: None }, "sqlite::memory:").await
}

/// Replays a sequence, and rules, that are in no file yet.
async fn run_with(sequence: &str, rules: &str) -> Result<Report, ReplayError> {
    let folder = TempDir::new().unwrap();
    let (file, differences) = (folder.path().join("sequence.json"), folder.path().join("differences.toml"));
    fs::write(&file, sequence).unwrap();
    fs::write(&differences, rules).unwrap();
    replay(&ReplayOptions { file, differences: Some(differences) }, "sqlite::memory:").await
}

/// Replays the recorded sequence with these rules.
async fn with_rules(rules: &str) -> Result<Report, ReplayError> {
    run_with(&recorded().to_string(), rules).await
}

/// Replays the recorded sequence after a change to it.
async fn with_change(change: impl FnOnce(&mut Value)) -> Result<Report, ReplayError> {
    let mut sequence = recorded();
    change(&mut sequence);
    run_with(&sequence.to_string(), &rules()).await
}

/// The numbers of the steps that are wrong.
fn wrong(report: &Report) -> Vec<u64> {
    report.steps.iter().filter(|step| step.rules.is_empty()).map(|step| step.step).collect()
}

#[tokio::test]
async fn the_recorded_sequence_differs_by_rule_alone() {
    let report = run(&package("tests/golden/nova_action_sequence.json")).await.unwrap();
    assert_eq!((report.equal, report.by_rule, report.wrong), (58, 20, 0), "{report}");
    assert!(report.is_good() && report.by_rule <= 25);
    assert!(report.to_string().ends_with("\n58 equal, 20 differing by rule, 0 wrong"));
}

#[tokio::test]
async fn the_rules_hold_where_the_recorded_sequence_does_not_reach() {
    let report = run(&package("tests/golden/differences.json")).await.unwrap();
    assert_eq!(wrong(&report), [0; 0], "{report}");
    let reached: BTreeSet<&str> = report.steps.iter().flat_map(|step| step.rules.iter().map(String::as_str)).collect();
    let expected = ["B-A16", "B-A6", "B-A7", "S1", "S18", "S2", "S4", "S6", "S7", "X1", "X13", "X2", "X4", "X5", "X6", "X7", "X8", "X9"];
    assert_eq!(reached, BTreeSet::from(expected));
    // A foreign project, a context without one and a reader together reach every call that asks who calls.
    let calls: BTreeSet<&str> = report
        .steps
        .iter()
        .filter(|step| ["S1", "S2", "X6"].iter().any(|id| step.rules.contains(&(*id).to_owned())))
        .map(|step| step.call)
        .collect();
    assert_eq!(calls.len(), 13, "{calls:?}");
}

#[tokio::test]
async fn numbers_of_steps_mean_nothing() {
    let renumber = |sequence: &mut Value| {
        for (index, step) in sequence["cases"].as_array_mut().unwrap().iter_mut().enumerate() {
            step["n"] = json!(1_000 - index);
        }
    };
    let report = with_change(renumber).await.unwrap();
    assert_eq!((report.equal, report.by_rule, report.wrong), (58, 20, 0));
}

#[tokio::test]
async fn one_wrong_answer_row_object_or_error_is_found() {
    let answer = with_change(|sequence| sequence["cases"][1]["result"]["nova_object.data"]["host"] = json!("cond-2")).await.unwrap();
    assert_eq!((wrong(&answer), answer.is_good()), (vec![2], false));
    assert!(answer.to_string().ends_with("57 equal, 20 differing by rule, 1 wrong"));
    let row = with_change(|sequence| sequence["cases"][17]["rows"]["instance_actions"][1]["message"] = json!("x")).await.unwrap();
    // The tables follow what is recorded, so the next step, which says otherwise of that row, is wrong too.
    assert_eq!(wrong(&row), [18, 19]);
    let object = with_change(|sequence| sequence["cases"][55]["object_after"]["nova_object.data"]["id"] = json!(5)).await.unwrap();
    assert_eq!(wrong(&object), [56]);
    let error = with_change(|sequence| sequence["cases"][13]["error"]["class"] = json!("InstanceActionNotFound")).await.unwrap();
    assert_eq!(wrong(&error), [14]);
    let crash = with_change(|sequence| sequence["cases"][13]["error"]["message_from"] = json!("runtime")).await.unwrap();
    assert_eq!(wrong(&crash), [14]);
}

#[tokio::test]
async fn a_rule_that_matches_an_equal_step_is_wrong() {
    let rule = r#"
        [[rule]]
        id = "X3"
        call = ["InstanceAction.get_by_request_id"]
        when = "no_such_event"
        why = "for the test"
        ours = { result = "null" }
    "#;
    let report = with_rules(&format!("{}{rule}", rules())).await.unwrap();
    assert_eq!(wrong(&report), [9, 10, 69]);
    assert_eq!(report.steps.iter().find(|step| step.step == 9).unwrap().differs, ["equal, but X3 matches"]);
}

#[tokio::test]
async fn a_step_without_a_rule_or_that_differs_otherwise_is_wrong() {
    let missing = rules().replace("when = \"recovery_fails\"", "when = \"traceback_is_long\"");
    assert_eq!(wrong(&with_rules(&missing).await.unwrap()), [38]);
    let other_error = rules().replace("error = \"AlreadyFinished\"", "error = \"Denied\"");
    assert_eq!(wrong(&with_rules(&other_error).await.unwrap()), [7, 22, 23, 24, 25]);
    let recovery = "columns = [\"instance_actions.message\"]";
    for columns in ["[\"instance_actions.user_id\"]", "[\"instance_actions.message\", \"instance_actions.user_id\"]"] {
        let report = with_rules(&rules().replace(recovery, &format!("columns = {columns}"))).await.unwrap();
        assert_eq!(wrong(&report), [38], "{columns}");
    }
}

#[tokio::test]
async fn rules_that_name_what_there_is_not_are_refused() {
    let refused = async |from: &str, to: &str| match with_rules(&rules().replacen(from, to, 1)).await {
        Err(ReplayError::Differences(error)) => error,
        other => panic!("{from}: {other:?}"),
    };
    let rule = |field, fault| RulesError::Rule { rule: 1, field, fault };
    assert_eq!(refused("when = \"instance_is_no_uuid\"", "when = \"step_7\"").await, rule("when", Fault::Unknown("predicate")));
    assert_eq!(
        refused("\"InstanceAction.action_start\", \"InstanceAction.action_f", "\"nothing\", \"InstanceAction.action_f").await,
        rule("call", Fault::Unknown("call"))
    );
    assert_eq!(refused("id = \"S4\"", "id = \"7\"").await, rule("id", Fault::Kind("id of a finding or a behaviour")));
    assert_eq!(refused("why = \"a server is named", "why = \"\" #").await, rule("why", Fault::Missing));
    assert_eq!(
        refused("{ error = \"Invalid\" }", "{ columns = [\"instance_actions.hots\"] }").await,
        rule("ours.columns", Fault::Unknown("column"))
    );
    assert_eq!(refused("{ error = \"Invalid\" }", "{ }").await, rule("ours", Fault::Missing));
    assert!(matches!(refused("{ error = \"Invalid\" }", "{ error = \"Oops\" }").await, RulesError::Malformed(_)));
    assert!(matches!(refused("id = \"S4\"", "id = \"S4\"\nstep = 7").await, RulesError::Malformed(_)));
}

#[tokio::test]
async fn faults_of_a_sequence_say_where_and_never_the_value() {
    let fault = async |change: fn(&mut Value)| match with_change(change).await {
        Err(ReplayError::Sequence { place, fault }) => (place, fault),
        other => panic!("{other:?}"),
    };
    let at = |step, field: &str| Place { step: Some(step), field: field.to_owned() };
    assert_eq!(fault(|s| s["cases"][2]["context"] = json!("hunter2")).await, (at(3, "context"), Fault::Unknown("context")));
    assert_eq!(fault(|s| s["cases"][2]["call"] = json!("hunter2")).await, (at(3, "call"), Fault::Unknown("call")));
    assert_eq!(fault(|s| s["cases"][2]["args"]["hunter2"] = json!(1)).await, (at(3, "args.*"), Fault::UnknownField));
    assert_eq!(fault(|s| s["cases"][2]["args"]["event_name"] = json!(7)).await, (at(3, "args.event_name"), Fault::Kind("text")));
    assert_eq!(fault(|s| s["cases"][41]["args"]["limit"] = json!("hunter2")).await, (at(42, "args.limit"), Fault::Kind("integer")));
    assert_eq!(fault(|s| s["cases"][2]["now"] = json!("hunter2")).await, (at(3, "now"), Fault::Kind("time")));
    assert_eq!(fault(|s| s["cases"][54]["on"] = json!("hunter2")).await, (at(55, "on"), Fault::Unknown("kept object")));
    assert_eq!(fault(|s| drop(s["cases"][2].as_object_mut().unwrap().remove("args"))).await, (at(3, "args"), Fault::Missing));
    assert_eq!(fault(|s| drop(s["cases"][2].as_object_mut().unwrap().remove("rows"))).await, (at(3, "rows"), Fault::Missing));
    assert_eq!(
        fault(|s| drop(s["cases"][2]["rows"]["instance_actions"][0].as_object_mut().unwrap().remove("message"))).await,
        (at(3, "rows.instance_actions.message"), Fault::Missing)
    );
    let outside = Place { step: None, field: "contexts.*.timestamp".to_owned() };
    assert_eq!(fault(|s| drop(s["contexts"]["alice"].as_object_mut().unwrap().remove("timestamp"))).await, (outside, Fault::Missing));
    let error = with_change(|sequence| sequence["cases"][2]["context"] = json!("hunter2")).await.unwrap_err();
    assert_eq!(error.to_string(), "step 3: field `context` names a context that is not known");
    let broken = run_with("{\n \"cases\": [,]}", &rules()).await;
    assert!(matches!(broken, Err(ReplayError::Json { line: 2, column: 12 })), "{broken:?}");
}

#[tokio::test]
async fn a_statement_that_fails_names_its_step() {
    let error = with_change(|sequence| sequence["cases"][67]["sql"] = json!("update hunter2 set x = 1")).await.unwrap_err();
    assert_eq!(error.to_string(), "step 68: field `sql` cannot be carried out by the database");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_database_that_has_tables_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("replay.db").display());
    let options = ReplayOptions { file: package("tests/golden/nova_action_sequence.json"), differences: None };
    assert!(replay(&options, &url).await.unwrap().is_good());
    assert!(matches!(replay(&options, &url).await, Err(ReplayError::NotEmpty)));
    assert!(matches!(replay(&options, "nonsense").await, Err(ReplayError::Store(_))));
    let gone = ReplayOptions { file: folder.path().join("gone.json"), differences: None };
    assert!(matches!(replay(&gone, "sqlite::memory:").await, Err(ReplayError::Read(..))));
}

#[tokio::test]
async fn x7_recovery_leaves_the_action_of_its_own_request_alone() {
    // The first step of the recorded sequence, and then a periodic task that works on the same request. What the
    // reference does: it finds the action by the request, adds the event, and touches the action both times.
    let report = with_change(|sequence| {
        sequence["contexts"]["periodic"]["request_id"] = sequence["contexts"]["alice"]["request_id"].clone();
        let mut steps = sequence["cases"].as_array().unwrap()[..1].to_vec();
        let instance = steps[0]["args"]["instance_uuid"].clone();
        let mut rows = steps[0]["rows"].clone();
        rows["instance_actions_events"] = json!([{
            "created_at": "2024-03-01 10:00:05.000000", "updated_at": null, "deleted_at": null, "id": 1, "event": "heal", "action_id": 1,
            "start_time": "2024-03-01 10:00:05.000000", "finish_time": null, "result": null, "traceback": null, "deleted": 0,
            "host": null, "details": null,
        }]);
        rows["instance_actions"][0]["updated_at"] = json!("2024-03-01 10:00:05.000000");
        steps.push(json!({
            "n": 2, "now": "2024-03-01T10:00:05", "context": "periodic", "call": "InstanceActionEvent.event_start",
            "args": {"instance_uuid": instance, "event_name": "heal", "want_result": false}, "result": null, "rows": rows,
        }));
        for (table, place) in
            [("instance_actions", "updated_at"), ("instance_actions_events", "updated_at"), ("instance_actions_events", "finish_time")]
        {
            rows[table][0][place] = json!("2024-03-01 10:00:06.000000");
        }
        rows["instance_actions_events"][0]["result"] = json!("Success");
        steps.push(json!({
            "n": 3, "now": "2024-03-01T10:00:06", "context": "periodic", "call": "InstanceActionEvent.event_finish",
            "args": {"instance_uuid": instance, "event_name": "heal", "want_result": false}, "result": null, "rows": rows,
        }));
        sequence["cases"] = json!(steps);
    });
    let report = report.await.unwrap();
    assert_eq!((report.equal, report.by_rule, report.wrong), (1, 2, 0), "{report}");
    assert!(report.steps.iter().all(|step| step.rules == ["X7"] && step.differs == ["rows: instance_actions.updated_at"]), "{report}");
}
