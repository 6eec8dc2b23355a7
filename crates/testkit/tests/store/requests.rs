//! Requests that are sent more than once make one object.

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{
    Caller, Connect, Decision, Error, IdempotencyKey, Operation, Policy, Session, Store, SystemCapability, create_table, sea_orm::Condition,
};
use recension::versioning::Manifest;
use recension::{Draft, Object, ObjectName, Persist, Persisted, Secret, VersionedObject};
use tokio::task::JoinSet;

use crate::engine::{BACKEND, fresh};
use crate::support::{SCHEMA, number, owner, rows, run, stranger};

/// What somebody has ordered.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "orders", key = "id", revision, natural_key(label), idempotency_key)]
#[persist(soft_delete(mark = "deleted"))]
pub struct Order {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(server_set, read_only)]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    #[field(server_set)]
    #[persist(null_as = 0)]
    pub deleted: i64,
    pub label: Option<String>,
    pub pieces: Option<i64>,
    pub tags: Option<Vec<String>>,
    #[field(max_bytes = 64, class = "secret")]
    pub code: Option<Secret<String>>,
}

/// The project reads and writes its own, but for somebody who only makes them.
struct Projects;

impl Policy for Projects {
    fn scope(&self, caller: &Caller, operation: Operation, _: &ObjectName) -> Decision {
        match caller.project_id() {
            _ if caller.user_id() == Some("writer") && operation == Operation::Read => Decision::Deny,
            Some(project) => Decision::Where(Condition::all().add(Order::COLUMN.project_id.eq(project))),
            None if caller.has_capability("recover-orders") => Decision::All,
            None => Decision::Deny,
        }
    }
}

pub fn connect(url: &str) -> Connect {
    Store::connect(url).policy(Projects)
}

pub async fn open(url: &str) -> Store {
    let store = connect(url).await.unwrap();
    store.schema_connection(&SCHEMA).execute(&create_table::<Order>(BACKEND)).await.unwrap();
    store
}

async fn store() -> Store {
    open(&fresh().await).await
}

fn key(key: &str) -> IdempotencyKey {
    IdempotencyKey::new(key).unwrap()
}

pub fn order(pieces: i64) -> Draft<Order> {
    Order::draft().pieces(pieces)
}

pub async fn once(session: &Session, request: &str, draft: Draft<Order>) -> Result<Persisted<Order>, Error> {
    session.create_once(&key(request), draft).await
}

pub async fn orders(store: &Store) -> i64 {
    number(store, "SELECT count(*) FROM orders").await
}

#[tokio::test]
async fn s19_a_request_that_is_sent_again_gives_back_what_it_has_made() {
    let store = store().await;
    let session = store.session(&owner());
    let made = once(&session, "k1", order(1).label("a")).await.unwrap();
    for _ in 0..3 {
        let again = once(&session, "k1", order(1).label("a")).await.map(|again| (again.id, again.revision()));
        assert!(matches!(again, Ok(again) if again == (made.id, made.revision())), "{again:?}");
    }
    // What it has become since is what is given back, and a transaction sees the same.
    let mut edit = made.edit();
    edit.set_pieces(2);
    session.save(&edit).await.unwrap();
    let again = session.transaction(async |tx| once(tx, "k1", order(1).label("a")).await).await.unwrap();
    assert_eq!((again.id, again.pieces, again.revision().0), (made.id, Some(2), 2));
    // One that begins within a transaction, too.
    let both = session.transaction(async |tx| Ok((once(tx, "k2", order(7)).await?.id, once(tx, "k2", order(7)).await?.id))).await.unwrap();
    assert_eq!(both.0, both.1);
    assert_eq!(orders(&store).await, 2);
}

