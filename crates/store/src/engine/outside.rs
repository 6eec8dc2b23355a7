//! How an engine takes a row back by itself that is outside of what a policy allows.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Condition, Expr, SimpleExpr};

use crate::capability::Capability;

impl Capability {
    /// What an INSERT gives back of a row that is within `scope`: one. For any other row the statement fails, and with it the row is
    /// gone. `None` where only a transaction can take a row back.
    ///
    /// The error must be one that nothing else in such a statement is likely to raise: see
    /// [`Failure::is_of_row_outside`](crate::error::Failure::is_of_row_outside).
    pub(crate) fn one_or_fail(&self, scope: Condition) -> Option<SimpleExpr> {
        match self.sql {
            // A histogram of no buckets. The planner works out what is constant in a CASE, whether it is reached or not, so the
            // number of buckets depends on the row.
            DbBackend::Postgres => {
                let buckets = Expr::case(scope, Expr::cust("1")).finally(Expr::cust("0"));
                Some(Expr::cust_with_exprs("width_bucket(0.5, 0, 1, $1)", [buckets.into()]))
            }
            // A value that is two.
            DbBackend::MySql if self.insert_returns => {
                Some(Expr::case(scope, Expr::cust("1")).finally(Expr::cust("(SELECT 1 UNION SELECT 2)")).into())
            }
            _ => None,
        }
    }
}
