//! Whose turn it is to have something of which there are only so many, as connections: first come, first served.
//!
//! What is no longer needed may be passed on to whoever waits longest, as it is. Who is not passed anything has a turn all the same,
//! and gets one where they come from.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// So many turns at once, and those who wait for one.
#[derive(Debug)]
pub(super) struct Queue<C> {
    state: Mutex<State<C>>,
    /// How many wait, or have a turn and have not looked yet.
    waiting: AtomicUsize,
    waiting_max: usize,
}

#[derive(Debug)]
struct State<C> {
    /// Turns that nobody has. While there are some, nobody waits.
    free: usize,
    /// From who has waited longest. Some may have left meanwhile.
    waiting: VecDeque<oneshot::Sender<Turn<C>>>,
    is_closed: bool,
}

/// How many who have left may be in the queue before it is looked through, beside as many as wait.
const LEFT: usize = 64;

/// Why there is no turn to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoTurn {
    /// As many wait as may.
    Full,
    /// The queue is closed.
    Closed,
}

impl<C> Queue<C> {
    pub(super) fn of(turns: usize, waiting_max: usize) -> Arc<Self> {
        let state = Mutex::new(State { free: turns, waiting: VecDeque::new(), is_closed: false });
        Arc::new(Self { state, waiting: AtomicUsize::new(0), waiting_max })
    }

