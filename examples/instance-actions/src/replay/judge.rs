//! Comparing what came of a step here with what came of it in the reference.

use std::collections::BTreeSet;

use serde_json::Value;

use super::row::{RowDifferences, Table, Tables};
use super::rules::{Differing, Ending, Expected, How};
use super::sequence::Answer;

/// What came of a step on one side.
#[derive(Debug)]
pub(super) struct Outcome<'o> {
    /// The answer; `None` for a statement, which has none.
    pub(super) answer: Option<&'o Answer>,
    /// The object that the call was on, afterwards.
    pub(super) object: Option<&'o Answer>,
    pub(super) rows: &'o Tables,
}

/// What both sides have in common.
#[derive(Debug)]
pub(super) struct Frame<'o> {
    pub(super) before: &'o Tables,
    /// What a reading call gives that shows just what the caller may see.
    pub(super) visible: Option<Value>,
    /// Whether the caller wants an object back.
    pub(super) wants_result: bool,
    /// Whether the object that the call is on was not what the reference has already.
    pub(super) apart: bool,
}

/// How a step compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Both did the same.
    Equal,
    /// They differ as rules say: their ids, and in what.
    ByRule(Vec<String>, Vec<String>),
    /// They differ otherwise, or a rule matches a step that is equal.
    Wrong(Vec<String>),
}

/// Compares the two outcomes of a step.
pub(super) fn judge(frame: &Frame<'_>, ours: &Outcome<'_>, theirs: &Outcome<'_>, expected: Option<&Expected>) -> Verdict {
    let found = differences(frame, ours, theirs);
    match (found.is_empty(), expected) {
        (true, None) => Verdict::Equal,
        (true, Some(expected)) => Verdict::Wrong(vec![format!("equal, but {} matches", expected.ids.join(", "))]),
        (false, None) => Verdict::Wrong(found),
        (false, Some(expected)) => {
            let wrong = match &expected.how {
                How::Ends(ending) => ends(frame, ours, *ending),
                How::Differs(differing) => differs(frame, ours, theirs, differing),
            };
            if wrong.is_empty() {
                return Verdict::ByRule(expected.ids.clone(), found);
            }
            let rules = expected.ids.join(", ");
            Verdict::Wrong(wrong.into_iter().map(|wrong| format!("not as {rules} says: {wrong}")).collect())
        }
    }
}

/// In what two outcomes differ, in words without values.
fn differences(frame: &Frame<'_>, ours: &Outcome<'_>, theirs: &Outcome<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if !same(ours.answer, theirs.answer) {
        found.push(against("answer", ours.answer, theirs.answer));
    }
    // An object that was apart before, and that the call left as it is, says nothing about the call.
    let untouched = frame.apart && matches!(ours.answer, Some(Answer::Failed(_)));
    if theirs.object.is_some() && !untouched && !same(ours.object, theirs.object) {
        found.push(against("object", ours.object, theirs.object));
    }
    found.extend(rows_in_words(&ours.rows.differences(theirs.rows)));
    found
}

fn against(what: &str, ours: Option<&Answer>, theirs: Option<&Answer>) -> String {
    if let (Some(Answer::Object(ours)), Some(Answer::Object(theirs))) = (ours, theirs)
        && let Some(fields) = fields(ours, theirs)
    {
        return format!("{what}: {}", fields.into_iter().collect::<Vec<_>>().join(", "));
    }
    let in_words = |answer: Option<&Answer>| answer.map_or_else(|| "nothing".to_owned(), Answer::in_words);
    format!("{what}: {} here, {} there", in_words(ours), in_words(theirs))
}

fn same(ours: Option<&Answer>, theirs: Option<&Answer>) -> bool {
    match (ours, theirs) {
        (None, None) => true,
        (Some(Answer::Object(ours)), Some(Answer::Object(theirs))) => same_message(ours, theirs),
        // Neither a crash of the reference nor an error that we have not is like anything.
        (Some(Answer::Failed(Some(ours))), Some(Answer::Failed(Some(theirs)))) => ours == theirs,
        _ => false,
    }
}

/// Whether two messages say the same.
pub(super) fn same_message(ours: &Value, theirs: &Value) -> bool {
    normal(ours) == normal(theirs)
}

/// The call changed no row and ended like this.
fn ends(frame: &Frame<'_>, ours: &Outcome<'_>, ending: Ending) -> Vec<String> {
    let mut wrong = rows_in_words(&ours.rows.differences(frame.before));
    let holds = match (ending, ours.answer) {
        (Ending::Error(kind), Some(Answer::Failed(found))) => *found == Some(kind),
        (Ending::Null, Some(Answer::Object(found))) => found.is_null(),
        (Ending::Visible, Some(Answer::Object(found))) => frame.visible.as_ref().is_some_and(|visible| normal(visible) == normal(found)),
        _ => false,
    };
    if !holds {
        wrong.push(format!("answer: {}", ours.answer.map_or_else(|| "nothing".to_owned(), Answer::in_words)));
    }
    wrong
}

