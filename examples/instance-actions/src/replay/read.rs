//! Reading the fields of a sequence, so that each fault says where it is.

use recension::Timestamp;
use serde_json::{Map, Value};

use super::error::{Fault, Place, ReplayError};

/// A map of the sequence, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'v> {
    map: &'v Map<String, Value>,
    step: Option<u64>,
    path: &'v str,
}

impl<'v> Node<'v> {
    /// The map that `value` must be.
    pub(super) fn of(value: &'v Value, step: Option<u64>, path: &'v str) -> Result<Self, ReplayError> {
        let map = value.as_object().ok_or_else(|| fault_at(step, path, Fault::Kind("map")))?;
        Ok(Self { map, step, path })
    }

    /// The error of the field called `name`.
    pub(super) fn fault(&self, name: &str, fault: Fault) -> ReplayError {
        let field = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        fault_at(self.step, &field, fault)
    }

    /// Nothing but these fields may be there.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), ReplayError> {
        // The name is not repeated: in a file that is not of this notation it may be anything.
        if self.map.keys().any(|key| !names.contains(&key.as_str())) {
            return Err(self.fault("*", Fault::UnknownField));
        }
        Ok(())
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.map.iter()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// The field, unless it is missing or null.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// The field, which may be null.
    pub(super) fn required(&self, name: &str) -> Result<&'v Value, ReplayError> {
        self.map.get(name).ok_or_else(|| self.fault(name, Fault::Missing))
    }

    pub(super) fn text(&self, name: &str) -> Result<&'v str, ReplayError> {
        self.required(name)?.as_str().ok_or_else(|| self.fault(name, Fault::Kind("text")))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&'v str>, ReplayError> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| self.fault(name, Fault::Kind("text")))).transpose()
    }

    pub(super) fn integer(&self, name: &str) -> Result<i64, ReplayError> {
        self.required(name)?.as_i64().ok_or_else(|| self.fault(name, Fault::Kind("integer")))
    }

    pub(super) fn optional_integer(&self, name: &str) -> Result<Option<i64>, ReplayError> {
        self.get(name).map(|_| self.integer(name)).transpose()
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, ReplayError> {
        self.get(name).map_or(Ok(default), |value| value.as_bool().ok_or_else(|| self.fault(name, Fault::Kind("boolean"))))
    }

    pub(super) fn list(&self, name: &str) -> Result<&'v [Value], ReplayError> {
        self.required(name)?.as_array().map(Vec::as_slice).ok_or_else(|| self.fault(name, Fault::Kind("list")))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, ReplayError> {
        let texts = self.list(name)?.iter().map(|value| value.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().ok_or_else(|| self.fault(name, Fault::Kind("list of texts")))
    }

    /// A moment as the notation writes it; without an offset it is UTC.
    pub(super) fn time(&self, name: &str) -> Result<Timestamp, ReplayError> {
        moment(self.text(name)?).ok_or_else(|| self.fault(name, Fault::Kind("time")))
    }
}

/// Reads a moment in ISO form, which is UTC without an offset.
pub(super) fn moment(iso: &str) -> Option<Timestamp> {
    Timestamp::parse(iso).or_else(|_| Timestamp::parse(&format!("{iso}Z"))).ok()
}

fn fault_at(step: Option<u64>, field: &str, fault: Fault) -> ReplayError {
    ReplayError::Sequence { place: Place { step, field: field.to_owned() }, fault }
}
