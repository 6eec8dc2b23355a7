//! A recorded sequence.

use std::collections::{BTreeMap, BTreeSet};

use recension::Timestamp;
use recension::store::Caller;
use serde_json::Value;

use super::call::Call;
use super::error::{Fault, ReplayError};
use super::kind::Kind;
use super::read::Node;
use super::row::Tables;
use crate::{Deleted, READ_ALL_ACTIONS, RECOVER_ACTIONS};

/// A recorded sequence: the tables and instances it begins with, and its steps.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) create_statements: Vec<String>,
    pub(super) instances: BTreeSet<String>,
    pub(super) steps: Vec<Step>,
}

/// One step, with what the reference did.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) number: u64,
    pub(super) now: Timestamp,
    pub(super) what: What,
    pub(super) object_after: Option<Value>,
    /// Both tables afterwards; `None` when the step changed nothing.
    pub(super) rows: Option<Tables>,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum What {
    /// A statement, as somebody else's program sends it.
    Sql(String),
    Call(Box<Asked>),
}

/// A call, who makes it, and what the reference answered.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) context: Context,
    pub(super) call: Call,
    /// The kept object on which the call is made.
    pub(super) on: Option<String>,
    /// The name under which the object that comes back is kept.
    pub(super) keep: Option<String>,
    pub(super) answer: Answer,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    /// An object as it is on the wire, or null.
    Object(Value),
    /// An object that breaks a rule, so that it cannot be on the wire.
    Unsendable,
    /// An error; `None` for one that has no like here.
    Failed(Option<Kind>),
}

/// Who makes calls, and for which request.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) user: Option<String>,
    pub(super) project: Option<String>,
    pub(super) admin: bool,
    pub(super) deleted: Deleted,
    pub(super) request: String,
    pub(super) began: Timestamp,
}

impl Context {
    fn read(node: Node<'_>) -> Result<Self, ReplayError> {
        node.only(&["user_id", "project_id", "is_admin", "read_deleted", "request_id", "timestamp"])?;
        let deleted = match node.optional_text("read_deleted")? {
            None | Some("no") => Deleted::No,
            Some("only") => Deleted::Only,
            Some("yes") => Deleted::Yes,
            Some(_) => return Err(node.fault("read_deleted", Fault::Unknown("choice"))),
        };
        let context = Self {
            user: node.optional_text("user_id")?.map(str::to_owned),
            project: node.optional_text("project_id")?.map(str::to_owned),
            admin: node.flag("is_admin", false)?,
            deleted,
            request: node.text("request_id")?.to_owned(),
            began: node.time("timestamp")?,
        };
        match (&context.user, &context.project) {
            (None, Some(_)) if !context.admin => Err(node.fault("user_id", Fault::Missing)),
            _ => Ok(context),
        }
    }

    /// The caller that the context is.
    pub(super) fn caller(&self) -> Caller {
        match (&self.user, &self.project) {
            (_, Some(_)) if self.admin => Caller::system(READ_ALL_ACTIONS),
            (_, None) if self.admin => Caller::system(RECOVER_ACTIONS),
            (Some(user), Some(project)) => Caller::user(user.as_str(), project.as_str()),
            _ => Caller::nobody(),
        }
    }
}

impl Sequence {
    /// Reads a sequence. Nothing of it has been done when a fault is found.
    pub(super) fn read(text: &str) -> Result<Self, ReplayError> {
        let json: Value = serde_json::from_str(text).map_err(|error| ReplayError::Json { line: error.line(), column: error.column() })?;
        let file = Node::of(&json, None, "")?;
        let mut contexts = BTreeMap::new();
        for (name, context) in Node::of(file.required("contexts")?, None, "contexts")?.entries() {
            contexts.insert(name.as_str(), Context::read(Node::of(context, None, "contexts.*")?)?);
        }
        let mut sequence = Self {
            create_statements: file.texts("create_statements")?,
            instances: file.texts("instances")?.into_iter().collect(),
            steps: Vec::new(),
        };
        let mut kept = BTreeSet::new();
        for step in file.list("cases")? {
            let step = Step::read(step, &contexts)?;
            if let What::Call(asked) = &step.what {
                if asked.on.as_ref().is_some_and(|name| !kept.contains(name)) {
                    return Err(step.fault("on", Fault::Unknown("kept object")));
                }
                kept.extend(asked.keep.clone());
            }
            sequence.steps.push(step);
        }
        Ok(sequence)
    }
}

