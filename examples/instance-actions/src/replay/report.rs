//! What came of a replay.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::judge::Verdict;

/// What came of a replay. It names steps, calls, fields and kinds of errors, and shows no values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// How many steps were equal.
    pub equal: usize,
    /// How many steps differed as a rule says.
    pub by_rule: usize,
    /// How many steps differed without a rule, or otherwise than their rules say, or were equal although a
    /// rule matched.
    pub wrong: usize,
    /// The steps that were not equal, in order.
    pub steps: Vec<StepReport>,
}

/// A step that was not equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepReport {
    /// The number of the step in the file.
    pub step: u64,
    /// The call.
    pub call: &'static str,
    /// The ids of the rules by which it differs; none when it is wrong.
    pub rules: Vec<String>,
    /// In what it differs.
    pub differs: Vec<String>,
}

impl Report {
    /// Whether nothing was wrong.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.wrong == 0
    }

    pub(super) fn add(&mut self, step: u64, call: &'static str, verdict: Verdict) {
        let (rules, differs) = match verdict {
            Verdict::Equal => {
                self.equal += 1;
                return;
            }
            Verdict::ByRule(rules, differs) => {
                self.by_rule += 1;
                (rules, differs)
            }
            Verdict::Wrong(differs) => {
                self.wrong += 1;
                (Vec::new(), differs)
            }
        };
        self.steps.push(StepReport { step, call, rules, differs });
    }
}

impl fmt::Display for Report {
    /// A table of the steps that were not equal, and the count on the last line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.steps.is_empty() {
            let mut table = Table::new();
            table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(["step", "call", "rule", "differs in"]);
            for step in &self.steps {
                let rules = if step.rules.is_empty() { "WRONG".to_owned() } else { step.rules.join(", ") };
                table.add_row([step.step.to_string(), step.call.to_owned(), rules, step.differs.join("\n")]);
            }
            writeln!(f, "{table}")?;
        }
        write!(f, "{} equal, {} differing by rule, {} wrong", self.equal, self.by_rule, self.wrong)
    }
}
