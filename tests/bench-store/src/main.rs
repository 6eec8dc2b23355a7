//! Without arguments, times each operation on SQLite and prints a line a figure: the measure, the case, the number. With
//! `CASE N` it runs a case of the object layer, which needs no database once it is prepared, for a program that counts its
//! instructions; with `--list` it prints those cases. With `--server` it times each operation, or
//! those named behind it, on the server that `DATABASE_URL` names, and with `--stream ROWS` it says how much memory a stream of so many rows takes there; the table of actions
//! is made anew for each.
#![expect(clippy::print_stdout, reason = "what it prints is read by `cargo xtask bench`")]

use std::env;

use recension_bench::{Fault, answer};
use recension_bench_store::{CASES, streamed_on_server, timed, timed_on_server};

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let lines = match words.as_slice() {
        [] => runtime.block_on(timed())?,
        ["--server", only @ ..] => runtime.block_on(timed_on_server(&env::var("DATABASE_URL")?, only))?,
        ["--stream", rows] => runtime.block_on(streamed_on_server(&env::var("DATABASE_URL")?, rows.parse()?))?,
        _ => answer(CASES, &arguments)?,
    };
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}
