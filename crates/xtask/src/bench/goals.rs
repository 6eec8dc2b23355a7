//! The file of goals.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::{
    figures::{Figures, Measure},
    verdict::Verdict,
};
use crate::{error::Error, workspace::Workspace};

const FILE: &str = "tests/bench/goals.toml";

/// What the file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Goals {
    #[serde(rename = "goal")]
    goals: Vec<Goal>,
}

/// A figure and what it may be at most.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Goal {
    pub(super) id: String,
    /// What is promised, in a sentence.
    pub(super) what: String,
    pub(super) measure: Measure,
    case: String,
    /// The case by whose figure that of `case` is divided.
    over: Option<String>,
    /// The case whose figure is taken from that of `case`.
    beyond: Option<String>,
    /// Whether its cases are of the program with rows, which a check does not compile.
    #[serde(default)]
    rows: bool,
    /// The engine whose server is needed. Where it is not installed the goal is left out.
    server: Option<String>,
    pub(super) at_most: f64,
    /// What is reached so far, if that is not the goal: then this is held.
    pub(super) held: Option<f64>,
    /// Why the goal is not reached.
    pub(super) reason: Option<String>,
}

/// What is wrong with a goal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GoalFault {
    #[error("stands there twice")]
    Twice,
    #[error("`{key}` is no number of zero or more")]
    Number { key: &'static str },
    #[error("has both `over` and `beyond`")]
    TwoBaselines,
    #[error("`held` and `reason` stand together or not at all")]
    HeldWithoutReason,
    #[error("is held at what is within the goal; take `held` and `reason` out")]
    HeldWithinGoal,
    #[error("no case `{case}` of which {measure} are measured")]
    UnknownCase { case: String, measure: Measure },
}

impl Goals {
    /// Reads the file and looks over each entry.
    ///
    /// # Errors
    /// When it cannot be read, has an entry that lacks something or has something unknown, or a [`GoalFault`].
    pub(super) fn read(workspace: &Workspace) -> Result<Self, Error> {
        Self::parse(&workspace.text(Path::new(FILE))?.unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let goals: Self = toml::from_str(text).map_err(|source| Error::GoalsFile { path: FILE, source: Box::new(source) })?;
        let mut ids = BTreeSet::new();
        for goal in &goals.goals {
            let fault = if ids.insert(&goal.id) { goal.fault() } else { Some(GoalFault::Twice) };
            fault.map_or(Ok(()), |fault| Err(goal.wrong(fault)))?;
        }
        Ok(goals)
    }

    /// Checks that each goal, unless it needs rows or a server and none were measured, names cases that there are.
    ///
    /// # Errors
    /// [`GoalFault::UnknownCase`].
    pub(super) fn names_cases_of(&self, figures: &Figures) -> Result<(), Error> {
        let has_rows = figures.has(Measure::CpuTime);
        let is_measured = |goal: &&Goal| match &goal.server {
            Some(engine) => figures.has_server(engine),
            None => has_rows || !(goal.rows || goal.measure.needs_database()),
        };
        for goal in self.goals.iter().filter(is_measured) {
            for case in [Some(&goal.case), goal.over.as_ref(), goal.beyond.as_ref()].into_iter().flatten() {
                if figures.get(goal.measure, case).is_none() {
                    return Err(goal.wrong(GoalFault::UnknownCase { case: case.clone(), measure: goal.measure }));
                }
            }
        }
        Ok(())
    }

    /// Each goal that was measured, with what it came to.
    pub(super) fn judged<'g>(&'g self, figures: &'g Figures) -> impl Iterator<Item = (&'g Goal, f64, Verdict)> {
        self.goals.iter().filter_map(|goal| {
            let measured = goal.measured(figures)?;
            Some((goal, measured, Verdict::of(measured, goal.at_most, goal.held)))
        })
    }
}

impl Goal {
    fn wrong(&self, fault: GoalFault) -> Error {
        Error::Goal { id: self.id.clone(), fault }
    }

    fn fault(&self) -> Option<GoalFault> {
        let is_number = |number: f64| number.is_finite() && number >= 0.0;
        if !is_number(self.at_most) {
            return Some(GoalFault::Number { key: "at_most" });
        }
        if self.over.is_some() && self.beyond.is_some() {
            return Some(GoalFault::TwoBaselines);
        }
        match (self.held, &self.reason) {
            (None, None) => None,
            (Some(held), _) if !is_number(held) => Some(GoalFault::Number { key: "held" }),
            (Some(_), Some(reason)) if reason.trim().is_empty() => Some(GoalFault::HeldWithoutReason),
            (Some(held), Some(_)) => (held <= self.at_most).then_some(GoalFault::HeldWithinGoal),
            (Some(_), None) | (None, Some(_)) => Some(GoalFault::HeldWithoutReason),
        }
    }

