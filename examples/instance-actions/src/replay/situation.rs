//! The situation in which a call is made: what predicates of rules look at.
//!
//! It is made of the call, the context, and the rows and kept objects before it, and nothing of what came of
//! the call. Two
//! sets of rules find actions and events in the rows: *theirs*, as the reference does it (it looks at
//! nobody's project, takes the first event of a name, recovers for everyone without a project), and *ours*.

use std::collections::BTreeSet;

use recension::Timestamp;

use super::call::{ActionPage, Arguments};
use super::kept::Kept;
use super::row::{ACTIONS, Cell, EVENTS, Row, Table, Tables, stored};
use super::sequence::{Asked, Context};
use crate::{Deleted, InstanceAction, InstanceActionEvent};

/// The situation in which a call is made.
#[derive(Debug)]
pub(super) struct Situation<'s> {
    pub(super) asked: &'s Asked,
    pub(super) now: Timestamp,
    pub(super) before: &'s Tables,
    pub(super) instances: &'s BTreeSet<String>,
    /// The object that the call is on.
    pub(super) object: Option<&'s Kept>,
    /// Whether the reference has that object in its tables by now.
    pub(super) created_there: bool,
}

/// Who a caller is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who<'c> {
    /// A user: a project.
    User(&'c str),
    /// A periodic task that may recover.
    Recoverer,
    /// A reader of all projects.
    Reader,
    Nobody,
}

/// An action that was found, and whether by the way of recovery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'s> {
    pub(super) action: &'s Row,
    pub(super) recovered: bool,
}

