//! Goals that have no instance as long as others, which are still under way, have none.
//!
//! Of goals that lean on each other in a circle none has an instance if none of them has one of least height. So what leans on a goal
//! under way is settled with it: for good when it has none, and to be asked again when it has one or was not decided.

use std::collections::HashMap;

use super::solve::Goal;

#[derive(Debug, Default)]
pub(super) struct Leaning {
    /// In the order in which they were found, with the lowest place of the stack that each leans on.
    goals: Vec<(Goal, usize)>,
    places: HashMap<Goal, usize>,
}

impl Leaning {
    /// How many there are, to tell those that are found later from them.
    pub(super) const fn len(&self) -> usize {
        self.goals.len()
    }

    /// The place of the stack that a goal leans on.
    pub(super) fn get(&self, goal: &Goal) -> Option<usize> {
        self.places.get(goal).and_then(|place| self.goals.get(*place)).map(|(_, low)| *low)
    }

    /// The goal at this place of the stack leans on a lower one, and all that was found since and leans on it leans there too.
    pub(super) fn lean(&mut self, goal: &Goal, low: usize, here: usize, since: usize) {
        for (_, other) in self.goals.iter_mut().skip(since).filter(|(_, other)| *other >= here) {
            *other = low;
        }
        self.places.insert(goal.clone(), self.goals.len());
        self.goals.push((goal.clone(), low));
    }

    /// The goal at this place of the stack has no instance: what was found since and leans on nothing below has none either.
    pub(super) fn settle(&mut self, here: usize, since: usize) -> impl Iterator<Item = Goal> + use<> {
        let found = self.goals.split_off(since.min(self.goals.len()));
        let (settled, kept): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, low)| *low >= here);
        for (goal, _) in &settled {
            self.places.remove(goal);
        }
        for (goal, low) in kept {
            self.places.insert(goal.clone(), self.goals.len());
            self.goals.push((goal, low));
        }
        settled.into_iter().map(|(goal, _)| goal)
    }

    /// What was found since may lean on a goal that has an instance, or that was not decided.
    pub(super) fn forget(&mut self, since: usize) {
        for (goal, _) in self.goals.split_off(since.min(self.goals.len())) {
            self.places.remove(&goal);
        }
    }
}
