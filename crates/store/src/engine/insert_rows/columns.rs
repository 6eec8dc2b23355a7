//! An INSERT of several rows that binds an array for each column: `INSERT INTO .. SELECT * FROM unnest(..)`. The engine reads one short
//! text for any number of rows, and has a parameter for each column in place of one for each cell.

use sea_orm::sea_query::{Query, SimpleExpr};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::{begun, push_returned};
use crate::capability::Capability;
use crate::engine::Prepared;
use crate::engine::arguments::Parameters;
use crate::engine::postgres::Array;
use crate::error::Error;
use crate::value::Bindable;

/// Such a statement, as it is written.
pub(crate) struct Columns {
    sql: String,
    parameters: Parameters,
    arrays: Vec<Array>,
}

impl Columns {
    pub(super) fn begin(
        capability: &'static Capability,
        table: &'static str,
        columns: &[&'static str],
        rows: usize,
        cells: Vec<SimpleExpr>,
    ) -> Self {
        let returned = (!cells.is_empty()).then(|| capability.write(&Query::select().exprs(cells).take()));
        let (returned, values) = returned.unwrap_or_default();
        let mut sql = begun(capability, table, columns);
        // Those of the cells come first, as they are written already.
        let arrays = values.len() + 1..=values.len() + columns.len();
        let marks: Vec<String> = arrays.map(|number| format!("${number}")).collect();
        sql.push_str(&format!(" SELECT * FROM unnest({})", marks.join(", ")));
        push_returned(&mut sql, &returned);
        let arrays = columns.iter().map(|_| Array::with_capacity(rows)).collect();
        Self { sql, parameters: Parameters::begin(capability.sql, values), arrays }
    }

    pub(super) fn add(&mut self, row: &[Bindable<'_>]) -> Result<(), Error> {
        self.arrays.iter_mut().zip(row).try_for_each(|(array, value)| array.push(value))
    }

    pub(super) fn end(self) -> Result<Prepared, Error> {
        let Self { sql, mut parameters, arrays } = self;
        parameters.make_room_for(&arrays);
        for array in arrays {
            parameters.add_array(array)?;
        }
        Ok(Prepared { sql: AssertSqlSafe(sql).into_sql_str(), parameters })
    }
}
