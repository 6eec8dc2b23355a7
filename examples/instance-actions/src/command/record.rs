//! Beginning and ending actions and events.

use std::io::Write;

use uuid::Uuid;

use super::arguments::{Common, Event, Start};
use super::{CommandError, open, show};
use crate::{Failure, Outcome, Reason};

pub(super) async fn start(common: &Common, start: &Start, out: &mut dyn Write) -> Result<(), CommandError> {
    let action = open::actions(common).await?.start(start.instance, &start.action).await?;
    show::action(common, &action, out)
}

pub(super) async fn finish(common: &Common, instance: Uuid, out: &mut dyn Write) -> Result<(), CommandError> {
    let action = open::actions(common).await?.finish(instance).await?;
    show::action(common, &action, out)
}

pub(super) async fn event(common: &Common, event: &Event, out: &mut dyn Write) -> Result<(), CommandError> {
    let actions = open::actions(common).await?;
    let event = match event {
        Event::Start { instance, host, event } => actions.start_event(*instance, event, host.as_deref()).await?,
        Event::Finish { instance, failure, traceback, event } => {
            let outcome = match failure {
                Some(reason) => Outcome::Failure(Failure::new(Reason::stated(reason), &**traceback)),
                None => Outcome::Success,
            };
            actions.finish_event(*instance, event, outcome).await?
        }
    };
    show::event(common, &event, &event, out)
}
