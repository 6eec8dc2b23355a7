//! How the CPU time of an operation on a database is taken. It is not the same twice, so no gate holds it: each round runs every side
//! once, one after the other, and the median of all rounds is told.

use recension_bench::Fault;

use crate::cases::Case;
use crate::cpu;
use crate::fixture::Fixture;

/// How often each case is timed. Odd, so that the middle is one of them.
const ROUNDS: usize = 31;

/// A line a figure: the measure, the case, the number.
///
/// # Errors
/// Those of the operations.
pub async fn timed() -> Result<Vec<String>, Fault> {
    let fixture = Fixture::new().await?;
    let mut rounds = Case::ALL.map(|_| Vec::with_capacity(ROUNDS));
    // The first round fills caches and is not kept.
    for round in 0..=ROUNDS {
        for (case, nanoseconds) in Case::ALL.into_iter().zip(&mut rounds) {
            let begin = cpu::nanoseconds();
            for _ in 0..case.times() {
                case.run(&fixture).await?;
            }
            if round > 0 {
                nanoseconds.push((cpu::nanoseconds() - begin) / case.times());
            }
        }
    }
    let mut lines = Vec::new();
    for (case, nanoseconds) in Case::ALL.into_iter().zip(rounds) {
        lines.push(format!("cpu-time {} {}", case.name(), median(nanoseconds).ok_or("nothing was timed")?));
    }
    lines.push(format!("statements sqlite-update {}", fixture.statements_of_update().await?));
    Ok(lines)
}

/// The one in the middle.
pub(crate) fn median(mut numbers: Vec<u64>) -> Option<u64> {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::memory::CASES;

    #[test]
    fn the_middle_of_all_rounds_is_told() {
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(Vec::new()), None);
    }

    #[tokio::test]
    async fn both_sides_of_a_comparison_do_the_same() {
        let fixture = Fixture::new().await.unwrap();
        for case in Case::ALL {
            let rows = i64::try_from(case.run(&fixture).await.unwrap()).unwrap();
            assert_eq!(rows, if case.name().ends_with("-list") { recension_bench::LIST_ITEMS } else { 1 }, "{}", case.name());
        }
        assert!(fixture.statements_of_update().await.unwrap() > 0);
    }

    #[test]
    fn every_case_of_the_object_layer_runs() {
        for case in CASES {
            let mut work = case.prepare().unwrap();
            work().unwrap();
        }
    }

    #[test]
    fn every_goal_here_names_a_case_there_is() {
        let goals: toml::Table = include_str!("../../bench/goals.toml").parse().unwrap();
        let of_sqlite = Case::ALL.iter().map(|case| ("cpu-time", case.name())).chain([("statements", "sqlite-update")]);
        let known: BTreeSet<(&str, String)> =
            of_sqlite.map(|(measure, case)| (measure, case.to_owned())).chain(crate::servers::names()).collect();
        let mut named = 0;
        let in_memory: BTreeSet<&str> = CASES.iter().map(|case| case.name).collect();
        for goal in goals["goal"].as_array().unwrap() {
            let measure = goal["measure"].as_str().unwrap();
            let of_rows = goal.get("rows").is_some();
            for case in ["case", "over", "beyond"].iter().filter_map(|key| goal.get(key)) {
                if ["cpu-time", "memory", "statements", "wall-time"].contains(&measure) {
                    named += 1;
                    assert!(known.contains(&(measure, case.as_str().unwrap().to_owned())), "{case}");
                    let server = goal.get("server").map(|server| format!("{}-", server.as_str().unwrap()));
                    let is_of_server = ["postgres-", "mariadb-"].iter().any(|engine| case.as_str().unwrap().starts_with(engine));
                    assert!(is_of_server == server.is_some_and(|server| case.as_str().unwrap().starts_with(&server)), "{case}");
                } else if of_rows {
                    assert!(in_memory.contains(case.as_str().unwrap()), "{case}");
                }
            }
        }
        assert!(named > 0, "no goal was read");
    }
}
