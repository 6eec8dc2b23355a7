//! Limits of fields, the same on every database because they are checked before any is asked.

use recension::store::Error;
use recension::{Draft, Rule, Secret};

use crate::support::*;

/// Stores a draft, or shows which rule it breaks; a refused one leaves nothing behind and sends nothing.
async fn verdict(draft: Draft<Job>) -> Option<Rule> {
    let store = store().await;
    let sent = store.statements();
    match store.session(&owner()).create(draft).await {
        Ok(_) => {
            assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 1);
            None
        }
        Err(error) => {
            assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 0);
            assert_eq!(store.statements(), sent, "{error}");
            Some(error.rule().unwrap_or_else(|| panic!("{error:?}")).clone())
        }
    }
}

#[tokio::test]
async fn s4_text_has_the_declared_characters() {
    for (text, rule) in [
        (String::new(), None),
        ("x".into(), None),
        ("x".repeat(63), None),
        ("x".repeat(64), None),
        ("x".repeat(65), Some(Rule::Chars { limit: 64, found: 65 })),
        ("\u{1f980}".repeat(64), None),
        ("\u{1f980}".repeat(65), Some(Rule::Bytes { limit: 256, found: 260 })),
        ("a\u{301}".repeat(32), None),
        ("a\u{301}".repeat(33), Some(Rule::Chars { limit: 64, found: 66 })),
        ("\u{202e}\u{200b}".into(), None),
        ("a\0b".into(), Some(Rule::Nul)),
    ] {
        assert_eq!(verdict(job(&text)).await, rule, "{text:?}");
    }
}

#[tokio::test]
async fn s4_text_without_a_declared_limit_has_255_characters() {
    assert_eq!(verdict(job("r").title("x".repeat(255))).await, None);
    assert_eq!(verdict(job("r").title("x".repeat(256))).await, Some(Rule::Chars { limit: 255, found: 256 }));
}

#[tokio::test]
async fn s4_secrets_have_limits_too() {
    assert_eq!(verdict(job("r").token(Secret::from("x".repeat(16).as_str()))).await, None);
    assert_eq!(verdict(job("r").token(Secret::from("x".repeat(17).as_str()))).await, Some(Rule::Bytes { limit: 16, found: 17 }));
}

#[tokio::test]
async fn s4_integers_keep_to_their_range_and_to_what_a_column_holds() {
    for (progress, fits) in [(-1, false), (0, true), (1, true), (99, true), (100, true), (101, false), (i32::MIN, false), (i32::MAX, false)]
    {
        let rule = (!fits).then_some(Rule::Range { min: 0, max: 100 });
        assert_eq!(verdict(job("r").progress(progress)).await, rule, "{progress}");
    }
    let wide = Some(Rule::Width(recension::IntegerWidth::I64));
    for (size, rule) in [(0, None), (i64::MAX as u64, None), (i64::MAX as u64 + 1, wide.clone()), (u64::MAX, wide)] {
        assert_eq!(verdict(job("r").size(size)).await, rule, "{size}");
    }
}

#[tokio::test]
async fn s4_an_edit_keeps_to_the_limits_as_well() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let before = dump(&store).await;
    let mut edit = made.edit();
    edit.set_request("x".repeat(65));
    assert_eq!(session.save(&edit).await.unwrap_err().rule(), Some(&Rule::Chars { limit: 64, found: 65 }));
    let mut edit = made.edit();
    edit.set_size(u64::MAX);
    assert!(matches!(session.save(&edit).await.unwrap_err(), Error::Invalid(_)));
    assert_eq!(dump(&store).await, before);
}

#[tokio::test]
async fn s4_the_ids_of_a_caller_have_limits_too() {
    let store = store().await;
    let caller = recension::store::Caller::user("u".repeat(256), "p1");
    let error = store.session(&caller).create(job("r1")).await.unwrap_err();
    assert_eq!(error.rule(), Some(&Rule::Chars { limit: 255, found: 256 }));
    assert!(!error.log().contains("uuu"));
}

#[tokio::test]
async fn s5_hostile_text_is_stored_as_it_is() {
    let store = store().await;
    let session = store.session(&owner());
    let tables = number(&store, crate::engine::TABLES).await;
    for (index, text) in
        ["'; DROP TABLE jobs; --", "\" OR 1=1 --", "?1 $1 :a @b", "%_\\", "\u{2028}\u{feff}", "-- \n/*"].into_iter().enumerate()
    {
        let sent = store.statements();
        let made = session.create(job(&format!("r{index}")).title(text)).await.unwrap();
        assert_eq!(made.title.as_deref(), Some(text));
        let each = store.statements() - sent;
        let found = session.find::<Job>().filter(Job::COLUMN.title.eq(text)).all().await.unwrap();
        assert_eq!(found.iter().map(|job| job.id).collect::<Vec<_>>(), [made.id], "{text:?}");
        let is_one = crate::engine::BACKEND == recension::store::sea_orm::DbBackend::Postgres;
        assert_eq!(each, if is_one { 1 } else { 3 }, "INSERT, with BEGIN and COMMIT where that cannot take a row back by itself");
    }
    assert_eq!(number(&store, crate::engine::TABLES).await, tables);
}
