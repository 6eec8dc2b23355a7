//! Lists and pages.

use recension::store::{Error, Find, Invalid, PageRequest, Session, Sought, Store};

use crate::support::*;

/// Seven jobs with nulls, equal titles, and times of two forms.
async fn seven() -> (Store, Session) {
    let store = store().await;
    let session = store.session(&owner());
    for (index, title) in [Some("b"), None, Some("a"), Some("b"), None, Some("c"), Some("a")].into_iter().enumerate() {
        let mut draft = job(&format!("r{index}")).progress(i32::try_from(index).unwrap() % 3);
        if let Some(title) = title {
            draft.set_title(title);
        }
        session.create(draft).await.unwrap();
    }
    // As a program writes it that leaves out a fraction of zero.
    run(&store, "UPDATE jobs SET started_at = '2024-01-01 00:00:00' WHERE request IN ('r1', 'r2')").await;
    run(&store, "UPDATE jobs SET started_at = '2024-01-01 00:00:00.000001' WHERE request = 'r3'").await;
    run(&store, "UPDATE jobs SET deleted = NULL WHERE request IN ('r2', 'r5')").await;
    (store, session)
}

type Asked = fn(Find<Job>) -> Find<Job>;

#[tokio::test]
async fn s16_pages_give_every_row_once_in_every_order() {
    let (_store, session) = seven().await;
    let orders: [Asked; 7] = [
        |find| find,
        |find| find.order_by(Job::COLUMN.title.asc()),
        |find| find.order_by(Job::COLUMN.title.desc()),
        |find| find.order_by(Job::COLUMN.progress.desc()).order_by(Job::COLUMN.title.asc()),
        |find| find.order_by(Job::COLUMN.started_at.asc()),
        |find| find.order_by(Job::COLUMN.deleted.desc()).order_by(Job::COLUMN.started_at.desc()),
        |find| find.order_by(Job::COLUMN.id.desc()),
    ];
    for (index, ask) in orders.into_iter().enumerate() {
        // SQLite sorts null first, and equal rows of a list are in the order of their keys by accident only.
        let whole: Vec<i64> = ask(session.find()).order_by(Job::COLUMN.id.asc()).all().await.unwrap().iter().map(|job| job.id).collect();
        assert_eq!(whole.len(), 7);
        for size in 1..=8 {
            let mut seen = Vec::new();
            let mut request = PageRequest::first(size);
            loop {
                let page = ask(session.find()).page(request).await.unwrap();
                assert!(page.items.len() <= usize::try_from(size).unwrap());
                seen.extend(page.items.iter().map(|job| job.id));
                match page.next {
                    Some(next) => request = PageRequest::after(next, size),
                    None => break,
                }
            }
            assert_eq!(seen, whole, "order {index}, pages of {size}");
        }
    }
}

#[tokio::test]
async fn null_is_smaller_than_any_value() {
    let (_store, session) = seven().await;
    let titles = async |find: Find<Job>| -> Vec<Option<String>> { find.all().await.unwrap().iter().map(|job| job.title.clone()).collect() };
    let up = titles(session.find().order_by(Job::COLUMN.title.asc())).await;
    assert_eq!(up[..3], [None, None, Some("a".to_owned())]);
    let down = titles(session.find().order_by(Job::COLUMN.title.desc())).await;
    assert_eq!(down[5..], [None, None]);
}

#[tokio::test]
async fn s16_sizes_are_checked() {
    let (store, session) = seven().await;
    for size in [-1, 11, i64::MIN, i64::MAX] {
        let error = session.find::<Job>().page(PageRequest::first(size)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(Invalid::PageSize { max: 10, found }) if found == size), "{size}");
    }
    let sent = store.statements();
    let empty = session.find::<Job>().page(PageRequest::after(999, 0)).await.unwrap();
    assert!(empty.items.is_empty() && empty.next.is_none());
    assert_eq!(store.statements(), sent, "the marker of an empty page is not looked at");
    assert_eq!(session.find::<Job>().page(PageRequest::first(10)).await.unwrap().items.len(), 7);
}

#[tokio::test]
async fn a_marker_that_is_gone_is_said_to_be() {
    let (store, session) = seven().await;
    let error = session.find::<Job>().page(PageRequest::after(999, 5)).await.unwrap_err();
    assert!(matches!(&error, Error::NotFound { sought: Sought::Marker, .. }));
    assert_eq!(error.user(), "not_found: marker of the page of `Job` not found");
    let third = session.find::<Job>().filter(Job::COLUMN.request.eq("r2")).one().await.unwrap().unwrap();
    run(&store, "UPDATE jobs SET project_id = 'p2' WHERE request = 'r2'").await;
    let hidden = session.find::<Job>().page(PageRequest::after(third.id, 5)).await.unwrap_err();
    assert_eq!(hidden.user(), error.user());
}

#[tokio::test]
async fn pages_stay_true_while_others_write() {
    let (_store, session) = seven().await;
    let order = |find: Find<Job>| find.order_by(Job::COLUMN.title.asc());
    let first = order(session.find()).page(PageRequest::first(3)).await.unwrap();
    session.create(job("early").title("A")).await.unwrap();
    session.delete(&first.items[0]).await.unwrap();
    let rest = order(session.find()).page(PageRequest::after(first.next.unwrap(), 10)).await.unwrap();
    let requests: Vec<&str> = rest.items.iter().map(|job| job.request.as_str()).collect();
    assert_eq!(requests, ["r6", "r0", "r3", "r5"]);
}

#[tokio::test]
async fn s16_a_list_is_never_cut_off_silently() {
    let (_store, session) = seven().await;
    for index in 0..3 {
        stored(&session, &format!("more{index}")).await;
    }
    assert_eq!(session.find::<Job>().all().await.unwrap().len(), 10);
    stored(&session, "one too many").await;
    let all = session.find::<Job>().all().await;
    assert!(matches!(all, Err(Error::Invalid(Invalid::TooManyRows { max: 10, .. }))));
    let some = session.find::<Job>().select([Job::COLUMN.id]).await;
    assert!(matches!(some, Err(Error::Invalid(Invalid::TooManyRows { max: 10, .. }))));
    assert_eq!(session.find::<Job>().count().await.unwrap(), 11);
}
