//! What holds for every engine, shown with a server that is a shell.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use super::{
    account::Account,
    pid::{Found, Process},
    server::Server,
    *,
};

/// An engine of shells: a first one that lives, and then what the script says.
struct Shell(&'static str);

impl Recipe for Shell {
    fn needs(&self) -> &'static [Need] {
        &[]
    }

    fn stop(&self) -> Signal {
        Signal::TERM
    }

    fn answers(&self, _: &Url) -> bool {
        true
    }

    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error> {
        for (name, script) in [("first", LIVES), ("second", self.0)] {
            let folder = site.private(name, Account::default())?;
            let arguments = vec!["-c".into(), script.into(), folder.display().to_string()];
            site.publish(name, &site.url(url::Protocol::Postgres, 1, "password"));
            let launch = site.launch(name, "sh".into(), arguments, &folder, Account::default());
            let log = launch.log.clone();
            site.start(name, launch)?;
            site.wait(|| fs::read_to_string(&log).is_ok_and(|text| text == "up\n"))?;
        }
        Ok(())
    }
}

/// A server that also ends when its folder goes, as it does where a test fails.
const LIVES: &str = "echo up; while [ -d \"$0\" ]; do sleep 0.01; done";

fn place(folder: &Path) -> Place {
    Place { folder: folder.join("db"), tools: folder.join("tools") }
}

fn state(place: &Place) -> State {
    State::read(&place.folder.join("postgres")).unwrap().unwrap()
}

fn runs(server: &Server) -> bool {
    server.runs().unwrap()
}

#[test]
fn what_is_up_is_found_again_and_what_was_killed_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let first = up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    let before = state(&place);
    assert!(before.servers.iter().all(runs));

    let second = up_by(&Shell("exit 1"), &place, Engine::Postgres, false).unwrap();
    let lines = |variables: &[Variable]| variables.iter().map(|line| format!("{}={}", line.name, line.value)).collect::<Vec<_>>();
    assert_eq!(lines(&first), lines(&second));
    assert_eq!(state(&place).servers[0].process, before.servers[0].process);

    before.servers[1].stop(Signal::KILL).unwrap();
    up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    let after = state(&place);
    assert_eq!(after.servers[0].process, before.servers[0].process);
    assert_ne!(after.servers[1].process, before.servers[1].process);
    assert!(after.servers.iter().all(runs));

    let Err(error) = up_by(&Shell(LIVES), &place, Engine::Postgres, true) else { panic!("not refused") };
    assert_eq!(error.to_string(), "`postgres` is up without TLS; `cargo xtask db down postgres` takes it down");
    down(&place, Engine::Postgres).unwrap();
    assert!(!after.servers.iter().any(runs));
    assert!(!place.folder.join("postgres").exists());
    down(&place, Engine::Postgres).unwrap();
}

/// A server with a process of its own, which outlives it if it is not killed too.
const HAS_A_CHILD: &str = "sh -c 'while [ -d \"$0\" ]; do sleep 0.01; done' \"$0\" & echo up; wait";

#[test]
fn what_is_killed_ends_with_all_its_processes_and_the_rest_runs_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    up_by(&Shell(HAS_A_CHILD), &place, Engine::Postgres, false).unwrap();
    let before = state(&place);
    let children = before.servers[1].process.children().unwrap();
    assert_eq!(children.len(), 1);
    kill::kill(&place, Engine::Postgres, &[2]).unwrap();
    assert!(runs(&before.servers[0]) && !runs(&before.servers[1]));
    assert!(children[0].ended_within(std::time::Duration::ZERO).unwrap());
    // Not an error: it is down, as it should be.
    kill::kill(&place, Engine::Postgres, &[2]).unwrap();
    up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    kill::kill(&place, Engine::Postgres, &[]).unwrap();
    assert!(!state(&place).servers.iter().any(runs));
    let error = kill::kill(&place, Engine::Postgres, &[3]).unwrap_err();
    assert_eq!(error.to_string(), "`postgres` has 2 servers, and no number 3");
    down(&place, Engine::Postgres).unwrap();
    assert!(matches!(kill::kill(&place, Engine::Postgres, &[]), Err(Error::NotUp { .. })));
}

