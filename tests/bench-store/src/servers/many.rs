//! A server with many at once: tasks that change a row of their own each, on connections of a pool.

use recension::store::{Error, Store};
use recension_bench::{Action, Fault};
use tokio::task::JoinSet;

use super::plain::Plain;
use super::{Fixture, told};
use crate::cpu::{Taken, Watch};
use crate::fixture::Open;

/// What goals call them, behind the name of the engine: one write of all, by the store and by sqlx.
pub(super) const NAMES: [&str; 2] = ["many", "sqlx-many"];

const TASKS: u64 = 64;
/// Writes of each task.
const WRITES: u64 = 20;
/// How often each side runs. Odd, so that the middle is one of them.
const ROUNDS: usize = 7;

/// Both sides, or those of them that are named.
pub(super) async fn timed<P: Plain>(fixture: &Fixture<P>, url: &str, is_named: impl Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
    let store = Store::connect(url).policy(Open).await?;
    let mut sides: Vec<_> = NAMES.into_iter().filter(|name| is_named(name)).map(|name| (name, Vec::new(), Vec::new())).collect();
    // The first round connects, and is not kept.
    for round in 0..=ROUNDS {
        for (name, cpu, wall) in &mut sides {
            let taken = if *name == NAMES[0] { by_store(fixture, &store).await? } else { by_sqlx(fixture).await? };
            if round > 0 {
                cpu.push(taken.cpu / (TASKS * WRITES));
                wall.push(taken.wall / (TASKS * WRITES));
            }
        }
    }
    let told = sides.into_iter().map(|(name, cpu, wall)| told(P::NAME, name, cpu, wall));
    Ok(told.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

async fn by_store<P: Plain>(fixture: &Fixture<P>, store: &Store) -> Result<Taken, Fault> {
    let mut actions = fixture.session.find::<Action>().filter(Action::COLUMN.id.lte(i64::try_from(TASKS)?)).all().await?;
    let watch = Watch::now();
    let mut tasks = JoinSet::new();
    while let Some(mut action) = actions.pop() {
        let session = store.session(fixture.session.caller());
        tasks.spawn(async move {
            for _ in 0..WRITES {
                let mut edit = action.edit();
                edit.set_message("host lost power");
                action = session.save(&edit).await?;
            }
            Ok::<(), Error>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(watch.taken())
}

async fn by_sqlx<P: Plain>(fixture: &Fixture<P>) -> Result<Taken, Fault> {
    let actions = fixture.session.find::<Action>().filter(Action::COLUMN.id.lte(i64::try_from(TASKS)?)).all().await?;
    let watch = Watch::now();
    let mut tasks = JoinSet::new();
    for action in &actions {
        tasks.spawn(fixture.plain.saves(action.id, i64::try_from(action.revision().0)?, WRITES));
    }
    let mut changed = 0;
    while let Some(done) = tasks.join_next().await {
        changed += done??;
    }
    let taken = watch.taken();
    if changed == TASKS * WRITES { Ok(taken) } else { Err(format!("{changed} writes of sqlx were let through").into()) }
}
