//! More rows than there is memory for, one after the other.

use std::fs;

use recension::store::sea_orm::{ConnectionTrait, DbBackend};
use recension::store::{Caller, Session};
use recension_bench::{Action, Fault};

use super::plain::Plain;
use super::{MAKE_TABLES, opened};

/// Rows of the first stream, which fills what is filled once.
const WARM: i64 = 10_000;

/// How much the peak of this process's memory grows while `rows` rows are read.
pub(super) async fn peak<P: Plain>(url: &str, rows: u64) -> Result<Vec<String>, Fault> {
    let store = opened::<P>(url).await?;
    let connection = store.schema_connection(&MAKE_TABLES);
    connection.execute_unprepared(&filled(P::BACKEND, rows)).await?;
    let session = store.session(&Caller::user("u-1", "p-1"));
    read(&session, WARM).await?;
    let before = resident_peak()?;
    let seen = read(&session, i64::MAX).await?;
    let grown = resident_peak()? - before;
    connection.execute_unprepared("DROP TABLE actions").await?;
    if seen != rows {
        return Err(format!("{seen} rows were read, and not {rows}").into());
    }
    Ok(vec![format!("memory {}-stream {grown}", P::NAME)])
}

async fn read(session: &Session, to: i64) -> Result<u64, Fault> {
    let mut actions = session.find::<Action>().filter(Action::COLUMN.id.lte(to)).stream();
    let mut seen = 0;
    while let Some(action) = actions.try_next().await? {
        seen += u64::from(action.attempts == 1);
    }
    Ok(seen)
}

/// The most memory that this process has had so far, in bytes.
fn resident_peak() -> Result<u64, Fault> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak of memory is told here")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse()?;
    Ok(kibibytes * 1_024)
}

/// A statement that makes the rows on the server itself.
fn filled(backend: DbBackend, rows: u64) -> String {
    let (number, numbers) = match backend {
        DbBackend::Postgres => ("n", format!("generate_series(1, {rows}) AS n")),
        _ => ("seq", format!("seq_1_to_{rows}")),
    };
    format!(
        "INSERT INTO actions (id, action, instance_uuid, request_id, user_id, project_id, start_time, finish_time, created_at, \
         updated_at, attempts, revision) SELECT {number}, 'reboot', '0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0', \
         'req-3f1c2b7e-9a64-4d0b-8c5e-2f7d1a9b6e40', '7f3a1c9e5b2d4f608a1b3c5d7e9f0a2b', '1d4e7a2b9c8f4e53b6a0d1c2e3f4a5b6', \
         '2024-03-01 10:00:00.123456', '2024-03-01 10:02:31.654321', '2024-03-01 09:59:59.987654', '2024-03-01 10:02:32.000001', \
         1, 1 FROM {numbers}"
    )
}
