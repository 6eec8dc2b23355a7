//! Objects as their rows arrive.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::Stream;
use recension_model::Persisted;
use tracing::Instrument;

use super::find::Find;
use super::{Session, Stop};
use crate::engine::{Prepared, Row};
use crate::observe::Watch;
use crate::target::Target;
use crate::{Error, Operation, Persist};

type Item<T> = Result<Persisted<T>, Error>;

impl<T: Persist> Find<T> {
    /// The objects found, one after the other as their rows arrive: for lists that are too long for an
    /// answer. Their number has no cap. A row is decoded when it is asked for, so that a slow reader slows
    /// the database down; besides it, the driver holds a few dozen rows that have not been decoded.
    ///
    /// Nothing is sent before the first object is asked for. From then on the stream has a connection, until
    /// it has ended or is dropped; dropping it halfway gives the connection back as good as before. On a
    /// [held](Session::hold) connection, in a transaction, and on a database in memory that is the only one,
    /// so other calls wait for it, and fail with [`Error::Deadline`] after
    /// [`acquire_timeout`](crate::Connect::acquire_timeout): use [`page`](Self::page) to write while reading.
    ///
    /// # Errors
    /// The stream gives an error as its last item: those of [`one`](Self::one).
    ///
    /// # Examples
    /// ```
    /// # use recension::store::{Error, Session};
    /// # use recension::{Persist, VersionedObject};
    /// # #[derive(Clone, VersionedObject, Persist)]
    /// # #[object(namespace = "demo", default_class = "public")]
    /// # #[version("1.0", "first version")]
    /// # #[persist(table = "notes", key = "id", revision)]
    /// # pub struct Note {
    /// #     #[field(server_set, read_only)]
    /// #     #[persist(fill = "auto")]
    /// #     pub id: i64,
    /// #     pub text: String,
    /// # }
    /// async fn letters(session: &Session) -> Result<usize, Error> {
    ///     let mut notes = session.find::<Note>().stream();
    ///     let mut letters = 0;
    ///     while let Some(note) = notes.try_next().await? {
    ///         letters += note.text.chars().count();
    ///     }
    ///     Ok(letters)
    /// }
    /// ```
    pub fn stream(self) -> ObjectStream<T> {
        let target = Target::of::<T>();
        let select = self.streamed(target);
        let place = Place::default();
        let (session, arriving) = (self.session, place.clone());
        let rows = async move {
            let mut watch = Watch::of("stream", target.object());
            let read = session.each_row(select, |row| {
                watch.rows(1);
                let (decoded, arriving) = (target.decode(&row), arriving.clone());
                async move {
                    arriving.put(Ok(decoded?)).await;
                    Ok(())
                }
            });
            let read = read.instrument(tracing::debug_span!("stream", object = %target.object())).await;
            let read = read.map_err(|stop| stop.on(target.object(), Operation::Read));
            watch.ended(&read);
            if let Err(error) = read {
                arriving.put(Err(error)).await;
            }
        };
        ObjectStream { rows: Some(Box::pin(rows)), place }
    }

    pub(super) fn streamed(&self, target: Target) -> Result<Prepared, Error> {
        let mut select = target.select_all(self.session.store.capability(), self.visible(target)?);
        self.ordered(target, &mut select)?;
        Ok(self.session.store.capability().prepare(&select))
    }
}

impl Session {
    /// Runs a query and waits after each row for what `each` does with it.
    pub(super) async fn each_row<F>(&self, select: Result<Prepared, Error>, each: impl FnMut(Row) -> F + Send) -> Result<(), Stop>
    where
        F: Future<Output = Result<(), Stop>> + Send,
    {
        let select = select?;
        let mut lent = self.lend(false).await?;
        lent.connection()?.query_slowly(select, each).await
    }
}

/// Objects as their rows arrive, made by [`Find::stream`]. Nothing happens unless it is polled, and nothing
/// goes on in the background.
#[must_use = "nothing is sent before the first object is asked for"]
pub struct ObjectStream<T: Persist> {
    /// The query, which fills the place; none once it has ended.
    rows: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    place: Place<T>,
}

impl<T: Persist> ObjectStream<T> {
    /// The next object; none at the end.
    ///
    /// # Errors
    /// As [`Find::stream`]; there is nothing after an error.
    pub async fn try_next(&mut self) -> Result<Option<Persisted<T>>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Item<T>>> {
        let Some(rows) = &mut self.rows else { return Poll::Ready(None) };
        let polled = rows.as_mut().poll(context);
        if polled.is_ready() {
            self.rows = None;
            return Poll::Ready(None);
        }
        // The query waits for its place to be emptied, or for the database.
        self.place.take().map_or(Poll::Pending, |item| Poll::Ready(Some(item)))
    }
}

impl<T: Persist> Stream for ObjectStream<T> {
    type Item = Item<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item<T>>> {
        self.get_mut().poll(context)
    }
}

impl<T: Persist> fmt::Debug for ObjectStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStream").field("ended", &self.rows.is_none()).finish_non_exhaustive()
    }
}

/// The place of the one object that has been decoded and not yet taken. Both sides are polled by one task, so
/// nobody is ever woken, and the lock is always free.
struct Place<T: Persist>(Arc<Mutex<Option<Item<T>>>>);

impl<T: Persist> Place<T> {
    /// Puts an item down, and waits until it is taken.
    async fn put(&self, item: Item<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(item);
        let is_taken = || self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        poll_fn(|_| if is_taken() { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    fn take(&self) -> Option<Item<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T: Persist> Clone for Place<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Persist> Default for Place<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}