    /// The figure of the case, against that of the other one if there is one.
    fn measured(&self, figures: &Figures) -> Option<f64> {
        let figure = |case: &str| figures.get(self.measure, case);
        let case = figure(&self.case)?;
        Some(match (&self.over, &self.beyond) {
            (Some(over), _) => case / figure(over)?,
            (None, Some(beyond)) => case - figure(beyond)?,
            (None, None) => case,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOAL: &str = "[[goal]]\nid = 'a'\nwhat = 'w'\nmeasure = 'instructions'\ncase = 'x'\nat_most = 0.5\n";

    fn fault(more: &str) -> Option<GoalFault> {
        match Goals::parse(&format!("{GOAL}{more}")) {
            Ok(_) => None,
            Err(Error::Goal { id, fault }) if id == "a" => Some(fault),
            Err(error) => panic!("{error:?}"),
        }
    }

    fn figures() -> Figures {
        let mut figures = Figures::default();
        figures.insert(Measure::Instructions, "x", 30.0);
        figures.insert(Measure::Instructions, "y", 40.0);
        figures.insert(Measure::Bytes, "z", 8.0);
        figures
    }

    #[test]
    fn an_entry_that_says_too_little_or_too_much_is_refused() {
        assert_eq!(fault(""), None);
        assert_eq!(fault("held = 2.0\nreason = 'r'"), None);
        assert_eq!(fault(GOAL), Some(GoalFault::Twice));
        assert_eq!(fault("over = 'x'\nbeyond = 'x'"), Some(GoalFault::TwoBaselines));
        for more in ["held = 2.0", "reason = 'r'", "held = 2.0\nreason = ' '"] {
            assert_eq!(fault(more), Some(GoalFault::HeldWithoutReason), "{more}");
        }
        assert_eq!(fault("held = 0.5\nreason = 'r'"), Some(GoalFault::HeldWithinGoal));
        assert_eq!(fault("held = nan\nreason = 'r'"), Some(GoalFault::Number { key: "held" }));
        let goal = GOAL.replace("0.5", "-0.5");
        assert!(matches!(Goals::parse(&goal), Err(Error::Goal { fault: GoalFault::Number { key: "at_most" }, .. })));
        for wrong in
            [GOAL.replace("case = 'x'\n", ""), GOAL.replace("instructions", "wall-clock"), format!("{GOAL}more = 1"), String::new()]
        {
            assert!(matches!(Goals::parse(&wrong), Err(Error::GoalsFile { .. })), "{wrong}");
        }
    }

    #[test]
    fn a_case_that_is_not_measured_is_named() {
        let unknown = |goal: &str| match Goals::parse(goal).unwrap().names_cases_of(&figures()) {
            Ok(()) => None,
            Err(error) => Some(error.to_string()),
        };
        assert_eq!(unknown(&format!("{GOAL}over = 'y'")), None);
        let expected = |case: &str| Some(format!("goal `a`: no case `{case}` of which instructions are measured"));
        assert_eq!(unknown(&GOAL.replace("'x'", "'z'")), expected("z"));
        assert_eq!(unknown(&format!("{GOAL}over = 'u'")), expected("u"));
        assert_eq!(unknown(&format!("{GOAL}beyond = 'v'")), expected("v"));
        assert_eq!(unknown(&GOAL.replace("instructions", "cpu-time")), None, "no database was there to measure it");
        assert_eq!(unknown(&format!("{}server = 'postgres'", GOAL.replace("'x'", "'z'"))), None, "no server was there to measure it");
    }

    #[test]
    fn a_figure_is_taken_alone_over_another_or_beyond_another() {
        let measured = |more: &str| {
            let goals = Goals::parse(&format!("{GOAL}{more}")).unwrap();
            let judged: Vec<f64> = goals.judged(&figures()).map(|(_, measured, _)| measured).collect();
            judged
        };
        assert_eq!(measured(""), [30.0]);
        assert_eq!(measured("over = 'y'"), [0.75]);
        assert_eq!(measured("beyond = 'y'"), [-10.0]);
    }

    #[test]
    fn the_goals_of_this_workspace_are_in_order() {
        let goals = Goals::read(&Workspace::locate().unwrap()).unwrap();
        assert!(goals.goals.iter().any(|goal| goal.measure == Measure::Instructions));
    }
}
