//! The measured operations.

use recension::store::sea_orm::EntityTrait;
use recension::{PageRequest, Persist};
use recension_bench::{Action, Fault, LIST_ITEMS};

use crate::fixture::Fixture;
use crate::memory::{Cells, SQLX_LIST};

/// An operation of the store, or what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// The store: by key.
    Get,
    /// sea-orm: by key with `one()`.
    SeaOrmOne,
    /// The store: all thousand.
    List,
    /// sqlx: all thousand, cells by position.
    SqlxList,
}

impl Case {
    /// In the order in which a round runs them.
    pub(crate) const ALL: [Self; 4] = [Self::Get, Self::SeaOrmOne, Self::List, Self::SqlxList];

    /// What goals call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Get => "sqlite-get",
            Self::SeaOrmOne => "sea-orm-one",
            Self::List => "sqlite-list",
            Self::SqlxList => "sqlx-list",
        }
    }

    /// How often it runs in a round: long enough for the clock.
    pub(crate) const fn times(self) -> u64 {
        match self {
            Self::Get | Self::SeaOrmOne => 400,
            Self::List | Self::SqlxList => 8,
        }
    }

    /// Runs it once and says how many rows it gave.
    pub(crate) async fn run(self, fixture: &Fixture) -> Result<usize, Fault> {
        Ok(match self {
            Self::Get => usize::from(fixture.session.get::<Action>(500).await?.id == 500),
            Self::SeaOrmOne => {
                let found = <Action as Persist>::Entity::find_by_id(500_i64).one(&fixture.sea_orm).await?;
                usize::from(found.is_some_and(|row| row.id == 500))
            }
            Self::List => fixture.session.find::<Action>().page(PageRequest::first(LIST_ITEMS)).await?.items.len(),
            Self::SqlxList => sqlx::query_as::<_, Cells>(SQLX_LIST).fetch_all(&fixture.sqlx).await?.len(),
        })
    }
}
