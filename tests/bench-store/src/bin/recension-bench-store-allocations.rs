//! Counts the allocations of one run of each case of the object layer, after one that made what is made at first use. Prints a line a
//! case: `allocations`, its name, the number. To grow an allocation counts as one more.
//!
//! A program of its own, because counting costs instructions.
#![expect(clippy::print_stdout, reason = "what it prints is read by `cargo xtask bench`")]

use recension_bench::Fault;
use recension_bench_store::CASES;

fn main() -> Result<(), Fault> {
    for case in CASES {
        let mut work = case.prepare()?;
        work()?;
        let mut done = Ok(());
        let counted = allocation_counter::measure(|| done = work());
        done?;
        println!("allocations {} {}", case.name, counted.count_total);
    }
    Ok(())
}
