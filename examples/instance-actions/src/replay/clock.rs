//! A clock that is set by hand.

use std::sync::{Arc, Mutex, PoisonError};

use recension::Timestamp;
use recension::store::Clock;

/// A clock that is set by hand. All clones show the same time.
#[derive(Clone, Debug)]
pub(super) struct SetClock(Arc<Mutex<Timestamp>>);

impl SetClock {
    /// A clock that shows `time`.
    pub(super) fn at(time: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    pub(super) fn set(&self, time: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
