//! What a new object is given, field by field.

use recension::{EnumValue, FieldKind, FieldSpec, Object, ObjectDraft, Slot, Timestamp, Value};
use serde_json::Value as Json;

use super::call::written_uuid;
use super::error::{Fault, ReplayError};
use super::exception::repeated;
use super::read::{Node, moment};
use super::row::{Cell, Holds, Table, stored};

/// What the fields of a new object are given.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(Vec<(&'static str, GivenValue)>);

/// What one field is given.
#[derive(Clone, Debug)]
pub(super) enum GivenValue {
    Null,
    Integer(i64),
    Flag(bool),
    Text(String),
    Time(Timestamp),
}

impl Given {
    pub(super) fn read(args: Node<'_>, table: &'static Table) -> Result<Self, ReplayError> {
        let mut given = Vec::new();
        for (name, json) in args.entries() {
            let known = table.columns.iter().find(|(column, _)| column == name);
            let (name, holds) = known.ok_or_else(|| args.fault("*", Fault::UnknownField))?;
            let value = GivenValue::read(json, name, *holds).ok_or_else(|| args.fault(name, Fault::Kind("value of this field")))?;
            given.push((*name, value));
        }
        Ok(Self(given))
    }

    pub(super) fn get(&self, field: &str) -> Option<&GivenValue> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        match self.get(field) {
            Some(GivenValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The texts that are given, with their fields.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter_map(|(name, value)| match value {
            GivenValue::Text(text) => Some((*name, text.as_str())),
            _ => None,
        })
    }

    /// Whether the field is given a time with an offset from UTC.
    pub(super) fn has_offset(&self, field: &str) -> bool {
        matches!(self.get(field), Some(GivenValue::Time(time)) if *time != time.to_utc())
    }

    /// Whether a field is given that only the service fills.
    pub(super) fn touches_service<T: Object>(&self) -> bool {
        T::declaration().head.fields.iter().any(|field| field.server_set && self.get(&field.name).is_some())
    }

    /// A draft of the fields that a caller may give, and whether it was given nothing else.
    pub(super) fn draft<T: Object>(&self) -> (T::Draft, bool) {
        let (mut draft, mut whole) = (T::draft(), true);
        let mut changes = draft.changes();
        for (index, field) in T::declaration().head.fields.iter().enumerate() {
            let Some(value) = self.get(&field.name) else { continue };
            let slot = if field.server_set { None } else { value.slot(field) };
            match slot.map(|slot| draft.put(index, slot)) {
                Some(Ok(())) => changes.insert(index),
                _ => whole = false,
            }
        }
        draft.set_changes(changes);
        (draft, whole)
    }
}

impl GivenValue {
    fn read(json: &Json, name: &str, holds: Holds) -> Option<Self> {
        Some(match (json, holds) {
            (Json::Null, _) => Self::Null,
            (Json::Bool(value), _) if name == "deleted" => Self::Flag(*value),
            (Json::Number(number), Holds::Integer) => Self::Integer(number.as_i64()?),
            (_, Holds::Time) if json.get("$").and_then(Json::as_str) == Some("datetime") => Self::Time(moment(json.get("iso")?.as_str()?)?),
            (Json::String(text), Holds::Time) => Self::Time(moment(text)?),
            (_, Holds::Text) => Self::Text(repeated(json)?),
            _ => return None,
        })
    }

    /// The state of the field, if the field can hold it.
    fn slot(&self, field: &FieldSpec) -> Option<Slot> {
        Some(match (self, &field.kind) {
            (Self::Null, _) => Slot::Null,
            (Self::Text(text), FieldKind::Text) => Slot::from(text.as_str()),
            (Self::Text(text), FieldKind::Uuid) => Slot::from(written_uuid(text)?),
            (Self::Text(text), FieldKind::Enum(spec)) => {
                let text = text.as_str();
                Slot::Value(Value::Enum(if spec.knows(text) { EnumValue::Known(text.into()) } else { EnumValue::Unknown(text.into()) }))
            }
            (Self::Time(time), FieldKind::Timestamp) => Slot::from(*time),
            _ => return None,
        })
    }

    /// What the reference stores for it: a time without its offset, as it is written.
    pub(super) fn cell(&self) -> Cell {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(number) => Cell::Integer(*number),
            Self::Flag(flag) => Cell::Integer(i64::from(*flag)),
            Self::Text(text) => Cell::Text(text.clone()),
            Self::Time(time) => {
                let local = time.to_chrono().naive_local();
                Cell::Text(stored(Timestamp::from_utc(local)))
            }
        }
    }
}
