//! An object with a field of every kind, and a history with every op.

use recension::{FieldEnum, Misfit, Persist, Secret, Timestamp, VersionedObject};
use uuid::Uuid;

/// A state with a value that has another text than its name.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "SampleState")]
pub enum State {
    /// It runs.
    Running,
    /// It does not.
    #[field_enum(value = "shut off")]
    Stopped,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

/// Every kind of field and every op; eight fields nullable, an object in three places, and five versions; and a table.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "when it was seen, and what it is made of; it is in use or not",
    add(seen_at),
    add(parts, old_default = []),
    require(enabled, fill = true),
    behaviour(counts_parts)
)]
#[version(
    "1.2",
    "one word for the state; comments were never read, and notes are longer",
    rename(status => state),
    remove(comment: Option<String>, max_chars = 16, class = "personal"),
    retype(note: Option<String> -> Option<String>, up = lengthened, down = shortened, max_chars = 16),
    child(main: "1.0" => "1.1"),
    child(parts: "1.0" => "1.1")
)]
#[version(
    "1.3",
    "how big it is, and how heavy in kilograms",
    add(size, old_default = 1),
    method(resize),
    remove(flags: u8, fallback = 3, class = "public"),
    retype(weight: Option<i32> -> Option<i16>, up = kilograms, down = grams)
)]
#[version(
    "2.0",
    "a shorter name, and a token; not every lock is known",
    rename(full_name => name),
    add(token),
    add(spare),
    relax(locked, fallback = false),
    child(main: "1.1" => "1.3"),
    child(parts: "1.1" => "1.3")
)]
#[persist(table = "samples", key = "id", revision)]
pub struct Sample {
    /// Made by the service.
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    /// What it is called.
    #[field(max_chars = 64)]
    pub name: String,
    /// How big it is.
    #[field(min = 1, max = 100)]
    pub size: u32,
    /// Whether it is in use.
    pub enabled: bool,
    /// Whether it runs.
    pub state: State,
    /// Which it is.
    #[field(read_only)]
    pub uuid: Uuid,
    /// When it was made.
    pub made_at: Timestamp,
    /// What somebody wrote about it.
    #[field(max_chars = 255, class = "personal")]
    pub note: Option<String>,
    /// What it is opened with.
    #[field(max_bytes = 64)]
    pub token: Option<Secret<String>>,
    /// How much it weighs, in kilograms.
    #[field(class = "internal")]
    pub weight: Option<i16>,
    /// Whether it is locked, as far as that is known.
    pub locked: Option<bool>,
    /// What it is to become.
    pub goal: Option<State>,
    /// Whose it is.
    #[field(class = "internal")]
    pub owner: Option<Uuid>,
    /// When it was seen last.
    pub seen_at: Option<Timestamp>,
    /// The part kept beside it.
    pub spare: Option<Part>,
    /// The part without which it is nothing.
    pub main: Part,
    /// All other parts.
    #[field(max_items = 3)]
    pub parts: Vec<Part>,
}

fn lengthened(note: &str) -> Result<String, Misfit> {
    Ok(note.to_owned())
}

fn shortened(note: &str) -> Result<String, Misfit> {
    Ok(note.chars().take(16).collect())
}

fn kilograms(grams: &i32) -> Result<i16, Misfit> {
    Ok(i16::try_from(grams / 1_000).unwrap_or(i16::MAX))
}

fn grams(kilograms: &i16) -> Result<i32, Misfit> {
    Ok(i32::from(*kilograms) * 1_000)
}

/// An object in [`Sample`], with a history of its own.
#[derive(Clone, VersionedObject)]
#[object(name = "SamplePart", namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "a label", add(label))]
#[version("1.2", "sizes say their unit; there is one kind only", rename(size => bytes), remove(kind: String, fallback = "disk", max_chars = 8, class = "public"))]
#[version("1.3", "a serial number", add(serial, old_default = ""))]
pub struct Part {
    /// How big it is.
    pub bytes: u64,
    /// What is written on it.
    #[field(max_chars = 32)]
    pub label: Option<String>,
    /// What its maker calls it.
    #[field(max_chars = 32, class = "internal")]
    pub serial: String,
}

impl Sample {
    /// A sample in which nothing is null. `mark` is in every text.
    ///
    /// # Errors
    /// Never, unless the texts in it are no UUID and no time.
    pub fn full(mark: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let time = |text| Timestamp::parse(text).map_err(|rule| rule.to_string());
        Ok(Self {
            id: 7,
            name: format!("name {mark}"),
            size: 42,
            enabled: true,
            state: State::Stopped,
            uuid: "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0".parse()?,
            made_at: time("2024-01-02T03:04:05.000006Z")?,
            note: Some(format!("note {mark}")),
            token: Some(format!("token {mark}").into()),
            weight: Some(-5),
            locked: Some(false),
            goal: Some(State::Running),
            owner: Some("11111111-2222-4333-8444-555555555555".parse()?),
            seen_at: Some(time("2024-03-01T10:00:00.5+02:00")?),
            spare: Some(Part { bytes: 1, label: None, serial: format!("serial {mark}") }),
            main: Part { bytes: u64::MAX, label: Some(format!("label {mark}")), serial: String::new() },
            parts: vec![Part { bytes: 2, label: Some(String::new()), serial: "x".to_owned() }],
        })
    }
}
