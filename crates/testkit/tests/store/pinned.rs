//! Objects in cells while two releases share the rows: the newer writes what the older reads, and loses nothing by it.

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Caller, Error, Incompatible, Session, Store, SystemCapability};
use recension::versioning::Manifest;
use recension::{Object, Rule, Secret};

use crate::support::AllowAll;

/// The release that is leaving.
mod old {
    use recension::{Persist, VersionedObject};

    #[derive(Clone, VersionedObject)]
    #[object(namespace = "pinned", default_class = "public")]
    #[version("1.0", "first version")]
    pub struct Part {
        #[field(read_only)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Clone, VersionedObject, Persist)]
    #[object(namespace = "pinned", default_class = "public")]
    #[version("1.0", "first version")]
    #[persist(table = "machines", key = "id", revision)]
    pub struct Machine {
        #[field(read_only)]
        #[persist(fill = "auto")]
        pub id: i64,
        pub main: Option<Part>,
        pub parts: Vec<Part>,
    }
}

/// The release that is coming.
mod new {
    use recension::{Persist, Secret, VersionedObject};

    #[derive(Clone, VersionedObject)]
    #[object(namespace = "pinned", default_class = "public")]
    #[version("1.0", "first version")]
    #[version("1.1", "how much it weighs", add(grams, old_default = 7))]
    #[version("1.2", "what opens it", add(code), add(lock))]
    pub struct Part {
        #[field(read_only)]
        pub id: i64,
        pub name: String,
        pub grams: u32,
        #[field(class = "secret")]
        pub code: Option<Secret<String>>,
        pub lock: Option<Lock>,
    }

    #[derive(Clone, VersionedObject)]
    #[object(namespace = "pinned", default_class = "public")]
    #[version("1.0", "first version")]
    pub struct Lock {
        pub maker: String,
        #[field(class = "secret")]
        pub key: Option<Secret<String>>,
    }

    #[derive(Clone, VersionedObject, Persist)]
    #[object(namespace = "pinned", default_class = "public")]
    #[version("1.0", "first version")]
    #[persist(table = "machines", key = "id", revision)]
    pub struct Machine {
        #[field(read_only)]
        #[persist(fill = "auto")]
        pub id: i64,
        pub main: Option<Part>,
        pub parts: Vec<Part>,
    }
}

/// The same rows, as three nodes see them: of the old release, of the new one held back, and of the new one set free.
struct Fleet {
    _folder: tempfile::TempDir,
    stores: [Store; 3],
}

impl Fleet {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = crate::engine::url(folder.path(), "rwc").await;
        let open = async |manifest: &str| {
            let manifest: Manifest = manifest.parse().unwrap();
            Store::connect(&url).policy(AllowAll).manifest(manifest).await.unwrap()
        };
        let stores = [open("").await, open("Part=1.0").await, open("").await];
        let tables = stores[0].schema_connection(&SystemCapability::named("make-tables"));
        let table = "CREATE TABLE machines (id INTEGER PRIMARY KEY, main TEXT, parts TEXT NOT NULL, revision BIGINT)";
        tables.execute_unprepared(&crate::engine::in_words(table)).await.unwrap();
        Self { _folder: folder, stores }
    }

    fn sessions(&self) -> [Session; 3] {
        self.stores.each_ref().map(|store| store.session(&Caller::nobody()))
    }
}

fn part(id: i64, grams: u32) -> new::Part {
    new::Part { id, name: format!("part {id}"), grams, code: None, lock: None }
}

#[tokio::test]
async fn s17_what_a_new_release_writes_an_old_one_reads_and_hands_back_whole() {
    let fleet = Fleet::new().await;
    let [old, held, _] = fleet.sessions();
    let made = held.create(new::Machine::draft().main(part(1, 250)).parts(vec![part(2, 30), part(3, 40)])).await.unwrap();
    assert_eq!(held.get::<new::Machine>(made.id).await.unwrap().to_record(), made.to_record());

    let read = old.get::<old::Machine>(made.id).await.unwrap();
    assert_eq!(read.main.as_ref().unwrap().name, "part 1");
    let mut edit = read.edit();
    edit.set_main(old::Part { id: 1, name: "engine".to_owned() });
    // One is renamed, one is new, and they change places.
    let parts = [(3, "wheel"), (2, "part 2"), (4, "lamp")].map(|(id, name)| old::Part { id, name: name.to_owned() });
    edit.set_parts(parts.to_vec());
    old.save(&edit).await.unwrap();

    let after = held.get::<new::Machine>(made.id).await.unwrap();
    let main = after.main.as_ref().unwrap();
    assert_eq!((main.name.as_str(), main.grams), ("engine", 250));
    let parts: Vec<_> = after.parts.iter().map(|part| (part.id, part.name.as_str(), part.grams)).collect();
    assert_eq!(parts, [(3, "wheel", 40), (2, "part 2", 30), (4, "lamp", 7)]);

    // However the old release reads the object.
    for name in ["streamed", "listed"] {
        let find = old.find::<old::Machine>();
        let read = if name == "streamed" { find.stream().try_next().await.unwrap() } else { find.all().await.unwrap().pop() };
        let mut edit = read.unwrap().edit();
        edit.set_main(old::Part { id: 1, name: name.to_owned() });
        old.save(&edit).await.unwrap();
        let main = held.get::<new::Machine>(made.id).await.unwrap().main.clone().unwrap();
        assert_eq!((main.name.as_str(), main.grams), (name, 250));
    }
}