    /// Waits for a turn. Who drops this has left the queue.
    ///
    /// # Errors
    /// [`NoTurn`]; that it is full at once, without waiting.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<Turn<C>, NoTurn> {
        match self.enter()? {
            Entered::Turn(turn) => Ok(turn),
            Entered::Waiting(waiting) => waiting.await,
        }
    }

    fn enter(self: &Arc<Self>) -> Result<Entered<C>, NoTurn> {
        let mut state = self.state();
        if state.is_closed {
            return Err(NoTurn::Closed);
        }
        if let Some(left) = state.free.checked_sub(1) {
            state.free = left;
            return Ok(Entered::Turn(Turn::of(self, None)));
        }
        let waiting = self.waiting.load(Ordering::Relaxed);
        if waiting >= self.waiting_max {
            return Err(NoTurn::Full);
        }
        if state.waiting.len() > 2 * waiting + LEFT {
            state.waiting.retain(|waiting| !waiting.is_closed());
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let (place, turn) = oneshot::channel();
        state.waiting.push_back(place);
        Ok(Entered::Waiting(Waiting { queue: self.clone(), turn, runtime: Handle::try_current().ok() }))
    }

    /// Nobody gets a turn any more, and who waits is told so. Nothing is passed on.
    pub(super) fn close(&self) {
        let waiting = {
            let mut state = self.state();
            state.is_closed = true;
            std::mem::take(&mut state.waiting)
        };
        drop(waiting);
    }

    /// Gives a turn that is over to the next one, with what was held.
    fn next(self: &Arc<Self>, mut held: Option<C>) {
        loop {
            let waiting = {
                let mut state = self.state();
                let Some(waiting) = state.waiting.pop_front() else {
                    state.free += 1;
                    break;
                };
                waiting
            };
            let Err(mut refused) = waiting.send(Turn::of(self, held)) else { return };
            held = refused.take();
            refused.queue = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State<C>> {
        // Nothing in here panics halfway.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What comes of asking for a turn.
enum Entered<C> {
    Turn(Turn<C>),
    Waiting(Waiting<C>),
}

/// A place in the queue.
struct Waiting<C> {
    queue: Arc<Queue<C>>,
    turn: oneshot::Receiver<Turn<C>>,
    /// Where it was taken.
    runtime: Option<Handle>,
}

impl<C> Future for Waiting<C> {
    type Output = Result<Turn<C>, NoTurn>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.turn).poll(context).map_err(|_| NoTurn::Closed)
    }
}

impl<C> Drop for Waiting<C> {
    fn drop(&mut self) {
        self.queue.waiting.fetch_sub(1, Ordering::Relaxed);
        self.turn.close();
        if let Ok(turn) = self.turn.try_recv() {
            // It came, and nobody looked. A connection may go back to its pool now, which takes a runtime, and this may be dropped outside of it.
            let _inside = self.runtime.as_ref().map(Handle::enter);
            drop(turn);
        }
    }
}

/// A turn, which is over when it is dropped. What is held then is passed on to the next one, or dropped where nobody waits.
#[derive(Debug)]
pub(super) struct Turn<C> {
    /// None where the turn is another's.
    queue: Option<Arc<Queue<C>>>,
    held: Option<C>,
}

impl<C> Turn<C> {
    fn of(queue: &Arc<Queue<C>>, held: Option<C>) -> Self {
        Self { queue: Some(queue.clone()), held }
    }

    /// What whoever had the turn before has passed on, or has been put there since.
    pub(super) const fn held(&self) -> Option<&C> {
        self.held.as_ref()
    }

    pub(super) const fn held_mut(&mut self) -> Option<&mut C> {
        self.held.as_mut()
    }

    pub(super) fn hold(&mut self, held: C) {
        self.held = Some(held);
    }

    /// Takes away what would be passed on.
    pub(super) const fn take(&mut self) -> Option<C> {
        self.held.take()
    }
}

impl<C> Drop for Turn<C> {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.next(self.held.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn who_comes_first_is_first_and_gets_what_is_passed_on() {
        let queue = Queue::<u8>::of(1, 8);
        let mut turn = queue.turn().await.unwrap();
        assert_eq!(turn.take(), None);
        let (mut second, mut third) = (Box::pin(queue.turn()), Box::pin(queue.turn()));
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none(), "one turn");
        turn.hold(7);
        drop(turn);
        assert!(third.as_mut().now_or_never().is_none());
        let mut turn = second.now_or_never().unwrap().unwrap();
        assert_eq!(turn.take(), Some(7));
        drop(turn);
        assert_eq!(third.now_or_never().unwrap().unwrap().take(), None, "nothing was passed on");
        assert!(queue.turn().now_or_never().is_some(), "the turn is free again");
    }

    #[tokio::test]
    async fn who_has_left_is_passed_over_and_keeps_nothing() {
        let queue = Queue::<u8>::of(1, 8);
        let mut turn = queue.turn().await.unwrap();
        let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(queue.turn())).collect();
        assert!(waiting.iter_mut().all(|waiting| waiting.as_mut().now_or_never().is_none()));
        let (last, told, gone) = (waiting.pop().unwrap(), waiting.pop().unwrap(), waiting);
        drop(gone);
        turn.hold(7);
        drop(turn);
        // It has been given the turn, and goes without having looked.
        drop(told);
        let turn = last.now_or_never().and_then(Result::ok);
        assert_eq!(turn.map(|mut turn| turn.take()), Some(Some(7)), "it was lost on the way");
        assert!(queue.turn().now_or_never().is_some());
    }

    #[tokio::test]
    async fn so_many_wait_and_who_has_left_is_not_counted() {
        let queue = Queue::<u8>::of(1, 2);
        let turn = queue.turn().await.unwrap();
        let (mut first, mut second) = (Box::pin(queue.turn()), Box::pin(queue.turn()));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        assert_eq!(queue.turn().now_or_never().unwrap().unwrap_err(), NoTurn::Full);
        drop(first);
        assert!(queue.turn().now_or_never().is_none(), "there is a place in the queue");
        drop(turn);
        assert!(second.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn who_has_left_takes_no_room_for_long() {
        let queue = Queue::<u8>::of(1, 8);
        let _turn = queue.turn().await.unwrap();
        for _ in 0..100 * LEFT {
            assert!(queue.turn().now_or_never().is_none());
        }
        assert!(queue.state().waiting.len() <= LEFT + 1);
    }

    #[test]
    fn a_place_may_be_left_outside_of_a_runtime() {
        /// What takes a runtime to be given back, as a connection does.
        struct Connection;
        impl Drop for Connection {
            fn drop(&mut self) {
                assert!(Handle::try_current().is_ok(), "outside of a runtime");
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let queue = Queue::of(1, 8);
        let mut waiting = Box::pin(queue.turn());
        runtime.block_on(async {
            let mut turn = queue.turn().await.unwrap();
            assert!(waiting.as_mut().now_or_never().is_none());
            turn.hold(Connection);
        });
        drop(waiting);
    }

    #[tokio::test]
    async fn closing_ends_all_waiting() {
        let queue = Queue::<u8>::of(1, 8);
        let mut turn = queue.turn().await.unwrap();
        let mut waiting = Box::pin(queue.turn());
        assert!(waiting.as_mut().now_or_never().is_none());
        queue.close();
        assert_eq!(waiting.now_or_never().unwrap().unwrap_err(), NoTurn::Closed);
        turn.hold(7);
        drop(turn);
        assert_eq!(queue.turn().now_or_never().unwrap().unwrap_err(), NoTurn::Closed, "even where one would be free");
    }
}
