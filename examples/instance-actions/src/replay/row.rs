//! Rows of the two tables, as both the file and the database have them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::error::{Fault, ReplayError};
use super::read::{Node, moment};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Time,
    Text,
    Integer,
}

/// A table of the reference, with its columns only.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) object: &'static str,
    pub(super) version: &'static str,
    pub(super) columns: &'static [(&'static str, Holds)],
}

const COMMON: [(&str, Holds); 5] = [
    ("created_at", Holds::Time),
    ("updated_at", Holds::Time),
    ("deleted_at", Holds::Time),
    ("id", Holds::Integer),
    ("deleted", Holds::Integer),
];

pub(super) static ACTIONS: Table = Table {
    name: "instance_actions",
    object: "InstanceAction",
    version: "1.2",
    columns: &[
        COMMON[0],
        COMMON[1],
        COMMON[2],
        COMMON[3],
        COMMON[4],
        ("action", Holds::Text),
        ("instance_uuid", Holds::Text),
        ("request_id", Holds::Text),
        ("user_id", Holds::Text),
        ("project_id", Holds::Text),
        ("start_time", Holds::Time),
        ("finish_time", Holds::Time),
        ("message", Holds::Text),
    ],
};

pub(super) static EVENTS: Table = Table {
    name: "instance_actions_events",
    object: "InstanceActionEvent",
    version: "1.4",
    columns: &[
        COMMON[0],
        COMMON[1],
        COMMON[2],
        COMMON[3],
        COMMON[4],
        ("event", Holds::Text),
        ("action_id", Holds::Integer),
        ("start_time", Holds::Time),
        ("finish_time", Holds::Time),
        ("result", Holds::Text),
        ("traceback", Holds::Text),
        ("host", Holds::Text),
        ("details", Holds::Text),
    ],
};

impl Table {
    /// The table of the objects called `name`.
    pub(super) fn of_object(name: &str) -> Option<&'static Self> {
        [&ACTIONS, &EVENTS].into_iter().find(|table| table.object == name)
    }
}

/// What a row holds in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
}

/// A row. Times are texts with six digits of a second, so that they sort as the times do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row(BTreeMap<&'static str, Cell>);

impl Row {
    pub(super) fn set(&mut self, column: &'static str, holds: Holds, cell: Cell) {
        let cell = match cell {
            Cell::Text(text) if holds == Holds::Time => Cell::Text(canonical(&text)),
            cell => cell,
        };
        self.0.insert(column, cell);
    }

    pub(super) fn cell(&self, column: &str) -> &Cell {
        self.0.get(column).unwrap_or(&Cell::Null)
    }

    pub(super) fn text(&self, column: &str) -> Option<&str> {
        match self.cell(column) {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn integer(&self, column: &str) -> Option<i64> {
        match self.cell(column) {
            Cell::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn id(&self) -> i64 {
        self.integer("id").unwrap_or_default()
    }

    fn read(table: &Table, node: Node<'_>) -> Result<Self, ReplayError> {
        node.only(&table.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>())?;
        let mut row = Self::default();
        for (column, holds) in table.columns {
            let cell = match (node.required(column)?, holds) {
                (Value::Null, _) => Cell::Null,
                (_, Holds::Integer) => Cell::Integer(node.integer(column)?),
                _ => Cell::Text(node.text(column)?.to_owned()),
            };
            row.set(column, *holds, cell);
        }
        if row.integer("id").is_none() {
            return Err(node.fault("id", Fault::Kind("integer")));
        }
        Ok(row)
    }

    /// The row as the reference writes it on the wire.
    pub(super) fn wire(&self, table: &Table) -> Value {
        let mut data = Map::new();
        for (column, holds) in table.columns {
            let value = match (self.cell(column), holds) {
                (cell, _) if *column == "deleted" => json!(!matches!(cell, Cell::Null | Cell::Integer(0))),
                (Cell::Null, _) => Value::Null,
                (Cell::Integer(number), _) => json!(number),
                (Cell::Text(text), Holds::Time) => json!(format!("{}Z", text.split('.').next().unwrap_or_default().replace(' ', "T"))),
                (Cell::Text(text), _) => json!(text),
            };
            data.insert((*column).to_owned(), value);
        }
        json!({
            "nova_object.name": table.object,
            "nova_object.namespace": "nova",
            "nova_object.version": table.version,
            "nova_object.data": data,
        })
    }
}

/// Both tables, rows by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tables {
    pub(super) actions: Vec<Row>,
    pub(super) events: Vec<Row>,
}

impl Tables {
    /// The tables of a recorded step.
    pub(super) fn read(node: Node<'_>, step: Option<u64>) -> Result<Self, ReplayError> {
        node.only(&[ACTIONS.name, EVENTS.name])?;
        let rows = |table: &'static Table| -> Result<Vec<Row>, ReplayError> {
            let path = format!("rows.{}", table.name);
            let mut rows = Vec::new();
            for row in node.list(table.name)? {
                rows.push(Row::read(table, Node::of(row, step, &path)?)?);
            }
            rows.sort_by_key(Row::id);
            Ok(rows)
        };
        Ok(Self { actions: rows(&ACTIONS)?, events: rows(&EVENTS)? })
    }

    pub(super) fn of(&self, table: &Table) -> &[Row] {
        if table.name == ACTIONS.name { &self.actions } else { &self.events }
    }

    pub(super) fn row(&self, table: &Table, id: i64) -> Option<&Row> {
        self.of(table).iter().find(|row| row.id() == id)
    }

    /// In what `self`, which is ours, differs from what the reference has.
    pub(super) fn differences(&self, theirs: &Self) -> RowDifferences {
        let mut found = RowDifferences::default();
        for table in [&ACTIONS, &EVENTS] {
            for row in self.of(table) {
                let Some(other) = theirs.row(table, row.id()) else {
                    found.added.insert(table.name.to_owned());
                    continue;
                };
                let differing = table.columns.iter().filter(|(column, _)| row.cell(column) != other.cell(column));
                found.columns.extend(differing.map(|(column, _)| format!("{}.{column}", table.name)));
            }
            if theirs.of(table).iter().any(|row| self.row(table, row.id()).is_none()) {
                found.missing.insert(table.name.to_owned());
            }
        }
        found
    }
}

/// In what our rows differ from the reference's: columns as `table.column`, and tables in which only one
/// side has a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowDifferences {
    pub(super) columns: BTreeSet<String>,
    pub(super) added: BTreeSet<String>,
    pub(super) missing: BTreeSet<String>,
}

/// A time with six digits of a second; text that is no time as it is.
fn canonical(text: &str) -> String {
    moment(&text.replacen(' ', "T", 1)).map_or_else(|| text.to_owned(), stored)
}

/// A moment as the tables hold it.
pub(super) fn stored(time: recension::Timestamp) -> String {
    time.to_utc().display(6).to_string().replace('T', " ").replace('Z', "")
}
