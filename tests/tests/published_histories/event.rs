//! Two changes of Stripe's API, from "APIs as infrastructure: future-proofing Stripe with versioning": 2017-05-25 made an object of an
//! event's `request`, which had been the id alone (the version change module `CollapseEventRequest`, which converts down only); and
//! `verified`, true or false, of a bank account became a `status` with more values, which is told there without its code. What an
//! event without a request has, the values of the status, and what `false` becomes on the way up are ours.

use recension::versioning::Registry;
use recension::{Declaration, EnumSpec, FieldClass, FieldKind, FieldSpec, ObjectSpec, Op, Release, Slot, Value};

use crate::{obeys, samples};

fn field(name: &str, kind: FieldKind) -> FieldSpec {
    FieldSpec::new(name, kind).class(FieldClass::Public)
}

fn event() -> [Declaration; 2] {
    let version = |text: &str| text.parse().unwrap();
    let text = |name: &str| field(name, FieldKind::Text).nullable();
    let request = ObjectSpec::new("EventRequest", "published", version("1.1")).field(text("id")).field(text("idempotency_key"));
    let request = Declaration {
        head: request.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "its id"),
            Release::new(version("1.1"), "the key that makes it happen once")
                .op(Op::Add { field: "idempotency_key".into(), old_default: Slot::Unset }),
        ],
    };
    let object = field("request", FieldKind::Object("EventRequest".into())).nullable();
    let event = ObjectSpec::new("Event", "published", version("2.0")).field(field("type", FieldKind::Text)).field(object);
    let event = Declaration {
        head: event.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "before 2017-05-25"),
            Release::new(version("2.0"), "2017-05-25: a request is more than its id")
                .op(Op::Rename { from: "request".into(), to: "id".into() })
                .op(Op::Nest { fields: vec![text("id")], into: "request".into(), at: version("1.0") }),
        ],
    };
    [request, event]
}

fn bank_account() -> Declaration {
    let version = |text: &str| text.parse().unwrap();
    let kind = FieldKind::Enum(EnumSpec::new("Status", ["new", "validated", "verified", "verification_failed", "errored"]));
    let status = |text: &str| Value::from_text(&kind, text).unwrap();
    let table = vec![(Value::Bool(true), status("verified")), (Value::Bool(false), status("new"))];
    let map = Op::MapValues {
        field: field("status", FieldKind::Bool),
        table,
        // Whoever reads the older field cares whether it is verified.
        fallback: Value::Bool(false).into(),
        fill: Slot::Unset,
    };
    let head = ObjectSpec::new("BankAccount", "published", version("2.0")).field(field("last4", FieldKind::Text));
    Declaration {
        head: head.field(field("status", kind.clone())).build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "verified or not"),
            Release::new(version("2.0"), "a status").op(Op::Rename { from: "verified".into(), to: "status".into() }).op(map),
        ],
    }
}

pub(crate) fn registry() -> Registry {
    let builder = event().into_iter().fold(Registry::builder(), |builder, declaration| builder.declaration(declaration));
    builder.declaration(bank_account()).build().unwrap()
}

#[test]
fn samples_are_those_of_the_version_changes() {
    samples::hold(&registry(), "event");
}

#[test]
fn the_laws_hold() {
    obeys(&registry(), "Event");
    obeys(&registry(), "BankAccount");
}
