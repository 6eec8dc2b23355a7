//! What the store should do, written down a second time: rows in a list, and one plain function for each operation.
#![expect(clippy::indexing_slicing, reason = "what helps a test may fail as a test does")]

use super::{Answer, Stage, Ticket};

/// Who asks: a project, and who of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Owner,
    Colleague,
    Stranger,
    Nobody,
}

impl Who {
    pub(crate) const ALL: [Self; 4] = [Self::Owner, Self::Colleague, Self::Stranger, Self::Nobody];

    const fn project(self) -> Option<&'static str> {
        match self {
            Self::Owner | Self::Colleague => Some("p1"),
            Self::Stranger => Some("p2"),
            Self::Nobody => None,
        }
    }

    const fn user(self) -> &'static str {
        if matches!(self, Self::Colleague) { "colleague" } else { "owner" }
    }
}

/// A row, as the caller of an operation has seen it or as it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) stage: Stage,
    pub(crate) note: Option<String>,
    pub(crate) revision: u64,
    pub(crate) deleted: bool,
    owner: Option<(&'static str, &'static str)>,
}

impl Row {
    /// What a caller has read.
    pub(crate) fn of(ticket: &recension::Persisted<Ticket>) -> Self {
        let Ticket { id, name, stage, note, deleted, .. } = &**ticket;
        let revision = ticket.revision().0;
        Self { id: *id, name: name.clone(), stage: stage.clone(), note: note.clone(), revision, deleted: *deleted, owner: None }
    }

    fn is_seen_by(&self, who: Who) -> bool {
        self.owner.is_some_and(|(project, _)| Some(project) == who.project())
    }

    fn is_of(&self, who: Who) -> bool {
        self.is_seen_by(who) && self.owner.is_some_and(|(_, user)| user == who.user())
    }

    fn seen(&self) -> Self {
        Self { owner: None, ..self.clone() }
    }

    /// As a line of the table.
    pub(crate) fn line(&self) -> String {
        let Self { id, name, stage, note, revision, deleted, owner } = self;
        let (project, user) = owner.unwrap_or_default();
        let (note, deleted) = (note.as_deref().unwrap_or("-"), u8::from(*deleted));
        format!("{id}|{project}|{user}|{name}|{stage:?}|{note}|{revision}|{deleted}")
    }
}

/// What an edit sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) name: Option<String>,
    pub(crate) stage: Option<Stage>,
    pub(crate) note: Option<Option<String>>,
}

/// The longest note there may be.
pub(crate) const NOTE_MAX: usize = 12;

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) rows: Vec<Row>,
}

impl Model {
    /// Makes a row; the database says which key it has.
    pub(crate) fn create(&mut self, who: Who, name: &str, key: Option<i64>) -> Answer {
        let Some(project) = who.project() else { return Answer::Refused("denied") };
        if self.has_live(project, name, None) {
            return Answer::Refused("already_exists");
        }
        let Some(id) = key.filter(|key| self.rows.iter().all(|row| row.id != *key)) else { return Answer::Refused("no new key") };
        let owner = Some((project, who.user()));
        self.rows.push(Row { id, name: name.to_owned(), stage: Stage::Open, note: None, revision: 1, deleted: false, owner });
        self.read(who, id, false)
    }

    pub(crate) fn read(&self, who: Who, id: i64, with_deleted: bool) -> Answer {
        if who == Who::Nobody {
            return Answer::Refused("denied");
        }
        let found = self.rows.iter().find(|row| row.id == id && row.is_seen_by(who) && (with_deleted || !row.deleted));
        found.map_or(Answer::Refused("not_found"), |row| Answer::Row(row.seen()))
    }

    pub(crate) fn list(&self, who: Who, stage: Option<&Stage>) -> Answer {
        if who == Who::Nobody {
            return Answer::Refused("denied");
        }
        let listed = self.rows.iter().filter(|row| row.is_seen_by(who) && !row.deleted && stage.is_none_or(|stage| row.stage == *stage));
        let mut keys: Vec<i64> = listed.map(|row| row.id).collect();
        keys.sort_unstable();
        Answer::Keys(keys)
    }

