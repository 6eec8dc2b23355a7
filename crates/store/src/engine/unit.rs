//! A transaction of one write.

use super::Connection;
use crate::error::Failure;

/// A transaction that is taken back unless it is committed, dropped futures included.
pub(crate) struct Unit<'c> {
    connection: &'c mut Connection,
}

impl<'c> Unit<'c> {
    pub(crate) async fn begin(connection: &'c mut Connection) -> Result<Self, Failure> {
        connection.begin().await?;
        Ok(Self { connection })
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    pub(crate) async fn commit(self) -> Result<(), Failure> {
        // An error leaves the transaction open, and dropping the unit rolls back.
        self.connection.commit().await
    }

    pub(crate) async fn rollback(self) {
        if let Err(failure) = self.connection.rollback().await {
            tracing::warn!(?failure, "rollback failed, the connection is closed");
        }
    }
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        self.connection.abandon();
    }
}
