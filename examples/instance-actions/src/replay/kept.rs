//! Objects that a sequence keeps from one step to later ones.

use recension::wire::{Codec, Encode, Form, Profile};
use recension::{Draft, Persisted};
use serde_json::Value;

use super::given::Given;
use super::row::{ACTIONS, EVENTS, Table};
use super::sequence::Answer;
use crate::{InstanceAction, InstanceActionEvent};

/// An object that is kept under a name.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// An action that is not in the store yet, with everything that it was given.
    NewAction(Box<Draft<InstanceAction>>, Given),
    /// An event that is not in the store yet.
    NewEvent(Box<Draft<InstanceActionEvent>>, Given),
    /// An action from the store.
    Action(Box<Persisted<InstanceAction>>),
    /// An event from the store.
    Event(Box<Persisted<InstanceActionEvent>>),
    /// Nothing: the caller was not shown the object that was to be kept.
    Nothing,
}

impl Kept {
    /// The table and id of an object that has one.
    pub(super) fn row(&self) -> Option<(&'static Table, i64)> {
        match self {
            Self::Action(action) => Some((&ACTIONS, action.id)),
            Self::Event(event) => Some((&EVENTS, event.id)),
            _ => None,
        }
    }

    /// What an object that is not in the store yet was given.
    pub(super) const fn given(&self) -> Option<&Given> {
        match self {
            Self::NewAction(_, given) | Self::NewEvent(_, given) => Some(given),
            _ => None,
        }
    }

    /// The object on the wire.
    pub(super) fn wire(&self) -> Answer {
        match self {
            Self::NewAction(draft, _) => wire(&**draft),
            Self::NewEvent(draft, _) => wire(&**draft),
            Self::Action(action) => wire(&**action),
            Self::Event(event) => wire(&**event),
            Self::Nothing => Answer::Object(Value::Null),
        }
    }
}

/// An object as the reference writes it.
pub(super) fn wire(object: &impl Encode) -> Answer {
    let codec = Codec::new(Profile::reference("nova_object"));
    let message = codec.to_json(object, Form::Trusted).ok();
    let json = message.and_then(|message| serde_json::from_slice(&message).ok());
    json.map_or(Answer::Unsendable, Answer::Object)
}
