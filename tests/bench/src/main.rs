//! Runs a case a given number of times, for a program that counts its instructions.
//!
//! `recension-bench CASE N` runs it. `--list` prints a line a case, its name and the two numbers of runs to compare; `--sizes` a line a
//! type: `bytes`, its name, the number. `--lock-files FOLDER` writes the lock files that `recension check` is measured with.
#![expect(clippy::print_stdout, reason = "what it prints is read by the program that counts")]

use std::env;
use std::path::Path;

use recension_bench::{CASES, Fault, answer, lock_file, sizes};

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["--sizes"] {
        sizes().iter().for_each(|(name, bytes)| println!("bytes {name} {bytes}"));
        return Ok(());
    }
    if let [flag, folder] = arguments.as_slice()
        && flag == "--lock-files"
    {
        let write =
            |name: &str, versions| Ok::<_, Fault>(std::fs::write(Path::new(folder).join(name), lock_file(200, versions)?.to_string())?);
        write("base.lock", 19)?;
        return write("now.lock", 20);
    }
    answer(CASES, &arguments)?.iter().for_each(|line| println!("{line}"));
    Ok(())
}
