//! Work that is shared out among processors.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Items that are worth a turn of their own.
const ITEMS_OF_A_TURN: usize = 16;

/// Does the same for each, on as many processors as there are. In the order of the items.
pub(crate) fn side_by_side<'t, T: Sync, R: Send>(items: &'t [T], each: impl Fn(&'t T) -> R + Sync) -> Vec<R> {
    let turns: Vec<&'t [T]> = items.chunks(ITEMS_OF_A_TURN).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(turns.len());
    let next = AtomicUsize::new(0);
    // Whoever is done takes the next turn: some items take longer than others.
    let work = || {
        let mut done: Vec<(usize, Vec<R>)> = Vec::new();
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(items) = turns.get(turn) else { return done };
            done.push((turn, items.iter().map(&each).collect()));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(turn, _)| *turn);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_side_by_side_is_in_order() {
        for count in [0, 1, 15, 16, 33, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(side_by_side(&items, |item| item + 1), (1..=count).collect::<Vec<_>>(), "{count}");
        }
    }
}
