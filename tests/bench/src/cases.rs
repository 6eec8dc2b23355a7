//! The measured operations. To measure another, add its entry here and its goal to `goals.toml`.

use std::hint::black_box;

use recension::versioning::{Registry, VersionedObject};
use recension::wire::{self, Codec, Form};
use recension::{Object, Persisted, Timestamp};
use recension_versioning::rules;
use uuid::Uuid;

use crate::case::{Case, Fault, Rounds, on};
use crate::history;
use crate::message;
use crate::record::{Action, ActionDraft, ActionList, Plain, samples};

const SINGLE: Rounds = Rounds::SINGLE;
const LIST: Rounds = Rounds::LIST;

/// Every case. What others are compared with comes first.
pub const CASES: &[Case] = &[
    // Plain serde, on the bare struct.
    Case::new("serde-json-encode", SINGLE, || on(samples::plain()?, serde_json::to_vec)),
    Case::new("serde-json-decode", SINGLE, || on(serde_json::to_vec(&samples::plain()?)?, |json| serde_json::from_slice::<Plain>(json))),
    // With names, as the envelope has them too; without them a field that is added breaks every reader.
    Case::new("rmp-encode", SINGLE, || on(samples::plain()?, rmp_serde::to_vec_named)),
    Case::new("rmp-decode", SINGLE, || on(rmp_serde::to_vec_named(&samples::plain()?)?, |bytes| rmp_serde::from_slice::<Plain>(bytes))),
    // The envelope in JSON, current version.
    Case::new("json-encode", SINGLE, || on(samples::action(7)?, |action| wire::to_json(action, Form::Trusted))),
    Case::new("json-decode", SINGLE, || on(message::current()?, |message| wire::from_json::<Action>(message))),
    Case::new("json-decode-sorted", SINGLE, || on(message::sorted()?, |message| wire::from_json::<Action>(message))),
    Case::new("json-encode-reused", SINGLE, || {
        let (codec, action, mut buffer) = (codec(), samples::action(7)?, Vec::new());
        Ok(Box::new(move || Ok(codec.to_json_into(black_box(&action), Form::Trusted, &mut buffer)?)))
    }),
    // MessagePack.
    Case::new("msgpack-encode", SINGLE, || on(samples::action(7)?, |action| wire::to_msgpack(action, Form::Trusted))),
    Case::new("msgpack-decode", SINGLE, || {
        on(wire::to_msgpack(&samples::action(7)?, Form::Trusted)?, |message| wire::from_msgpack::<Action>(message))
    }),
    // For and from the oldest version, three steps back: for a peer that keeps no carry, and for one that does.
    Case::new("json-encode-oldest", SINGLE, || {
        on((message::old_node(), samples::action(7)?), |(codec, action)| codec.to_json(action, Form::Trusted.at(message::OLDEST)))
    }),
    Case::new("json-encode-oldest-carry", SINGLE, || {
        on(samples::action(7)?, |action| wire::to_json(action, Form::Trusted.at(message::OLDEST)))
    }),
    Case::new("json-decode-oldest", SINGLE, || on(message::oldest()?, |message| wire::from_json::<Action>(message))),
    Case::new("json-decode-oldest-carry", SINGLE, || on(message::oldest_with_carry()?, |message| wire::from_json::<Action>(message))),
    // The dynamic path.
    Case::new("record-json-encode", SINGLE, || {
        on((codec(), registry()?, message::record("1.3")?), |(codec, registry, record)| {
            codec.record_to_json(registry, record, Form::Trusted)
        })
    }),
    Case::new("record-json-decode", SINGLE, || {
        on((codec(), registry()?, message::current()?), |(codec, registry, message)| codec.record_from_json(registry, message))
    }),
    // A thousand in one message, and the same as a thousand messages.
    Case::new("json-encode-list", LIST, || on(samples::list()?, |list| wire::to_json(list, Form::Trusted))),
    Case::new("json-encode-singles", LIST, || {
        on(samples::list()?, |list| list.objects.iter().map(|action| wire::to_json(action, Form::Trusted)).collect::<Result<Vec<_>, _>>())
    }),
    Case::new("json-decode-list", LIST, || {
        on(wire::to_json(&samples::list()?, Form::Trusted)?, |message| wire::from_json::<ActionList>(message))
    }),
    Case::new("json-decode-singles", LIST, || {
        let messages = samples::list()?.objects.iter().map(|action| wire::to_json(action, Form::Trusted)).collect::<Result<Vec<_>, _>>()?;
        on(messages, |messages| messages.iter().map(|message| wire::from_json::<Action>(message)).collect::<Result<Vec<_>, _>>())
    }),
    // Conversion by the plan of a history that only moves fields, which includes copying the record.
    Case::new("record-clone", SINGLE, || on(history::lineage(21)?, |(_, record)| Ok::<_, Fault>(record.clone()))),
    Case::new("convert-hop", SINGLE, || {
        on((history::lineage(21)?, history::back(21, 1)), |((lineage, record), to)| lineage.convert(record.clone(), to))
    }),
    Case::new("convert-jump-20", SINGLE, || {
        on((history::lineage(21)?, history::back(21, 20)), |((lineage, record), to)| lineage.convert(record.clone(), to))
    }),
    // The gate: 200 objects of 10 and of 20 versions, each a release further than what was released.
    Case::new("check-10", LIST, || {
        on((history::lock_file(200, 9)?, history::lock_file(200, 10)?), |(base, now)| Ok::<_, Fault>(rules::check(Some(base), now)))
    }),
    Case::new("check-20", LIST, || {
        on((history::lock_file(200, 19)?, history::lock_file(200, 20)?), |(base, now)| Ok::<_, Fault>(rules::check(Some(base), now)))
    }),
    // Building an object: filling the struct, a draft, and a draft that is made complete.
    Case::new("struct-fill", SINGLE, || on(Parts::sample()?, |parts| Ok::<_, Fault>(parts.fill()))),
    Case::new("draft", SINGLE, || on(Parts::sample()?, |parts| Ok::<_, Fault>(parts.draft()))),
    Case::new("draft-complete", SINGLE, || {
        on(Parts::sample()?, |parts| Action::from_draft(parts.draft()).map_err(|_| "a field is not set"))
    }),
];

