//! Rows that were fetched and are decoded later, so that the cost of decoding can be measured without a database.

use std::fmt;
use std::future::ready;
use std::marker::PhantomData;

use recension_model::Persisted;

use super::find::Find;
use crate::engine::Row;
use crate::target::Target;
use crate::{Error, Operation, Persist};

/// The rows of a search, as the driver gave them. Not for people: `cargo xtask bench` asks for them.
#[doc(hidden)]
pub struct HeldRows<T> {
    rows: Vec<Row>,
    of: PhantomData<fn() -> T>,
}

impl<T: Persist> Find<T> {
    /// The rows of [`stream`](Self::stream), all of them.
    ///
    /// # Errors
    /// As [`stream`](Self::stream), but for those of decoding.
    #[doc(hidden)]
    pub async fn hold_rows(self) -> Result<HeldRows<T>, Error> {
        let target = Target::of::<T>();
        let select = self.streamed(target);
        let mut rows = Vec::new();
        let each = |row| {
            rows.push(row);
            ready(Ok(()))
        };
        self.session.each_row(select, each).await.map_err(|stop| stop.on(target.object(), Operation::Read))?;
        Ok(HeldRows { rows, of: PhantomData })
    }
}

impl<T: Persist> HeldRows<T> {
    /// The objects of the rows, as a search makes them.
    ///
    /// # Errors
    /// [`Error::Integrity`] for a row that is no object.
    pub fn decode(&self) -> Result<Vec<Persisted<T>>, Error> {
        let target = Target::of::<T>();
        self.rows.iter().map(|row| target.decode(row)).collect()
    }
}

impl<T> fmt::Debug for HeldRows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldRows").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}
