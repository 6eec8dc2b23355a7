//! What every command prints with `--json`: whole documents, and errors.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const INSTANCE: &str = "c0ffee00-0000-4000-8000-000000000000";
/// Stands for what nobody may see.
const CANARY: &str = "hunter2-canary";

/// A database of its own, and alice who asks of it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn run(&self, request: &str, input: &[u8], arguments: &[&str]) -> Output {
        let database = format!("sqlite://{}?mode=rwc", self.folder.path().join("actions.db").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_instance-actions"));
        command.args(["--json", "--database", &database, "--user", "alice", "--project", "project-a", "--request", request]);
        let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that fails before it reads closes its input early.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    /// What a command prints that must succeed: one document, in one line. Times are replaced.
    fn document(&self, request: &str, arguments: &[&str]) -> Value {
        self.document_of(request, b"", arguments)
    }

    fn document_of(&self, request: &str, input: &[u8], arguments: &[&str]) -> Value {
        let output = self.run(request, input, arguments);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.ends_with('\n') && text.lines().count() == 1, "{text}");
        assert!(!text.contains(CANARY), "{text}");
        fixed(serde_json::from_str(&text).unwrap())
    }

    /// What a command says that must fail: nothing on standard output, one document on standard error.
    fn error(&self, code: i32, input: &[u8], arguments: &[&str]) -> Value {
        let output = self.run("req-1", input, arguments);
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(code), ""));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.ends_with('\n') && text.lines().count() == 1, "{text}");
        assert!(!text.contains(CANARY), "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// An action with a failed event.
    fn record(&self) {
        self.document("req-1", &["start", "--instance", INSTANCE, "reboot"]);
        self.document("req-1", &["event", "start", "--instance", INSTANCE, "--host", "cn-1", "stop"]);
        let failed = ["event", "finish", "--instance", INSTANCE, "--failure", "no memory left", "--traceback", CANARY, "stop"];
        self.document("req-1", &failed);
    }

    /// The event as a message for a node, with its secrets.
    fn message(&self) -> Vec<u8> {
        self.run("req-1", b"", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]).stdout
    }
}

/// A document in which times that are there say only that, and ids made at random say what they are.
fn fixed(mut document: Value) -> Value {
    match &mut document {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = fixed(item.take())),
        Value::Object(members) => {
            for (key, value) in members {
                let is_time = key.ends_with("_time") || key.ends_with("_at");
                *value = match value.as_str() {
                    Some(text) if is_time && text.ends_with('Z') => "TIME".into(),
                    Some(text) if key == "instance_uuid" && text != INSTANCE => "INSTANCE".into(),
                    Some(text) if key == "request_id" && text.len() == 40 => "REQUEST".into(),
                    _ => fixed(value.take()),
                };
            }
        }
        _ => {}
    }
    document
}

/// `document` with other values at some keys.
fn but(mut document: Value, other: Value) -> Value {
    for (key, value) in other.as_object().unwrap() {
        document[key] = value.clone();
    }
    document
}

fn envelope(name: &str, version: &str, data: Value) -> Value {
    json!({"nova_object.name": name, "nova_object.namespace": "nova", "nova_object.version": version, "nova_object.data": data})
}

/// An action that was just begun, but for `other`.
fn action(other: Value) -> Value {
    let begun = json!({
        "id": 1, "action": "reboot", "instance_uuid": INSTANCE, "request_id": "req-1", "user_id": "alice", "project_id": "project-a",
        "start_time": "TIME", "finish_time": null, "message": null,
        "created_at": "TIME", "updated_at": "TIME", "deleted_at": null, "deleted": false,
    });
    envelope("InstanceAction", "1.2", but(begun, other))
}

/// An event that failed, but for `other`: its traceback is not in it, which null would be.
fn event(other: Value) -> Value {
    let failed = json!({
        "id": 1, "event": "stop", "action_id": 1, "start_time": "TIME", "finish_time": "TIME", "result": "Error", "host": "cn-1",
        "details": "no memory left", "created_at": "TIME", "updated_at": "TIME", "deleted_at": null, "deleted": false,
    });
    envelope("InstanceActionEvent", "1.4", but(failed, other))
}

fn list(name: &str, objects: Vec<Value>) -> Value {
    envelope(name, "1.1", json!({ "objects": objects }))
}

