//! Kinds that choose between declared possibilities.

use std::sync::Arc;

use crate::ObjectName;

/// The values an enum field may take, by the text that travels and is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumSpec {
    /// The name of the enum, for messages and schemas.
    pub name: Arc<str>,
    /// Its values in declared order.
    pub values: Vec<Arc<str>>,
    /// For a state machine, the states that may follow each state, in the order of `values`; empty for an
    /// enum whose value may become any other.
    pub followers: Vec<Vec<Arc<str>>>,
}

impl EnumSpec {
    /// An enum of these values, each of which may become any other.
    pub fn new<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), values: values.into_iter().map(Into::into).collect(), followers: Vec::new() })
    }

    /// A state machine: each state with the states that may follow it.
    pub fn machine<'v, F: IntoIterator<Item = &'v str>>(name: &str, states: impl IntoIterator<Item = (&'v str, F)>) -> Arc<Self> {
        let followers = |states: F| states.into_iter().map(Into::into).collect();
        let (values, followers) = states.into_iter().map(|(state, states)| (state.into(), followers(states))).unzip();
        Arc::new(Self { name: name.into(), values, followers })
    }

    /// Whether `text` is one of the values.
    #[must_use]
    pub fn knows(&self, text: &str) -> bool {
        self.values.iter().any(|value| &**value == text)
    }

    /// Whether the value may change from `from` to `to`. Staying is no change. From a state that this release
    /// does not know nothing may follow: only the release that wrote it can tell.
    #[must_use]
    pub fn allows(&self, from: &str, to: &str) -> bool {
        if !self.is_machine() || from == to {
            return true;
        }
        let place = self.values.iter().position(|value| &**value == from);
        let followers = place.and_then(|place| self.followers.get(place));
        followers.is_some_and(|followers| followers.iter().any(|follower| &**follower == to))
    }

    /// The states from which the value may become `to`, that state itself among them.
    pub fn sources<'s>(&'s self, to: &'s str) -> impl Iterator<Item = &'s Arc<str>> {
        self.values.iter().filter(move |from| self.allows(from, to))
    }

    /// The enum without one of its values.
    #[must_use]
    pub fn without(&self, value: &str) -> Self {
        let mut spec = self.clone();
        if let Some(place) = spec.values.iter().position(|known| &**known == value) {
            spec.values.remove(place);
            if place < spec.followers.len() {
                spec.followers.remove(place);
            }
            spec.followers.iter_mut().for_each(|states| states.retain(|state| &**state != value));
        }
        spec
    }

    /// The enum with one of its values under another name.
    #[must_use]
    pub fn renamed(&self, from: &str, to: &Arc<str>) -> Self {
        let mut spec = self.clone();
        let texts = spec.values.iter_mut().chain(spec.followers.iter_mut().flatten());
        texts.filter(|text| &***text == from).for_each(|text| *text = to.clone());
        spec
    }

    /// Whether changes between the values are restricted.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        !self.followers.is_empty()
    }
}

/// The objects of which a field holds one. Which it is is told by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnionSpec {
    /// The name of the union, for messages and schemas.
    pub name: Arc<str>,
    /// The names of the objects, in declared order.
    pub members: Vec<ObjectName>,
}

impl UnionSpec {
    /// A union of these objects.
    pub fn new<'m>(name: &str, members: impl IntoIterator<Item = &'m str>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), members: members.into_iter().map(Into::into).collect() })
    }

    /// Whether the object called `name` is one of them.
    #[must_use]
    pub fn knows(&self, name: &ObjectName) -> bool {
        self.members.contains(name)
    }
}

/// Which versions of the Internet protocol a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IpFamily {
    /// Both.
    Any,
    /// Version 4 only.
    V4,
    /// Version 6 only.
    V6,
}

impl IpFamily {
    /// What an address of the family is, for messages.
    pub(crate) const fn address_form(self) -> &'static str {
        match self {
            Self::Any => "IP address",
            Self::V4 => "IPv4 address",
            Self::V6 => "IPv6 address",
        }
    }

    /// What a network of the family is, for messages.
    pub(crate) const fn network_form(self) -> &'static str {
        match self {
            Self::Any => "IP address with prefix length",
            Self::V4 => "IPv4 address with prefix length",
            Self::V6 => "IPv6 address with prefix length",
        }
    }

    /// Whether an address is of the family.
    #[must_use]
    pub const fn takes(self, address: &std::net::IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_goes_where_it_may_and_nowhere_else() {
        let machine = EnumSpec::machine(
            "Run",
            [("queued", vec!["running", "failed"]), ("running", vec!["done", "failed"]), ("done", vec![]), ("failed", vec!["queued"])],
        );
        assert!(machine.allows("queued", "running") && machine.allows("failed", "queued") && machine.allows("done", "done"));
        assert!(!machine.allows("queued", "done") && !machine.allows("done", "queued") && !machine.allows("paused", "queued"));
        let sources: Vec<&str> = machine.sources("failed").map(|state| &**state).collect();
        assert_eq!(sources, ["queued", "running", "failed"]);
        let plain = EnumSpec::new("Colour", ["red", "green"]);
        assert!(plain.allows("red", "green") && plain.allows("blue", "green") && !plain.is_machine());
    }
}
