//! Two examples of the README of Reshape (at `03a4180`), a tool for migrations without downtime: `name` is replaced with
//! `first_name` and `last_name` ("Add column"), and `last_name` is renamed to `family_name` ("Alter column"). Up, the two are the
//! first and the second word, by `(STRING_TO_ARRAY(name, ' '))[n]`, which is null past the end; down,
//! `first_name || ' ' || last_name`, which is null if one of them is. What the columns cannot say (a third word, a lone one) is lost
//! there, and comes back here.

use recension::versioning::Registry;
use recension::{Declaration, FieldClass, FieldKind, FieldSpec, ObjectSpec, Op, Regrouping, Release, Slot, Value};

use crate::{obeys, samples};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

fn names() -> Regrouping {
    let word = |slot: &Slot| slot.value().and_then(Value::as_text).map(str::to_owned);
    let split = move |name: &[Slot]| {
        let name = name.first().and_then(word);
        let nth = |place: usize| {
            let word = name.as_deref().and_then(|name| name.split(' ').nth(place));
            word.map_or(Slot::Null, Slot::from)
        };
        Ok(vec![nth(0), nth(1)])
    };
    let join = move |parts: &[Slot]| {
        let parts: Option<Vec<String>> = parts.iter().map(word).collect();
        Ok(vec![parts.map_or(Slot::Null, |parts| Value::from(parts.join(" ")).into())])
    };
    Regrouping::new("words_of", split, "joined", join)
}

pub(crate) fn registry() -> Registry {
    let version = |text: &str| text.parse().unwrap();
    let head = ObjectSpec::new("Person", "published", version("3.0")).field(text("first_name").nullable());
    let into = vec!["first_name".into(), "last_name".into()];
    let split = Op::Split { field: text("name").nullable(), into, regrouping: names() };
    let person = Declaration {
        head: head.field(text("family_name").nullable()).build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "a name"),
            Release::new(version("2.0"), "two names").op(split),
            Release::new(version("3.0"), "the second is that of the family")
                .op(Op::Rename { from: "last_name".into(), to: "family_name".into() }),
        ],
    };
    Registry::builder().declaration(person).build().unwrap()
}

#[test]
fn samples_are_those_of_the_migrations() {
    samples::hold(&registry(), "person");
}

#[test]
fn the_laws_hold() {
    obeys(&registry(), "Person");
}