const STEP_FIELDS: [&str; 13] =
    ["n", "op", "now", "context", "call", "args", "on", "keep", "sql", "result", "error", "object_after", "rows"];

impl Step {
    fn read(json: &Value, contexts: &BTreeMap<&str, Context>) -> Result<Self, ReplayError> {
        let unnumbered = Node::of(json, None, "cases.*")?;
        let number = unnumbered.required("n")?.as_u64().ok_or_else(|| unnumbered.fault("n", Fault::Kind("count")))?;
        let node = Node::of(json, Some(number), "")?;
        let mut known = STEP_FIELDS.to_vec();
        known.push("rows_unchanged");
        node.only(&known)?;
        let what = match node.optional_text("sql")? {
            Some(_) if node.has("call") => return Err(node.fault("sql", Fault::OutOfPlace)),
            Some(sql) => What::Sql(sql.to_owned()),
            None => What::Call(Box::new(Asked::read(node, number, contexts)?)),
        };
        let rows = match (node.get("rows"), node.flag("rows_unchanged", false)?) {
            (Some(_), true) => return Err(node.fault("rows_unchanged", Fault::OutOfPlace)),
            (Some(rows), false) => Some(Tables::read(Node::of(rows, Some(number), "rows")?, Some(number))?),
            (None, true) => None,
            (None, false) => return Err(node.fault("rows", Fault::Missing)),
        };
        Ok(Self { number, now: node.time("now")?, what, object_after: node.get("object_after").cloned(), rows })
    }

    fn fault(&self, field: &str, fault: Fault) -> ReplayError {
        ReplayError::at_step(self.number, field, fault)
    }

    /// The call's name, as rules and reports say it.
    pub(super) fn name(&self) -> &'static str {
        match &self.what {
            What::Sql(_) => "sql",
            What::Call(asked) => asked.call.name,
        }
    }
}

impl Asked {
    fn read(node: Node<'_>, number: u64, contexts: &BTreeMap<&str, Context>) -> Result<Self, ReplayError> {
        let context = contexts.get(node.text("context")?).ok_or_else(|| node.fault("context", Fault::Unknown("context")))?;
        let call = Call::read(node.text("call")?, number, node.required("args")?)?;
        let answer = match (node.has("result"), node.get("error")) {
            (true, Some(_)) => return Err(node.fault("error", Fault::OutOfPlace)),
            (true, None) => Answer::Object(node.required("result")?.clone()),
            (false, Some(error)) => {
                let error = Node::of(error, Some(number), "error")?;
                let from_runtime = match error.text("message_from")? {
                    "runtime" => true,
                    "library" => false,
                    _ => return Err(error.fault("message_from", Fault::Unknown("source"))),
                };
                Answer::Failed(Kind::of_recorded(error.text("class")?, from_runtime))
            }
            (false, None) => return Err(node.fault("result", Fault::Missing)),
        };
        let on = node.optional_text("on")?.map(str::to_owned);
        match (&on, call.is_on_object()) {
            (None, true) => return Err(node.fault("on", Fault::Missing)),
            (Some(_), false) => return Err(node.fault("on", Fault::OutOfPlace)),
            _ => {}
        }
        Ok(Self { context: context.clone(), call, on, keep: node.optional_text("keep")?.map(str::to_owned), answer })
    }
}
