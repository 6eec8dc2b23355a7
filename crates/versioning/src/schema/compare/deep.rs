//! How deep a comparison may go, and a stack for it.
//!
//! As many objects as lead to each other the search is in each other, so it has a thread with a stack of its own, and another one
//! whenever that is used up.

use std::panic::resume_unwind;
use std::thread::{Builder, scope};

use super::arena::Arena;
use super::solve::{Goal, Limits, Outcome, Solver};

/// Frames that one stack is for.
pub(super) const FRAMES: usize = 2_048;
/// Enough for so many, of which each takes a few kilobytes, and for holding an instance against a schema; only what is used of it is
/// real.
const STACK_BYTES: usize = 48 << 20;
const DEEP: Limits = Limits { goals: 65_536, frames: 98_304 };
/// Where there are no threads.
const SHALLOW: Limits = Limits { goals: 128, frames: 256 };
/// Levels of an instance that are looked at first, and the part of the work for it: what is found there is small.
const FIRST: [(usize, usize); 2] = [(8, 16), (64, 4)];

/// Does what needs a large stack.
pub(super) fn with_room<T: Send>(work: impl Fn(Limits) -> T + Sync) -> T {
    on_another_stack(|| work(DEEP)).unwrap_or_else(|| work(SHALLOW))
}

/// Does what a stack has no room for any more on another one; `None` where there is none to be had.
pub(super) fn on_another_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    scope(|scope| {
        let thread = Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).ok()?;
        Some(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
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
