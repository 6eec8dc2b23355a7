//! What the service does, and what it does not do that the reference does. Names carry the ids of the
//! findings that they show to be impossible.

mod common;

use std::sync::Arc;

use common::{INSTANCE, Service, alice, auditor, bob, mallory, recovery};
use instance_actions::{
    ByProject, Deleted, Error, EventResult, Failure, InstanceAction, InstanceActionEvent, InstanceActionEventList, ListOptions, Outcome,
    Reason,
};
use recension::store::faults::{Fault, Faults, Kind};
use recension::store::{self, PageRequest};
use recension::versioning::Manifest;
use recension::wire::{Codec, Form, Profile};
use recension::{Caller, Object, Revision, Secret, Store};

fn failure() -> Outcome {
    Outcome::Failure(Failure::new(Reason::stated("no memory left"), "frame one"))
}

fn options() -> ListOptions {
    ListOptions::default()
}

#[tokio::test]
async fn x1_x2_an_event_at_hand_can_be_finished() {
    let service = Service::in_memory().await;
    let actions = service.alice("req-1");
    actions.start(INSTANCE, "reboot").await.unwrap();
    let stop = actions.start_event(INSTANCE, "stop", None).await.unwrap();
    let start = actions.start_event(INSTANCE, "start", None).await.unwrap();
    let stop = actions.finish_this_event(&stop, Outcome::Success).await.unwrap();
    assert_eq!(stop.result, Some(EventResult::Success));
    let start = actions.finish_this_event(&start, failure()).await.unwrap();
    assert_eq!((start.result.clone(), start.details.as_deref()), (Some(EventResult::Error), Some("no memory left")));
    assert_eq!(actions.current(INSTANCE).await.unwrap().unwrap().message.as_deref(), Some("Error"));
}

