//! Runs a case a given number of times, for a program that counts its instructions.
//!
//! `recension-bench CASE N` runs it. `--list` prints a line a case, its name and the two numbers of runs to compare; `--sizes` a line a
//! type: `bytes`, its name, the number.
#![expect(clippy::print_stdout, reason = "what it prints is read by the program that counts")]

use std::env;

use recension_bench::{CASES, Fault, sizes};

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--list"] => CASES.iter().for_each(|case| println!("{} {} {}", case.name, case.rounds.short, case.rounds.long)),
        ["--sizes"] => sizes().iter().for_each(|(name, bytes)| println!("bytes {name} {bytes}")),
        [name, times] => run(name, times.parse()?)?,
        _ => return Err("usage: recension-bench CASE N | --list | --sizes".into()),
    }
    Ok(())
}

fn run(name: &str, times: u64) -> Result<(), Fault> {
    let case = CASES.iter().find(|case| case.name == name).ok_or_else(|| format!("unknown case `{name}`"))?;
    let mut work = case.prepare()?;
    for _ in 0..times {
        work()?;
    }
    Ok(())
}
