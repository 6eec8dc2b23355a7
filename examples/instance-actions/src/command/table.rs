//! Objects as tables on a terminal. Text that came from elsewhere is escaped (S7).

use comfy_table::{ContentArrangement, Table, presets};
use recension::{Escaped, Timestamp};

use crate::{EventResult, InstanceAction, InstanceActionEvent};

pub(super) fn actions<'a>(actions: impl IntoIterator<Item = &'a InstanceAction>) -> Table {
    let mut table = empty(["id", "request", "action", "started", "finished", "message"]);
    for action in actions {
        table.add_row([
            action.id.to_string(),
            text(action.request_id.as_deref()),
            text(action.action.as_deref()),
            time(action.start_time),
            time(action.finish_time),
            text(action.message.as_deref()),
        ]);
    }
    table
}

pub(super) fn events<'e>(events: impl IntoIterator<Item = &'e InstanceActionEvent>) -> Table {
    let mut table = empty(["id", "event", "host", "started", "finished", "result", "details"]);
    for event in events {
        table.add_row([
            event.id.to_string(),
            text(event.event.as_deref()),
            text(event.host.as_deref()),
            time(event.start_time),
            time(event.finish_time),
            result(event.result.as_ref()),
            details(event),
        ]);
    }
    table
}

fn empty<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    table
}

/// A text on one line; nothing for null.
fn text(text: Option<&str>) -> String {
    text.map(|text| Escaped(text).to_string()).unwrap_or_default()
}

fn time(time: Option<Timestamp>) -> String {
    time.map(|time| time.display(3).to_string()).unwrap_or_default()
}

fn result(result: Option<&EventResult>) -> String {
    match result {
        None => String::new(),
        Some(EventResult::Success) => "Success".to_owned(),
        Some(EventResult::Error) => "Error".to_owned(),
        Some(EventResult::Unknown(other)) => text(Some(other)),
    }
}

#[cfg(feature = "release-2")]
fn details(event: &InstanceActionEvent) -> String {
    text(event.details.as_deref())
}

/// This release does not know the field.
#[cfg(not(feature = "release-2"))]
fn details(_: &InstanceActionEvent) -> String {
    String::new()
}
