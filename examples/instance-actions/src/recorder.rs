//! Work bracketed by an event.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use uuid::Uuid;

use crate::{Actions, Error, Failure, Outcome, Reason};

/// Brackets work with an event on the action of each of several servers.
#[derive(Clone, Debug)]
pub struct Recorder {
    actions: Actions,
    event: String,
    host: Option<String>,
    tolerant: bool,
}

/// What can go wrong with bracketed work.
#[derive(Debug, thiserror::Error)]
pub enum RecordError<E> {
    /// An event could not be begun. The work was not started, and events that were begun are closed.
    #[error("the work was not begun")]
    Begin(#[source] Error),
    /// The work failed. Its error comes first, whatever became of the events (B-E2).
    #[error("the work failed")]
    Work {
        /// The error of the work.
        error: E,
        /// Servers whose event could not be ended.
        open: Vec<(Uuid, Error)>,
    },
    /// The work succeeded, but events could not be ended.
    #[error("{} events could not be ended", .open.len())]
    End {
        /// Servers whose event could not be ended.
        open: Vec<(Uuid, Error)>,
    },
}

impl Recorder {
    /// Brackets work with `event`, as it runs on `host`.
    pub fn new(actions: Actions, event: impl Into<String>, host: Option<&str>) -> Self {
        Self { actions, event: event.into(), host: host.map(str::to_owned), tolerant: false }
    }

    /// Does not mind an action that vanished while the work went on. Other servers' events are ended all the same.
    #[must_use]
    pub const fn tolerate_vanished(mut self) -> Self {
        self.tolerant = true;
        self
    }

    /// Does `work` between the beginning and the end of an event for each server. `describe` says what is
    /// kept of its failure.
    ///
    /// Whatever happens the events are closed: when the work succeeds, fails, panics (the panic goes on
    /// afterwards), or is dropped while it waits.
    ///
    /// # Errors
    /// [`RecordError`]; the error of the work is never lost.
    pub async fn record<T, E>(
        &self,
        instances: &[Uuid],
        work: impl Future<Output = Result<T, E>>,
        describe: impl FnOnce(&E) -> Failure,
    ) -> Result<T, RecordError<E>> {
        let guard = self.begin(instances).await.map_err(RecordError::Begin)?;
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(value)) => match guard.end(Outcome::Success).await {
                open if open.is_empty() => Ok(value),
                open => Err(RecordError::End { open }),
            },
            Ok(Err(error)) => {
                let open = guard.end(Outcome::Failure(describe(&error))).await;
                Err(RecordError::Work { error, open })
            }
            Err(panic) => {
                guard.end(Outcome::Failure(interrupted("Panic"))).await;
                resume_unwind(panic)
            }
        }
    }

    /// Begins an event for each server, in order.
    ///
    /// # Errors
    /// Those of [`Actions::start_event`]. Events that were begun by then are closed.
    pub async fn begin(&self, instances: &[Uuid]) -> Result<EventGuard, Error> {
        let mut guard = EventGuard { recorder: self.clone(), begun: VecDeque::with_capacity(instances.len()) };
        for instance in instances {
            match self.actions.start_event(*instance, &self.event, self.host.as_deref()).await {
                Ok(event) => {
                    guard.begun.push_back(Begun { instance: *instance, action: event.action_id.unwrap_or_default(), event: event.id })
                }
                Err(error) => {
                    guard.end(Outcome::Failure(interrupted("NotBegun"))).await;
                    return Err(error);
                }
            }
        }
        Ok(guard)
    }

    /// Ends one event; gives the reason if it could not be ended.
    async fn close(&self, begun: &Begun, outcome: &Outcome) -> Option<(Uuid, Error)> {
        match self.actions.finish_event_by_id(begun.action, begun.event, outcome.clone()).await {
            Ok(_) => None,
            Err(Error::ActionNotFound) if self.tolerant => None,
            Err(error) => Some((begun.instance, error)),
        }
    }
}

/// An event that was begun.
#[derive(Clone, Copy, Debug)]
struct Begun {
    instance: Uuid,
    action: i64,
    event: i64,
}

/// Events that were begun. Dropped without [`end`](Self::end), it closes them as failed from a task of its
/// own, which needs a running tokio runtime.
#[derive(Debug)]
#[must_use = "dropped at once, it closes the events as failed"]
pub struct EventGuard {
    recorder: Recorder,
    begun: VecDeque<Begun>,
}

impl EventGuard {
    /// Ends the events. Gives the servers whose event could not be ended, and why.
    pub async fn end(mut self, outcome: Outcome) -> Vec<(Uuid, Error)> {
        // Each stays in the guard until it is ended, so that a drop in between closes the rest.
        let mut open = Vec::new();
        while let Some(begun) = self.begun.front().copied() {
            open.extend(self.recorder.close(&begun, &outcome).await);
            self.begun.pop_front();
        }
        open
    }
}

impl Drop for EventGuard {
    fn drop(&mut self) {
        let begun = std::mem::take(&mut self.begun);
        if begun.is_empty() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let recorder = self.recorder.clone();
            runtime.spawn(async move {
                let outcome = Outcome::Failure(interrupted("Interrupted"));
                for begun in begun {
                    recorder.close(&begun, &outcome).await;
                }
            });
        }
    }
}

/// The failure of work that gave no error of its own.
fn interrupted(kind: &'static str) -> Failure {
    Failure::new(Reason::template(kind, &[]), "")
}