    /// Saves what was changed of a row that was read.
    pub(crate) fn save(&mut self, who: Who, read: &Row, change: &Change) -> Answer {
        if who == Who::Nobody {
            return Answer::Refused("denied");
        }
        let is_too_long = matches!(&change.note, Some(Some(note)) if note.len() > NOTE_MAX);
        // To stay where it is is no step.
        let is_a_wrong_step = change.stage.as_ref().is_some_and(|stage| read.stage != Stage::Open && read.stage != *stage);
        if is_too_long || is_a_wrong_step {
            return Answer::Refused("invalid");
        }
        let Some(place) = self.rows.iter().position(|row| row.id == read.id && row.is_of(who) && !row.deleted) else {
            return Answer::Refused("not_found");
        };
        if let Some(refused) = self.is_stale(place, read) {
            return refused;
        }
        if let Some(name) = &change.name
            && self.has_live(who.project().unwrap_or_default(), name, Some(read.id))
        {
            return Answer::Refused("already_exists");
        }
        self.write(place, |row| {
            row.name = change.name.clone().unwrap_or_else(|| row.name.clone());
            row.stage = change.stage.clone().unwrap_or_else(|| row.stage.clone());
            row.note = change.note.clone().unwrap_or_else(|| row.note.clone());
        })
    }

    pub(crate) fn delete(&mut self, who: Who, read: &Row) -> Answer {
        match self.to_delete(who, read, Some(false)) {
            Ok(place) => {
                self.write(place, |row| row.deleted = true);
                Answer::Done
            }
            Err(refused) => refused,
        }
    }

    pub(crate) fn restore(&mut self, who: Who, read: &Row) -> Answer {
        match self.to_delete(who, read, Some(true)) {
            Ok(_) if self.has_live(who.project().unwrap_or_default(), &read.name, Some(read.id)) => Answer::Refused("already_exists"),
            Ok(place) => self.write(place, |row| row.deleted = false),
            Err(refused) => refused,
        }
    }

    pub(crate) fn purge(&mut self, who: Who, read: &Row) -> Answer {
        match self.to_delete(who, read, None) {
            Ok(place) => {
                self.rows.remove(place);
                Answer::Done
            }
            Err(refused) => refused,
        }
    }

    /// The place of a row that was read and is the caller's to delete, where it is deleted already or not as is said.
    fn to_delete(&self, who: Who, read: &Row, deleted: Option<bool>) -> Result<usize, Answer> {
        if who == Who::Nobody {
            return Err(Answer::Refused("denied"));
        }
        let is_it = |row: &Row| row.id == read.id && row.is_of(who) && deleted.is_none_or(|deleted| row.deleted == deleted);
        let place = self.rows.iter().position(is_it).ok_or(Answer::Refused("not_found"))?;
        self.is_stale(place, read).map_or(Ok(place), Err)
    }

    /// Whether the caller may change a row that was read, and nobody has since.
    pub(crate) fn has_as_read(&self, who: Who, read: &Row) -> bool {
        self.rows.iter().any(|row| row.id == read.id && row.revision == read.revision && row.is_of(who))
    }

    fn is_stale(&self, place: usize, read: &Row) -> Option<Answer> {
        let actual = self.rows[place].revision;
        (actual != read.revision).then_some(Answer::Conflict { expected: read.revision, actual })
    }

    fn has_live(&self, project: &str, name: &str, but: Option<i64>) -> bool {
        let is_it = |row: &Row| !row.deleted && row.name == name && row.owner.is_some_and(|(of, _)| of == project);
        self.rows.iter().any(|row| is_it(row) && Some(row.id) != but)
    }

    fn write(&mut self, place: usize, change: impl FnOnce(&mut Row)) -> Answer {
        let row = &mut self.rows[place];
        change(row);
        row.revision += 1;
        Answer::Row(row.seen())
    }
}
