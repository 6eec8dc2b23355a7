//! Texts of statements that change one row, kept: to write one anew is a fifth of what such a write costs its client.

use std::collections::HashMap;
use std::mem::Discriminant;
use std::sync::{PoisonError, RwLock};

use recension_model::FieldSet;
use sea_orm::DbBackend;
use sqlx::SqlStr;

/// Most texts that are kept of one object. An object has few: one for each set of fields that is changed together, under each condition
/// of a policy. Past that the rest is written anew each time.
const TEXTS_MAX: usize = 128;

/// What is the same of statements of one object that differ in nothing but their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    engine: Discriminant<DbBackend>,
    changes: FieldSet,
}

impl Shape {
    pub(crate) fn new(engine: DbBackend, changes: FieldSet) -> Self {
        Self { engine: std::mem::discriminant(&engine), changes }
    }
}

/// The texts of one object, by their shape and the condition of the policy, as that is written.
#[derive(Debug, Default)]
pub(crate) struct UpdateTexts(RwLock<HashMap<Shape, HashMap<Box<str>, SqlStr>>>);

impl UpdateTexts {
    pub(crate) fn find(&self, shape: Shape, scope: &str) -> Option<SqlStr> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        texts.get(&shape)?.get(scope).cloned()
    }

    pub(crate) fn keep(&self, shape: Shape, scope: &str, text: SqlStr) {
        let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if texts.values().map(HashMap::len).sum::<usize>() < TEXTS_MAX {
            texts.entry(shape).or_default().insert(scope.into(), text);
        }
    }
}

/// A mapping that is copied may be changed, so it begins with none.
impl Clone for UpdateTexts {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, SqlSafeStr};

    use super::*;

    #[test]
    fn so_many_texts_are_kept_and_no_more() {
        let texts = UpdateTexts::default();
        let shape = |field: usize| Shape::new(DbBackend::Sqlite, [field].into_iter().collect());
        for number in 0..2 * TEXTS_MAX {
            texts.keep(shape(number % 7), &number.to_string(), AssertSqlSafe(number.to_string()).into_sql_str());
        }
        let kept = (0..2 * TEXTS_MAX).filter_map(|number| texts.find(shape(number % 7), &number.to_string()));
        assert!(kept.map(|text| text.as_str().to_owned()).eq((0..TEXTS_MAX).map(|number| number.to_string())));
        assert_eq!((texts.find(shape(1), "0"), texts.find(shape(9), "0")), (None, None), "each has its own");
        assert_eq!(texts.find(Shape::new(DbBackend::MySql, [0].into_iter().collect()), "0"), None);
        assert_eq!(texts.clone().find(shape(0), "0"), None);
    }
}