#[test]
fn s8_actions_and_events_are_one_object_each() {
    let desk = Desk::new();
    let started = desk.document("req-1", &["start", "--instance", INSTANCE, "reboot"]);
    assert_eq!(started, json!({"action": action(json!({}))}));

    let begun = desk.document("req-1", &["event", "start", "--instance", INSTANCE, "stop"]);
    let open = json!({"finish_time": null, "result": null, "host": null, "details": null, "updated_at": null});
    assert_eq!(begun, json!({"event": event(open)}));

    let failed = ["event", "finish", "--instance", INSTANCE, "--failure", "no memory left", "--traceback", CANARY, "stop"];
    assert_eq!(desk.document("req-1", &failed), json!({"event": event(json!({"host": null}))}));

    let finished = desk.document("req-1", &["finish", "--instance", INSTANCE]);
    assert_eq!(finished, json!({"action": action(json!({"finish_time": "TIME", "message": "Error"}))}));
}

#[test]
fn a_list_gives_the_marker_of_the_next_page() {
    let desk = Desk::new();
    let empty = json!({"actions": list("InstanceActionList", vec![]), "more": false, "next": null});
    assert_eq!(desk.document("req-1", &["list", "--instance", INSTANCE]), empty);
    for request in ["req-1", "req-2", "req-3"] {
        desk.document(request, &["start", "--instance", INSTANCE, "reboot"]);
    }
    let of = |number: i64| action(json!({"id": number, "request_id": format!("req-{number}")}));
    let first = desk.document("req-1", &["list", "--instance", INSTANCE, "--limit", "2"]);
    assert_eq!(first, json!({"actions": list("InstanceActionList", vec![of(3), of(2)]), "more": true, "next": "req-2"}));
    let marker = first["next"].as_str().unwrap();
    let second = desk.document("req-1", &["list", "--instance", INSTANCE, "--limit", "2", "--marker", marker]);
    assert_eq!(second, json!({"actions": list("InstanceActionList", vec![of(1)]), "more": false, "next": null}));
}

#[test]
fn s8_an_action_is_shown_with_its_events() {
    let desk = Desk::new();
    desk.record();
    let events = list("InstanceActionEventList", vec![event(json!({}))]);
    let shown = desk.document("req-1", &["show", "--instance", INSTANCE]);
    assert_eq!(shown, json!({"action": action(json!({"message": "Error"})), "events": events, "more": false}));
}

#[test]
fn s8_messages_are_read_and_written() {
    let desk = Desk::new();
    desk.record();
    let message = desk.message();
    // For a node the message has all that is stored; it is JSON without `--json` as well.
    let whole: Value = fixed(serde_json::from_slice(&message).unwrap());
    let stored = but(event(json!({"traceback": CANARY})), json!({"nova_object.revision": 2}));
    assert_eq!(whole, stored);

    let shown = ["wire", "export", "--disclose", "public", "--action", "1", "--event", "1"];
    let mut public = event(json!({}));
    public["nova_object.data"].as_object_mut().unwrap().retain(|key, _| !["host", "details"].contains(&key.as_str()));
    assert_eq!(desk.document("req-1", &shown), public);

    assert_eq!(desk.document_of("req-1", &message, &["wire", "read"]), json!({"event": event(json!({}))}));
    let amended = desk.run("req-1", &message, &["wire", "amend", "--host", "cn-2"]).stdout;
    let changed: Value = fixed(serde_json::from_slice(&amended).unwrap());
    let other =
        but(event(json!({"traceback": CANARY, "host": "cn-2"})), json!({"nova_object.changes": ["host"], "nova_object.revision": 2}));
    assert_eq!(changed, other);
    assert_eq!(desk.document_of("req-1", &amended, &["wire", "apply"]), json!({"event": event(json!({"host": "cn-2"}))}));
    // As it was written by somebody else meanwhile.
    let error = desk.error(1, &amended, &["wire", "apply"]);
    let told = "`InstanceActionEvent` was changed meanwhile: expected revision 2, found 3";
    assert_eq!(error, json!({"error": {"code": "conflict", "message": told}}));
}

#[test]
fn pinned_objects_are_in_the_document_as_the_peer_knows_them() {
    let desk = Desk::new();
    desk.record();
    let shown = desk.document("req-1", &["--pin", "InstanceActionEvent=1.3", "show", "--instance", INSTANCE]);
    let events = &shown["events"]["nova_object.data"]["objects"];
    assert_eq!(events[0]["nova_object.version"], "1.3");
    assert_eq!(events[0]["nova_object.data"].get("details"), None);
}

