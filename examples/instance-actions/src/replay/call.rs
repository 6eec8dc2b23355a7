//! The calls of a sequence, with their arguments.

use recension::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::error::{Fault, ReplayError};
use super::exception::Exception;
use super::given::Given;
use super::read::{Node, moment};
use super::row::{ACTIONS, EVENTS, Table};

/// Every call that the notation knows, by the reference's names.
pub(super) const CALLS: [&str; 16] = [
    "InstanceAction.action_start",
    "InstanceAction.action_finish",
    "InstanceAction.get_by_request_id",
    "InstanceAction.new",
    "InstanceAction.create",
    "InstanceAction.finish",
    "InstanceActionList.get_by_instance_uuid",
    "InstanceActionEvent.event_start",
    "InstanceActionEvent.event_finish",
    "InstanceActionEvent.event_finish_with_failure",
    "InstanceActionEvent.get_by_id",
    "InstanceActionEvent.new",
    "InstanceActionEvent.create",
    "InstanceActionEvent.finish",
    "InstanceActionEvent.finish_with_failure",
    "InstanceActionEventList.get_by_action",
];

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The reference's name.
    pub(super) name: &'static str,
    pub(super) arguments: Arguments,
    /// Whether the caller wants an object back.
    pub(super) wants_result: bool,
}

/// What is called, with what it is given. `This…` are calls on a kept object.
#[derive(Clone, Debug)]
pub(super) enum Arguments {
    StartAction { instance: Instance, action: String },
    FinishAction { instance: Instance },
    ActionByRequest { instance: Instance, request: String },
    ListActions { instance: Instance, page: ActionPage },
    StartEvent { instance: Instance, event: String, host: Option<String> },
    FinishEvent { instance: Instance, event: String, exception: Exception },
    EventById { action: i64, event: i64 },
    ListEvents { action: i64 },
    NewAction(Given),
    NewEvent(Given),
    CreateThisAction,
    FinishThisAction,
    CreateThisEvent { instance: Instance, request: String },
    FinishThisEvent { exception: Exception },
}

impl Arguments {
    /// The table in which the call makes a row, if it does.
    pub(super) const fn makes_row_in(&self) -> Option<&'static Table> {
        match self {
            Self::StartAction { .. } | Self::CreateThisAction => Some(&ACTIONS),
            Self::StartEvent { .. } | Self::CreateThisEvent { .. } => Some(&EVENTS),
            _ => None,
        }
    }
}

/// The server that a call names: the reference takes any text, and null.
#[derive(Clone, Debug)]
pub(super) struct Instance(pub(super) Option<String>);

impl Instance {
    /// The UUID, if it is written as one.
    pub(super) fn uuid(&self) -> Option<Uuid> {
        self.0.as_deref().and_then(written_uuid)
    }
}

/// A UUID with hyphens and in lower case, as it is stored.
pub(super) fn written_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.hyphenated().to_string() == text)
}

/// Which part of a list is asked for.
#[derive(Clone, Debug)]
pub(super) struct ActionPage {
    pub(super) limit: Option<i64>,
    pub(super) marker: Option<String>,
    pub(super) since: Option<Timestamp>,
    pub(super) before: Option<Timestamp>,
}

impl Call {
    /// The call named `name` with `args`.
    pub(super) fn read(name: &str, step: u64, args: &Value) -> Result<Self, ReplayError> {
        let args = Node::of(args, Some(step), "args")?;
        let unknown = || ReplayError::at_step(step, "call", Fault::Unknown("call"));
        let name = CALLS.into_iter().find(|known| *known == name).ok_or_else(unknown)?;
        let arguments = Arguments::read(name, args)?;
        let wants_result = args.flag("want_result", name != "InstanceActionEvent.event_finish_with_failure")?;
        Ok(Self { name, arguments, wants_result })
    }

    /// Whether the call is made on a kept object.
    pub(super) const fn is_on_object(&self) -> bool {
        matches!(
            self.arguments,
            Arguments::CreateThisAction
                | Arguments::FinishThisAction
                | Arguments::CreateThisEvent { .. }
                | Arguments::FinishThisEvent { .. }
        )
    }
}

