//! What tells whether a transaction was committed when its COMMIT was not answered.
//!
//! Each transaction writes a row of its own, a *token*, so that the row is there exactly when the rest is. Who wants to know
//! looks for it, and where it is not there writes one in its place: the transaction can then not be committed any more, should
//! it still be on its way. Tokens begin with their time, so they are forgotten in order: what is older than the *horizon* cannot
//! be told any more, and is said to be so.

mod resolve;

use std::fmt;
use std::str::FromStr;

use recension_model::Timestamp;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Alias, ColumnDef, Expr, ExprTrait, InsertStatement, Query, SelectStatement, Table, TableCreateStatement};
use uuid::{Builder, Uuid};

use crate::column_form::key_text;
use crate::{Error, Malformed};

pub(crate) const TABLE: &str = "recension_commits";
const TOKEN: &str = "token";
const KIND: &str = "kind";
/// Characters of a token.
const TOKEN_CHARS: u32 = 36;

/// Names one try to commit a transaction. It may be shown to the user, kept, and given to [`Store::resolve`](crate::Store::resolve)
/// later; nobody can guess it. Its text is that of a UUID of version 7, and its time that of the transaction's beginning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitToken(Uuid);

impl CommitToken {
    /// One that nobody has yet.
    pub(crate) fn new(now: Timestamp) -> Self {
        // Of a random UUID those bytes that have no fixed bits.
        let [a, b, c, d, e, f, _, _, _, g, h, i, j, ..] = *Uuid::new_v4().as_bytes();
        Self::of(now, [a, b, c, d, e, f, g, h, i, j])
    }

    /// The first of all that were ever begun at that time or later.
    fn first_at(time: Timestamp) -> Self {
        Self::of(time, [0; 10])
    }

    fn of(time: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(time.to_chrono().timestamp_millis()).unwrap_or_default();
        Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The INSERT of its row, written out: it goes with BEGIN, which binds nothing.
    pub(crate) fn insert_sql(self) -> String {
        format!("INSERT INTO {TABLE} ({TOKEN}, {KIND}) VALUES ('{self}', {})", Kind::Committed as i16)
    }

    fn insert(self, kind: Kind) -> InsertStatement {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(TABLE)).columns([Alias::new(TOKEN), Alias::new(KIND)]);
        insert.values_panic([self.to_string().into(), (kind as i16).into()]);
        insert
    }

    /// What kind of row it has.
    fn select_kind(self) -> SelectStatement {
        Query::select().column(Alias::new(KIND)).from(Alias::new(TABLE)).and_where(Expr::col(Alias::new(TOKEN)).eq(self.to_string())).take()
    }

    /// A row, if it is older than the horizon.
    fn select_horizon_after(self) -> SelectStatement {
        let mut select = Query::select();
        select.column(Alias::new(KIND)).from(Alias::new(TABLE)).and_where(Expr::col(Alias::new(KIND)).eq(Kind::Horizon as i16));
        select.and_where(Expr::col(Alias::new(TOKEN)).gt(self.to_string())).limit(1).take()
    }
}

impl fmt::Display for CommitToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for CommitToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CommitToken {
    type Err = Error;

    /// Reads the text of a token.
    ///
    /// # Errors
    /// [`Malformed::CommitToken`] for a text that is none.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = Error::Malformed(Malformed::CommitToken);
        match Uuid::parse_str(text) {
            Ok(uuid) if uuid.get_version_num() == 7 => Ok(Self(uuid)),
            _ => Err(malformed),
        }
    }
}

/// What has become of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All of it was done.
    Committed,
    /// Nothing of it was done, and nothing of it will be.
    NotCommitted,
    /// It is so old that it was forgotten: nobody can tell any more.
    Forgotten,
}

/// What a row says about its token. The numbers are in databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
enum Kind {
    /// Its transaction was committed.
    Committed = 0,
    /// Nothing will ever be committed under it.
    Void = 1,
    /// All that is older is forgotten.
    Horizon = 2,
}

impl Kind {
    fn of(stored: i64) -> Option<Self> {
        [Self::Committed, Self::Void, Self::Horizon].into_iter().find(|kind| i64::from(*kind as i16) == stored)
    }
}

/// The `CREATE TABLE` for the tokens of transactions, for the migration of a service that opens its store with
/// [`Connect::commit_tokens`](crate::Connect::commit_tokens). The table is `recension_commits`; it has a row for each transaction
/// that was committed, until [`Store::forget_commits`](crate::Store::forget_commits) takes it away.
///
/// # Examples
/// ```
/// use recension_store::{commit_table, sea_orm::DbBackend};
///
/// assert_eq!(
///     DbBackend::Sqlite.build(&commit_table(DbBackend::Sqlite)).sql,
///     r#"CREATE TABLE IF NOT EXISTS "recension_commits" ( "token" text NOT NULL PRIMARY KEY, "kind" smallint NOT NULL )"#,
/// );
/// ```
#[must_use]
pub fn commit_table(engine: DbBackend) -> TableCreateStatement {
    let mut create = Table::create();
    create.table(Alias::new(TABLE)).if_not_exists();
    create.col(ColumnDef::new_with_type(Alias::new(TOKEN), key_text(TOKEN_CHARS, engine)).not_null().primary_key());
    create.col(ColumnDef::new(Alias::new(KIND)).small_integer().not_null());
    if engine == DbBackend::MySql {
        create.engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_bin");
    }
    create
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn tokens_are_in_the_order_of_their_time_and_none_is_given_twice() {
        let [early, late] = [at("2026-11-30T12:00:00.001Z"), at("2026-11-30T12:00:00.002Z")];
        let tokens: std::collections::BTreeSet<_> = (0..1_000).map(|_| CommitToken::new(early)).collect();
        assert_eq!(tokens.len(), 1_000);
        for token in tokens {
            assert!(CommitToken::first_at(early) < token && token < CommitToken::first_at(late));
            assert!(token.to_string() < CommitToken::first_at(late).to_string(), "as text too");
            assert_eq!(token.to_string().parse::<CommitToken>().unwrap(), token);
        }
    }

    #[test]
    fn what_is_no_token_is_refused_and_not_repeated() {
        for text in ["", "c4n4ry", "4b5f5a3e-6f0d-4c1e-9f0a-000000000000", "0193797a-7c00-7000-8000-00000000000g"] {
            let error = text.parse::<CommitToken>().unwrap_err();
            assert_eq!(error.user(), "malformed: the token of a transaction is malformed");
        }
    }
}
