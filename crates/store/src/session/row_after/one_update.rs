//! The statement that changes one row, and the row of its parent with it.

use sea_orm::sea_query::{CommonTableExpression, Expr, ExprTrait, Query, UpdateStatement, WithClause};
use sea_orm::{Condition, Value as Bound};

use super::{After, PARENT, WriteOne};
use crate::capability::Capability;
use crate::engine::Prepared;
use crate::session::child::Touched;
use crate::target::{Stored, Target};

/// What a WITH calls the row of a child that was changed. It hides a table of that name.
const CHILD: &str = "recension_child";

/// A change of one row.
pub(in crate::session) struct OneUpdate {
    /// What is set, of a row yet to be named.
    pub(in crate::session) update: UpdateStatement,
    /// What the row must be like.
    pub(in crate::session) condition: Condition,
    /// What it must be within afterwards.
    pub(in crate::session) scope: Option<Condition>,
    /// What it is afterwards, where that is known.
    pub(in crate::session) known: Option<Stored>,
    /// Whether nothing else is in its transaction.
    pub(in crate::session) is_alone: bool,
}

impl OneUpdate {
    /// Whether the engine changes another row in the same statement.
    pub(in crate::session) const fn takes_another(&self, capability: &Capability) -> bool {
        capability.writes_in_with || capability.updates_two_tables && self.known.is_some()
    }

    /// The statement, for the row with the key that `row` says.
    pub(in crate::session) fn alone(self, target: Target, capability: &Capability, row: Condition) -> WriteOne {
        let Self { mut update, condition, scope, known, is_alone } = self;
        update.cond_where(condition);
        let after = match known {
            _ if capability.update_returns => {
                let (cell, allowed) = capability.allowed(scope, is_alone);
                update.returning(Query::returning().exprs(target.returned_cells(capability, cell)));
                After::Given(allowed)
            }
            Some(known) => After::Known(known),
            None => After::Read(capability.prepare(&target.select_returned(capability, scope, row))),
        };
        WriteOne { statement: capability.prepare(&update), after }
    }

    /// The statement that changes its parent, too: both, or neither.
    pub(in crate::session) fn with(self, target: Target, capability: &Capability, parent: &Touched) -> WriteOne {
        match self.known {
            Some(known) if !capability.writes_in_with => {
                let changes = [(target.table(), &self.update), (parent.table(), &parent.update(None))];
                let statement = capability.prepare_joined(changes, self.condition.add(parent.condition()));
                WriteOne { statement, after: After::Known(known) }
            }
            known => Self { known, ..self }.within(target, capability, parent),
        }
    }

    /// The statement in which each change is a part of a WITH. The parent is changed if the child was; for a child that was changed
    /// without its parent the whole is taken back, by itself or by the transaction.
    fn within(self, target: Target, capability: &Capability, parent: &Touched) -> WriteOne {
        let Self { mut update, condition, scope, is_alone, .. } = self;
        let cells = target.returned_one_by_one(Target::allowed(scope));
        let names: Vec<String> = (0..cells.len()).map(|place| format!("c{place}")).collect();
        update.cond_where(condition).returning(Query::returning().exprs(cells));
        let child = CommonTableExpression::new().table_name(CHILD).columns(names.clone()).query(update).to_owned();
        let is_changed = |name: &'static str| Expr::exists(Query::select().expr(Expr::cust("1")).from(name).take());
        let mut touch = parent.update(Some(is_changed(CHILD)));
        touch.returning(Query::returning().expr(Expr::cust("1")));
        let touched = CommonTableExpression::new().table_name(PARENT).column("c0").query(touch).to_owned();
        let is_allowed = Expr::col((CHILD, "c0")).eq(Expr::cust("1"));
        let both = Condition::all().add(is_allowed).add(is_changed(PARENT));
        let (cell, allowed) = capability.allowed(Some(both), is_alone);
        let mut select = Query::select();
        select.expr(cell).exprs(names.into_iter().skip(1).map(|name| Expr::col((CHILD, name)))).from(CHILD);
        select.with_cte(WithClause::new().cte(child).cte(touched).to_owned());
        WriteOne { statement: capability.prepare(&select), after: After::Given(allowed) }
    }
}

impl Capability {
    /// Writes the changes of two tables as one statement, in the words of MariaDB, for which the query builder has none.
    fn prepare_joined(&self, changes: [(&'static str, &UpdateStatement); 2], condition: Condition) -> Prepared {
        let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
        let mut values = Vec::new();
        // What stands after the words with which a query for it begins.
        let mut written = |(sql, bound): (String, Vec<Bound>), words: &str| {
            values.extend(bound);
            sql.strip_prefix(words).map(str::to_owned).unwrap_or(sql)
        };
        let mut assignments = Vec::new();
        for (table, update) in changes {
            for (column, value) in update.get_values() {
                let value = written(self.write(&Query::select().expr((**value).clone()).take()), "SELECT ");
                assignments.push(format!("{}.{} = {value}", quoted(table), quoted(&column.to_string())));
            }
        }
        let condition = written(self.write(&Query::select().expr(Expr::cust("1")).cond_where(condition).take()), "SELECT 1 ");
        let [child, parent] = changes.map(|(table, _)| quoted(table));
        let sql = format!("UPDATE {child}, {parent} SET {} {condition}", assignments.join(", "));
        Prepared::written(sql, values)
    }
}
