//! The operations, one at a time, on a connection that is held: a pool costs each side the same.

use recension::store::sea_orm::EntityTrait;
use recension::store::{Error, Session};
use recension::{Draft, Object, PageRequest, Persist};
use recension_bench::{Action, Fault};

use super::plain::Plain;
use super::{Fixture, ROWS, sees};
use crate::cpu::{Taken, Watch};

/// An operation of the store, or what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// The store: by key, inside a unit of work.
    Get,
    /// sea-orm: by key with `one()`, through its pool.
    SeaOrmGet,
    /// sqlx: by key, on a connection that is held.
    SqlxGet,
    /// The store: all thousand.
    List,
    /// sqlx: all thousand, cells by position.
    SqlxList,
    /// The store: a thousand new rows, taken back.
    Insert,
    /// sqlx: a thousand new rows in one statement, taken back.
    SqlxInsert,
    /// The store: one new row.
    Create,
    /// sqlx: one new row.
    SqlxCreate,
    /// The store: a guarded update.
    Save,
    /// sqlx: the same statement.
    SqlxSave,
}

impl Case {
    /// In the order in which a round runs them.
    pub(super) const ALL: [Self; 11] = [
        Self::Get,
        Self::SeaOrmGet,
        Self::SqlxGet,
        Self::List,
        Self::SqlxList,
        Self::Insert,
        Self::SqlxInsert,
        Self::Create,
        Self::SqlxCreate,
        Self::Save,
        Self::SqlxSave,
    ];

    /// What goals call it, behind the name of the engine.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::SeaOrmGet => "sea-orm-get",
            Self::SqlxGet => "sqlx-get",
            Self::List => "list",
            Self::SqlxList => "sqlx-list",
            Self::Insert => "insert",
            Self::SqlxInsert => "sqlx-insert",
            Self::Create => "create",
            Self::SqlxCreate => "sqlx-create",
            Self::Save => "save",
            Self::SqlxSave => "sqlx-save",
        }
    }

    /// How often it runs in a round: long enough for the clock.
    pub(super) const fn times(self) -> u64 {
        match self {
            Self::Get | Self::SeaOrmGet | Self::SqlxGet => 200,
            Self::Create | Self::SqlxCreate | Self::Save | Self::SqlxSave => 50,
            Self::List | Self::SqlxList => 8,
            Self::Insert | Self::SqlxInsert => 1,
        }
    }

    /// Runs it so often, and says what that took.
    pub(super) async fn run<P: Plain>(self, fixture: &mut Fixture<P>) -> Result<Taken, Fault> {
        let times = self.times();
        let Fixture { session, sea_orm, plain, actions, .. } = fixture;
        match self {
            Self::Get => Ok(session.transaction(async |tx| gotten(tx, times).await).await?),
            Self::SeaOrmGet => {
                let watch = Watch::now();
                for _ in 0..times {
                    let found = <Action as Persist>::Entity::find_by_id(500_i64).one(sea_orm).await?;
                    sees(found.iter().filter(|row| row.id == 500).count(), 1)?;
                }
                Ok(watch.taken())
            }
            Self::SqlxGet => {
                let watch = Watch::now();
                for _ in 0..times {
                    sees(plain.get(500).await?, 1)?;
                }
                Ok(watch.taken())
            }
            Self::List => {
                let held = session.hold().await?;
                let watch = Watch::now();
                for _ in 0..times {
                    sees(held.find::<Action>().page(PageRequest::first(ROWS)).await?.items.len(), ROWS)?;
                }
                Ok(watch.taken())
            }
            Self::SqlxList => {
                let watch = Watch::now();
                for _ in 0..times {
                    sees(plain.list().await?, ROWS)?;
                }
                Ok(watch.taken())
            }
            Self::Insert => inserted(session, actions).await,
            Self::SqlxInsert => {
                let others: Vec<Action> = actions.iter().cloned().map(moved).collect();
                let (found, taken) = plain.insert(&others).await?;
                sees(found, ROWS).map(|()| taken)
            }
            Self::Create => {
                let mut drafts = others(actions).into_iter();
                let held = session.hold().await?;
                let watch = Watch::now();
                for _ in 0..times {
                    held.create(drafts.next().ok_or("too few drafts")?).await?;
                }
                let taken = watch.taken();
                held.find::<Action>().filter(Action::COLUMN.id.gt(ROWS)).delete().await?;
                Ok(taken)
            }
            Self::SqlxCreate => {
                let others: Vec<Action> = actions.iter().cloned().map(moved).collect();
                let watch = Watch::now();
                for action in others.iter().take(usize::try_from(times)?) {
                    sees(plain.create(action).await?, 1)?;
                }
                let taken = watch.taken();
                session.find::<Action>().filter(Action::COLUMN.id.gt(ROWS)).delete().await?;
                Ok(taken)
            }
            Self::Save => {
                let held = session.hold().await?;
                let mut action = held.get::<Action>(1).await?;
                let watch = Watch::now();
                for _ in 0..times {
                    let mut edit = action.edit();
                    edit.set_message("host lost power");
                    action = held.save(&edit).await?;
                }
                Ok(watch.taken())
            }
            Self::SqlxSave => {
                let mut revision = i64::try_from(session.get::<Action>(2).await?.revision().0)?;
                let watch = Watch::now();
                for _ in 0..times {
                    sees(plain.save(2, "host lost power", revision).await?, 1)?;
                    revision += 1;
                }
                Ok(watch.taken())
            }
        }
    }
}

async fn gotten(tx: &Session, times: u64) -> Result<Taken, Error> {
    let watch = Watch::now();
    for _ in 0..times {
        tx.get::<Action>(500).await?;
    }
    Ok(watch.taken())
}

/// The same under another key, which no row has.
fn moved(mut action: Action) -> Action {
    action.id += ROWS;
    action
}

fn others(actions: &[Action]) -> Vec<Draft<Action>> {
    actions.iter().cloned().map(moved).map(Object::into_draft).collect()
}

async fn inserted(session: &Session, actions: &[Action]) -> Result<Taken, Fault> {
    // What is told is told as an error, so that it is taken back.
    enum Ended {
        After(Taken, usize),
        Failed(Error),
    }
    impl From<Error> for Ended {
        fn from(error: Error) -> Self {
            Self::Failed(error)
        }
    }
    let drafts = others(actions);
    let ended = session.transaction_as(async move |tx| {
        let watch = Watch::now();
        let made = tx.create_many(drafts).await?;
        Err::<(), _>(Ended::After(watch.taken(), made.len()))
    });
    match ended.await {
        Err(Ended::After(taken, made)) => sees(made, ROWS).map(|()| taken),
        Err(Ended::Failed(error)) => Err(error.into()),
        Ok(()) => Err("it was to be taken back".into()),
    }
}
