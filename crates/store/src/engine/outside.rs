//! How an engine takes a row back by itself that is outside of what a policy allows.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Condition, Expr, SimpleExpr};

use crate::capability::Capability;

impl Capability {
    /// What an INSERT gives back of a row that is within `scope`: one. For any other row the statement fails, and with it the row is
    /// gone. `None` where only a transaction can take a row back. So it is on MariaDB: where it writes a binary log, as each node of a
    /// cluster does, an INSERT of VALUES that fails as it gives its rows back has kept them, and tells no error. One that takes its row from a
    /// SELECT does neither, but holds the lock of the numbers that are given to keys until it is committed: with many at once a transaction
    /// is twice as fast.
    ///
    /// The error must be one that nothing else in such a statement is likely to raise: see
    /// [`Failure::is_of_row_outside`](crate::error::Failure::is_of_row_outside).
    pub(crate) fn one_or_fail(&self, scope: Condition) -> Option<SimpleExpr> {
        // A histogram of no buckets. The planner works out what is constant in a CASE, whether it is reached or not, so the
        // number of buckets depends on the row.
        (self.sql == DbBackend::Postgres).then(|| {
            let buckets = Expr::case(scope, Expr::cust("1")).finally(Expr::cust("0"));
            Expr::cust_with_exprs("width_bucket(0.5, 0, 1, $1)", [buckets.into()])
        })
    }
}
