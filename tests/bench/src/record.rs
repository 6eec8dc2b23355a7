//! The object that is measured: much like the reference's instance action.

use chrono::{DateTime, Utc};
use recension::{Timestamp, VersionedObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Fault;

/// An action on a server: two integers, a UUID, a text, four nullable texts, four times. Its oldest version is
/// three steps back, and has no `updated_at`, `message` and `attempts`.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(name = "BenchAction", namespace = "bench", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "when it was last written", add(updated_at))]
#[version("1.2", "what went wrong", add(message))]
#[version("1.3", "how often it was tried", add(attempts, old_default = 1))]
#[cfg_attr(feature = "store", derive(recension::Persist))]
#[cfg_attr(feature = "store", persist(table = "actions", key = "id", revision))]
pub struct Action {
    /// Its number.
    pub id: i64,
    /// What was done.
    pub action: String,
    /// To which server.
    pub instance_uuid: Uuid,
    /// In answer to which request.
    pub request_id: Option<String>,
    /// Who asked.
    pub user_id: Option<String>,
    /// For whom.
    pub project_id: Option<String>,
    /// When it began.
    pub start_time: Timestamp,
    /// When it ended.
    pub finish_time: Option<Timestamp>,
    /// What went wrong.
    pub message: Option<String>,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
}

/// A thousand actions in one object.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(name = "BenchActionList", namespace = "bench", default_class = "public")]
#[version("1.0", "first version")]
pub struct ActionList {
    /// The actions.
    #[field(max_items = 1_000)]
    pub objects: Vec<Action>,
}

/// The same fields without anything of the library: what it is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are those of `Action`")]
pub struct Plain {
    pub id: i64,
    pub action: String,
    pub instance_uuid: Uuid,
    pub request_id: Option<String>,
    pub user_id: Option<String>,
    pub project_id: Option<String>,
    pub start_time: DateTime<Utc>,
    pub finish_time: Option<DateTime<Utc>>,
    pub message: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
    pub attempts: i64,
}

/// How many objects a list has.
pub const LIST_ITEMS: i64 = 1_000;

/// A sample of each kind, and what both are made of.
pub mod samples {
    use super::{Action, ActionList, Fault, LIST_ITEMS, Plain, Timestamp, Uuid};

    pub(crate) const ACTION: &str = "reboot";
    pub(crate) const REQUEST: &str = "req-3f1c2b7e-9a64-4d0b-8c5e-2f7d1a9b6e40";
    pub(crate) const USER: &str = "7f3a1c9e5b2d4f608a1b3c5d7e9f0a2b";
    pub(crate) const PROJECT: &str = "1d4e7a2b9c8f4e53b6a0d1c2e3f4a5b6";

    /// The four times: started, finished, created, updated.
    ///
    /// # Errors
    /// Never, unless a text here is no time.
    pub(crate) fn times() -> Result<[Timestamp; 4], Fault> {
        let time = |text| Timestamp::parse(text).map_err(|rule| Fault::from(rule.to_string()));
        Ok([
            time("2024-03-01T10:00:00.123456Z")?,
            time("2024-03-01T10:02:31.654321Z")?,
            time("2024-03-01T09:59:59.987654Z")?,
            time("2024-03-01T10:02:32.000001Z")?,
        ])
    }

    /// The server.
    pub(crate) const fn server() -> Uuid {
        Uuid::from_u128(0x0a1b_2c3d_4e5f_4061_8273_94a5_b6c7_d8e0)
    }

    /// An action that ended well, so that its message is null.
    ///
    /// # Errors
    /// Never, unless a text here is no time.
    pub fn action(id: i64) -> Result<Action, Fault> {
        let [start_time, finish_time, created_at, updated_at] = times()?;
        Ok(Action {
            id,
            action: ACTION.to_owned(),
            instance_uuid: server(),
            request_id: Some(REQUEST.to_owned()),
            user_id: Some(USER.to_owned()),
            project_id: Some(PROJECT.to_owned()),
            start_time,
            finish_time: Some(finish_time),
            message: None,
            created_at,
            updated_at: Some(updated_at),
            attempts: 1,
        })
    }

    /// A list of [`LIST_ITEMS`] actions.
    ///
    /// # Errors
    /// As [`action`].
    pub fn list() -> Result<ActionList, Fault> {
        Ok(ActionList { objects: (1..=LIST_ITEMS).map(action).collect::<Result<_, _>>()? })
    }

    /// The same action without anything of the library.
    ///
    /// # Errors
    /// As [`action`].
    pub fn plain() -> Result<Plain, Fault> {
        let [start_time, finish_time, created_at, updated_at] = times()?.map(|time| time.naive_utc().and_utc());
        Ok(Plain {
            id: 7,
            action: ACTION.to_owned(),
            instance_uuid: server(),
            request_id: Some(REQUEST.to_owned()),
            user_id: Some(USER.to_owned()),
            project_id: Some(PROJECT.to_owned()),
            start_time,
            finish_time: Some(finish_time),
            message: None,
            created_at,
            updated_at: Some(updated_at),
            attempts: 1,
        })
    }
}
