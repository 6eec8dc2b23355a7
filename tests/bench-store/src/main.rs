//! Without arguments, times each operation on SQLite and prints a line a figure: the measure, the case, the number. With
//! `CASE N` it runs a case of the object layer, which needs no database once it is prepared, for a program that counts its
//! instructions; with `--list` it prints those cases.
#![expect(clippy::print_stdout, reason = "what it prints is read by `cargo xtask bench`")]

use std::env;

use recension_bench::{Fault, answer};
use recension_bench_store::{CASES, timed};

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let lines = if arguments.is_empty() {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(timed())?
    } else {
        answer(CASES, &arguments)?
    };
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}
