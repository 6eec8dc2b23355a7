//! A message that can be changed in one place: order and doubled keys are kept.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::UNKNOWN_HOP;

#[derive(Clone)]
pub(crate) enum Tree {
    Map(Vec<(String, Tree)>),
    List(Vec<Tree>),
    /// Anything else, as it is written.
    Leaf(String),
}

/// Keys and places that lead to a part of a tree.
pub(crate) type Path = Vec<String>;

impl Tree {
    pub(crate) fn read(text: &str) -> Self {
        // The hop of an unknown release is kept as it is written.
        if text.starts_with('{') && text != UNKNOWN_HOP {
            let Entries(entries) = serde_json::from_str(text).unwrap();
            Self::Map(entries.into_iter().map(|(key, raw)| (key, Self::read(raw.get()))).collect())
        } else if text.starts_with('[') {
            let raws: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap();
            Self::List(raws.iter().map(|raw| Self::read(raw.get())).collect())
        } else {
            Self::Leaf(text.to_owned())
        }
    }

    /// Every place at which `want` holds, outermost first.
    pub(crate) fn places(&self, want: fn(&Self) -> bool) -> Vec<Path> {
        let mut found = Vec::new();
        self.collect(want, &mut Vec::new(), &mut found);
        found
    }

    fn collect(&self, want: fn(&Self) -> bool, path: &mut Path, found: &mut Vec<Path>) {
        if want(self) {
            found.push(path.clone());
        }
        for (key, child) in self.children() {
            path.push(key);
            child.collect(want, path, found);
            path.pop();
        }
    }

    fn children(&self) -> Vec<(String, &Self)> {
        match self {
            Self::Map(entries) => entries.iter().map(|(key, child)| (key.clone(), child)).collect(),
            Self::List(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
            Self::Leaf(_) => Vec::new(),
        }
    }

    pub(crate) fn at(&mut self, path: &[String]) -> &mut Self {
        let Some((first, rest)) = path.split_first() else { return self };
        match self {
            Self::Map(entries) => entries.iter_mut().find(|(key, _)| key == first).unwrap().1.at(rest),
            Self::List(items) => items[first.parse::<usize>().unwrap()].at(rest),
            Self::Leaf(_) => panic!("nothing below {first}"),
        }
    }

    pub(crate) fn entries(&mut self) -> &mut Vec<(String, Self)> {
        match self {
            Self::Map(entries) => entries,
            _ => panic!("no map"),
        }
    }

    /// The tree with another text at `path`.
    pub(crate) fn with(&self, path: &[String], text: &str) -> String {
        let mut tree = self.clone();
        *tree.at(path) = Self::Leaf(text.to_owned());
        tree.to_string()
    }

    pub(crate) const fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    pub(crate) const fn is_leaf(&self) -> bool {
        matches!(self, Self::Leaf(_))
    }
}

/// A map in the order of the message.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'j> Deserialize<'j> for Entries {
    fn deserialize<D: Deserializer<'j>>(json: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'j> Visitor<'j> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        json.deserialize_map(InOrder)
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |index: usize| if index == 0 { "" } else { "," };
        match self {
            Self::Map(entries) => {
                f.write_str("{")?;
                for (index, (key, child)) in entries.iter().enumerate() {
                    write!(f, "{}{}:{child}", comma(index), Json::from(key.as_str()))?;
                }
                f.write_str("}")
            }
            Self::List(items) => {
                f.write_str("[")?;
                for (index, child) in items.iter().enumerate() {
                    write!(f, "{}{child}", comma(index))?;
                }
                f.write_str("]")
            }
            Self::Leaf(text) => f.write_str(text),
        }
    }
}
