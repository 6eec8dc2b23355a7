//! Whether a table holds an object.

use recension_model::Date;

use super::Finding;
use super::form::{self, Fit, Form};
use crate::capability::Capability;
use crate::target::Target;

/// A table as its engine describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    /// The columns of each unique index of whole columns and all rows.
    pub(super) unique: Vec<Vec<String>>,
    /// Whether what is written to it can be taken back.
    pub(super) has_transactions: bool,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) form: Form,
    pub(super) comparing: Comparing,
}

/// How the texts of a column compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparing {
    /// By their code points; or there are none.
    Exactly,
    /// No two that differ are equal, and their order is another.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL has such orders"))]
    InAnotherOrder,
    /// Some that differ are equal.
    Loosely,
}

impl Table {
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        // Engines differ in whether upper and lower case count in the name of a column; ours are literals of the program.
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether no two rows have the same values in `columns`.
    fn is_unique(&self, columns: &[&str]) -> bool {
        let within = |index: &Vec<String>| index.iter().all(|name| columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
        self.unique.iter().any(|index| !index.is_empty() && within(index))
    }

    /// Puts the columns of unique indexes together, each given as the name of the index and of a column.
    pub(super) fn with_unique(mut self, rows: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut indexes = std::collections::BTreeMap::<String, Vec<String>>::new();
        for (index, column) in rows {
            indexes.entry(index).or_default().push(column);
        }
        self.unique.extend(indexes.into_values());
        self
    }
}

/// What is found about the table of an object.
pub(super) fn findings(target: Target, capability: &Capability, table: Option<&Table>, today: Option<Date>) -> Vec<Finding> {
    let name = target.table();
    let Some(table) = table else { return vec![of_object(target, "DB_TABLE_MISSING", format!("there is no table `{name}`"), Vec::new())] };
    let mut found = Found { target, findings: Vec::new() };
    if !table.has_transactions {
        found.tell("DB_TABLE_ENGINE", format!("table `{name}`"), Vec::new());
    }
    found.columns(capability, table);
    found.keys(table);
    if target.mapping.revision_column().is_none() {
        found.tell("DB_NO_REVISION", format!("table `{name}`"), Vec::new());
    }
    if let Some(until) = target.mapping.shared_until() {
        let is_over = today.is_some_and(|today| until < today);
        let id = if is_over { "DB_TABLE_SHARED_EXPIRED" } else { "DB_TABLE_SHARED" };
        found.tell(id, format!("table `{name}`, up to {until}"), Vec::new());
    }
    found.findings
}

/// The columns that the table of an object must have and has not, each with what it is for where that is no field.
pub(super) fn missing(target: Target, table: &Table) -> Vec<(&'static str, &'static str)> {
    let mapping = target.mapping;
    let fields = target.columns().map(|(column, _)| (column.column, ""));
    let revision = mapping.revision_column().map(|column| (column, " (the revision)"));
    let natural = mapping.natural().map(|natural| (natural.column, " (the natural key)"));
    let request = mapping.request().into_iter().flat_map(|request| [request.key, request.payload]).map(|column| (column, " (the request)"));
    let needed = fields.chain(revision).chain(natural).chain(request);
    needed.filter(|(column, _)| table.column(column).is_none()).collect()
}

/// What is found about the table of the tokens of transactions.
pub(super) fn commits(table: Option<&Table>) -> Option<Finding> {
    let says = match table {
        None => "there is no table `recension_commits`",
        Some(table) if !table.is_unique(&["token"]) => "the tokens in `recension_commits` are not unique",
        Some(table) if !table.has_transactions => "table `recension_commits` has no transactions",
        Some(_) => return None,
    };
    Some(Finding::of("DB_COMMITS_TABLE", says))
}

fn of_object(target: Target, id: &str, says: String, columns: Vec<&'static str>) -> Finding {
    Finding { object: Some(target.object().clone()), columns, ..Finding::of(id, says) }
}

struct Found {
    target: Target,
    findings: Vec<Finding>,
}

impl Found {
    fn tell(&mut self, id: &str, says: String, columns: Vec<&'static str>) {
        self.findings.push(of_object(self.target, id, says, columns));
    }

    /// One finding for all columns with the same fault.
    fn tell_columns(&mut self, id: &str, mut columns: Vec<(&'static str, String)>) {
        columns.dedup();
        if columns.is_empty() {
            return;
        }
        let says: Vec<String> = columns.iter().map(|(name, needs)| format!("`{name}`{needs}")).collect();
        let says = format!("{} of table `{}`", says.join(", "), self.target.table());
        self.tell(id, says, columns.into_iter().map(|(name, _)| name).collect());
    }

    fn columns(&mut self, capability: &Capability, table: &Table) {
        let [mut wrong, mut narrow, mut digits, mut loose, mut ordered] = [const { Vec::new() }; 5];
        let mapping = self.target.mapping;
        for (column, field) in self.target.columns() {
            let Some(found) = table.column(column.column) else { continue };
            let is_mark = mapping.soft_deletion().is_some_and(|deletion| deletion.mark == Some(column.field));
            let fit = if is_mark { found.form.fit_of_mark() } else { found.form.fit(field, capability.sql) };
            let faulty = (column.column, format!(" (for {})", form::needs(field)));
            match fit {
                Fit::Holds => {}
                Fit::Narrow => narrow.push(faulty),
                Fit::FewDigits => digits.push((column.column, String::new())),
                Fit::Not => wrong.push(faulty),
            }
            match found.comparing {
                Comparing::Loosely if form::is_text(&field.kind) => loose.push((column.column, String::new())),
                Comparing::InAnotherOrder if form::is_text(&field.kind) => ordered.push((column.column, String::new())),
                _ => {}
            }
        }
        if let Some(revision) = mapping.revision_column() {
            match table.column(revision).map(|column| column.form.fit_of_revision()) {
                Some(Fit::Not) => wrong.push((revision, " (the revision)".to_owned())),
                Some(Fit::Narrow) => narrow.push((revision, " (the revision)".to_owned())),
                Some(Fit::Holds | Fit::FewDigits) | None => {}
            }
        }
        let missing = missing(self.target, table).into_iter().map(|(column, needs)| (column, needs.to_owned()));
        self.tell_columns("DB_COLUMN_MISSING", missing.collect());
        self.tell_columns("DB_COLUMN_TYPE", wrong);
        self.tell_columns("DB_COLUMN_NARROW", narrow);
        self.tell_columns("DB_COLUMN_DIGITS", digits);
        self.tell_columns("DB_COLUMN_COLLATION", loose);
        self.tell_columns("DB_COLUMN_ORDER", ordered);
    }

    fn keys(&mut self, table: &Table) {
        let mapping = self.target.mapping;
        let keys: Vec<&'static str> = mapping.keys().iter().filter_map(|key| mapping.column_of(*key)).map(|column| column.column).collect();
        if !table.is_unique(&keys) {
            self.tell_columns("DB_KEY_NOT_UNIQUE", keys.into_iter().map(|name| (name, String::new())).collect());
        }
        // One that is not there is told as a column.
        let is_repeated = |column| table.column(column).is_some() && !table.is_unique(&[column]);
        if let Some(natural) = mapping.natural().filter(|natural| is_repeated(natural.column)) {
            self.tell_columns("DB_NATURAL_KEY_NOT_UNIQUE", vec![(natural.column, String::new())]);
        }
        if let Some(request) = mapping.request().filter(|request| is_repeated(request.key)) {
            self.tell_columns("DB_REQUEST_NOT_UNIQUE", vec![(request.key, String::new())]);
        }
    }
}
