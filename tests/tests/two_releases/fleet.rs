//! An old and a new release of the service, as two processes on one database, exchanging messages.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::place::Place;

const INSTANCE: &str = "c0ffee00-0000-4000-8000-000000000000";

/// A process of the fleet.
#[derive(Clone, Copy)]
enum Node {
    /// Release 1, which knows events up to 1.3.
    Old,
    /// Release 2, started to write events for peers that know 1.3.
    New,
    /// Release 2 once every peer knows 1.4.
    Unpinned,
}

/// One database that both releases use.
struct Fleet {
    place: Place,
}

impl Fleet {
    fn new() -> Self {
        Self { place: Place::new() }
    }

    fn command(&self, node: Node, request: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(match node {
            Node::Old => env!("CARGO_BIN_EXE_release-1"),
            Node::New | Node::Unpinned => env!("CARGO_BIN_EXE_release-2"),
        });
        command.args(["--database", &self.place.url()]);
        command.args(["--user", "alice", "--project", "project-a", "--request", request]);
        if matches!(node, Node::New) {
            command.args(["--pin", "InstanceActionEvent=1.3"]);
        }
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, node: Node, request: &str, input: &str, arguments: &[&str]) -> Output {
        let mut child = self.command(node, request, arguments).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs a command that must succeed, and gives what it printed.
    fn ok(&self, node: Node, request: &str, input: &str, arguments: &[&str]) -> String {
        let output = self.run(node, request, input, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// An action with one failed event, recorded by release 2.
    fn failed_event(&self, request: &str) {
        self.ok(Node::New, request, "", &["start", "--instance", INSTANCE, "reboot"]);
        self.ok(Node::New, request, "", &["event", "start", "--instance", INSTANCE, "--host", "cn-1", "stop"]);
        self.ok(
            Node::New,
            request,
            "",
            &["event", "finish", "--instance", INSTANCE, "--failure", "no memory left", "--traceback", "frame one", "stop"],
        );
    }

    /// Every field of the first event, as release 2 stores it.
    fn whole(&self, request: &str) -> serde_json::Value {
        let message = self.ok(Node::Unpinned, request, "", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
        let mut whole = data(&message);
        assert_eq!(whole["traceback"], "frame one");
        whole["updated_at"].take();
        whole
    }

    fn events(&self, node: Node, request: &str) -> serde_json::Value {
        let shown = self.ok(node, request, "", &["--json", "show", "--instance", INSTANCE]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown["events"]["nova_object.data"]["objects"].clone()
    }
}

/// `before` with other values in some fields. When it was last written is another matter.
fn but(mut before: serde_json::Value, changed: &[(&str, &str)]) -> serde_json::Value {
    for (field, value) in changed {
        assert_ne!(before[*field], *value);
        before[*field] = (*value).into();
    }
    before["updated_at"].take();
    before
}

fn data(message: &str) -> serde_json::Value {
    let message: serde_json::Value = serde_json::from_str(message).unwrap();
    message["nova_object.data"].clone()
}

#[test]
fn what_release_2_sets_survives_a_message_through_release_1() {
    let fleet = Fleet::new();
    fleet.failed_event("req-1");
    let before = fleet.whole("req-1");

    let sent = fleet.ok(Node::New, "req-1", "", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    let envelope: serde_json::Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(envelope["nova_object.version"], "1.3");
    assert!(envelope["nova_object.data"].get("details").is_none());
    assert_eq!(envelope["nova_object.carry"]["1.4"]["data"]["details"], "no memory left");

    let returned = fleet.ok(Node::Old, "req-1", &sent, &["wire", "amend", "--host", "cn-2"]);
    let envelope: serde_json::Value = serde_json::from_str(&returned).unwrap();
    assert_eq!(envelope["nova_object.changes"], serde_json::json!(["host"]));
    assert_eq!(envelope["nova_object.carry"]["1.4"]["data"]["details"], "no memory left");

    fleet.ok(Node::New, "req-1", &returned, &["wire", "apply"]);
    assert_eq!(fleet.whole("req-1"), but(before, &[("host", "cn-2")]));
}

#[test]
fn a_change_that_release_1_does_not_know_is_still_a_change_when_it_returns() {
    let fleet = Fleet::new();
    fleet.failed_event("req-1");
    let before = fleet.whole("req-1");

    let sent = fleet.ok(Node::New, "req-1", "", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    let changed = fleet.ok(Node::New, "req-1", &sent, &["wire", "amend", "--details", "host lost power"]);
    let returned = fleet.ok(Node::Old, "req-1", &changed, &["wire", "amend", "--host", "cn-2"]);
    fleet.ok(Node::New, "req-1", &returned, &["wire", "apply"]);

    assert_eq!(fleet.whole("req-1"), but(before, &[("host", "cn-2"), ("details", "host lost power")]));
}

#[test]
fn what_release_2_sets_survives_a_write_of_release_1_to_its_row() {
    let fleet = Fleet::new();
    fleet.failed_event("req-1");
    let before = fleet.whole("req-1");

    // Release 1 reads the row, changes it and saves it: all within its own knowledge.
    let read = fleet.ok(Node::Old, "req-1", "", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    let changed = fleet.ok(Node::Old, "req-1", &read, &["wire", "amend", "--host", "cn-3"]);
    fleet.ok(Node::Old, "req-1", &changed, &["wire", "apply"]);

    assert_eq!(fleet.whole("req-1"), but(before, &[("host", "cn-3")]));
    assert_eq!(fleet.events(Node::New, "req-1").as_array().unwrap().len(), 1);
}

#[test]
fn release_2_reads_what_release_1_wrote() {
    let fleet = Fleet::new();
    fleet.ok(Node::Old, "req-1", "", &["start", "--instance", INSTANCE, "reboot"]);
    fleet.ok(Node::Old, "req-1", "", &["event", "start", "--instance", INSTANCE, "stop"]);
    fleet.ok(Node::Old, "req-1", "", &["event", "finish", "--instance", INSTANCE, "--failure", "unheard of", "stop"]);

    let sent = fleet.ok(Node::Old, "req-1", "", &["wire", "export", "--trusted", "--action", "1", "--event", "1"]);
    let read = fleet.ok(Node::Unpinned, "req-1", &sent, &["wire", "amend"]);
    assert_eq!(data(&read)["details"], serde_json::Value::Null);
    assert_eq!(data(&read)["result"], "Error");
    assert_eq!(fleet.events(Node::New, "req-1")[0]["nova_object.data"]["event"], "stop");
}

#[test]
fn neither_release_fails_while_both_write_at_once() {
    const EACH: usize = 6;
    let fleet = Fleet::new();
    fleet.ok(Node::New, "req-1", "", &["start", "--instance", INSTANCE, "reboot"]);
    let names: Vec<String> = (0..EACH).map(|index| format!("step-{index}")).collect();
    for name in &names {
        let arguments = ["event", "start", "--instance", INSTANCE, "--host", "cn-1", name];
        let both = [Node::Old, Node::New].map(|node| fleet.command(node, "req-1", &arguments).spawn().unwrap());
        for child in both {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let finish = |node, extra: &[&str]| {
            let arguments = [&["event", "finish", "--instance", INSTANCE], extra, &[name.as_str()]].concat();
            fleet.command(node, "req-1", &arguments).spawn().unwrap()
        };
        let both = [finish(Node::Old, &[]), finish(Node::New, &["--failure", "no memory left"])];
        for child in both {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    // Each start is there once, each was ended once, and each reason that release 2 gave is kept.
    let events = fleet.events(Node::New, "req-1");
    let events: Vec<&serde_json::Value> = events.as_array().unwrap().iter().map(|event| &event["nova_object.data"]).collect();
    assert_eq!(events.len(), 2 * EACH);
    assert!(events.iter().all(|event| !event["finish_time"].is_null()));
    assert_eq!(events.iter().filter(|event| event["result"] == "Success").count(), EACH);
    let shown = fleet.ok(Node::Unpinned, "req-1", "", &["--json", "show", "--instance", INSTANCE]);
    assert_eq!(shown.matches("no memory left").count(), EACH);
}

#[test]
fn both_releases_may_be_the_first_on_a_new_database() {
    for _ in 0..8 {
        let fleet = Fleet::new();
        let nodes = [(Node::Old, "req-1"), (Node::New, "req-2"), (Node::Old, "req-3"), (Node::New, "req-4")];
        let started = nodes.map(|(node, request)| fleet.command(node, request, &["start", "--instance", INSTANCE, "x"]).spawn().unwrap());
        for child in started {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let listed = fleet.ok(Node::New, "req-1", "", &["--json", "list", "--instance", INSTANCE]);
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(listed["actions"]["nova_object.data"]["objects"].as_array().unwrap().len(), nodes.len());
    }
}
