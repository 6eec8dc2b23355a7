//! The rules of the differences on purpose.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::call::CALLS;
use super::error::{Fault, RulesError};
use super::kind::Kind;
use super::predicates::{Predicate, named};
use super::row::{ACTIONS, EVENTS, RowDifferences};
use super::situation::Situation;

/// The rules of the differences on purpose, in order.
#[derive(Debug)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    id: String,
    calls: Vec<String>,
    when: Predicate,
    ours: Ours,
}

/// What comes of a call of ours that a rule is about.
#[derive(Clone, Debug)]
enum Ours {
    /// It ends like this, and changes no row.
    Ends(Ending),
    /// It does something, which differs in this.
    Differs(Differing),
}

/// How a call of ours ends that changes no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With an error.
    Error(Kind),
    /// With nothing.
    Null,
    /// With those rows that the caller may see.
    Visible,
}

/// In what a call of ours differs.
#[derive(Clone, Debug, Default)]
pub(super) struct Differing {
    pub(super) rows: RowDifferences,
    /// We answer with the row as it is in our table, whatever the reference answers.
    pub(super) answers_row: bool,
    /// What we would answer breaks a rule, so that it cannot be sent.
    pub(super) unsendable: bool,
}

/// What the rules say of one call.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// The ids of the rules.
    pub(super) ids: Vec<String>,
    pub(super) how: How,
}

/// What the rules say comes of one call.
#[derive(Clone, Debug)]
pub(super) enum How {
    Ends(Ending),
    Differs(Differing),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    call: Vec<String>,
    when: String,
    why: String,
    ours: WrittenOurs,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOurs {
    error: Option<Kind>,
    result: Option<WrittenResult>,
    rows: Option<WrittenRows>,
    #[serde(default)]
    columns: BTreeSet<String>,
    added: Option<String>,
    missing: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenResult {
    Null,
    Visible,
    Row,
    Unsendable,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenRows {
    Unchanged,
}

impl Rules {
    /// Reads the rules.
    ///
    /// # Errors
    /// [`RulesError`] for a file of another shape, and for a rule that names what there is not.
    pub(super) fn read(text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text).map_err(|error| RulesError::Malformed(error.span().map_or(0, |span| span.start)))?;
        let rules = file.rule.into_iter().enumerate();
        rules.map(|(index, written)| Rule::of(index + 1, written)).collect::<Result<_, _>>().map(Self)
    }

    /// What the rules say of a call in this situation. The first rule by which the call ends decides alone:
    /// then nothing else can differ. Without one the differences of all that match come together.
    pub(super) fn of(&self, situation: &Situation<'_>) -> Option<Expected> {
        let name = situation.asked.call.name;
        let matching = self.0.iter().filter(|rule| rule.calls.iter().any(|call| call == name) && (rule.when)(situation));
        let mut ids: Vec<String> = Vec::new();
        let mut together = Differing::default();
        for rule in matching {
            match &rule.ours {
                Ours::Ends(ending) => return Some(Expected { ids: vec![rule.id.clone()], how: How::Ends(*ending) }),
                Ours::Differs(differing) => {
                    together.rows.columns.extend(differing.rows.columns.iter().cloned());
                    together.rows.added.extend(differing.rows.added.iter().cloned());
                    together.rows.missing.extend(differing.rows.missing.iter().cloned());
                    together.answers_row |= differing.answers_row;
                    together.unsendable |= differing.unsendable;
                    if !ids.contains(&rule.id) {
                        ids.push(rule.id.clone());
                    }
                }
            }
        }
        (!ids.is_empty()).then_some(Expected { ids, how: How::Differs(together) })
    }
}

impl Rule {
    fn of(number: usize, written: Written) -> Result<Self, RulesError> {
        let wrong = |field, fault| RulesError::Rule { rule: number, field, fault };
        if !is_id(&written.id) {
            return Err(wrong("id", Fault::Kind("id of a finding or a behaviour")));
        }
        if written.why.trim().is_empty() {
            return Err(wrong("why", Fault::Missing));
        }
        if written.call.is_empty() {
            return Err(wrong("call", Fault::Missing));
        }
        if written.call.iter().any(|call| !CALLS.contains(&call.as_str())) {
            return Err(wrong("call", Fault::Unknown("call")));
        }
        let when = named(&written.when).ok_or_else(|| wrong("when", Fault::Unknown("predicate")))?;
        let ours = Ours::of(written.ours).map_err(|(field, fault)| wrong(field, fault))?;
        Ok(Self { id: written.id, calls: written.call, when, ours })
    }
}

impl Ours {
    fn of(written: WrittenOurs) -> Result<Self, (&'static str, Fault)> {
        let WrittenOurs { error, result, rows, columns, added, missing } = written;
        let ending = match (error, result) {
            (Some(kind), None) => Some(Ending::Error(kind)),
            (Some(_), Some(_)) => return Err(("ours.result", Fault::OutOfPlace)),
            (None, Some(WrittenResult::Null)) => Some(Ending::Null),
            (None, Some(WrittenResult::Visible)) => Some(Ending::Visible),
            (None, _) => None,
        };
        let changes = !columns.is_empty() || added.is_some() || missing.is_some();
        match (ending, rows) {
            (Some(_), _) if changes => return Err(("ours.columns", Fault::OutOfPlace)),
            (Some(ending), _) => return Ok(Self::Ends(ending)),
            (None, Some(WrittenRows::Unchanged)) => return Err(("ours.rows", Fault::OutOfPlace)),
            (None, None) if !changes && result.is_none() => return Err(("ours", Fault::Missing)),
            (None, None) => {}
        }
        if !columns.iter().all(|column| is_column(column)) {
            return Err(("ours.columns", Fault::Unknown("column")));
        }
        for (field, table) in [("ours.added", &added), ("ours.missing", &missing)] {
            if table.as_ref().is_some_and(|table| ![ACTIONS.name, EVENTS.name].contains(&table.as_str())) {
                return Err((field, Fault::Unknown("table")));
            }
        }
        let rows = RowDifferences { columns, added: added.into_iter().collect(), missing: missing.into_iter().collect() };
        Ok(Self::Differs(Differing {
            rows,
            answers_row: matches!(result, Some(WrittenResult::Row)),
            unsendable: matches!(result, Some(WrittenResult::Unsendable)),
        }))
    }
}

/// `S4`, `X13` or `B-A7`.
fn is_id(id: &str) -> bool {
    let behaviour = id.strip_prefix("B-").and_then(|rest| rest.strip_prefix(|c: char| c.is_ascii_uppercase()));
    let Some(number) = behaviour.or_else(|| id.strip_prefix(['S', 'X'])) else { return false };
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `table.column` of the reference.
fn is_column(text: &str) -> bool {
    let Some((table, column)) = text.split_once('.') else { return false };
    [&ACTIONS, &EVENTS].iter().any(|known| known.name == table && known.columns.iter().any(|(name, _)| *name == column))
}
