//! What was released of the objects is written down, and read as it was.

use recension::versioning::Registry;
use recension_cli::{App, Reply};

fn ask(registry: Registry, arguments: &[&str]) -> Reply {
    let folder = env!("CARGO_MANIFEST_DIR");
    let here = |argument: &&str| argument.strip_prefix("./").map_or_else(|| (*argument).to_owned(), |name| format!("{folder}/{name}"));
    let all = std::iter::once("recension".to_owned()).chain(arguments.iter().map(here));
    App::new(registry).reply(all.collect::<Vec<_>>())
}

#[test]
fn the_lock_file_is_as_the_objects_are() {
    let reply = ask(instance_actions::registry().unwrap(), &["lock", "--check", "--lock", "./recension.lock"]);
    assert_eq!(reply.code, 0, "{}{}", reply.out, reply.err);
}

#[test]
fn golden_data_of_each_version_is_read_and_written_as_it_was() {
    let reply = ask(instance_actions::registry().unwrap(), &["fixtures", "check", "./fixtures"]);
    assert_eq!(reply.code, 0, "{}{}", reply.out, reply.err);
}

#[test]
fn the_gate_lets_the_file_pass_against_itself() {
    let check = ["check", "--lock", "./recension.lock", "--base", "./recension.lock", "--fixtures", "./fixtures", "--today", "2026-11-25"];
    let reply = ask(instance_actions::registry().unwrap(), &check);
    assert_eq!(reply.code, 0, "{}{}", reply.out, reply.err);
}
