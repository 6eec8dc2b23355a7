//! A depot takes parcels in and hands them over. The database is the file given, or one that is removed at the end.

mod migrations;
mod object;
mod parcel;
mod queries;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use recension::{Caller, Store};
use sea_orm::Database;
use sea_orm_migration::MigratorTrait;

use self::migrations::Migrator;
use self::object::ByDepot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(file) = std::env::args_os().nth(1) {
        return run(file.into()).await;
    }
    let file = std::env::temp_dir().join(format!("parcels-{}.db", std::process::id()));
    run(file.clone()).await?;
    Ok(std::fs::remove_file(file)?)
}

async fn run(file: PathBuf) -> Result<(), Box<dyn Error>> {
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let db = Database::connect(&url).await?;
    Migrator::up(&db, None).await?;
    let store = Store::connect(&url).policy(ByDepot).await?;
    let clerk = store.session(&Caller::user("clerk-1", "north"));

    let parcel = queries::take_in(&clerk, "R. Diaz").await?;
    queries::take_in(&clerk, "M. Chen").await?;
    queries::hand_over(&clerk, &parcel).await?;
    for parcel in queries::waiting(&db, "north").await? {
        writeln!(io::stdout(), "waiting: {}", parcel.recipient)?;
    }
    store.close().await;
    Ok(db.close().await?)
}