#[tokio::test]
async fn x3_what_is_absent_is_absent_in_one_way() {
    let service = Service::in_memory().await;
    let actions = service.alice("req-1");
    let action = actions.start(INSTANCE, "reboot").await.unwrap();
    assert!(actions.by_request(INSTANCE, "req-2", Deleted::Yes).await.unwrap().is_none());
    assert!(actions.event(action.id, 99).await.unwrap().is_none());
    assert!(actions.event(99, 1).await.unwrap().is_none());
    assert!(actions.newest_events(99).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn x4_s19_of_sixteen_starts_of_one_request_one_makes_a_row() {
    let folder = tempfile::TempDir::new().unwrap();
    let service = Arc::new(Service::at(&format!("sqlite://{}?mode=rwc", folder.path().join("a.db").display())).await);
    let starts = (0..16).map(|_| {
        let service = service.clone();
        tokio::spawn(async move { service.alice("req-1").start(INSTANCE, "reboot").await })
    });
    let mut made = 0;
    for start in starts.collect::<Vec<_>>() {
        match start.await.unwrap() {
            Ok(_) => made += 1,
            Err(Error::Store(store::Error::AlreadyExists { .. })) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(service.alice("req-1").list(INSTANCE, &options()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn x12_each_step_is_run_again_after_a_deadlock_at_any_of_its_statements() {
    /// How many statements each step has: see `the_story_of_an_action_is_fourteen_statements_where_each_changes_one_table`.
    const STATEMENTS: [u64; 4] = [3, 4, 5, 2];
    let faults = Faults::default();
    let service = Service::of(Store::connect("sqlite::memory:").policy(ByProject).faults(&faults).await.unwrap()).await;
    for number in 1..=5 {
        let actions = service.alice(&format!("req-{number}"));
        let deadlock = |step: usize| {
            if number <= STATEMENTS[step] {
                faults.at_statement(number, Fault::from(Kind::Order));
            }
        };
        deadlock(0);
        let action = actions.start(INSTANCE, "stop").await;
        assert!(action.is_ok(), "{number}: {action:?}");
        deadlock(1);
        let event = actions.start_event(INSTANCE, "event", None).await;
        assert!(event.is_ok(), "{number}: {event:?}");
        deadlock(2);
        let event = actions.finish_event(INSTANCE, "event", Outcome::Success).await;
        assert!(event.is_ok(), "{number}: {event:?}");
        deadlock(3);
        let finished = actions.finish(INSTANCE).await;
        assert!(finished.is_ok(), "{number}: {finished:?}");
        assert_eq!(faults.armed(), 0, "{number}");
        let events = actions.newest_events(action.unwrap().id).await.unwrap().items;
        assert_eq!(events.iter().map(|event| event.result.clone()).collect::<Vec<_>>(), [Some(EventResult::Success)], "{number}");
    }
    assert_eq!(faults.fired(), STATEMENTS.iter().sum::<u64>());
    assert_eq!(service.alice("req-1").list(INSTANCE, &options()).await.unwrap().items.len(), 5);
}

#[tokio::test]
async fn x4_a_row_of_the_reference_counts_too() {
    let service = Service::in_memory().await;
    for id in [1, 2] {
        service.sql(&reference_action(id, "req-1", "project-a")).await;
    }
    let actions = service.alice("req-1");
    let refused = actions.start(INSTANCE, "reboot").await;
    assert!(matches!(refused, Err(Error::Store(store::Error::AlreadyExists { .. }))));
    // Several rows of the reference for one request: the newest counts, and its revision starts from NULL.
    let finished = actions.finish(INSTANCE).await.unwrap();
    assert_eq!((finished.id, finished.revision()), (2, Revision(1)));
    assert_eq!(actions.start_event(INSTANCE, "stop", None).await.unwrap().action_id, Some(2));
}

fn reference_action(id: i64, request: &str, project: &str) -> String {
    format!(
        "INSERT INTO instance_actions (created_at, updated_at, id, action, instance_uuid, request_id, user_id, project_id, start_time, deleted) \
         VALUES ('2024-03-01 10:00:0{id}.000000', '2024-03-01 10:00:00.000000', {id}, 'reboot', '{INSTANCE}', '{request}', 'alice', '{project}', \
         '2024-03-01 10:00:00.000000', 0)"
    )
}

#[tokio::test]
async fn x5_the_newest_open_event_of_a_name_is_the_one_that_ends() {
    let service = Service::in_memory().await;
    let actions = service.alice("req-1");
    actions.start(INSTANCE, "build").await.unwrap();
    let first = actions.start_event(INSTANCE, "build", Some("cn-1")).await.unwrap();
    let second = actions.start_event(INSTANCE, "build", Some("cn-2")).await.unwrap();
    assert_eq!(actions.finish_event(INSTANCE, "build", Outcome::Success).await.unwrap().id, second.id);
    assert_eq!(actions.finish_event(INSTANCE, "build", failure()).await.unwrap().id, first.id);
    assert!(matches!(actions.finish_event(INSTANCE, "build", Outcome::Success).await, Err(Error::AlreadyFinished)));
    assert!(matches!(actions.finish_event(INSTANCE, "never", Outcome::Success).await, Err(Error::EventNotFound)));
}

#[tokio::test]
async fn x6_a_missing_project_opens_nothing() {
    let service = Service::in_memory().await;
    service.alice("req-1").start(INSTANCE, "reboot").await.unwrap();
    service.alice("req-1").start_event(INSTANCE, "stop", None).await.unwrap();
    let before = service.dump().await;
    for caller in [Caller::nobody(), auditor()] {
        let actions = service.by(&caller, "req-periodic");
        assert!(actions.start_event(INSTANCE, "recover", None).await.is_err());
        assert!(actions.finish_event(INSTANCE, "stop", Outcome::Success).await.is_err());
        assert!(actions.start(INSTANCE, "reboot").await.is_err());
        assert!(actions.finish(INSTANCE).await.is_err());
    }
    assert!(service.by(&Caller::nobody(), "req-1").list(INSTANCE, &options()).await.unwrap().items.is_empty());
    assert_eq!(service.dump().await, before);
    // The named permission does what a missing project did.
    let recovered = service.by(&recovery(), "req-periodic").start_event(INSTANCE, "recover", None).await.unwrap();
    assert_eq!(recovered.action_id, Some(1));
}

#[tokio::test]
async fn x7_recovery_leaves_the_action_alone() {
    let service = Service::in_memory().await;
    let action = service.alice("req-1").start(INSTANCE, "reboot").await.unwrap();
    let actions = service.by(&recovery(), "req-periodic");
    actions.start_event(INSTANCE, "recover", None).await.unwrap();
    actions.finish_event(INSTANCE, "recover", failure()).await.unwrap();
    // Nor is it touched where the request of the recovery is that of the action.
    let same = service.by(&recovery(), "req-1");
    same.start_event(INSTANCE, "heal", None).await.unwrap();
    same.finish_event(INSTANCE, "heal", failure()).await.unwrap();
    let after = service.alice("req-1").current(INSTANCE).await.unwrap().unwrap();
    assert!(after == action, "{after:?} is not {action:?}");
    assert!(matches!(actions.finish(INSTANCE).await, Err(Error::ActionNotFound)));
}

#[tokio::test]
async fn x8_details_are_kept_whole() {
    let service = Service::in_memory().await;
    let actions = service.alice("req-1");
    actions.start(INSTANCE, "reboot").await.unwrap();
    for (length, cut) in [(255, false), (256, false), (4_096, false), (4_097, true), (1_000_000, true)] {
        actions.start_event(INSTANCE, "stop", None).await.unwrap();
        let text = "d".repeat(length);
        let failed = Outcome::Failure(Failure::new(Reason::stated(&*text), &*text));
        let event = actions.finish_event(INSTANCE, "stop", failed).await.unwrap();
        let details = event.details.clone().unwrap();
        assert_eq!(details == text, !cut);
        assert_eq!(details.contains("bytes cut"), cut);
        assert_eq!(event.traceback.as_ref().unwrap().expose().contains("bytes cut"), length > 16_384);
    }
}

#[tokio::test]
async fn x9_markers_and_limits_are_said_and_kept() {
    let service = Service::in_memory().await;
    for request in ["req-1", "req-2", "req-3"] {
        service.alice(request).start(INSTANCE, "reboot").await.unwrap();
    }
    let actions = service.alice("req-0");
    let page = |limit, marker: Option<&str>| ListOptions { limit, marker: marker.map(str::to_owned), ..options() };
    let ids = async |limit, marker: Option<&str>| {
        let page = actions.list(INSTANCE, &page(limit, marker)).await?;
        Ok::<_, Error>(page.items.iter().map(|action| action.id).collect::<Vec<_>>())
    };
    assert_eq!(ids(None, None).await.unwrap(), [3, 2, 1]);
    assert_eq!(ids(Some(2), None).await.unwrap(), [3, 2]);
    assert_eq!(ids(Some(2), Some("req-3")).await.unwrap(), [2, 1]);
    assert!(ids(Some(0), Some("req-gone")).await.unwrap().is_empty());
    assert!(matches!(ids(None, Some("req-gone")).await, Err(Error::MarkerNotFound)));
    for limit in [-1, i64::MIN, 1_001, i64::MAX] {
        assert!(matches!(ids(Some(limit), None).await, Err(Error::Store(store::Error::Invalid(_)))), "{limit}");
        let events = actions.events(1, PageRequest::first(limit)).await;
        assert!(matches!(events, Err(Error::Store(store::Error::Invalid(_)))), "{limit}");
    }
}

#[tokio::test]
async fn x13_what_is_finished_stays_finished() {
    let service = Service::in_memory().await;
    let actions = service.alice("req-1");
    actions.start(INSTANCE, "reboot").await.unwrap();
    actions.start_event(INSTANCE, "stop", None).await.unwrap();
    let event = actions.finish_event(INSTANCE, "stop", failure()).await.unwrap();
    let action = actions.finish(INSTANCE).await.unwrap();
    let before = service.dump().await;
    assert!(matches!(actions.finish(INSTANCE).await, Err(Error::AlreadyFinished)));
    assert!(matches!(actions.finish_action(&action).await, Err(Error::AlreadyFinished)));
    assert!(matches!(actions.finish_event(INSTANCE, "stop", Outcome::Success).await, Err(Error::AlreadyFinished)));
    assert!(matches!(actions.finish_this_event(&event, Outcome::Success).await, Err(Error::AlreadyFinished)));
    assert_eq!(service.dump().await, before);
    assert!(action.finish_time >= action.start_time && event.finish_time >= event.start_time);
}

#[tokio::test]
async fn x14_s8_s11_debug_shows_public_fields_only() {
    let service = Service::in_memory().await;
    let actions = service.by(&Caller::user("user-canary", "project-canary"), "req-1");
    actions.start(INSTANCE, "reboot").await.unwrap();
    actions.start_event(INSTANCE, "stop", Some("host-canary")).await.unwrap();
    let failed = Outcome::Failure(Failure::new(Reason::stated("details-canary"), "traceback-canary"));
    let event = actions.finish_event(INSTANCE, "stop", failed.clone()).await.unwrap();
    let action = actions.current(INSTANCE).await.unwrap().unwrap();
    let shown =
        format!("{action:?} {:?} {event:?} {:?} {actions:?} {:?}", action.edit(), event.edit(), event.clone().into_inner().into_draft());
    assert!(shown.contains("reboot") && shown.contains("stop"));
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!format!("{failed:?}").contains("traceback-canary"));
}

#[tokio::test]
async fn x17_conversion_reaches_the_events_of_a_list() {
    let service = Service::in_memory().await;
    let actions = service.alice("req-1");
    let action = actions.start(INSTANCE, "reboot").await.unwrap();
    actions.start_event(INSTANCE, "stop", Some("cn-1")).await.unwrap();
    let list = InstanceActionEventList::from(actions.newest_events(action.id).await.unwrap());
    let manifest =
        Manifest::default().with("InstanceActionEventList", "1.0".parse().unwrap()).with("InstanceActionEvent", "1.1".parse().unwrap());
    let codec = Codec::new(Profile::reference("nova_object"));
    let message = String::from_utf8(codec.to_json(&list, Form::Trusted.manifest(&manifest)).unwrap()).unwrap();
    assert!(message.contains(r#""nova_object.version":"1.1""#) && !message.contains("host") && !message.contains("details"), "{message}");
}

#[tokio::test]
async fn s1_s2_nobody_reads_or_writes_what_is_not_theirs() {
    let service = Service::in_memory().await;
    let own = service.alice("req-1");
    let action = own.start(INSTANCE, "reboot").await.unwrap();
    let event = own.start_event(INSTANCE, "stop", None).await.unwrap();
    let before = service.dump().await;
    for (caller, reads) in
        [(alice(), true), (bob(), true), (mallory(), false), (auditor(), true), (recovery(), true), (Caller::nobody(), false)]
    {
        let actions = service.by(&caller, "req-1");
        assert_eq!(actions.by_request(INSTANCE, "req-1", Deleted::Yes).await.unwrap().is_some(), reads, "{caller:?}");
        assert_eq!(actions.event(action.id, event.id).await.unwrap().is_some(), reads, "{caller:?}");
        assert_eq!(actions.list(INSTANCE, &options()).await.unwrap().items.len(), usize::from(reads), "{caller:?}");
        assert_eq!(actions.newest_events(action.id).await.unwrap().items.len(), usize::from(reads), "{caller:?}");
        let marked = ListOptions { marker: Some("req-1".to_owned()), ..options() };
        assert_eq!(actions.list(INSTANCE, &marked).await.is_ok(), reads, "{caller:?}");
        assert_eq!(actions.session().get::<InstanceAction>(action.id).await.is_ok(), reads, "{caller:?}");
        assert_eq!(actions.session().find::<InstanceActionEvent>().count().await.unwrap(), u64::from(reads), "{caller:?}");
    }
    for caller in [mallory(), auditor(), Caller::nobody()] {
        let actions = service.by(&caller, "req-1");
        assert!(actions.start_event(INSTANCE, "x", None).await.is_err(), "{caller:?}");
        assert!(actions.finish_event(INSTANCE, "stop", failure()).await.is_err(), "{caller:?}");
        assert!(actions.finish_this_event(&event, failure()).await.is_err(), "{caller:?}");
        assert!(actions.finish(INSTANCE).await.is_err(), "{caller:?}");
        assert!(actions.finish_action(&action).await.is_err(), "{caller:?}");
        let copied = InstanceActionEvent::draft().event("copied");
        assert!(actions.create_event(copied, INSTANCE, "req-1").await.is_err(), "{caller:?}");
        assert!(actions.session().delete(&action).await.is_err(), "{caller:?}");
        assert_eq!(service.dump().await, before, "{caller:?}");
    }
    // A colleague of the same project may.
    service.by(&bob(), "req-1").finish_event(INSTANCE, "stop", Outcome::Success).await.unwrap();
}

#[tokio::test]
async fn s6_the_owner_of_a_copied_action_is_the_caller() {
    let service = Service::in_memory().await;
    let draft = InstanceAction::draft().action("copied").instance_uuid(INSTANCE).request_id("req-copy").message("from elsewhere");
    let copied = service.alice("req-1").create(draft).await.unwrap();
    assert_eq!((copied.user_id.as_deref(), copied.project_id.as_deref()), (Some("alice"), Some("project-a")));
    assert!(copied.start_time.is_some() && copied.updated_at.is_none() && copied.created_at.is_some());
    // A draft that claims an owner came from somewhere else than our own code, and is refused.
    let mut claimed = InstanceAction::draft().action("claimed").instance_uuid(INSTANCE).request_id("req-claim");
    recension::ObjectDraft::put(&mut claimed, 5, recension::Value::from("project-b").into()).unwrap();
    let refused = service.alice("req-1").create(claimed).await;
    assert!(matches!(refused, Err(Error::Store(store::Error::Invalid(_)))));
}

#[tokio::test]
async fn s18_of_sixteen_who_finish_one_event_one_does() {
    let folder = tempfile::TempDir::new().unwrap();
    let service = Arc::new(Service::at(&format!("sqlite://{}?mode=rwc", folder.path().join("a.db").display())).await);
    service.alice("req-1").start(INSTANCE, "reboot").await.unwrap();
    let event = service.alice("req-1").start_event(INSTANCE, "stop", None).await.unwrap();
    let finishes = (0..16).map(|index| {
        let (service, event) = (service.clone(), event.clone());
        tokio::spawn(async move {
            let actions = service.alice("req-1");
            if index % 2 == 0 {
                actions.finish_event(INSTANCE, "stop", Outcome::Success).await
            } else {
                actions.finish_this_event(&event, failure()).await
            }
        })
    });
    let mut done = 0;
    for finish in finishes.collect::<Vec<_>>() {
        match finish.await.unwrap() {
            Ok(_) => done += 1,
            Err(Error::AlreadyFinished | Error::Store(store::Error::Conflict { .. })) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 1);
    let after = service.alice("req-1").event(event.action_id.unwrap(), event.id).await.unwrap().unwrap();
    assert_eq!(after.revision(), Revision(2));
}

#[tokio::test]
async fn an_action_of_the_reference_reads_as_the_reference_meant_it() {
    let service = Service::in_memory().await;
    service.sql(&reference_action(7, "req-1", "project-a")).await;
    service.sql("UPDATE instance_actions SET deleted = NULL").await;
    service
        .sql("INSERT INTO instance_actions_events (id, event, action_id, result, traceback, deleted) VALUES (1, 'stop', 7, 'Cancelled', 'tb', 0)")
        .await;
    let actions = service.alice("req-1");
    assert!(!actions.current(INSTANCE).await.unwrap().unwrap().deleted);
    let event = actions.event(7, 1).await.unwrap().unwrap();
    assert_eq!(event.result, Some(EventResult::Unknown("Cancelled".to_owned())));
    assert!(event.traceback.as_ref().unwrap().same(&Secret::from("tb")));
    // It is changed in what is known; what is not known is left as it is.
    let mut edit = event.edit();
    edit.set_host("cn-1");
    assert_eq!(actions.save_event(&edit).await.unwrap().result, Some(EventResult::Unknown("Cancelled".to_owned())));
    assert!(service.dump().await.contains("'Cancelled'"));
    service.sql("UPDATE instance_actions SET deleted = id").await;
    assert!(actions.current(INSTANCE).await.unwrap().is_none());
    assert!(actions.by_request(INSTANCE, "req-1", Deleted::Only).await.unwrap().unwrap().deleted);
}
