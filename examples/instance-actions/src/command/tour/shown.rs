//! What is seen on a tour, told as text and as one JSON document.

use std::io::Write;

use recension::versioning::Manifest;
use recension::wire::Form;
use serde::Serialize;
use serde_json::value::RawValue;

use super::super::{CommandError, json, open, table};
use super::Seen;
use crate::{InstanceActionEventList, InstanceActionList};

/// The tour as a document: its steps in order, and what they cost.
#[derive(Debug, Serialize)]
pub(super) struct TourDocument {
    steps: (Recorded, Exchanged, Written, Asked),
    statements: u64,
}

/// The first step: what was recorded.
#[derive(Debug, Serialize)]
struct Recorded {
    step: u8,
    title: &'static str,
    actions: Box<RawValue>,
    events: Box<RawValue>,
}

/// The second: messages.
#[derive(Debug, Serialize)]
struct Exchanged {
    step: u8,
    title: &'static str,
    messages: Vec<Sent>,
}

#[derive(Debug, Serialize)]
struct Sent {
    version: &'static str,
    /// The message without its secrets, which the node does get.
    message: Box<RawValue>,
    read_back_whole: bool,
}

/// The third: two writers.
#[derive(Debug, Serialize)]
struct Written {
    step: u8,
    title: &'static str,
    revision_read: u64,
    revision_saved: u64,
    /// What the second writer is told.
    error: Option<json::Failed>,
}

/// The fourth: a stranger.
#[derive(Debug, Serialize)]
struct Asked {
    step: u8,
    title: &'static str,
    actions_found: usize,
}

const TITLES: [&str; 4] = [
    "A request reboots a server. Two steps are recorded; one of them fails.",
    "The failed step, for a release that knows it at 1.1 and for one that knows it at 1.4.",
    "Two writers read the same event, and both change it.",
    "Somebody of another project asks for the same server.",
];

impl Seen {
    /// Tells it on a terminal.
    pub(super) fn print(&self, out: &mut dyn Write) -> Result<(), CommandError> {
        let [recorded, exchanged, written, asked] = TITLES;
        writeln!(out, "1. {recorded}\n")?;
        writeln!(out, "{}", table::actions(self.actions.items.iter().map(|action| &**action)))?;
        writeln!(out, "{}\n", table::events(self.events.items.iter().map(|event| &**event)))?;

        writeln!(out, "2. {exchanged}\n")?;
        for message in &self.messages {
            writeln!(out, "   {}", String::from_utf8_lossy(&message.bytes))?;
            writeln!(out, "   read back: {}", if message.whole { "every field as it was" } else { "a field was lost" })?;
        }

        writeln!(out, "\n3. {written}\n")?;
        writeln!(out, "   the first saves: revision {} becomes {}", self.writers.read, self.writers.saved)?;
        match &self.writers.refused {
            Some(error) => writeln!(out, "   the second is refused: {error}")?,
            None => writeln!(out, "   the second was not refused: an update was lost")?,
        }

        writeln!(out, "\n4. {asked}\n")?;
        writeln!(out, "   actions found: {}", self.found)?;
        Ok(writeln!(out, "\nAll of it took {} SQL statements, once the tables were there.", self.statements)?)
    }

    /// Tells it as one document.
    pub(super) fn document(self, pin: &Manifest) -> Result<TourDocument, CommandError> {
        let [recorded, exchanged, written, asked] = TITLES;
        let mut messages = Vec::new();
        for message in &self.messages {
            let target = Form::Disclosed(json::SHOWN).at(message.version);
            let shown = open::codec().to_json(&self.failed, target).map_err(CommandError::Unsendable)?;
            messages.push(Sent { version: message.version, message: json::raw(shown)?, read_back_whole: message.whole });
        }
        let error = self.writers.refused.map(|error| json::Failed { code: error.code(), message: error.to_string() });
        let recorded = Recorded {
            step: 1,
            title: recorded,
            actions: json::object(&InstanceActionList::from(self.actions), pin)?,
            events: json::object(&InstanceActionEventList::from(self.events), pin)?,
        };
        let exchanged = Exchanged { step: 2, title: exchanged, messages };
        let written = Written { step: 3, title: written, revision_read: self.writers.read.0, revision_saved: self.writers.saved.0, error };
        let asked = Asked { step: 4, title: asked, actions_found: self.found };
        Ok(TourDocument { steps: (recorded, exchanged, written, asked), statements: self.statements })
    }
}
