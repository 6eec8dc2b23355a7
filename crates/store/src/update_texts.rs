//! Texts of statements that change one row, kept: to write one anew is a fifth of what such a write costs its client.

use std::collections::HashMap;
use std::fmt;
use std::mem::Discriminant;
use std::sync::{PoisonError, RwLock};

use recension_model::FieldSet;
use sea_orm::DbBackend;
use sqlx::SqlStr;

/// Most texts that are kept of one object: one for each set of fields that is changed together, under each condition of a policy. A
/// condition with values written into it has a text for each of them; where there are more than these all begin anew.
const TEXTS_MAX: usize = 128;

/// What is the same of statements of one object that differ in nothing but their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UpdateShape {
    engine: Discriminant<DbBackend>,
    changes: FieldSet,
}

impl UpdateShape {
    pub(crate) fn new(engine: DbBackend, changes: FieldSet) -> Self {
        Self { engine: std::mem::discriminant(&engine), changes }
    }
}

/// The texts of one object, by their shape and the condition of the policy, as that is written.
#[derive(Default)]
pub(crate) struct UpdateTexts(RwLock<HashMap<UpdateShape, HashMap<Box<str>, SqlStr>>>);

impl UpdateTexts {
    pub(crate) fn find(&self, shape: UpdateShape, scope: &str) -> Option<SqlStr> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        texts.get(&shape)?.get(scope).cloned()
    }

    pub(crate) fn keep(&self, shape: UpdateShape, scope: &str, text: SqlStr) {
        let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if texts.values().map(HashMap::len).sum::<usize>() >= TEXTS_MAX {
            texts.clear();
        }
        texts.entry(shape).or_default().insert(scope.into(), text);
    }
}

/// Without the texts: a policy may have written values into its conditions.
impl fmt::Debug for UpdateTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpdateTexts")
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
        let shape = |field: usize| UpdateShape::new(DbBackend::Sqlite, [field].into_iter().collect());
        let found = |number: usize| texts.find(shape(number % 7), &number.to_string()).map(|text| text.as_str().to_owned());
        for number in 0..2 * TEXTS_MAX + 1 {
            texts.keep(shape(number % 7), &number.to_string(), AssertSqlSafe(number.to_string()).into_sql_str());
            assert_eq!(found(number), Some(number.to_string()));
            let begun = number / TEXTS_MAX * TEXTS_MAX;
            assert_eq!((0..=number).filter_map(found).count(), number + 1 - begun, "all of them, or they begin anew");
        }
        texts.keep(shape(0), "0", AssertSqlSafe("0".to_owned()).into_sql_str());
        assert_eq!((texts.find(shape(1), "0"), texts.find(shape(9), "0")), (None, None), "each has its own");
        assert_eq!(texts.find(UpdateShape::new(DbBackend::MySql, [0].into_iter().collect()), "0"), None);
        assert_eq!(texts.clone().find(shape(0), "0"), None);
        assert_eq!(format!("{texts:?}"), "UpdateTexts");
    }
}
