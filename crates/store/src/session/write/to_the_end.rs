//! Work that is not left in the middle.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tracing::instrument::{WithDispatch, WithSubscriber};

use crate::Error;
use crate::error::Fault;

/// Runs `work` to its end even if the caller stops waiting, or does something else first: as a task of its own.
pub(in crate::session) async fn as_task<R, W>(work: W) -> Result<R, Error>
where
    R: Send + 'static,
    W: Future<Output = Result<R, Error>> + Send + 'static,
{
    match tokio::spawn(work.with_current_subscriber()).await {
        Ok(done) => done,
        // The runtime is being shut down, so nobody will say how it ended.
        Err(error) if error.is_cancelled() => Err(Error::CommitUnknown { token: None, fault: Fault::of_us("the runtime ended") }),
        Err(_) => Err(panicked()),
    }
}

/// Runs `work` to its end even if the caller stops waiting: what is left of it is a task of its own then, and only then, since each task
/// costs both that wait for the other. It stands still as long as the caller neither waits nor gives up, so it is for what holds nothing
/// meanwhile that others wait for.
pub(in crate::session) async fn to_the_end<R, W>(work: W) -> Result<R, Error>
where
    R: Send + 'static,
    W: Future<Output = Result<R, Error>> + Send + 'static,
{
    let work = Box::pin(work.with_current_subscriber());
    ToTheEnd { work: Some(work), runtime: Handle::current() }.await
}

fn panicked() -> Error {
    Error::Internal(Fault::of_us("a write panicked"))
}

struct ToTheEnd<R, W>
where
    R: Send + 'static,
    W: Future<Output = Result<R, Error>> + Send + 'static,
{
    /// None once it is done.
    work: Option<Pin<Box<WithDispatch<W>>>>,
    runtime: Handle,
}

impl<R, W> Future for ToTheEnd<R, W>
where
    R: Send + 'static,
    W: Future<Output = Result<R, Error>> + Send + 'static,
{
    type Output = Result<R, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<R, Error>> {
        let Some(work) = &mut self.work else { return Poll::Ready(Err(panicked())) };
        // What panics is not gone on with.
        let done = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))).unwrap_or_else(|_| Poll::Ready(Err(panicked())));
        if done.is_ready() {
            self.work = None;
        }
        done
    }
}

impl<R, W> Drop for ToTheEnd<R, W>
where
    R: Send + 'static,
    W: Future<Output = Result<R, Error>> + Send + 'static,
{
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            // Where the runtime has ended the work is dropped at once, and what it holds may look for the runtime.
            let _entered = self.runtime.enter();
            self.runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Waker;

    use tokio::sync::oneshot;

    use super::*;

    fn is_pending<R>(work: Pin<&mut impl Future<Output = R>>) -> bool {
        work.poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_done_all_the_same() {
        let (go, gone) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel::<()>();
        let mut work = Box::pin(to_the_end(async move {
            gone.await.unwrap();
            tell.send(()).unwrap();
            Ok(())
        }));
        assert!(is_pending(work.as_mut()));
        drop(work);
        _ = go.send(());
        assert!(told.await.is_ok());
    }

    #[tokio::test]
    async fn what_panics_is_said_to_and_not_gone_on_with() {
        let polls = Arc::new(AtomicU32::new(0));
        let counted = polls.clone();
        let work = std::future::poll_fn(move |_| -> Poll<Result<(), Error>> {
            counted.fetch_add(1, Ordering::Relaxed);
            panic!("on purpose");
        });
        let mut work = Box::pin(to_the_end(work));
        assert!(matches!(work.as_mut().await, Err(Error::Internal(_))));
        drop(work);
        tokio::task::yield_now().await;
        assert_eq!(polls.load(Ordering::Relaxed), 1);
        let task = as_task(std::future::poll_fn(|_| -> Poll<Result<(), Error>> { panic!("on purpose") }));
        assert!(matches!(task.await, Err(Error::Internal(_))));
    }

    #[test]
    fn what_is_left_when_the_runtime_has_ended_finds_it_all_the_same() {
        struct Looks(Arc<AtomicU32>);
        impl Drop for Looks {
            fn drop(&mut self) {
                self.0.store(if Handle::try_current().is_ok() { 1 } else { 2 }, Ordering::Relaxed);
            }
        }
        let found = Arc::new(AtomicU32::new(0));
        let looks = Looks(found.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut work = Box::pin(to_the_end(async move {
            let _looks = looks;
            std::future::pending::<Result<(), Error>>().await
        }));
        runtime.block_on(async { assert!(is_pending(work.as_mut())) });
        drop(runtime);
        drop(work);
        assert_eq!(found.load(Ordering::Relaxed), 1);
    }
}