impl<'s> Situation<'s> {
    pub(super) const fn arguments(&self) -> &'s Arguments {
        &self.asked.call.arguments
    }

    pub(super) const fn context(&self) -> &'s Context {
        &self.asked.context
    }

    pub(super) fn who(&self) -> Who<'s> {
        match (&self.context().project, self.context().admin) {
            (Some(_), true) => Who::Reader,
            (None, true) => Who::Recoverer,
            (Some(project), false) => Who::User(project),
            (None, false) => Who::Nobody,
        }
    }

    /// The server that the call is about: of the argument, or of the object.
    pub(super) fn instance(&self) -> Option<&'s str> {
        match self.arguments().instance() {
            Some(instance) => instance.0.as_deref(),
            None => match self.object? {
                Kept::NewAction(_, given) => given.text("instance_uuid"),
                kept => self.row_of(kept)?.text("instance_uuid"),
            },
        }
    }

    /// The request that the call is about.
    pub(super) fn request(&self) -> &'s str {
        match self.arguments() {
            Arguments::ActionByRequest { request, .. } | Arguments::CreateThisEvent { request, .. } => request,
            _ => &self.context().request,
        }
    }

    /// The row of an object.
    pub(super) fn row_of(&self, kept: &Kept) -> Option<&'s Row> {
        let (table, id) = kept.row()?;
        self.before.row(table, id)
    }

    /// Whether the caller may see and change the action.
    pub(super) fn owns(&self, action: &Row) -> bool {
        match self.who() {
            Who::User(project) => action.text("project_id") == Some(project),
            Who::Recoverer | Who::Reader => true,
            Who::Nobody => false,
        }
    }

    /// Whether the caller may see the event.
    pub(super) fn owns_event(&self, event: &Row) -> bool {
        let action = event.integer("action_id").and_then(|id| self.before.row(&ACTIONS, id));
        match self.who() {
            Who::Recoverer | Who::Reader => true,
            _ => action.is_some_and(|action| self.owns(action)),
        }
    }

    /// Rows of a server that the reference looks at.
    fn theirs_of(&self, instance: &'s str) -> impl Iterator<Item = &'s Row> {
        let deleted = self.context().deleted;
        self.actions_of(instance).filter(move |row| match (deleted, row.cell("deleted")) {
            (Deleted::Yes, _) => true,
            (Deleted::No, deleted) => *deleted == Cell::Integer(0),
            (Deleted::Only, deleted) => !matches!(deleted, Cell::Null | Cell::Integer(0)),
        })
    }

    /// Rows of a server that we look at, counting rows as `deleted` says.
    fn ours_of(&self, instance: &'s str, deleted: Deleted) -> impl Iterator<Item = &'s Row> {
        self.actions_of(instance).filter(move |row| {
            let gone = !matches!(row.cell("deleted"), Cell::Null | Cell::Integer(0));
            self.owns(row)
                && match deleted {
                    Deleted::Yes => true,
                    Deleted::No => !gone,
                    Deleted::Only => gone,
                }
        })
    }

    pub(super) fn actions_of(&self, instance: &'s str) -> impl Iterator<Item = &'s Row> {
        self.before.actions.iter().filter(move |row| row.text("instance_uuid") == Some(instance))
    }

    /// The actions that one request has here, for the reference.
    pub(super) fn their_actions(&self) -> Vec<&'s Row> {
        let request = self.request();
        let rows = self.instance().into_iter().flat_map(|instance| self.theirs_of(instance));
        rows.filter(|row| row.text("request_id") == Some(request)).collect()
    }

    /// The live action of the request for us.
    pub(super) fn our_action(&self) -> Option<&'s Row> {
        let request = self.request();
        let rows = self.instance().into_iter().flat_map(|instance| self.ours_of(instance, Deleted::No));
        newest(rows.filter(|row| row.text("request_id") == Some(request)))
    }

    /// The action to which an event belongs, for the reference.
    pub(super) fn they_find(&self) -> Option<Found<'s>> {
        if let Some(action) = newest(self.their_actions()) {
            return Some(Found { action, recovered: false });
        }
        if self.context().project.is_some() {
            return None;
        }
        newest(self.theirs_of(self.instance()?)).map(|action| Found { action, recovered: true })
    }

    /// The action to which an event belongs, for us.
    pub(super) fn we_find(&self) -> Option<Found<'s>> {
        if let Some(action) = self.our_action() {
            return Some(Found { action, recovered: self.who() == Who::Recoverer });
        }
        if self.who() != Who::Recoverer {
            return None;
        }
        newest(self.ours_of(self.instance()?, Deleted::No)).map(|action| Found { action, recovered: true })
    }

    /// Events of an action with the name that the call says.
    fn events_named(&self, action: &Row) -> impl Iterator<Item = &'s Row> {
        let (id, name) = (
            action.id(),
            match self.arguments() {
                Arguments::FinishEvent { event, .. } => Some(event.as_str()),
                _ => None,
            },
        );
        self.before.events.iter().filter(move |row| row.integer("action_id") == Some(id) && row.text("event") == name)
    }

    /// The event that the reference ends: the first of its name.
    pub(super) fn their_event(&self) -> Option<&'s Row> {
        self.events_named(self.they_find()?.action).min_by_key(|row| row.id())
    }

    /// The event that we end: the newest open one.
    pub(super) fn our_event(&self) -> Option<&'s Row> {
        newest(self.events_named(self.we_find()?.action).filter(|row| *row.cell("finish_time") == Cell::Null))
    }

    /// Whether there is an event of that name, for us.
    pub(super) fn we_find_events(&self) -> bool {
        self.we_find().is_some_and(|found| self.events_named(found.action).next().is_some())
    }

    /// The action that the reference takes where we take another: of several of one request, the newest
    /// belongs to somebody else.
    pub(super) fn other_action(&self) -> Option<&'s Row> {
        let (theirs, ours) = (self.they_find()?.action, self.we_find()?.action);
        (theirs.id() != ours.id()).then_some(theirs)
    }

    /// Now, as rows have it.
    pub(super) fn now_stored(&self) -> String {
        stored(self.now)
    }

    /// What a reading call gives, for the reference and for us. `None` for a marker that is not there, and
    /// for other calls.
    pub(super) fn read(&self, ours: bool) -> Option<Vec<&'s Row>> {
        match self.arguments() {
            Arguments::ActionByRequest { .. } => {
                let request = self.request();
                Some(newest(self.seen(ours).into_iter().filter(|row| row.text("request_id") == Some(request))).into_iter().collect())
            }
            Arguments::ListActions { page, .. } => self.page(page, self.seen(ours)),
            Arguments::EventById { action, event } => {
                let named = self.before.row(&EVENTS, *event).filter(|row| row.integer("action_id") == Some(*action));
                Some(named.filter(|row| !ours || self.owns_event(row)).into_iter().collect())
            }
            Arguments::ListEvents { action } => {
                let events = self.before.events.iter().filter(|row| row.integer("action_id") == Some(*action));
                Some(newest_first(events.filter(|row| !ours || self.owns_event(row))))
            }
            _ => None,
        }
    }

    fn seen(&self, ours: bool) -> Vec<&'s Row> {
        match self.instance() {
            None => Vec::new(),
            Some(instance) if ours => self.ours_of(instance, self.context().deleted).collect(),
            Some(instance) => self.theirs_of(instance).collect(),
        }
    }

    /// A page of a list; a limit below zero is none, as the reference has it.
    fn page(&self, page: &ActionPage, seen: Vec<&'s Row>) -> Option<Vec<&'s Row>> {
        if page.limit == Some(0) {
            return Some(Vec::new());
        }
        let mut rows = newest_first(seen);
        if let Some(marker) = &page.marker {
            let at = rows.iter().position(|row| row.text("request_id") == Some(marker))?;
            rows.drain(..=at);
        }
        let (since, before) = (page.since.map(stored), page.before.map(stored));
        rows.retain(|row| {
            let changed = row.text("updated_at");
            since.as_deref().is_none_or(|since| changed.is_some_and(|changed| changed >= since))
                && before.as_deref().is_none_or(|before| changed.is_some_and(|changed| changed <= before))
        });
        rows.truncate(page.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
        Some(rows)
    }

    /// The table whose rows the call gives.
    pub(super) const fn table(&self) -> &'static Table {
        match self.arguments() {
            Arguments::EventById { .. } | Arguments::ListEvents { .. } => &EVENTS,
            _ => &ACTIONS,
        }
    }
}

/// Newest first: by when they were made, then by id.
fn newest_first<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<&'r Row> {
    let mut rows: Vec<&Row> = rows.into_iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.text("created_at").map(str::to_owned), row.id())));
    rows
}

fn newest<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Option<&'r Row> {
    newest_first(rows).into_iter().next()
}

/// Whether a text breaks a rule of the field of that name.
pub(super) fn breaks_rule(table: &Table, field: &str, text: &str) -> Option<Broken> {
    use recension::{FieldKind, Object, Rule};
    let head = if table.name == ACTIONS.name { &InstanceAction::declaration().head } else { &InstanceActionEvent::declaration().head };
    let field = head.fields.iter().find(|known| *known.name == *field)?;
    match &field.kind {
        FieldKind::Text => match field.check_text(text) {
            Err(Rule::Nul) => Some(Broken::Nul),
            Err(_) => Some(Broken::TooLong),
            Ok(()) => None,
        },
        FieldKind::Enum(spec) if !spec.knows(text) => Some(Broken::UnknownValue),
        FieldKind::Uuid if super::call::written_uuid(text).is_none() => Some(Broken::NoUuid),
        _ => None,
    }
}

/// The rule that a text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    TooLong,
    Nul,
    UnknownValue,
    NoUuid,
}
