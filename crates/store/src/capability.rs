//! What an engine can do.

use sea_orm::DbBackend;

/// What an engine can do. The store asks for an ability and never for the name of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capability {
    /// The schemes of its database URLs.
    pub schemes: &'static [&'static str],
    /// Which SQL it is sent.
    pub sql: DbBackend,
    /// How it keeps times.
    pub times: TimeForm,
    /// How many values one statement may bind.
    pub parameters_max: usize,
    /// The statement that begins a transaction which will write. It takes the lock at once where a lock
    /// taken later could fail without waiting.
    pub begin_write: Option<&'static str>,
}

/// How an engine keeps times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeForm {
    /// As text `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, always with six digits so that text sorts as times do.
    Text,
}

impl Capability {
    /// SQLite 3.35 or newer.
    #[cfg(feature = "sqlite")]
    pub const SQLITE: Self = Self {
        schemes: &["sqlite"],
        sql: DbBackend::Sqlite,
        times: TimeForm::Text,
        parameters_max: 32_766,
        begin_write: Some("BEGIN IMMEDIATE"),
    };
}