#[test]
fn s8_a_tour_is_one_document_with_its_steps() {
    let desk = Desk::new();
    let tour = desk.document("req-1", &["tour"]);
    let reason = json!({"id": 2, "event": "compute_start_instance", "details": "no host has 2048 MiB of memory left"});
    let failed = event(reason.clone());
    let stopped = event(json!({"event": "compute_stop_instance", "result": "Success", "details": null}));
    let ended = json!({"instance_uuid": "INSTANCE", "request_id": "REQUEST", "finish_time": "TIME", "message": "Error"});
    let mut older = envelope("InstanceActionEvent", "1.1", event(reason)["nova_object.data"].clone());
    older["nova_object.data"].as_object_mut().unwrap().retain(|key, _| !["host", "details"].contains(&key.as_str()));
    let told = "`InstanceActionEvent` was changed meanwhile: expected revision 2, found 3";
    let steps = json!([
        {
            "step": 1,
            "title": "A request reboots a server. Two steps are recorded; one of them fails.",
            "actions": list("InstanceActionList", vec![action(ended)]),
            "events": list("InstanceActionEventList", vec![failed.clone(), stopped]),
        },
        {
            "step": 2,
            "title": "The failed step, for a release that knows it at 1.1 and for one that knows it at 1.4.",
            "messages": [
                {"version": "1.1", "message": older, "read_back_whole": true},
                {"version": "1.4", "message": failed, "read_back_whole": true},
            ],
        },
        {
            "step": 3,
            "title": "Two writers read the same event, and both change it.",
            "revision_read": 2,
            "revision_saved": 3,
            "error": {"code": "conflict", "message": told},
        },
        {"step": 4, "title": "Somebody of another project asks for the same server.", "actions_found": 0},
    ]);
    assert_eq!(tour, json!({"steps": steps, "statements": 29}));
    assert!(!tour.to_string().contains("scheduler.rs"), "a traceback is shown");
    assert!(std::fs::read_dir(desk.folder.path()).unwrap().next().is_none(), "the tour kept its database");
}

#[test]
fn a_replay_is_its_report_and_what_is_wrong_is_an_error_as_well() {
    let recorded = include_str!("golden/nova_action_sequence.json");
    let mut sequence: Value = serde_json::from_str(recorded).unwrap();
    // Up to the first difference on purpose, and one answer that nobody gave.
    sequence["cases"].as_array_mut().unwrap().truncate(7);
    sequence["cases"][0]["result"] = Value::Null;
    let desk = Desk::new();
    let file = desk.folder.path().join("sequence.json");
    std::fs::write(&file, sequence.to_string()).unwrap();
    let output = desk.run("req-1", b"", &["replay", file.to_str().unwrap()]);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), error), (Some(1), json!({"error": {"code": "differs", "message": "1 steps are wrong"}})));
    let purpose = ["answer: AlreadyFinished here, null there", "rows: instance_actions.finish_time, instance_actions.updated_at"];
    let report = json!({"equal": 5, "by_rule": 1, "wrong": 1, "steps": [
        {"step": 1, "call": "InstanceAction.action_start", "rules": [], "differs": ["answer: an object here, null there"]},
        {"step": 7, "call": "InstanceAction.action_finish", "rules": ["X13"], "differs": purpose},
    ]});
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), report);
}

