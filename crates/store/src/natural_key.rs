//! Fields that together name an object.

use std::fmt::Write;

use recension_model::{FieldSet, Record, Value};
use sea_orm::Condition;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::target::Target;

/// Fields that together name an object: no two rows may have the same values in them. Their digest lies in
/// a column of its own, so that one index of fixed width does for texts of any length on every database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NaturalKey {
    /// The column of the digest: 64 hexadecimal digits, or NULL in a row written by a program that does
    /// not know it and in one where a field of the key is null: null equals nothing.
    pub column: &'static str,
    /// The indices of the fields.
    pub fields: Vec<usize>,
}

impl NaturalKey {
    /// The digest of the texts of the fields: hexadecimal SHA-256 over the length of each text in bytes, as
    /// eight bytes with the highest first, and the text. For migrations that fill the column.
    ///
    /// ```
    /// use recension_store::NaturalKey;
    /// assert_ne!(NaturalKey::digest(["ab", "c"]), NaturalKey::digest(["a", "bc"]));
    /// assert_eq!(NaturalKey::digest(["ab"]).len(), 64);
    /// ```
    pub fn digest<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
        let mut sha = Sha256::new();
        for text in texts {
            sha.update((text.len() as u64).to_be_bytes());
            sha.update(text.as_bytes());
        }
        sha.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// The digest for an object; `None` when one of the fields is not a value, since null equals nothing.
    pub(crate) fn of(&self, record: &Record) -> Option<String> {
        self.texts(record).map(|texts| Self::digest(texts.iter().map(String::as_str)))
    }

    /// What is digested.
    fn texts(&self, record: &Record) -> Option<Vec<String>> {
        self.fields.iter().map(|index| record.at(*index).value().and_then(text_of)).collect()
    }

    /// Looks for a row with the same fields whose writer does not know the column, the row with the key
    /// `except` aside.
    pub(crate) fn clash(&self, target: Target, record: &Record, except: Option<&[Value]>) -> Result<SelectStatement, Error> {
        // A deleted row gives its key free.
        let unknown = target.expr(self.column).is_null();
        let mut same = Cond::all().add(unknown).add_option(target.live()?).add(self.same(target, record)?);
        if let Some(except) = except {
            same = same.add(target.key_is(except, None)?.not());
        }
        Ok(Query::select().expr(Expr::val(1)).from(target.table()).cond_where(same).take())
    }

    /// As [`clash`](Self::clash), for any of several new objects; nothing where none of them has the key.
    pub(crate) fn clash_of_any(&self, target: Target, records: &[Record]) -> Result<Option<SelectStatement>, Error> {
        let mut any = Cond::any();
        for record in records.iter().filter(|record| self.texts(record).is_some()) {
            any = any.add(self.same(target, record)?);
        }
        if any.is_empty() {
            return Ok(None);
        }
        let condition = Cond::all().add(target.expr(self.column).is_null()).add_option(target.live()?).add(any);
        Ok(Some(Query::select().expr(Expr::val(1)).from(target.table()).cond_where(condition).take()))
    }

    /// Whether a row has the same fields.
    fn same(&self, target: Target, record: &Record) -> Result<Condition, Error> {
        let mut same = Cond::all();
        for index in &self.fields {
            let (column, _) = target.column(*index)?;
            same = same.add(target.expr(column.column).eq(target.bind(*index, record.at(*index))?));
        }
        Ok(same)
    }

    /// Whether a change to the fields `changed` changes the key.
    pub(crate) fn depends_on(&self, changed: FieldSet) -> bool {
        self.fields.iter().any(|index| changed.contains(*index))
    }
}

/// The text of a value in a digest: the one that its column holds.
fn text_of(value: &Value) -> Option<String> {
    Some(match value {
        Value::Integer(number) => number.to_string(),
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::Uuid(value) => value.hyphenated().to_string(),
        Value::Timestamp(time) => time.to_sql(),
        Value::Float(number) => number.to_string(),
        Value::Duration(duration) => duration.as_micros().to_string(),
        text => text.to_text()?.into_owned(),
    })
}
