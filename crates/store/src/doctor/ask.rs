//! Questions to the engine. Every cell of an answer is a text, so that one way of reading does for all of them.

use sea_orm::Value;

use crate::capability::Capability;
use crate::engine::{Connection, Prepared, Row};
use crate::error::Failure;

/// A connection of a store, and what its engine can do.
pub(super) struct Asked<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) capability: &'static Capability,
}

impl Asked<'_> {
    /// The rows of an answer; NULL is an empty text.
    ///
    /// # Errors
    /// Those of the database, and a cell that is no text.
    pub(super) async fn rows(&mut self, sql: &str, bound: &[&str]) -> Result<Vec<Vec<String>>, Failure> {
        let bound = bound.iter().map(|text| Value::String(Some((*text).to_owned()))).collect();
        let mut rows = Vec::new();
        let each = |row: &Row| {
            let cells = (0..row.len()).map(|index| row.text(index).map(|text| text.unwrap_or_default().to_owned()));
            rows.push(cells.collect::<Result<Vec<_>, _>>().map_err(|_| Failure::of_us("setting that is no text"))?);
            Ok::<_, Failure>(())
        };
        self.connection.query(Prepared::written(sql.to_owned(), bound), each).await?;
        Ok(rows)
    }

    /// The cells of the first row.
    ///
    /// # Errors
    /// As [`rows`](Self::rows), and one row of another length.
    pub(super) async fn row<const N: usize>(&mut self, sql: &str) -> Result<[String; N], Failure> {
        let row = self.rows(sql, &[]).await?.into_iter().next().and_then(|row| row.try_into().ok());
        row.ok_or_else(|| Failure::of_us("answer of another form than was asked for"))
    }

    /// Names and values, of two columns.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) async fn values(&mut self, sql: &str) -> Result<Values, Failure> {
        let rows = self.rows(sql, &[]).await?.into_iter();
        Ok(Values(rows.filter_map(|row| <[String; 2]>::try_from(row).ok().map(|[name, value]| (name.to_lowercase(), value))).collect()))
    }
}

/// Settings by their names.
#[cfg(any(feature = "mysql", feature = "postgres"))]
#[derive(Debug, Default)]
pub(super) struct Values(pub(super) std::collections::BTreeMap<String, String>);

#[cfg(any(feature = "mysql", feature = "postgres"))]
impl Values {
    /// The value of a setting; empty where the engine does not have it.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether the engine has the setting, and at one of these values.
    pub(super) fn is(&self, name: &str, values: &[&str]) -> bool {
        self.0.get(name).is_some_and(|value| values.iter().any(|one| value.eq_ignore_ascii_case(one)))
    }

    /// The value as a number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name).parse().ok()
    }
}
