//! What `armed` has, doing nothing.

use std::future::{Ready, ready};

use sea_orm::DbErr;

use super::Connection;
use crate::error::Failure;

#[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "as in `armed`")]
impl Connection {
    pub(super) fn meet(&mut self, _: bool) -> Ready<Option<sqlx::Error>> {
        ready(None)
    }

    pub(super) fn after<R>(&mut self, done: Result<R, Failure>, _: fn(sqlx::Error) -> Failure) -> Result<R, Failure> {
        done
    }

    pub(super) fn after_begin(&mut self) -> Ready<Result<(), Failure>> {
        ready(Ok(()))
    }

    pub(super) fn raw_after<R>(&mut self, done: Result<R, DbErr>) -> Result<R, DbErr> {
        done
    }
}
