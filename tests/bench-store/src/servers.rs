//! Rows on a server: what an operation of the store costs there next to the same in sea-orm and sqlx, in one run on the same server.
//!
//! | module | what it holds |
//! |---|---|
//! | `cases` | the operations |
//! | `plain` | the same in sqlx, for each driver |
//! | `many` | a server with many at once |
//! | `story` | the four writes of an action, by the service and by sea-orm as the reference does them |
//! | `stream` | more rows than there is memory for |

mod cases;
mod many;
mod plain;
mod story;
mod stream;

use recension::store::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use recension::store::{Caller, Session, Store, SystemCapability, create_table};
use recension_bench::{Action, Fault, LIST_ITEMS, samples};

use crate::fixture::Open;
use crate::rounds::median;
use cases::Case;
use plain::{Mariadb, Plain, Postgres};

/// How many rows there are.
const ROWS: i64 = LIST_ITEMS;

const MAKE_TABLES: SystemCapability = SystemCapability::named("make-tables");

/// How often each case is timed. Odd, so that the middle is one of them.
const ROUNDS: usize = 15;

/// A server with a thousand rows, opened by each side.
struct Fixture<P: Plain> {
    session: Session,
    sea_orm: DatabaseConnection,
    plain: P,
    actions: Vec<Action>,
}

impl<P: Plain> Fixture<P> {
    async fn new(url: &str) -> Result<Self, Fault> {
        let store = opened::<P>(url).await?;
        let session = store.session(&Caller::user("u-1", "p-1"));
        let actions = samples::list()?.objects;
        session.create_many(actions.iter().cloned().map(recension::Object::into_draft)).await?;
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false);
        let sea_orm = Database::connect(options).await?;
        let plain = P::connect(url).await?;
        Ok(Self { session, sea_orm, plain, actions })
    }
}

/// The server with the table of actions, empty.
async fn opened<P: Plain>(url: &str) -> Result<Store, Fault> {
    if let Some(set) = P::SET {
        let store = Store::connect(url).await?;
        store.schema_connection(&MAKE_TABLES).execute_unprepared(set).await?;
        // Sessions know it that begin from now on.
        store.close().await;
    }
    let store = Store::connect(url).policy(Open).await?;
    let connection = store.schema_connection(&MAKE_TABLES);
    connection.execute_unprepared("DROP TABLE IF EXISTS actions").await?;
    connection.execute(&create_table::<Action>(P::BACKEND)).await?;
    Ok(store)
}

/// Lines of figures of the server at `url`: the measure, the case, the number. Of the operations named `only` where there are such, as a
/// profiler wants it.
///
/// # Errors
/// Those of the operations; a name that no operation has.
pub async fn timed_on_server(url: &str, only: &[&str]) -> Result<Vec<String>, Fault> {
    if url.starts_with("postgres") { timed::<Postgres>(url, only).await } else { timed::<Mariadb>(url, only).await }
}

async fn timed<P: Plain>(url: &str, only: &[&str]) -> Result<Vec<String>, Fault> {
    let is_known = |name: &str| many::NAMES.contains(&name) || Case::ALL.into_iter().any(|case| case.name() == name);
    if let Some(unknown) = only.iter().find(|name| !is_known(name)) {
        return Err(format!("no operation `{unknown}`").into());
    }
    let is_named = |name: &str| only.is_empty() || only.contains(&name);
    let cases: Vec<Case> = Case::ALL.into_iter().filter(|case| is_named(case.name())).collect();
    let mut fixture = Fixture::<P>::new(url).await?;
    let mut lines = Vec::new();
    let mut rounds: Vec<_> = cases.into_iter().map(|case| (case, Vec::new(), Vec::new())).collect();
    // The first round fills caches and is not kept.
    for round in 0..=ROUNDS {
        for (case, cpu, wall) in &mut rounds {
            let taken = case.run(&mut fixture).await?;
            if round > 0 {
                cpu.push(taken.cpu / case.times());
                wall.push(taken.wall / case.times());
            }
        }
    }
    for (case, cpu, wall) in rounds {
        lines.extend(told(P::NAME, case.name(), cpu, wall)?);
    }
    lines.extend(many::timed(&fixture, url, is_named).await?);
    if only.is_empty() {
        lines.extend(story::timed::<P>(url, ROUNDS).await?);
    }
    Ok(lines)
}

/// Two lines for a case.
fn told(engine: &str, case: &str, cpu: Vec<u64>, wall: Vec<u64>) -> Result<[String; 2], Fault> {
    let middle = |numbers| median(numbers).ok_or("nothing was timed");
    Ok([format!("cpu-time {engine}-{case} {}", middle(cpu)?), format!("wall-time {engine}-{case} {}", middle(wall)?)])
}

/// Adds to the peak of memory what a stream of so many rows takes.
///
/// # Errors
/// Those of the operations.
pub async fn streamed_on_server(url: &str, rows: u64) -> Result<Vec<String>, Fault> {
    if url.starts_with("postgres") { stream::peak::<Postgres>(url, rows).await } else { stream::peak::<Mariadb>(url, rows).await }
}

/// That a side did what it is timed for.
fn sees(found: usize, expected: i64) -> Result<(), Fault> {
    if i64::try_from(found) == Ok(expected) { Ok(()) } else { Err(format!("{found} rows, and not {expected}").into()) }
}

/// Names of what is told of a server, without the name of its engine: the measure and the case.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = (&'static str, String)> {
    let cases = Case::ALL.map(Case::name).into_iter().chain(many::NAMES).chain(story::NAMES);
    let engines = [Postgres::NAME, Mariadb::NAME];
    let timed = cases.flat_map(move |case| engines.map(|engine| format!("{engine}-{case}")));
    let timed = timed.flat_map(|case| [("cpu-time", case.clone()), ("wall-time", case)]);
    let others = engines.map(|engine| [("memory", format!("{engine}-stream")), ("statements", format!("{engine}-story"))]);
    timed.chain(others.into_iter().flatten())
}
