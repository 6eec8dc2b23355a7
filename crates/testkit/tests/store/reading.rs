//! Filters and projections.

use recension::Persisted;
use recension::store::sea_orm::sea_query::{Expr, ExprTrait};
use recension::store::sea_orm::{ColumnTrait, Condition};
use recension::{ObjectDraft, Timestamp};
use uuid::Uuid;

use crate::support::*;

fn ids(jobs: &[Persisted<Job>]) -> Vec<i64> {
    jobs.iter().map(|job| job.id).collect()
}

/// A time, in UTC, that no column can hold.
fn long_ago() -> Timestamp {
    Timestamp::from_utc(chrono::NaiveDate::from_ymd_opt(1, 1, 1).unwrap().into())
        .to_chrono()
        .checked_sub_signed(chrono::TimeDelta::days(1))
        .unwrap()
        .into()
}

#[tokio::test]
async fn columns_compare() {
    let store = store().await;
    let session = store.session(&owner());
    let times =
        ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00.1Z"].map(|text| Timestamp::parse(text).unwrap());
    let mut made = Vec::new();
    for (index, time) in times.into_iter().enumerate() {
        let progress = i32::try_from(index).unwrap() * 10;
        let draft = job(&format!("r{index}")).progress(progress).started_at(time).size(u64::try_from(index).unwrap());
        made.push(session.create(draft).await.unwrap().id);
    }
    made.push(session.create(job("last").state(State::Done)).await.unwrap().id);
    let c = Job::COLUMN;
    for (name, condition, expected) in [
        ("eq", c.progress.eq(10), vec![2]),
        ("ne", c.progress.ne(10), vec![1, 3, 4]),
        ("lt", c.progress.lt(10), vec![1, 4]),
        ("lte", c.progress.lte(10), vec![1, 2, 4]),
        ("gt", c.progress.gt(10), vec![3]),
        ("gte", c.progress.gte(10), vec![2, 3]),
        ("is_in", c.progress.is_in([10, 20, 30]), vec![2, 3]),
        ("is_in nothing", c.progress.is_in(Vec::<i32>::new()), vec![]),
        ("is_null", c.started_at.is_null(), vec![4]),
        ("is_not_null", c.started_at.is_not_null(), vec![1, 2, 3]),
        ("time eq", c.started_at.eq(times[0]), vec![1]),
        ("time gt", c.started_at.gt(times[0]), vec![2, 3]),
        ("time in another zone", c.started_at.eq(Timestamp::parse("2024-01-01T02:00:00.1+02:00").unwrap()), vec![3]),
        ("text", c.request.eq("r1"), vec![2]),
        ("enum", c.state.eq(State::Done), vec![4]),
        ("uuid", c.server.eq(Uuid::from_u128(7)), vec![1, 2, 3, 4]),
        ("flag", c.deleted.eq(false), vec![1, 2, 3, 4]),
        ("past every column, eq", c.size.eq(u64::MAX), vec![]),
        ("past every column, gt", c.size.gt(u64::MAX), vec![]),
        ("past every column, lt", c.size.lt(u64::MAX), vec![1, 2, 3]),
        ("past every column, ne", c.size.ne(u64::MAX), vec![1, 2, 3]),
        ("below every column, lt", c.started_at.lt(long_ago()), vec![]),
        ("below every column, lte", c.started_at.lte(long_ago()), vec![]),
        ("below every column, gt", c.started_at.gt(long_ago()), vec![1, 2, 3]),
        ("below every column, gte", c.started_at.gte(long_ago()), vec![1, 2, 3]),
        ("below every column, eq", c.started_at.eq(long_ago()), vec![]),
        ("below every column, ne", c.started_at.ne(long_ago()), vec![1, 2, 3]),
        ("past every column, in", c.size.is_in([1, u64::MAX]), vec![2]),
        ("an expression of sea-orm's", Expr::col("progress").add(5).eq(15), vec![2]),
        ("the entity's own column", job_row::Column::Request.starts_with("r").and(c.progress.gte(10)), vec![2, 3]),
        ("the entity's own uuid", Expr::col("server").eq(Uuid::from_u128(7)).and(c.progress.eq(0)), vec![1, 4]),
    ] {
        let found = session.find::<Job>().filter(condition).order_by(c.id.asc()).all().await.unwrap();
        // Which of them, from one.
        let expected: Vec<i64> = expected.into_iter().map(|which: usize| made[which - 1]).collect();
        assert_eq!(ids(&found), expected, "{name}");
    }
    let any = Condition::any().add(c.progress.eq(20)).add(c.started_at.is_null());
    let found = session.find::<Job>().filter(any).filter(c.progress.lt(20)).all().await.unwrap();
    assert_eq!(ids(&found), [made[3]], "filters are joined by and, whatever is in them");
}

#[tokio::test]
async fn one_is_the_first() {
    let store = store().await;
    let session = store.session(&owner());
    for request in ["a", "c", "b"] {
        stored(&session, request).await;
    }
    let last = session.find::<Job>().order_by(Job::COLUMN.request.desc()).one().await.unwrap();
    assert_eq!(last.unwrap().request, "c");
    assert!(session.find::<Job>().one().await.unwrap().is_some());
    assert!(session.find::<Job>().filter(Job::COLUMN.request.eq("z")).one().await.unwrap().is_none());
}

#[tokio::test]
async fn s17_a_projection_leaves_the_rest_unset() {
    let store = store().await;
    let session = store.session(&owner());
    let first = session.create(job("r1").title("boot")).await.unwrap();
    let second = session.create(job("r2")).await.unwrap();
    let c = Job::COLUMN;
    let some = session.find::<Job>().order_by(c.id.asc()).select([c.title.into(), c.id.any()]).await.unwrap();
    assert_eq!(some[0].title_ref(), Some(&Some("boot".to_owned())));
    assert_eq!(some[1].title_ref(), Some(&None), "null, not unset");
    assert_eq!((some[0].id_ref(), some[0].request_ref(), some[0].progress_ref()), (Some(&first.id), None, None));
    assert!(some[0].changes().is_empty());
    let error = some[0].clone().complete().unwrap_err();
    assert!(error.to_string().contains("`request`"), "{error}");
    let one = session.find::<Job>().filter(c.id.eq(second.id)).select_one([c.request]).await.unwrap().unwrap();
    assert_eq!((one.request_ref().map(String::as_str), one.id_ref()), (Some("r2"), None));
    let record = one.to_record();
    assert_eq!(record.slots().iter().filter(|slot| slot.is_set()).count(), 1);
}

#[tokio::test]
async fn reads_send_one_statement() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r1").await;
    let mut sent = store.statements();
    let mut since = || {
        let now = store.statements();
        let since = now - sent;
        sent = now;
        since
    };
    session.get::<Job>(1).await.unwrap();
    assert_eq!(since(), 1);
    session.find::<Job>().all().await.unwrap();
    assert_eq!(since(), 1);
    session.find::<Job>().count().await.unwrap();
    assert_eq!(since(), 1);
    session.find::<Job>().page(PageRequest::after(1, 5)).await.unwrap();
    assert_eq!(since(), 2, "the marker, and the page");
}

use recension::store::PageRequest;
