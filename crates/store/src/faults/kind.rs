//! What can go wrong with a statement, whatever the engine calls it.

/// What goes wrong. Each engine has its own code for it, which is what the store is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Another one has the lock, and was waited for in vain (SQLite 5, PostgreSQL 55P03, MySQL 1205).
    Busy,
    /// The transaction cannot be put in an order with those of others: a deadlock, or what it read is old (SQLite 517, 40001, 1213).
    Order,
    /// The statement was interrupted (SQLite 9, 57014, 1317).
    Interrupted,
    /// The disk is full (SQLite 13, 53100, 1114).
    Full,
    /// Reading or writing a file failed (SQLite 778, 58030, 1026).
    Io,
    /// There is no memory left (SQLite 7, 53200, 1041).
    OutOfMemory,
    /// The database cannot be written (SQLite 8, 25006, 1290).
    ReadOnly,
    /// The database cannot be opened, or lets nobody in (SQLite 14, 57P03, 1040).
    CannotOpen,
    /// The database is damaged (SQLite 11, XX001, 1194).
    Corrupt,
    /// A table or a column is not there (SQLite 1, 42P01, 1146).
    Missing,
    /// Another row has a value that must be unique (SQLite 2067, 23505, 1062).
    NotUnique,
    /// What a row refers to is not there, or the row is referred to (SQLite 787, 23503, 1452).
    ForeignKey,
    /// A value is against a CHECK of the table (SQLite 275, 23514, 4025).
    Check,
    /// A column that takes no null was given one (SQLite 1299, 23502, 1048).
    NotNull,
    /// The user of the database may not do this (SQLite 23, 42501, 1142).
    NotAllowed,
    /// Nothing that anybody knows (SQLite 1, P0001, 1105).
    Unknown,
    /// There is nobody at the other end any more: of a server the network says so, and SQLite's thread has ended. The connection is not
    /// used again.
    Gone,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Busy,
        Self::Order,
        Self::Interrupted,
        Self::Full,
        Self::Io,
        Self::OutOfMemory,
        Self::ReadOnly,
        Self::CannotOpen,
        Self::Corrupt,
        Self::Missing,
        Self::NotUnique,
        Self::ForeignKey,
        Self::Check,
        Self::NotNull,
        Self::NotAllowed,
        Self::Unknown,
        Self::Gone,
    ];

    /// SQLite's extended result code, and PostgreSQL's SQLSTATE, and MySQL's number; of a connection that is gone there is none.
    pub(super) const fn codes(self) -> Option<(i32, &'static str, u16)> {
        Some(match self {
            Self::Busy => (5, "55P03", 1205),
            Self::Order => (517, "40001", 1213),
            Self::Interrupted => (9, "57014", 1317),
            Self::Full => (13, "53100", 1114),
            Self::Io => (778, "58030", 1026),
            Self::OutOfMemory => (7, "53200", 1041),
            Self::ReadOnly => (8, "25006", 1290),
            Self::CannotOpen => (14, "57P03", 1040),
            Self::Corrupt => (11, "XX001", 1194),
            Self::Missing => (1, "42P01", 1146),
            Self::NotUnique => (2067, "23505", 1062),
            Self::ForeignKey => (787, "23503", 1452),
            Self::Check => (275, "23514", 4025),
            Self::NotNull => (1299, "23502", 1048),
            Self::NotAllowed => (23, "42501", 1142),
            Self::Unknown => (1, "P0001", 1105),
            Self::Gone => return None,
        })
    }

    /// What SQLite says with a code that is for several things.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Missing => "no such table: a fault of a test",
            _ => super::told::TEXT,
        }
    }
}
