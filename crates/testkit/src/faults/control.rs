//! What a whole server does: answer, be silent, or be gone.

use tokio::sync::watch;

/// What holds for all connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    /// Nothing is passed on.
    is_paused: bool,
    /// New connections are closed at once.
    is_refusing: bool,
    /// How often all connections were closed.
    kills: u64,
}

/// Shared by a proxy and its connections.
#[derive(Clone, Debug)]
pub(super) struct Control(watch::Sender<State>);

impl Default for Control {
    fn default() -> Self {
        Self(watch::Sender::new(State::default()))
    }
}

impl Control {
    pub(super) fn pause(&self) {
        self.0.send_modify(|state| state.is_paused = true);
    }

    pub(super) fn resume(&self) {
        self.0.send_modify(|state| (state.is_paused, state.is_refusing) = (false, false));
    }

    pub(super) fn kill(&self) {
        self.0.send_modify(|state| {
            state.is_refusing = true;
            state.kills += 1;
        });
    }

    pub(super) fn is_refusing(&self) -> bool {
        self.0.borrow().is_refusing
    }

    /// How often all connections were closed until now.
    pub(super) fn kills(&self) -> u64 {
        self.0.borrow().kills
    }

    /// Waits until nothing is held up.
    pub(super) async fn running(&self) {
        // It ends with an error when nobody could change the state any more, and this one could.
        _ = self.0.subscribe().wait_for(|state| !state.is_paused).await;
    }

    /// Waits until all connections are closed once more.
    pub(super) async fn killed(&self, before: u64) {
        _ = self.0.subscribe().wait_for(|state| state.kills != before).await;
    }
}