#[test]
fn an_engine_that_does_not_come_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    // The second leaves the number of the first outside, and ends.
    let error = up_by(&Shell("cp ../state.toml ../../left; exit 1"), &place, Engine::Postgres, false).err().unwrap();
    assert!(matches!(error, Error::ServerEnded { .. }));
    let left: State = toml::from_str(&fs::read_to_string(place.folder.join("left")).unwrap()).unwrap();
    assert!(!left.complete && left.servers[0].launch.name == "first");
    assert!(!runs(&left.servers[0]));
    assert!(!place.folder.join("postgres").exists());
}

#[test]
fn a_step_that_fails_takes_its_engine_down() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let variables = up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    let servers = state(&place).servers;
    let step = |running: Running<'_>| -> Result<(), Error> {
        // There is a shell behind the address, which lets nobody in.
        running.check()?;
        running.down()
    };
    let error = step(Running::of(&place, Engine::Postgres, variables)).unwrap_err();
    assert!(matches!(error, Error::Login { .. }), "{error}");
    assert!(!servers.iter().any(runs));
    assert!(!place.folder.join("postgres").exists());
}

#[test]
fn what_was_interrupted_is_ended_and_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    let mut interrupted = state(&place);
    interrupted.complete = false;
    interrupted.write(&place.folder.join("postgres")).unwrap();
    up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    assert!(!interrupted.servers.iter().any(runs));
    down(&place, Engine::Postgres).unwrap();
}

/// Somebody else's process, which ends with its input.
fn foreign() -> Child {
    Command::new("sh").args(["-c", "read line"]).stdin(Stdio::piped()).spawn().unwrap()
}

#[test]
fn down_leaves_a_process_alone_that_has_the_number_of_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    up_by(&Shell(LIVES), &place, Engine::Postgres, false).unwrap();
    let mut changed = state(&place);
    let mut other = foreign();
    let process = Process::of_child(&other).unwrap();
    // With its number alone, and with its number and its start: the folder tells them apart.
    let ours = changed.servers.pop().unwrap();
    ours.stop(Signal::KILL).unwrap();
    let numbered = Process { pid: other.id(), ..ours.process };
    let launch = |name: &str| Launch { name: name.into(), ..ours.launch.clone() };
    changed.servers.push(Server { answers: String::new(), process: numbered, launch: launch("numbered") });
    changed.servers.push(Server { answers: String::new(), process, launch: launch("started") });
    changed.write(&place.folder.join("postgres")).unwrap();
    down(&place, Engine::Postgres).unwrap();
    assert!(!runs(&changed.servers[0]), "the server among them has ended");
    assert!(other.try_wait().unwrap().is_none(), "the other process has not");
    assert!(!place.folder.join("postgres").exists());
    drop(other.stdin.take());
    other.wait().unwrap();
    assert!(matches!(process.find(folder.path()).unwrap(), Found::Gone));
}

#[test]
fn an_engine_without_a_server_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let expected = "`sqlite` has no server: it is part of the programs that use it";
    let place = place(folder.path());
    assert_eq!(up(&place, Engine::Sqlite, false).err().unwrap().to_string(), expected);
    assert_eq!(down(&place, Engine::Sqlite).err().unwrap().to_string(), expected);
    let error = up_by(&mysql56::Mysql56, &place, Engine::Mysql56, true).err().unwrap();
    assert_eq!(error.to_string(), "`mysql56` has no TLS that a client of today accepts");
    let error = up_already(&place, Engine::Postgres).err().unwrap();
    assert_eq!(error.to_string(), "`postgres` is not up; `cargo xtask db up postgres` starts it");
}

#[test]
fn the_names_are_those_of_the_command_line() {
    for engine in Engine::value_variants() {
        assert_eq!(engine.to_possible_value().unwrap().get_name(), engine.name());
    }
}
