//! How figures and verdicts are printed.

use super::{
    figures::{Figures, Measure},
    goals::Goal,
    verdict::Verdict,
};

/// The figures themselves, one line each.
pub(super) fn of_figures(figures: &Figures) -> Vec<String> {
    let rows = figures.iter().map(|(measure, case, figure)| vec![case.to_owned(), plain(figure), unit(measure).to_owned()]);
    aligned(rows.collect())
}

/// What each goal came to, and below it why some are not reached.
pub(super) fn of_goals(judged: &[(&Goal, f64, Verdict)]) -> Vec<String> {
    let head = ["goal", "measured", "at most", "held", "verdict", "what"].map(str::to_owned).to_vec();
    let rows = judged.iter().map(|(goal, measured, verdict)| {
        let held = goal.held.map(ratio).unwrap_or_default();
        vec![goal.id.clone(), ratio(*measured), ratio(goal.at_most), held, verdict.to_string(), goal.what.clone()]
    });
    let mut lines = vec![String::new()];
    lines.extend(aligned(std::iter::once(head).chain(rows).collect()));
    let reasons = judged.iter().filter_map(|(goal, ..)| Some(format!("{}: {}", goal.id, goal.reason.as_ref()?)));
    lines.push(String::new());
    lines.extend(reasons);
    lines
}

const fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::CpuTime => "ns of CPU time",
        Measure::WallTime => "ns",
        Measure::Memory => "bytes of memory",
        other => other.name(),
    }
}

fn plain(number: f64) -> String {
    format!("{number:.0}")
}

/// Three digits after the point, unless they say nothing.
fn ratio(number: f64) -> String {
    if number.fract() == 0.0 { plain(number) } else { format!("{number:.3}") }
}

/// Columns padded to one width: the first and those of words to the left, numbers to the right.
fn aligned(rows: Vec<Vec<String>>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default())
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| if cell.parse::<f64>().is_ok() { format!("{cell:>width$}") } else { format!("{cell:<width$}") });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_columns() {
        let mut figures = Figures::default();
        figures.insert(Measure::Instructions, "short", 12_345.0);
        figures.insert(Measure::CpuTime, "a-longer-name", 7.0);
        assert_eq!(of_figures(&figures), ["short          12345  instructions", "a-longer-name      7  ns of CPU time"]);
    }

    #[test]
    fn a_ratio_has_three_digits_and_a_count_has_none() {
        assert_eq!([ratio(0.3), ratio(2.918_7), ratio(16.0), ratio(0.0)], ["0.300", "2.919", "16", "0"]);
    }
}