#[tokio::test]
async fn s19_a_key_is_of_one_request_of_one_caller() {
    let store = store().await;
    let session = store.session(&owner());
    let full = || order(1).tags(vec!["x".to_owned()]).code(Secret::from("s"));
    let made = once(&session, "k1", full()).await.unwrap();
    let others = [order(1), full().pieces(2), full().label("a"), full().tags(vec!["y".to_owned()]), full().code(Secret::from("t")), {
        let mut draft = full();
        draft.clear_label();
        draft
    }];
    for (at, other) in others.into_iter().enumerate() {
        let done = once(&session, "k1", other).await.map(|_| ()).map_err(|error| error.user());
        assert_eq!(done, Err("key_reuse: the key was used for another request on `Order`".to_owned()), "{at}");
    }
    assert_eq!(orders(&store).await, 1);
    // The same text is another key to anybody else, who so learns nothing of this one.
    let colleague = store.session(&Caller::user("colleague", "p1"));
    let service = store.session(&Caller::system(SystemCapability::named("recover-orders")));
    for other in [store.session(&stranger()), colleague, service] {
        let done = once(&other, "k1", order(9)).await.map(|done| done.id);
        assert!(matches!(done, Ok(id) if id != made.id), "{done:?}");
    }
    assert_eq!(orders(&store).await, 4);
    // Neither the key nor what was asked for can be read from the row.
    for row in rows(&store, "SELECT idempotency_key || idempotency_payload FROM orders").await {
        let digests: String = row.try_get_by_index(0).unwrap();
        assert!(digests.len() == 128 && digests.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digests}");
    }
}

#[tokio::test]
async fn s19_what_somebody_else_has_made_is_no_answer_to_a_request() {
    let store = store().await;
    let session = store.session(&owner());
    once(&session, "k1", order(1).label("a")).await.unwrap();
    for result in
        [once(&session, "k2", order(1).label("a")).await, session.transaction(async |tx| once(tx, "k3", order(1).label("a")).await).await]
    {
        assert!(matches!(result, Err(Error::AlreadyExists { .. })), "{result:?}");
    }
    assert_eq!(orders(&store).await, 1);
    // Another program has made one of the same name since: the request is answered with its own.
    run(&store, "INSERT INTO orders (deleted, label, project_id, pieces) VALUES (0, 'a', 'p1', 5)").await;
    let again = once(&session, "k1", order(1).label("a")).await.map(|again| again.pieces);
    assert!(matches!(again, Ok(Some(1))), "{again:?}");
}

#[tokio::test]
async fn s19_what_is_deleted_or_out_of_sight_is_not_given_back() {
    let store = store().await;
    let session = store.session(&owner());
    let made = once(&session, "k1", order(1)).await.unwrap();
    session.delete(&made).await.unwrap();
    let done = once(&session, "k1", order(1)).await.map(|_| ());
    assert!(matches!(done, Err(Error::NotFound { .. })), "{done:?}");
    run(&store, "DELETE FROM orders").await;
    assert!(once(&session, "k1", order(1)).await.is_ok());
    // Moved to another project meanwhile.
    run(&store, "UPDATE orders SET project_id = 'p2'").await;
    assert!(matches!(once(&session, "k1", order(1)).await, Err(Error::NotFound { .. })));
    // Who may make objects and not read them.
    let writer = store.session(&Caller::user("writer", "p1"));
    assert!(once(&writer, "k1", order(1)).await.is_ok());
    assert!(matches!(once(&writer, "k1", order(1)).await, Err(Error::NotFound { .. })));
    assert!(matches!(once(&store.session(&Caller::nobody()), "k1", order(1)).await, Err(Error::Denied { .. })));
}

