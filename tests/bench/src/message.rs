//! Messages that cases read.

use std::collections::BTreeMap;

use recension::Record;
use recension::versioning::{Manifest, VersionedObject};
use recension::wire::{self, Codec, Form, Profile};
use serde_json::Value;

use crate::Fault;
use crate::record::{Action, samples};

/// The oldest version of the record.
pub(crate) const OLDEST: &str = "1.0";

/// As a node of this release writes it.
pub(crate) fn current() -> Result<Vec<u8>, Fault> {
    Ok(wire::to_json(&samples::action(7)?, Form::Trusted)?)
}

/// The same with the keys in the order of the alphabet, as a writer sends it that sorts them: `data` stands before `version`, and
/// no field of `data` where the declaration has it.
pub(crate) fn sorted() -> Result<Vec<u8>, Fault> {
    let mut envelope: BTreeMap<String, Value> = serde_json::from_slice(&current()?)?;
    let data = envelope.get_mut("versioned_object.data").ok_or("the message has no data")?;
    let fields: BTreeMap<String, Value> = serde_json::from_value(data.take())?;
    *data = serde_json::to_value(fields)?;
    Ok(serde_json::to_vec(&envelope)?)
}

/// As a node of the oldest release writes it, which knows nothing of what was added since.
pub(crate) fn oldest() -> Result<Vec<u8>, Fault> {
    Ok(old_node().to_json(&samples::action(7)?, Form::Trusted.at(OLDEST))?)
}

/// For peers that keep no carry.
pub(crate) fn old_node() -> Codec {
    Codec::new(Profile::new("versioned_object").extensions(false))
}

/// At the oldest version, with the carry of a node of this release.
pub(crate) fn oldest_with_carry() -> Result<Vec<u8>, Fault> {
    Ok(wire::to_json(&samples::action(7)?, Form::Trusted.at(OLDEST))?)
}

/// The record, as a program knows it that has the declaration at run time only.
pub(crate) fn record(version: &str) -> Result<Record, Fault> {
    let record = recension::Object::to_record(&samples::action(7)?);
    Ok(Action::registry().map_err(Clone::clone)?.convert(record, &version.parse()?, &Manifest::default())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_is_what_it_is_measured_as() {
        let text = |message: Result<Vec<u8>, Fault>| String::from_utf8(message.unwrap()).unwrap();
        let place = |message: &str, key: &str| message.find(&format!("\"versioned_object.{key}\"")).unwrap();
        let current = text(current());
        assert!(place(&current, "version") < place(&current, "data"));
        let sorted = text(sorted());
        assert!(place(&sorted, "data") < place(&sorted, "version"));
        assert!(sorted.find("\"action\"").unwrap() < sorted.find("\"id\"").unwrap());
        assert_eq!(sorted.len(), current.len());
        assert!(!text(oldest()).contains("carry") && text(oldest_with_carry()).contains("carry"));
        assert_eq!(record(OLDEST).unwrap().spec().fields.len(), 9);
    }
}
