//! Making an object once, however often it is asked for.

use std::sync::Arc;

use recension_model::{Carry, Object, ObjectDraft, Persisted, Record, ServerFields};
use sea_orm::Condition;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query};

use super::create::{Insert, NewRow};
use super::retry::Tries;
use super::{Session, Stop};
use crate::capability::Capability;
use crate::engine::{Connection, Prepared};
use crate::error::is_of_lost;
use crate::idempotency::Request;
use crate::target::{Stored, Target};
use crate::{CreateOnce, Error, IdempotencyKey, Operation};

impl Session {
    /// As [`create`](Self::create), where the same request may be sent more than once: the first makes the object, and each further
    /// one with the same key gives it back as it is now. The key belongs to the caller, and to the kind of object; see
    /// [`IdempotencyKey`].
    ///
    /// When no answer comes it is asked again, as long as [`Connect::retry_timeout`](crate::Connect::retry_timeout) lets it.
    ///
    /// What is asked for is what the draft sets, at the version that the fleet reads
    /// ([`Connect::manifest`](crate::Connect::manifest)) or read when it was asked first; what the store and the service fill is not compared. The row keeps the
    /// key for as long as it is there, marked as deleted or not: once it is taken out, the same request makes the object anew.
    ///
    /// # Errors
    /// As [`create`](Self::create); [`Error::KeyReuse`] when the key was used with another draft; [`Error::NotFound`] when the
    /// object has been marked as deleted, or is not the caller's to read any more; [`Error::CommitUnknown`] when it could not be found
    /// out in time whether it was made: the same call may be made again later.
    pub async fn create_once<D>(&self, key: &IdempotencyKey, draft: D) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: CreateOnce,
    {
        self.create_once_filled(key, draft, |_| {}).await
    }

    /// As [`create_once`](Self::create_once), with the service's own values for fields that only it sets.
    ///
    /// # Errors
    /// As [`create_once`](Self::create_once).
    pub async fn create_once_filled<D>(
        &self,
        key: &IdempotencyKey,
        draft: D,
        fill: impl FnOnce(&mut <D::Object as Object>::ServerFields),
    ) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: CreateOnce,
    {
        let target = Target::of::<D::Object>();
        let scope = self.scope(Operation::Create, target.object())?;
        let mut server = <D::Object as Object>::ServerFields::default();
        fill(&mut server);
        let given = draft.to_checked_record()?;
        let record = self.completed::<D::Object>(target, given.clone(), &server.as_draft().to_record())?;
        let asked = Arc::new(self.asked(target, key, given)?);
        let stored = self.insert_once(target, &record, scope, &asked).await?;
        target.persisted(stored, Carry::default())
    }

    fn asked(&self, target: Target, key: &IdempotencyKey, given: Record) -> Result<Asked, Error> {
        let request = Request::of(&target, self.caller(), key, given);
        // Who may make objects and not read them is told no more than that there is one.
        let readable = match self.store.scope(self.caller(), Operation::Read, target.object()) {
            Ok(scope) => Cond::all().add_option(scope).add_option(target.live()?),
            Err(_) => Cond::all().add(Expr::cust("1 = 0")),
        };
        Ok(Asked { key: request.key(), payload: request.payload(&target, self.store.manifest())?, request, readable })
    }

    /// Makes the row, or finds it; where it is not known whether it was made, the same once more.
    async fn insert_once(&self, target: Target, record: &Record, scope: Option<Condition>, asked: &Arc<Asked>) -> Result<Stored, Error> {
        let insert = || Insert::of(self, target, record, scope.clone(), Some(asked));
        let mut tries = Tries::within(self.retry_timeout());
        let (mut unknown, mut lost) = (None, None);
        loop {
            let done = self.write(target.object(), Operation::Create, insert).await;
            match (done, &unknown) {
                (Err(error @ Error::CommitUnknown { .. }), _) if !self.is_in_transaction() => unknown = Some(error),
                // What fails for want of a database says nothing of the try before it.
                (Err(error), Some(_)) if error.fault().is_some() => {}
                // Nothing was made, as far as it got, and what is asked again is the same.
                (Err(error), None) if !self.is_in_transaction() && is_of_lost(&error) => lost = Some(error),
                (done, _) => return done,
            }
            if !tries.again().await {
                break;
            }
            tracing::debug!(object = %target.object(), "a request was not answered: it is made again");
        }
        Err(unknown.or(lost).unwrap_or_else(|| Error::not_found(target.object().clone())))
    }
}

/// What is asked for, and by whom.
pub(super) struct Asked {
    request: Request,
    /// The digests of its key, and of what it asks for.
    key: String,
    payload: String,
    /// What a row must be like for the caller to be given it.
    readable: Condition,
}

impl Asked {
    /// Has the new row say by which request it was made.
    pub(super) fn sign(&self, target: Target, row: &mut NewRow) {
        if let Some(columns) = target.mapping.request() {
            row.add(columns.key, self.key.clone());
            row.add(columns.payload, self.payload.clone());
        }
    }
}

/// Finds the row that a request has made.
pub(super) struct Made {
    capability: &'static Capability,
    asked: Arc<Asked>,
    look: Prepared,
}

/// What the first cell of the query says.
const OTHER: i64 = 0;
const SAME: i64 = 1;
const REUSED: i64 = 2;

impl Made {
    pub(super) fn by(target: Target, capability: &'static Capability, asked: Arc<Asked>) -> Result<Self, Error> {
        let look = asked.look(target, capability, std::slice::from_ref(&asked.payload))?;
        Ok(Self { capability, asked, look })
    }

    /// The row; it is of another request, or of none, that something else of it must be unique.
    pub(super) async fn find(self, target: Target, connection: &mut Connection) -> Result<Stored, Stop> {
        let Self { capability, asked, look } = self;
        match found(target, connection, look).await {
            // The fleet may have read another version when the request was sent first.
            Err(Stop::Error(Error::KeyReuse { .. })) => {
                let look = asked.look(target, capability, &asked.request.payloads(&target))?;
                found(target, connection, look).await
            }
            found => found,
        }
    }
}

impl Asked {
    /// The query for the row of its key, which says whether one of `payloads` was asked for.
    fn look(&self, target: Target, capability: &Capability, payloads: &[String]) -> Result<Prepared, Error> {
        let columns = target.mapping.request().ok_or_else(|| Error::integrity(target.object(), "no column for requests", None))?;
        let payload = || target.expr(columns.payload);
        let is_other = payload().is_not_in(payloads).or(payload().is_null());
        let says = Expr::case(is_other, 2).case(self.readable.clone(), 1).finally(0);
        let select = Query::select()
            .exprs(target.returned_cells(capability, says.into()))
            .from(target.table())
            .cond_where(target.expr(columns.key).eq(self.key.clone()))
            .take();
        Ok(capability.prepare(&select))
    }
}

async fn found(target: Target, connection: &mut Connection, look: Prepared) -> Result<Stored, Stop> {
    let object = || target.object().clone();
    let mut found = Err(Stop::Error(Error::AlreadyExists { object: object() }));
    connection
        .query(look, |row| {
            found = match row.integer(0) {
                Ok(Some(SAME)) => target.returned_row(row).map_err(Stop::Error),
                Ok(Some(REUSED)) => Err(Stop::Error(Error::KeyReuse { object: object() })),
                Ok(Some(OTHER)) => Err(Stop::Error(Error::not_found(object()))),
                _ => Err(Stop::Error(Error::integrity(target.object(), "what the query says is no number", None))),
            };
            Ok::<_, Stop>(())
        })
        .await?;
    found
}