/// The call differs in just this.
fn differs(frame: &Frame<'_>, ours: &Outcome<'_>, theirs: &Outcome<'_>, expected: &Differing) -> Vec<String> {
    let mut wrong = Vec::new();
    let found = ours.rows.differences(theirs.rows);
    if found != expected.rows {
        wrong.extend(rows_in_words(&found));
        if wrong.is_empty() {
            wrong.push("the rows do not differ".to_owned());
        } else if !expected.rows.columns.is_subset(&found.columns) {
            wrong.push("other columns do not differ".to_owned());
        }
    }
    let answered = match ours.answer {
        Some(Answer::Unsendable) => expected.unsendable,
        Some(Answer::Object(found)) if expected.unsendable => found.is_null() && !frame.wants_result,
        Some(Answer::Object(found)) if expected.answers_row => found.is_null() || is_row(found, ours.rows),
        answer => alike(answer, theirs.answer, &expected.rows),
    };
    if !answered {
        wrong.push(against("answer", ours.answer, theirs.answer));
    }
    let kept = match (ours.object, theirs.object) {
        (_, None) | (Some(Answer::Unsendable), _) => true,
        (Some(Answer::Object(found)), _) if expected.answers_row => is_row(found, ours.rows),
        (found, recorded) => alike(found, recorded, &expected.rows),
    };
    if !kept {
        wrong.push(against("object", ours.object, theirs.object));
    }
    wrong
}

/// Whether two answers differ at most in these columns.
fn alike(ours: Option<&Answer>, theirs: Option<&Answer>, expected: &RowDifferences) -> bool {
    match (ours, theirs) {
        (Some(Answer::Object(ours)), Some(Answer::Object(theirs))) => {
            normal(ours) == normal(theirs) || fields(ours, theirs).is_some_and(|fields| fields.is_subset(&expected.columns))
        }
        (ours, theirs) => same(ours, theirs),
    }
}

/// Whether an object is a row as our tables have it.
fn is_row(object: &Value, rows: &Tables) -> bool {
    let id = || object.get("nova_object.data")?.get("id")?.as_i64();
    let table = || Table::of_object(object.get("nova_object.name")?.as_str()?);
    let row = || table().and_then(|table| Some(rows.row(table, id()?)?.wire(table)));
    row().is_some_and(|row| normal(&row) == normal(object))
}

/// The fields in which two states of one object differ, as `table.column`; `None` if they are not that.
fn fields(ours: &Value, theirs: &Value) -> Option<BTreeSet<String>> {
    let (ours, theirs) = (normal(ours), normal(theirs));
    let table = Table::of_object(ours.get("nova_object.name")?.as_str()?)?;
    for key in ["nova_object.name", "nova_object.version", "nova_object.changes"] {
        if ours.get(key) != theirs.get(key) {
            return None;
        }
    }
    let (ours, theirs) = (ours.get("nova_object.data")?.as_object()?, theirs.get("nova_object.data")?.as_object()?);
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let differing = names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name));
    Some(differing.map(|name| format!("{}.{name}", table.name)).collect())
}

/// A message in the form in which messages are compared: change sets without order, and the times that the
/// reference writes with the name of their zone, a defect, with the offset alone.
fn normal(message: &Value) -> Value {
    match message {
        Value::Object(map) => {
            let normal_entry = |(key, value): (&String, &Value)| {
                let mut value = normal(value);
                if let (true, Value::Array(changes)) = (key.ends_with(".changes"), &mut value) {
                    changes.sort_by_key(|change| change.as_str().map(str::to_owned));
                }
                (key.clone(), value)
            };
            Value::Object(map.iter().map(normal_entry).collect())
        }
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::String(text) => Value::String(without_zone_name(text)),
        other => other.clone(),
    }
}

/// `2024-02-02T02:02:02UTC+02:00` as `2024-02-02T02:02:02+02:00`; any other text as it is.
fn without_zone_name(text: &str) -> String {
    let parts = text.split_once("UTC").filter(|(time, offset)| time.len() == 19 && offset.len() == 6);
    let plain = parts.map(|(time, offset)| format!("{time}{offset}"));
    plain.filter(|plain| recension::Timestamp::parse(plain).is_ok()).unwrap_or_else(|| text.to_owned())
}

fn rows_in_words(found: &RowDifferences) -> Vec<String> {
    let mut words = Vec::new();
    if !found.columns.is_empty() {
        words.push(format!("rows: {}", found.columns.iter().cloned().collect::<Vec<_>>().join(", ")));
    }
    words.extend(found.added.iter().map(|table| format!("a row of {table} only here")));
    words.extend(found.missing.iter().map(|table| format!("a row of {table} only there")));
    words
}

impl Answer {
    fn in_words(&self) -> String {
        match self {
            Self::Object(Value::Null) => "null".to_owned(),
            Self::Object(_) => "an object".to_owned(),
            Self::Unsendable => "an object that cannot be sent".to_owned(),
            Self::Failed(Some(kind)) => format!("{kind:?}"),
            Self::Failed(None) => "a crash or an error of its own".to_owned(),
        }
    }
}
