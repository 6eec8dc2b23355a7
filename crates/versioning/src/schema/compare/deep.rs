//! How deep a comparison may go, and a stack for it.
//!
//! As many objects as lead to each other the search is in each other, so it has a thread with a stack of its own.

use std::panic::resume_unwind;
use std::thread::{Builder, scope};

use super::arena::Arena;
use super::solve::{Goal, Limits, Outcome, Solver};

/// Enough for all frames of [`DEEP`], of which each takes a few kilobytes; only what is used of it is real.
const STACK_BYTES: usize = 256 << 20;
const DEEP: Limits = Limits { goals: 1_024, frames: 16_384 };
/// Where there are no threads.
const SHALLOW: Limits = Limits { goals: 128, frames: 256 };
/// Levels of an instance that are looked at first, and the part of the work for it: what is found there is small.
const FIRST: [(usize, usize); 2] = [(8, 16), (64, 4)];

/// Does what needs a large stack.
pub(super) fn with_room<T: Send>(work: impl Fn(Limits) -> T + Sync) -> T {
    let deep = || work(DEEP);
    scope(|scope| match Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, deep) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
        Err(_) => work(SHALLOW),
    })
}

/// Looks for an instance that is small before one that is not.
pub(super) fn solve(arena: Arena, limits: Limits, goal: &Goal) -> (Outcome, Arena) {
    let mut solver = Solver::new(arena, limits);
    for (goals, part) in FIRST {
        solver.look(goals, part);
        let outcome = solver.solve(goal);
        if !solver.is_cut() {
            return (outcome, solver.arena);
        }
        if matches!(outcome, Outcome::Instance(_)) {
            return (outcome, solver.arena);
        }
    }
    solver.look(limits.goals, 1);
    (solver.solve(goal), solver.arena)
}
