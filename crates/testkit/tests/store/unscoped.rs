//! Plain sea-orm, past the policy.

use std::future::Future;
use std::task::{Context, Waker};

use recension::Persist;
use recension::store::sea_orm::sea_query::{Alias, Expr};
use recension::store::sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, Statement};
use recension::store::{Caller, Error, Session, SystemCapability};

use crate::engine::BACKEND;
use crate::support::*;

const REPAIR: SystemCapability = SystemCapability::named("repair-jobs");

type Jobs = <Job as Persist>::Entity;

async fn count(session: &Session) -> u64 {
    Jobs::find().count(&session.unscoped(&REPAIR)).await.unwrap()
}

fn refused<T>(_: DbErr) -> Result<T, Error> {
    Err(Error::Malformed(recension::store::Malformed::Url))
}

#[tokio::test]
async fn sea_orm_goes_past_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store().await, file_store(folder.path()).await] {
        stored(&store.session(&owner()), "r1").await;
        let last = stored(&store.session(&stranger()), "r2").await.id;
        let session = store.session(&Caller::nobody());
        assert!(session.find::<Job>().count().await.is_err());
        for held in [false, true] {
            let session = if held { session.hold().await.unwrap() } else { session.clone() };
            let sent = store.statements();
            let unscoped = session.unscoped(&REPAIR);
            assert_eq!(unscoped.get_database_backend(), BACKEND);
            assert_eq!(count(&session).await, 2);
            let changed = Jobs::update_many().col_expr(Alias::new(Job::COLUMN.title.name()), Expr::val("x")).exec(&unscoped).await.unwrap();
            assert_eq!(changed.rows_affected, 2);
            let statement = |sql: &str| Statement::from_string(BACKEND, sql);
            assert_eq!(unscoped.query_all_raw(statement("SELECT id FROM jobs WHERE title = 'x'")).await.unwrap().len(), 2);
            let row = unscoped.query_one_raw(statement("SELECT max(id) FROM jobs")).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), last);
            assert!(unscoped.query_one_raw(statement("SELECT id FROM jobs WHERE id = 0")).await.unwrap().is_none());
            assert!(matches!(unscoped.query_one_raw(statement("SELECT nothing FROM jobs")).await, Err(DbErr::Query(_))));
            assert!(matches!(unscoped.execute_unprepared("CREATE").await, Err(DbErr::Exec(_))));
            assert_eq!(
                unscoped.execute_unprepared("UPDATE jobs SET title = NULL; UPDATE jobs SET tiny = 1").await.unwrap().rows_affected(),
                4
            );
            assert_eq!(store.statements() - sent, 8);
        }
    }
}

#[tokio::test]
async fn sea_orm_in_a_transaction_is_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store().await, file_store(folder.path()).await] {
        for held in [false, true] {
            let session = store.session(&owner());
            let session = if held { session.hold().await.unwrap() } else { session };
            let failed = session
                .transaction(async |tx| {
                    stored(tx, "r1").await;
                    assert_eq!(count(tx).await, 1, "it sees what the transaction wrote");
                    tx.unscoped(&REPAIR).execute_unprepared("UPDATE jobs SET title = 'x'").await.or_else(refused)?;
                    assert_eq!(tx.find::<Job>().one().await?.unwrap().title.as_deref(), Some("x"), "and the transaction what it wrote");
                    tx.get::<Job>(99).await.map(|_| ())
                })
                .await;
            assert!(matches!(failed, Err(Error::NotFound { .. })), "{failed:?}");
            assert_eq!(count(&session).await, 0, "it is taken back with the transaction");
        }
        let session = store.session(&owner());
        let kept = session
            .transaction(async |tx| {
                stored(tx, "r1").await;
                let unscoped = tx.unscoped(&REPAIR);
                unscoped.execute_unprepared("UPDATE jobs SET title = 'x'").await.or_else(refused)?;
                Ok(unscoped)
            })
            .await
            .unwrap();
        assert_eq!(session.find::<Job>().one().await.unwrap().unwrap().title.as_deref(), Some("x"), "committed with it");
        assert!(matches!(kept.execute_unprepared("DELETE FROM jobs").await, Err(DbErr::Conn(_))), "the transaction has ended");
        assert_eq!(count(&session).await, 1);
    }
}

#[tokio::test]
async fn a_statement_of_sea_orm_that_failed_leaves_the_rest_of_its_transaction() {
    let store = store().await;
    let session = store.session(&owner());
    session
        .transaction(async |tx| {
            stored(tx, "r1").await;
            let broken = Statement::from_string(BACKEND, "UPDATE jobs SET progress = 66");
            assert!(tx.unscoped(&REPAIR).execute_raw(broken).await.is_err());
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(count(&session).await, 1);
}

#[tokio::test]
async fn s21_a_statement_of_sea_orm_that_was_not_whole_spoils_its_transaction() {
    let store = store().await;
    let session = store.session(&owner());
    // A script that fails has done what stands before the failure.
    let script = session
        .transaction(async |tx| {
            stored(tx, "r1").await;
            assert!(tx.unscoped(&REPAIR).execute_unprepared("UPDATE jobs SET title = 'x'; UPDATE jobs SET progress = 66").await.is_err());
            Ok(())
        })
        .await;
    assert!(matches!(script, Err(Error::Internal(_))), "{script:?}");
    let mut cut = 0;
    let mut rounds = 0;
    while cut < 3 {
        rounds += 1;
        assert!(rounds < 5_000, "no statement was under way");
        let dropped = session
            .transaction(async |tx| {
                let unscoped = tx.unscoped(&REPAIR);
                let mut statement = Box::pin(unscoped.execute_unprepared("UPDATE jobs SET title = 'x'"));
                let polled = statement.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                Ok(polled.is_pending())
            })
            .await;
        match dropped {
            Ok(is_pending) => assert!(!is_pending, "a statement was cut and its transaction committed"),
            Err(error) => {
                assert!(matches!(error, Error::Internal(_)), "{error:?}");
                cut += 1;
            }
        }
    }
    assert_eq!(count(&session).await, 0);
}