#[test]
fn s9_errors_are_documents_with_the_same_exit_codes() {
    let desk = Desk::new();
    desk.record();
    let other = "c0ffee00-0000-4000-8000-000000000001";
    let say = |code: &str, message: &str| json!({"error": {"code": code, "message": message}});
    let cases: [(i32, &[&str], Value); 13] = [
        (1, &["finish", "--instance", other], say("action_not_found", "no such action")),
        (1, &["event", "finish", "--instance", INSTANCE, CANARY], say("event_not_found", "no such event")),
        (1, &["event", "finish", "--instance", INSTANCE, "stop"], say("already_finished", "already finished")),
        (1, &["list", "--instance", INSTANCE, "--marker", CANARY], say("marker_not_found", "the marker is not there any more")),
        (1, &["list", "--instance", INSTANCE, "--limit", "-1"], say("invalid", "a page has 0 to 1000 rows, -1 were asked for")),
        (1, &["start", "--instance", INSTANCE, "again"], say("already_exists", "`InstanceAction` already exists")),
        (2, &["list", "--instance", CANARY], say("argument", "the value of --instance <INSTANCE> is malformed")),
        (2, &["list", CANARY], say("usage", "the command line is wrong: unexpected argument found")),
        (2, &["list"], say("usage", "the command line is wrong: one or more required arguments were not provided")),
        (2, &[CANARY], say("usage", "the command line is wrong: unrecognized subcommand")),
        (
            2,
            &["--pin", "InstanceActionEvent=7.3", "list", "--instance", INSTANCE],
            say("pin", "--pin names an object that this service does not have, or a version that it does not know"),
        ),
        (2, &["replay", "no-such-file"], say("unreadable", "the sequence cannot be read: No such file or directory (os error 2)")),
        (
            2,
            &["wire", "read"],
            say("malformed", "the message was refused: malformed message: `message` of the envelope is of the wrong type"),
        ),
    ];
    for (code, arguments, expected) in cases {
        assert_eq!(desk.error(code, b"", arguments), expected, "{arguments:?}");
    }
    let text = String::from_utf8(desk.message()).unwrap();
    for (from, to, code) in [
        (r#""1.4""#, r#""1.5""#, "incompatible"),
        ("InstanceActionEvent", "InstanceActionGhost", "unknown_object"),
        (r#""id":1"#, r#""id":null"#, "invalid"),
        ("}", "", "malformed"),
    ] {
        assert!(text.contains(from));
        assert_eq!(desk.error(2, text.replacen(from, to, 1).as_bytes(), &["wire", "read"])["error"]["code"], code);
    }
    let large = text.replacen("cn-1", &"x".repeat(2_000_000), 1);
    assert_eq!(desk.error(2, large.as_bytes(), &["wire", "read"])["error"]["code"], "too_large");
}

#[test]
fn s9_a_database_that_cannot_be_used_and_nobody_who_asks() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_instance-actions")).args(arguments).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert!(!error.to_string().contains(CANARY), "{error}");
        (output.status.code().unwrap(), error["error"]["code"].as_str().unwrap().to_owned())
    };
    let list = ["list", "--instance", INSTANCE];
    assert_eq!(run(&[&["--json"], &list[..]].concat()), (2, "no_caller".to_owned()));
    let as_auditor = ["--json", "--system", "read-all-actions", "--database"];
    for (database, code, word) in [
        (CANARY, 2, "malformed"),
        ("mysql://u:hunter2-canary@127.0.0.1:1/d", 3, "unavailable"),
        ("sqlite:///no/such/folder/hunter2-canary.db", 3, "unavailable"),
    ] {
        assert_eq!(run(&[&as_auditor[..], &[database], &list[..]].concat()), (code, word.to_owned()), "{word}");
    }
}

#[test]
fn without_the_option_errors_are_text_and_help_stays_help() {
    let desk = Desk::new();
    let command = || Command::new(env!("CARGO_BIN_EXE_instance-actions"));
    let output = command().args(["list", "--instance", INSTANCE]).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "instance-actions: who asks is not said: give --user and --project, or --system\n"
    );
    // Behind `--` it is a word like any other.
    let output = command().args(["list", "--", "--json"]).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: "));
    let output = desk.run("req-1", b"", &["list", "--help"]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(String::from_utf8(output.stdout).unwrap().contains("Usage: instance-actions list"));
}

#[test]
fn the_help_of_every_command_says_what_it_prints() {
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_instance-actions")).args(arguments).arg("--help").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for (arguments, says) in [
        (&["tour"][..], r#"With --json: {"steps": [STEP, ..], "statements": NUMBER}"#),
        (&["start"], r#"With --json: {"action": OBJECT}"#),
        (&["finish"], r#"With --json: {"action": OBJECT}"#),
        (&["event", "start"], r#"With --json: {"event": OBJECT}"#),
        (&["event", "finish"], r#"With --json: {"event": OBJECT}"#),
        (&["list"], r#"With --json: {"actions": LIST, "more": BOOL, "next": MARKER or null}"#),
        (&["show"], r#"With --json: {"action": OBJECT, "events": LIST, "more": BOOL}"#),
        (&["wire", "export"], "The message is JSON, with or without --json."),
        (&["wire", "amend"], "The message is JSON, with or without --json."),
        (&["wire", "apply"], r#"With --json: {"event": OBJECT}"#),
        (&["wire", "read"], r#"With --json: {"event": OBJECT}"#),
        (&["replay"], r#"With --json: {"equal": NUMBER, "by_rule": NUMBER, "wrong": NUMBER, "steps": [STEP, ..]}"#),
    ] {
        let text = help(arguments);
        assert!(text.contains(says), "{says:?} is not in the help of {arguments:?}:\n{text}");
        assert!(text.contains(r#"{"error": {"code": WORD, "message": TEXT}}"#), "{arguments:?}");
    }
}
