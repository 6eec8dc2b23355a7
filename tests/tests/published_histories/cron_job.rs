//! The CronJob of the Kubebuilder book ("Tutorial: Multi-Version API"): v1 has the schedule as one text of five fields, v2 as an
//! object. The book's conversion splits at blanks, and a field that is `*` is left out; back, one that is left out is `*`.
//! The last sample is ours.

use recension::versioning::Registry;
use recension::{Declaration, FieldClass, FieldKind, FieldSpec, Misfit, ObjectSpec, Op, Regrouping, Release, Slot, Value};

use crate::{obeys, samples};

const PARTS: [&str; 5] = ["minute", "hour", "day_of_month", "month", "day_of_week"];

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

fn schedule() -> Regrouping {
    let split = |schedule: &[Slot]| {
        let [Slot::Value(Value::Text(schedule))] = schedule else { return Err(Misfit::new("is no text")) };
        let parts: Vec<&str> = schedule.split(' ').collect();
        if parts.len() != PARTS.len() {
            return Err(Misfit::new("has not five fields"));
        }
        Ok(parts.into_iter().map(|part| if part == "*" { Slot::Null } else { part.into() }).collect())
    };
    let join = |parts: &[Slot]| {
        let part = |slot: &Slot| slot.value().and_then(Value::as_text).unwrap_or("*").to_owned();
        Ok(vec![Value::from(parts.iter().map(part).collect::<Vec<_>>().join(" ")).into()])
    };
    Regrouping::new("split_schedule", split, "join_schedule", join)
}

pub(crate) fn registry() -> Registry {
    let version = |text: &str| text.parse().unwrap();
    let parts = || PARTS.map(|name| text(name).nullable());
    let inner = parts().into_iter().fold(ObjectSpec::new("CronSchedule", "published", version("1.0")), |head, field| head.field(field));
    let inner = Declaration { head: inner.build().unwrap(), releases: vec![Release::new(version("1.0"), "the fields of a schedule")] };
    let object = FieldSpec::new("schedule", FieldKind::Object("CronSchedule".into())).class(FieldClass::Public);
    let head = ObjectSpec::new("CronJob", "published", version("2.0")).field(text("name")).field(object);
    let split = Op::Split { field: text("schedule"), into: PARTS.map(Into::into).to_vec(), regrouping: schedule() };
    let nest = Op::Nest { fields: parts().to_vec(), into: "schedule".into(), at: version("1.0") };
    let job = Declaration {
        head: head.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "v1"),
            // One release cannot make fields of fields that it makes.
            Release::new(version("1.1"), "a field for each part of the schedule").op(split),
            Release::new(version("2.0"), "v2: they are an object").op(nest),
        ],
    };
    Registry::builder().declaration(inner).declaration(job).build().unwrap()
}

#[test]
fn samples_are_those_of_the_book() {
    samples::hold(&registry(), "cron_job");
}

#[test]
fn the_laws_hold() {
    obeys(&registry(), "CronJob");
}
