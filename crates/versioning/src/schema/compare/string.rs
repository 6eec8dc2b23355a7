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
        let others: Vec<&str> = left_out(state).collect();
        match text::find(&patterns, state.size_min, state.size_max, &others, &mut |work| self.arena.spend(work)) {
            text::Found::Text(text) => self.proven(state, self.arena.make(&Value::from(text))),
            text::Found::None => NONE,
            text::Found::Open => Outcome::Open("pattern", first),
        }
    }

    pub(super) fn string(&self, state: &State) -> Outcome {
        let first = state.first();
        if !state.patterns.is_empty() {
            return self.matching(state, first);
        }
        let others: HashSet<&str> = left_out(state).collect();
        if state.size_min == 0 && !others.contains("") {
            return self.proven(state, self.arena.make(&Value::from("")));
        }
        let length = state.size_min.max(1);
        if length > state.size_max {
            return NONE;
        }
        // Of those that are left out no more than the last character tells one from the text that is looked for, if it does.
        let lasts: HashSet<char> = others.into_iter().filter_map(|other| last_of(other, length)).collect();
        match ('a'..=char::MAX).chain('\0'..'a').find(|letter| !lasts.contains(letter)) {
            Some(last) => {
                let text = self.arena.table.borrow_mut().text([('a', length - 1), (last, 1)]);
                self.proven(state, text)
            }
            None => Outcome::Open("enum", first),
        }
    }
}

/// The texts that are left out.
fn left_out(state: &State) -> impl Iterator<Item = &str> {
    state.others.iter().flat_map(|values| values.list()).filter_map(Value::as_str)
}

/// The last character of a text of so many of which all others are `a`.
fn last_of(text: &str, length: u64) -> Option<char> {
    let before = text.trim_start_matches('a').chars().count();
    let last = text.chars().next_back().filter(|_| before <= 1)?;
    (text.chars().count() as u64 == length).then_some(last)
}