/// The types whose size in bytes is measured.
#[must_use]
pub fn sizes() -> [(&'static str, usize); 4] {
    [
        ("plain", size_of::<Plain>()),
        ("object", size_of::<Action>()),
        ("persisted", size_of::<Persisted<Action>>()),
        ("draft", size_of::<ActionDraft>()),
    ]
}

fn codec() -> Codec {
    Codec::default()
}

fn registry() -> Result<&'static Registry, Fault> {
    Ok(Action::registry().map_err(Clone::clone)?)
}

/// What an object is built from: texts that are not its own yet.
struct Parts {
    id: i64,
    action: &'static str,
    server: Uuid,
    request: &'static str,
    user: &'static str,
    project: &'static str,
    times: [Timestamp; 4],
    attempts: i64,
}

impl Parts {
    fn sample() -> Result<Self, Fault> {
        Ok(Self {
            id: 7,
            action: samples::ACTION,
            server: samples::server(),
            request: samples::REQUEST,
            user: samples::USER,
            project: samples::PROJECT,
            times: samples::times()?,
            attempts: 1,
        })
    }

    fn fill(&self) -> Action {
        let [start_time, finish_time, created_at, updated_at] = self.times;
        Action {
            id: self.id,
            action: self.action.to_owned(),
            instance_uuid: self.server,
            request_id: Some(self.request.to_owned()),
            user_id: Some(self.user.to_owned()),
            project_id: Some(self.project.to_owned()),
            start_time,
            finish_time: Some(finish_time),
            message: None,
            created_at,
            updated_at: Some(updated_at),
            attempts: self.attempts,
        }
    }

    fn draft(&self) -> ActionDraft {
        let [start_time, finish_time, created_at, updated_at] = self.times;
        let mut draft = Action::draft()
            .id(self.id)
            .action(self.action)
            .instance_uuid(self.server)
            .request_id(self.request)
            .user_id(self.user)
            .project_id(self.project)
            .start_time(start_time)
            .finish_time(finish_time)
            .created_at(created_at)
            .updated_at(updated_at)
            .attempts(self.attempts);
        draft.clear_message();
        draft
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_case_runs_and_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for case in CASES {
            assert!(names.insert(case.name), "`{}` stands there twice", case.name);
            assert!(case.rounds.short < case.rounds.long, "`{}` has nothing to subtract from", case.name);
            let mut work = case.prepare().unwrap_or_else(|fault| panic!("`{}`: {fault}", case.name));
            work().unwrap_or_else(|fault| panic!("`{}`: {fault}", case.name));
        }
    }

    #[test]
    fn both_sides_of_a_comparison_hold_the_same() {
        let parts = Parts::sample().unwrap();
        assert!(parts.fill() == samples::action(7).unwrap());
        assert!(Action::from_draft(parts.draft()).unwrap() == parts.fill());
        // What each message is read as, so that no case reads less than is said.
        let read = |message: Result<Vec<u8>, Fault>| wire::from_json::<Action>(&message.unwrap()).unwrap();
        for message in [message::current(), message::sorted(), message::oldest_with_carry()] {
            assert!(read(message) == parts.fill());
        }
        assert!(read(message::oldest()) == Action { updated_at: None, ..parts.fill() });
        let plain = samples::plain().unwrap();
        assert_eq!(serde_json::from_slice::<Plain>(&serde_json::to_vec(&plain).unwrap()).unwrap(), plain);
        assert_eq!((plain.action.as_str(), plain.message), (samples::ACTION, None));
    }
}