#[tokio::test]
async fn s17_a_release_set_free_writes_the_newest_and_an_old_one_says_that_it_does_not_know_it() {
    let fleet = Fleet::new().await;
    let [old, held, free] = fleet.sessions();
    let made = held.create(new::Machine::draft().main(part(1, 250)).parts(Vec::new())).await.unwrap();
    let mut edit = free.get::<new::Machine>(made.id).await.unwrap().edit();
    edit.set_main(part(1, 260));
    free.save(&edit).await.unwrap();
    assert_eq!(held.get::<new::Machine>(made.id).await.unwrap().main.as_ref().unwrap().grams, 260);
    let Err(Error::Incompatible(Incompatible::Object { object, version, .. })) = old.get::<old::Machine>(made.id).await else {
        panic!("read")
    };
    assert_eq!((object.as_str(), version.to_string()), ("Part", "1.2".to_owned()));
}

#[tokio::test]
async fn s8_a_secret_that_the_fleet_has_no_room_for_is_refused_and_not_lost() {
    let fleet = Fleet::new().await;
    let [old, held, free] = fleet.sessions();
    let locked = new::Part { code: Some(Secret::from("canary")), ..part(1, 250) };
    // Whether there is a key is the secret's own matter: an object with room for one stays behind as a whole.
    let lock = new::Lock { maker: "canary".to_owned(), key: None };
    let with_lock = new::Part { lock: Some(lock), ..part(1, 250) };
    let sent = fleet.stores[1].statements();
    for (draft, path) in [
        (new::Machine::draft().main(with_lock).parts(Vec::new()), "main.lock"),
        (new::Machine::draft().main(locked.clone()).parts(Vec::new()), "main.code"),
        (new::Machine::draft().parts(vec![part(2, 1), locked.clone()]), "parts.code"),
    ] {
        let many = held.create_many([draft.clone()]).await.map(drop);
        for created in [held.create(draft).await.map(drop), many] {
            assert_eq!(created.as_ref().err().and_then(Error::rule), Some(&Rule::Withheld("1.0".parse().unwrap())), "{path}");
            let error = created.err().unwrap();
            let told = format!("{error} {error:?} {}", error.log());
            assert!(error.to_string().contains(path) && !told.contains("canary"), "{told}");
        }
    }
    assert_eq!(fleet.stores[1].statements(), sent);

    // What has none is kept, and is known to have none.
    let made = held.create(new::Machine::draft().main(part(1, 250)).parts(Vec::new())).await;
    assert!(made.is_ok(), "{made:?}");
    let made = made.unwrap();
    assert!(made.main.as_ref().unwrap().code.is_none());
    let mut edit = made.edit();
    edit.set_main(locked.clone());
    let saved = held.save(&edit).await;
    assert_eq!(saved.as_ref().err().and_then(Error::rule), Some(&Rule::Withheld("1.0".parse().unwrap())));
    assert!(old.get::<old::Machine>(made.id).await.is_ok());
    let saved = free.save(&edit).await.unwrap();
    let read = held.get::<new::Machine>(made.id).await.unwrap();
    assert_eq!(read.to_record(), saved.to_record(), "what is there is read, whatever may be written");
}

#[tokio::test]
async fn rows_of_many_are_matched_whatever_version_their_cells_have() {
    let fleet = Fleet::new().await;
    let [old, held, _] = fleet.sessions();
    let drafts = (0..40).map(|index| new::Machine::draft().main(part(1, index)).parts(vec![part(2, index)]));
    let made = held.create_many(drafts).await.unwrap();
    let grams: Vec<u32> = made.iter().map(|machine| machine.main.as_ref().unwrap().grams).collect();
    assert_eq!(grams, (0..40).collect::<Vec<_>>());
    // With their keys they are not asked for again: what a cell of the older version cannot say is told all the same.
    let drafts = (0..40).map(|index| new::Machine::draft().id(1_000 + i64::from(index)).main(part(1, index)).parts(vec![part(2, index)]));
    let sent = fleet.stores[1].statements();
    let made = held.create_many(drafts).await.unwrap();
    let rows = if fleet.stores[1].capability().binds_arrays { 1 } else { 2 };
    assert_eq!(fleet.stores[1].statements() - sent, rows + 2, "BEGIN, twenty rows twice or all at once, COMMIT");
    for machine in made {
        let read = held.get::<new::Machine>(machine.id).await.unwrap();
        assert_eq!((read.to_record(), read.revision()), (machine.to_record(), machine.revision()));
        let by_old = old.get::<old::Machine>(machine.id).await.map(|machine| machine.main.as_ref().map(|part| part.name.clone()));
        assert!(matches!(by_old.as_ref().map(Option::as_deref), Ok(Some("part 1"))), "{by_old:?}");
    }
}

#[tokio::test]
async fn a_version_that_the_object_never_had_is_said_to_be_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let url = crate::engine::url(folder.path(), "rwc").await;
    let store = Store::connect(&url).policy(AllowAll).manifest("Part=0.9".parse().unwrap()).await.unwrap();
    let created = store.session(&Caller::nobody()).create(new::Machine::draft().main(part(1, 1)).parts(Vec::new())).await;
    assert!(matches!(created, Err(Error::Incompatible(Incompatible::Object { version, .. })) if version.to_string() == "0.9"));
    assert_eq!(store.statements(), 0);
}