/// How many keys a campaign has: few unless the variable says more.
fn keys() -> u32 {
    std::env::var("RECENSION_REQUESTS").map_or(40, |keys| keys.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g3_a_request_that_is_sent_four_times_at_once_makes_one_object() {
    let url = fresh().await;
    let store = open(&url).await;
    let mut refused = 0;
    for number in 0..keys() {
        let request = format!("k{number}");
        let mut sent = JoinSet::new();
        for _ in 0..4 {
            let (session, request) = (store.session(&owner()), request.clone());
            sent.spawn(async move { once(&session, &request, order(i64::from(number))).await.map(|made| made.id) });
        }
        let answers: Vec<i64> = sent.join_all().await.into_iter().collect::<Result<_, _>>().unwrap();
        assert!(answers.iter().all(|id| *id == answers[0]), "{answers:?}");
        let changed = once(&store.session(&owner()), &request, order(-1)).await;
        refused += u32::from(matches!(changed, Err(Error::KeyReuse { .. })));
    }
    assert_eq!((orders(&store).await, refused), (i64::from(keys()), keys()));
    println!("{} keys, each sent four times at once and once with something else", keys());
}

/// The release that is leaving, and the one that is coming.
mod old {
    use recension::{Persist, VersionedObject};

    #[derive(Clone, VersionedObject, Persist)]
    #[object(namespace = "test", default_class = "public")]
    #[version("1.0", "first version")]
    #[persist(table = "parcels", key = "id", revision, idempotency_key(column = "request", payload = "request_of"))]
    pub struct Parcel {
        #[field(server_set, read_only)]
        #[persist(fill = "auto")]
        pub id: i64,
        #[persist(column = "address")]
        pub target: Option<String>,
        pub grams: Option<i64>,
        #[field(class = "secret")]
        #[persist(column = "secret")]
        pub pass: Option<i64>,
    }
}

mod new {
    use recension::{Persist, VersionedObject};

    #[derive(Clone, VersionedObject, Persist)]
    #[object(namespace = "test", default_class = "public")]
    #[version("1.0", "first version")]
    #[version("1.1", "a better name, and a note", rename(target => address), rename(pass => secret), add(note), add(code))]
    #[persist(table = "parcels", key = "id", revision, idempotency_key(column = "request", payload = "request_of"))]
    pub struct Parcel {
        #[field(server_set, read_only)]
        #[persist(fill = "auto")]
        pub id: i64,
        pub address: Option<String>,
        pub grams: Option<i64>,
        #[field(class = "secret")]
        pub secret: Option<i64>,
        pub note: Option<String>,
        #[field(class = "secret")]
        pub code: Option<i64>,
    }
}

#[tokio::test]
async fn s19_a_request_is_known_again_by_the_other_release() {
    let folder = tempfile::tempdir().unwrap();
    let url = crate::engine::url(folder.path(), "rwc").await;
    let manifest: Manifest = "Parcel=1.0".parse().unwrap();
    let store = Store::connect(&url).policy(crate::support::AllowAll).manifest(manifest).await.unwrap();
    store.schema_connection(&SCHEMA).execute(&create_table::<new::Parcel>(BACKEND)).await.unwrap();
    let session = store.session(&owner());
    let of_old = || old::Parcel::draft().target("here").grams(5_i64);
    let of_new = || new::Parcel::draft().address("here").grams(5_i64);
    let first = session.create_once(&key("k1"), of_old()).await.unwrap().id;
    let again = session.create_once(&key("k1"), of_new()).await.map(|again| again.id);
    assert!(matches!(again, Ok(id) if id == first), "{again:?}");
    let second = session.create_once(&key("k2"), of_new()).await.unwrap().id;
    assert_eq!(session.create_once(&key("k2"), of_old()).await.unwrap().id, second);
    // What only the newer one can say is a part of the request, a secret number too.
    for draft in [of_new().note("careful"), of_new().address("there"), of_new().code(1)] {
        assert!(matches!(session.create_once(&key("k1"), draft).await, Err(Error::KeyReuse { .. })));
    }
    let third = session.create_once(&key("k3"), of_new().code(1)).await.unwrap().id;
    assert!(matches!(session.create_once(&key("k3"), of_new().code(2)).await, Err(Error::KeyReuse { .. })));
    // So is a secret under the name that it had.
    let fourth = session.create_once(&key("k4"), of_old().pass(5)).await.unwrap().id;
    let again = session.create_once(&key("k4"), of_new().secret(5)).await.map(|again| again.id);
    assert!(matches!(again, Ok(id) if id == fourth), "{again:?}");
    // All nodes read the newer one now, and know what was asked before.
    let free = Store::connect(&url).policy(crate::support::AllowAll).await.unwrap();
    let session = free.session(&owner());
    let again = session.create_once(&key("k1"), of_new()).await.map(|again| again.id);
    assert!(matches!(again, Ok(id) if id == first), "{again:?}");
    assert_eq!(session.create_once(&key("k3"), of_new().code(1)).await.unwrap().id, third);
    for draft in [of_new().note("careful"), of_new().address("there"), of_new().code(1)] {
        assert!(matches!(session.create_once(&key("k1"), draft).await, Err(Error::KeyReuse { .. })));
    }
    assert_eq!(number(&store, "SELECT count(*) FROM parcels").await, 4);
}
