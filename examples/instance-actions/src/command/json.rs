//! What `--json` prints: one document on standard output, and one on standard error when a command fails.
//!
//! Objects in a document are the envelopes of messages, so a field that is not shown is absent and null is null. What a
//! person at the command may see is in them: secrets never are.

use std::io::{self, Write};

use recension::store::Page;
use recension::versioning::Manifest;
use recension::wire::{Encode, Form};
use recension::{Classes, FieldClass};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{CommandError, open};
use crate::{InstanceAction, InstanceActionEventList, InstanceActionList};

/// What a person at the command may see: everything but secrets.
pub(super) const SHOWN: Classes = Classes::PUBLIC.and(FieldClass::Internal).and(FieldClass::Personal);

/// One action: what `start` and `finish` print.
#[derive(Debug, Serialize)]
pub(super) struct ActionDocument {
    pub(super) action: Box<RawValue>,
}

/// One event: what `event` and `wire` print.
#[derive(Debug, Serialize)]
pub(super) struct EventDocument {
    pub(super) event: Box<RawValue>,
}

/// A page of actions: what `list` prints.
#[derive(Debug, Serialize)]
pub(super) struct ActionsDocument {
    actions: Box<RawValue>,
    more: bool,
    /// The marker after which the next page begins.
    next: Option<String>,
}

impl ActionsDocument {
    pub(super) fn new(page: Page<InstanceAction>, pin: &Manifest) -> Result<Self, CommandError> {
        let (more, next) = (page.next.is_some(), next(&page));
        Ok(Self { actions: object(&InstanceActionList::from(page), pin)?, more, next })
    }
}

/// An action with its events: what `show` prints.
#[derive(Debug, Serialize)]
pub(super) struct ShowDocument {
    pub(super) action: Box<RawValue>,
    pub(super) events: Box<RawValue>,
    /// Whether there are older events.
    pub(super) more: bool,
}

/// What is said of a failure.
#[derive(Debug, Serialize)]
pub(super) struct ErrorDocument {
    pub(super) error: Failed,
}

/// What is said of a failure, wherever it stands.
#[derive(Debug, Serialize)]
pub(super) struct Failed {
    /// A stable word.
    pub(super) code: &'static str,
    /// The message and those of its causes. It names kinds and fields, never a value.
    pub(super) message: String,
}

/// The marker after which the page after this one begins; none if there is none, or if the last action has no
/// request to name it by.
pub(super) fn next(page: &Page<InstanceAction>) -> Option<String> {
    page.next.and_then(|_| page.items.last()?.request_id.clone())
}

/// An object, or a list of them, as a message to whoever sits at the command.
pub(super) fn object(object: &impl Encode, pin: &Manifest) -> Result<Box<RawValue>, CommandError> {
    let message = open::codec().to_json(object, Form::Disclosed(SHOWN).manifest(pin)).map_err(CommandError::Unsendable)?;
    raw(message)
}

/// The events of a page as one list.
pub(super) fn events(page: Page<crate::InstanceActionEvent>, pin: &Manifest) -> Result<Box<RawValue>, CommandError> {
    object(&InstanceActionEventList::from(page), pin)
}

/// A message inside a document.
pub(super) fn raw(message: Vec<u8>) -> Result<Box<RawValue>, CommandError> {
    let text = String::from_utf8(message).map_err(|_| CommandError::Output(io::ErrorKind::InvalidData.into()))?;
    RawValue::from_string(text).map_err(|error| CommandError::Output(error.into()))
}

/// Writes a document, on one line.
pub(super) fn write(document: &impl Serialize, out: &mut dyn Write) -> Result<(), CommandError> {
    serde_json::to_writer(&mut *out, document).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}
