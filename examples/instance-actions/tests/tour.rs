//! The tour, counted.

use instance_actions::ByProject;
use instance_actions::command::tour;
use recension::Store;

#[tokio::test]
async fn the_tour_shows_everything_in_thirty_statements() {
    let store = Store::connect("sqlite::memory:").policy(ByProject).await.unwrap();
    recension_migrations::apply(store.schema_connection(&instance_actions::MIGRATE)).await.unwrap();
    let mut shown = Vec::new();
    let tour = tour(&store, &mut shown).await.unwrap();
    let shown = String::from_utf8(shown).unwrap();
    for part in [
        "compute_stop_instance",
        "no host has 2048 MiB of memory left",
        r#""nova_object.version":"1.1""#,
        r#""nova_object.version":"1.4""#,
        "the second is refused: `InstanceActionEvent` was changed meanwhile: expected revision 2, found 3",
        "actions found: 0",
    ] {
        assert!(shown.contains(part), "{part:?} is not in:\n{shown}");
    }
    assert_eq!(shown.matches("read back: every field as it was").count(), 2);
    assert!(tour.statements <= 29, "{} statements", tour.statements);
}
