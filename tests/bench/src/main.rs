//! Runs a case a given number of times, for a program that counts its instructions.
//!
//! `recension-bench CASE N` runs it. `--list` prints a line a case, its name and the two numbers of runs to compare; `--sizes` a line a
//! type: `bytes`, its name, the number.
#![expect(clippy::print_stdout, reason = "what it prints is read by the program that counts")]

use std::env;

use recension_bench::{CASES, Fault, answer, sizes};

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["--sizes"] {
        sizes().iter().for_each(|(name, bytes)| println!("bytes {name} {bytes}"));
        return Ok(());
    }
    answer(CASES, &arguments)?.iter().for_each(|line| println!("{line}"));
    Ok(())
}