impl Arguments {
    fn read(name: &str, args: Node<'_>) -> Result<Self, ReplayError> {
        let instance = || {
            Ok::<_, ReplayError>(Instance(
                args.required("instance_uuid").and_then(|_| args.optional_text("instance_uuid"))?.map(str::to_owned),
            ))
        };
        let text = |field: &str| args.text(field).map(str::to_owned);
        let (known, arguments): (&[&str], _) = match name {
            "InstanceAction.action_start" => (
                &["instance_uuid", "action_name", "want_result"],
                Self::StartAction { instance: instance()?, action: text("action_name")? },
            ),
            "InstanceAction.action_finish" => (&["instance_uuid", "want_result"], Self::FinishAction { instance: instance()? }),
            "InstanceAction.get_by_request_id" => {
                (&["instance_uuid", "request_id"], Self::ActionByRequest { instance: instance()?, request: text("request_id")? })
            }
            "InstanceActionList.get_by_instance_uuid" => {
                let page = ActionPage::read(args)?;
                (&["instance_uuid", "limit", "marker", "filters"], Self::ListActions { instance: instance()?, page })
            }
            "InstanceActionEvent.event_start" => {
                let host = args.optional_text("host")?.map(str::to_owned);
                let known = &["instance_uuid", "event_name", "host", "want_result"];
                (known, Self::StartEvent { instance: instance()?, event: text("event_name")?, host })
            }
            "InstanceActionEvent.event_finish" => {
                let (instance, event) = (instance()?, text("event_name")?);
                (&["instance_uuid", "event_name", "want_result"], Self::FinishEvent { instance, event, exception: Exception::default() })
            }
            "InstanceActionEvent.event_finish_with_failure" => {
                let (instance, event, exception) = (instance()?, text("event_name")?, Exception::read(args)?);
                (&["instance_uuid", "event_name", "exc_val", "exc_tb", "want_result"], Self::FinishEvent { instance, event, exception })
            }
            "InstanceActionEvent.get_by_id" => {
                (&["action_id", "event_id"], Self::EventById { action: args.integer("action_id")?, event: args.integer("event_id")? })
            }
            "InstanceActionEventList.get_by_action" => (&["action_id"], Self::ListEvents { action: args.integer("action_id")? }),
            "InstanceAction.new" => return Given::read(args, &ACTIONS).map(Self::NewAction),
            "InstanceActionEvent.new" => return Given::read(args, &EVENTS).map(Self::NewEvent),
            "InstanceAction.create" => (&[], Self::CreateThisAction),
            "InstanceAction.finish" => (&[], Self::FinishThisAction),
            "InstanceActionEvent.create" => {
                (&["instance_uuid", "request_id"], Self::CreateThisEvent { instance: instance()?, request: text("request_id")? })
            }
            "InstanceActionEvent.finish" => (&[], Self::FinishThisEvent { exception: Exception::default() }),
            _ => (&["exc_val", "exc_tb"], Self::FinishThisEvent { exception: Exception::read(args)? }),
        };
        args.only(known)?;
        Ok(arguments)
    }

    /// The server that the call names.
    pub(super) const fn instance(&self) -> Option<&Instance> {
        match self {
            Self::StartAction { instance, .. }
            | Self::FinishAction { instance }
            | Self::ActionByRequest { instance, .. }
            | Self::ListActions { instance, .. }
            | Self::StartEvent { instance, .. }
            | Self::FinishEvent { instance, .. }
            | Self::CreateThisEvent { instance, .. } => Some(instance),
            _ => None,
        }
    }
}

impl ActionPage {
    fn read(args: Node<'_>) -> Result<Self, ReplayError> {
        let empty = Value::Object(serde_json::Map::new());
        let filters = args.get("filters").unwrap_or(&empty);
        let known = ["changes-since", "changes-before"];
        if filters.as_object().is_some_and(|filters| filters.keys().any(|key| !known.contains(&key.as_str()))) {
            return Err(args.fault("filters.*", Fault::UnknownField));
        }
        let time = |name: &str| -> Result<Option<Timestamp>, ReplayError> {
            let wrong = || args.fault(&format!("filters.{name}"), Fault::Kind("time"));
            match filters.get(name) {
                None | Some(Value::Null) => Ok(None),
                // The reference takes an empty text for no filter.
                Some(Value::String(text)) if text.is_empty() => Ok(None),
                Some(Value::String(text)) => moment(text).map(Some).ok_or_else(wrong),
                Some(tagged) => tagged.get("iso").and_then(Value::as_str).and_then(moment).map(Some).ok_or_else(wrong),
            }
        };
        Ok(Self {
            limit: args.optional_integer("limit")?,
            marker: args.optional_text("marker")?.map(str::to_owned),
            since: time("changes-since")?,
            before: time("changes-before")?,
        })
    }
}
