//! What is logged. A program of its own, because the driver logs on threads of its own.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail as a test does")]

#[path = "store/engine/sqlite.rs"]
#[expect(unreachable_pub, reason = "the tests are the only users")]
#[allow(dead_code, reason = "the other tests use the rest")]
mod engine;
#[path = "store/support.rs"]
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
#[allow(dead_code, reason = "the other tests use the rest")]
mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use recension::store::{Caller, Decision, Operation, Policy, Store, SystemCapability};
use recension::{Object, ObjectName, Persist, VersionedObject};

use support::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs everything into it.
    fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || writer.clone())
            .finish()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Keyed;

impl Policy for Keyed {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::Where(recension::store::sea_orm::Condition::all().add(Job::COLUMN.request.ne("c4n4ry-policy")))
    }
}

#[tokio::test]
async fn s11_nothing_that_is_logged_holds_a_value() {
    let log = Log::default();
    let subscriber = log.subscriber();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let store = store_with(Keyed).await;
    let session = store.session(&Caller::user("c4n4ry-user", "c4n4ry-project"));
    let made = session.create(job("c4n4ry-1").title("c4n4ry-2").token("c4n4ry-3")).await.unwrap();
    session.find::<Job>().filter(Job::COLUMN.title.eq("c4n4ry-2")).all().await.unwrap();
    let mut edit = made.edit();
    edit.set_title("c4n4ry-4");
    session.save(&edit).await.unwrap();
    assert!(session.create(job("c4n4ry-1")).await.is_err());
    assert!(session.create(job("c4n4ry-5").progress(66)).await.is_err());
    assert!(Store::connect("sqlite:///c4n4ry-folder/c4n4ry.db").await.is_err());
    let text = log.text();
    assert!(text.contains("object=Job") && text.contains("statement failed"), "{text}");
    assert!(text.contains("database failed code=\"unavailable\""), "where no object is concerned: {text}");
    assert!(!text.contains("c4n4ry"), "{text}");
    assert!(!text.contains("INSERT") && !text.contains("SELECT"), "statements are not logged: {text}");
}

/// An object whose table others were to write up to a day that is over.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "marks", key = "id", shared_with_reference(until = "2020-02-29"))]
struct Expired {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: i64,
    text: String,
}

#[tokio::test]
async fn the_log_is_told_once_that_others_should_not_write_a_table_any_more() {
    let log = Log::default();
    let store = store_with(AllowAll).await;
    let session = store.session(&owner());
    let made = session.create(Expired::draft().text("a")).await.unwrap();
    let _logged = tracing::subscriber::set_default(log.subscriber());
    let mut read = made;
    for text in ["b", "c"] {
        let mut edit = read.edit();
        edit.set_text(text);
        read = session.save(&edit).await.unwrap();
    }
    let told =
        log.text().lines().filter(|line| line.contains("WARN") && line.contains("the day is over") && line.contains("Expired")).count();
    assert_eq!(told, 1, "{}", log.text());
}

#[tokio::test]
async fn s3_each_way_past_the_policy_is_logged_with_its_permission() {
    let log = Log::default();
    let store = store().await;
    let session = store.session(&Caller::user("c4n4ry-user", "c4n4ry-project"));
    let _logged = tracing::subscriber::set_default(log.subscriber());
    for count in 1..=3 {
        let _ = session.unscoped(&SystemCapability::named("repair-jobs"));
        let text = log.text();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("connection past every policy handed out")).collect();
        assert_eq!(lines.len(), count, "{text}");
        assert!(lines.iter().all(|line| line.contains("INFO") && line.contains("capability=\"repair-jobs\"")), "{text}");
        assert!(lines.iter().all(|line| line.contains("caller=Caller(user)") && !line.contains("c4n4ry")), "{text}");
    }
    store.doctor(&SystemCapability::named("look-at-database")).await.unwrap();
    let looked = "the settings of the database are looked at capability=\"look-at-database\"";
    assert!(log.text().contains(looked), "{}", log.text());
    let _ = store.schema_connection(&SystemCapability::named("alter-tables"));
    assert!(log.text().contains("connection for the schema handed out capability=\"alter-tables\""), "{}", log.text());
}
