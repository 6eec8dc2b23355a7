//! How many statements each operation sends: on a server each of them is one round trip.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{INSTANCE, Service};
use instance_actions::{Actions, Deleted, Outcome};
use uuid::Uuid;

const EVENT: &str = "compute_stop_instance";

/// How many statements `work` sent.
async fn sent<T>(service: &Service, work: impl Future<Output = Result<T, instance_actions::Error>>) -> (u64, T) {
    let before = service.store.statements();
    let done = work.await.unwrap();
    (service.store.statements() - before, done)
}

#[tokio::test]
async fn the_story_of_an_action_is_fourteen_statements_where_each_changes_one_table() {
    let service = Service::in_memory().await;
    let alice = service.alice("req-1");
    // BEGIN and COMMIT are two of each but the last: SQLite cannot take back by itself what the policy does not allow, and an event
    // and its action are two tables.
    let (insert, _) = sent(&service, alice.start(INSTANCE, "stop")).await;
    let (insert_and_touch, _) = sent(&service, alice.start_event(INSTANCE, EVENT, None)).await;
    let (find_update_and_touch, _) = sent(&service, alice.finish_event(INSTANCE, EVENT, Outcome::Success)).await;
    let (find_and_update, _) = sent(&service, alice.finish(INSTANCE)).await;
    assert_eq!([insert, insert_and_touch, find_update_and_touch, find_and_update], [3, 4, 5, 2]);
}

#[tokio::test]
async fn what_is_at_hand_is_not_looked_for_again() {
    let service = Service::in_memory().await;
    let alice = service.alice("req-1");
    let action = alice.start(INSTANCE, "stop").await.unwrap();
    let begun = async |alice: &Actions| alice.start_event(INSTANCE, EVENT, None).await.unwrap();
    // Whether there is an action, BEGIN and COMMIT, the event, and the action, which is touched.
    let event = begun(&alice).await;
    assert_eq!(sent(&service, alice.finish_this_event(&event, Outcome::Success)).await.0, 5);
    let event = begun(&alice).await;
    assert_eq!(sent(&service, alice.finish_event_by_id(action.id, event.id, Outcome::Success)).await.0, 5);
    let (current, action) = sent(&service, alice.current(INSTANCE)).await;
    assert_eq!(current, 1);
    assert_eq!(sent(&service, alice.finish_action(&action.unwrap())).await.0, 1);
    let (found, none) = sent(&service, alice.by_request(Uuid::from_u128(1), "req-1", Deleted::No)).await;
    assert!(found == 1 && none.is_none());
}
