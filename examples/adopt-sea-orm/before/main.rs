//! A depot takes parcels in and hands them over. The database is the file given, or one that is removed at the end.

mod migrations;
mod parcel;
mod queries;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use sea_orm::Database;
use sea_orm_migration::MigratorTrait;

use self::migrations::Migrator;

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

    let parcel = queries::take_in(&db, "north", "R. Diaz").await?;
    queries::take_in(&db, "north", "M. Chen").await?;
    queries::hand_over(&db, parcel).await?;
    for parcel in queries::waiting(&db, "north").await? {
        writeln!(io::stdout(), "waiting: {}", parcel.recipient)?;
    }
    Ok(db.close().await?)
}
