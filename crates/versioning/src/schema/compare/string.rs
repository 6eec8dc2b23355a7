//! Texts: how long they are, which patterns they match, and which they are not.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::arena::Id;
use super::solve::{NONE, Outcome, Solver};
use super::state::State;
use super::text;

impl Solver {
    /// A text that matches some patterns and does not match others.
    fn matching(&self, state: &State, first: Id) -> Outcome {
        let known = |(pattern, holds): &(Arc<str>, bool)| Some((self.arena.patterns.get(pattern)?.clone(), *holds));
        let Some(patterns) = state.patterns.iter().map(known).collect::<Option<Vec<_>>>() else {
            return Outcome::Open("pattern", first);
        };
        let others: Vec<&str> = state.others.iter().filter_map(Value::as_str).collect();
        match text::find(&patterns, state.size_min, state.size_max, &others, &mut |work| self.arena.spend(work)) {
            text::Found::Text(text) => self.proven(state, Value::from(text)),
            text::Found::None => NONE,
            text::Found::Open => Outcome::Open("pattern", first),
        }
    }

    pub(super) fn string(&self, state: &State) -> Outcome {
        const LENGTH_MAX: u64 = 1 << 20;
        let first = state.first();
        if !state.patterns.is_empty() {
            return self.matching(state, first);
        }
        if state.size_max == 0 {
            return if state.others.iter().any(|other| other == "") { NONE } else { self.proven(state, Value::from("")) };
        }
        if state.size_min > LENGTH_MAX {
            return Outcome::Open("minLength", first);
        }
        let length = usize::try_from(state.size_min).unwrap_or(0);
        let texts = (0..=state.others.len()).map(|turn| {
            let last = u32::try_from(turn).ok().and_then(|turn| char::from_u32(u32::from('a') + turn)).unwrap_or('a');
            let text = "a".repeat(length.max(usize::from(turn > 0)).saturating_sub(1));
            if length == 0 && turn == 0 { String::new() } else { format!("{text}{last}") }
        });
        let others: HashSet<&str> = state.others.iter().filter_map(Value::as_str).collect();
        let free = texts.into_iter().find(|text| !others.contains(text.as_str())).map(Value::from);
        free.map_or(Outcome::Open("enum", first), |text| self.proven(state, text))
    }
}
