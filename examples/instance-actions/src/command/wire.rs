//! Exchange of events with other releases.

use std::io::{self, Read, Write};

use recension::wire::{Encode, Form};
use recension::{Classes, Edit, Partial};

use super::arguments::{Common, Wire};
use super::{CommandError, open, show};
use crate::{Error, InstanceActionEvent};

pub(super) async fn run(common: &Common, wire: Wire, out: &mut dyn Write) -> Result<(), CommandError> {
    match wire {
        Wire::Export { action, event, reader } => {
            let event = open::actions(common).await?.event(action, event).await?.ok_or(Error::EventNotFound)?;
            let shown = reader.disclose.into_iter().fold(Classes::NONE, Classes::and);
            let form = if reader.trusted { Form::Trusted } else { Form::Disclosed(shown) };
            write(&event, form, common, out)
        }
        #[cfg(feature = "release-2")]
        Wire::Amend { host, details } => {
            let mut edit = read_edit()?;
            if let Some(details) = details {
                edit.set_details(details);
            }
            amend(edit, host, common, out)
        }
        #[cfg(not(feature = "release-2"))]
        Wire::Amend { host } => amend(read_edit()?, host, common, out),
        Wire::Apply => {
            let edit = read_edit()?;
            let saved = open::actions(common).await?.save_event(&edit).await?;
            show::event(common, &saved, &saved, out)
        }
        Wire::Read => {
            let event: Partial<InstanceActionEvent> = open::codec().from_json(&message()?)?;
            let event = event.complete().map_err(recension::wire::Error::from)?;
            show::event(common, &event, &event, out)
        }
    }
}

fn read_edit() -> Result<Edit<InstanceActionEvent>, CommandError> {
    Ok(open::codec().from_json(&message()?)?)
}

fn amend(mut edit: Edit<InstanceActionEvent>, host: Option<String>, common: &Common, out: &mut dyn Write) -> Result<(), CommandError> {
    if let Some(host) = host {
        edit.set_host(host);
    }
    write(&edit, Form::Trusted, common, out)
}

fn write(object: &impl Encode, form: Form, common: &Common, out: &mut dyn Write) -> Result<(), CommandError> {
    let message = open::codec().to_json(object, form.manifest(&common.pin)).map_err(CommandError::Unsendable)?;
    out.write_all(&message)?;
    Ok(writeln!(out)?)
}

/// Standard input, at most as much as a message may have and one byte, by which the codec sees the rest.
fn message() -> io::Result<Vec<u8>> {
    let max = recension::wire::Limits::default().message_bytes as u64 + 1;
    let mut message = Vec::new();
    io::stdin().lock().take(max).read_to_end(&mut message)?;
    Ok(message)
}
