//! Lists, sets and maps.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use uuid::Uuid;

use super::{FieldType, mismatch, present};
use crate::{
    Bytes, ChildVisitor, Date, Decimal, Duration, FieldKind, Item, MacAddress, Missing, PciAddress, Rule, Secret, Slot, Timestamp, Value,
    VersionPredicate,
};

/// A [`FieldType`] that the items of a `Vec` or a `BTreeMap` can have: all but lists, sets and maps, and an
/// `Option` of what is a [`Scalar`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item of a list or a map",
    note = "an item is a scalar, an `Option` of a scalar, or an object"
)]
pub trait Element: FieldType {}

/// A [`FieldType`] without an inner structure.
#[diagnostic::on_unimplemented(message = "`{Self}` is no scalar", note = "only a scalar may be null in a list or a map")]
pub trait Scalar: Element {}

/// A [`Scalar`] whose values have one order, so that a set of them is always written alike.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item of a set",
    note = "an item of a set is an integer, `String`, `Decimal`, `Uuid`, `Timestamp`, `Date`, `Duration`, an address or a network"
)]
pub trait SetElement: Scalar + FieldType<Bare = Self, Draft = Self> + Ord {}

macro_rules! scalars {
    ($($type:ty),* $(,)?) => {$(
        impl Element for $type {}
        impl Scalar for $type {}
    )*};
}

scalars! {
    i8, i16, i32, i64, u8, u16, u32, u64, f64, bool, String, Secret<String>, Bytes, Decimal, Uuid, Timestamp, Date, Duration, IpAddr,
    Ipv4Addr, Ipv6Addr, IpNet, Ipv4Net, Ipv6Net, MacAddress, PciAddress, VersionPredicate,
}

impl<F: Scalar> Element for Option<F> {}

macro_rules! ordered {
    ($($type:ty),* $(,)?) => {$(impl SetElement for $type {})*};
}

ordered! {
    i8, i16, i32, i64, u8, u16, u32, u64, String, Decimal, Uuid, Timestamp, Date, Duration, IpAddr, Ipv4Addr, Ipv6Addr, IpNet, Ipv4Net,
    Ipv6Net, MacAddress, PciAddress,
}

/// What the items of type `F` are.
fn element<F: FieldType>() -> Arc<crate::Element> {
    Arc::new(crate::Element { kind: F::kind(), nullable: F::NULLABLE })
}

fn item<F: FieldType>(draft: &F::Draft) -> Item {
    match F::to_slot(draft) {
        Slot::Value(value) => Some(value),
        Slot::Null | Slot::Unset => None,
    }
}

fn whole_item<F: FieldType>(value: &F) -> Item {
    match value.as_slot() {
        Slot::Value(value) => Some(value),
        Slot::Null | Slot::Unset => None,
    }
}

fn from_item<F: FieldType>(item: Item) -> Result<F::Draft, Rule> {
    F::from_slot(item.map_or(Slot::Null, Slot::Value))?.ok_or(Rule::Missing)
}

impl<F: Element> FieldType for Vec<F> {
    type Bare = Self;
    type Draft = Vec<F::Draft>;

    fn kind() -> FieldKind {
        FieldKind::List(element::<F>())
    }

    fn lift(bare: Self) -> Self::Draft {
        bare.into_draft()
    }

    fn into_draft(self) -> Self::Draft {
        self.into_iter().map(F::into_draft).collect()
    }

    fn complete(draft: Self::Draft) -> Result<Self, Missing> {
        let items = draft.into_iter().enumerate();
        items.map(|(index, item)| F::complete(item).map_err(|missing| missing.below(&format!("[{index}]")))).collect()
    }

    fn to_slot(draft: &Self::Draft) -> Slot {
        Slot::Value(Value::List(draft.iter().map(item::<F>).collect()))
    }

    fn as_slot(&self) -> Slot {
        Slot::Value(Value::List(self.iter().map(whole_item).collect()))
    }

    fn from_slot(slot: Slot) -> Result<Option<Self::Draft>, Rule> {
        match present(slot)? {
            None => Ok(None),
            Some(Value::List(items)) => {
                let items = items.into_iter().enumerate();
                items
                    .map(|(index, item)| from_item::<F>(item).map_err(|rule| Rule::Item(index, Box::new(rule))))
                    .collect::<Result<_, _>>()
                    .map(Some)
            }
            Some(other) => Err(mismatch("list", &other)),
        }
    }

    fn visit_children(visitor: &mut dyn ChildVisitor) {
        F::visit_children(visitor);
    }
}

impl<F: SetElement> FieldType for BTreeSet<F> {
    type Bare = Self;
    type Draft = Self;

    fn kind() -> FieldKind {
        FieldKind::Set(element::<F>())
    }

    fn lift(bare: Self) -> Self {
        bare
    }

    fn into_draft(self) -> Self {
        self
    }

    fn complete(draft: Self) -> Result<Self, Missing> {
        Ok(draft)
    }

    fn to_slot(draft: &Self) -> Slot {
        Slot::Value(Value::Set(draft.iter().map(whole_item).collect()))
    }

    fn as_slot(&self) -> Slot {
        Self::to_slot(self)
    }

    fn from_slot(slot: Slot) -> Result<Option<Self>, Rule> {
        let items = match present(slot)? {
            None => return Ok(None),
            Some(Value::Set(items)) => items,
            Some(other) => return Err(mismatch("set", &other)),
        };
        let mut set = Self::new();
        for item in items {
            if !set.insert(from_item::<F>(item).map_err(|rule| Rule::Entry(Box::new(rule)))?) {
                return Err(Rule::Twice);
            }
        }
        Ok(Some(set))
    }
}

impl<F: Element> FieldType for BTreeMap<String, F> {
    type Bare = Self;
    type Draft = BTreeMap<String, F::Draft>;

    fn kind() -> FieldKind {
        FieldKind::Map(element::<F>())
    }

    fn lift(bare: Self) -> Self::Draft {
        bare.into_draft()
    }

    fn into_draft(self) -> Self::Draft {
        self.into_iter().map(|(name, value)| (name, value.into_draft())).collect()
    }

    fn complete(draft: Self::Draft) -> Result<Self, Missing> {
        let whole = |(name, item): (String, F::Draft)| Ok((name, F::complete(item).map_err(|missing| missing.below("[*]"))?));
        draft.into_iter().map(whole).collect()
    }

    fn to_slot(draft: &Self::Draft) -> Slot {
        Slot::Value(Value::Map(draft.iter().map(|(name, value)| (name.clone(), item::<F>(value))).collect()))
    }

    fn as_slot(&self) -> Slot {
        Slot::Value(Value::Map(self.iter().map(|(name, value)| (name.clone(), whole_item(value))).collect()))
    }

    fn from_slot(slot: Slot) -> Result<Option<Self::Draft>, Rule> {
        match present(slot)? {
            None => Ok(None),
            Some(Value::Map(items)) => {
                let read = |(name, item)| Ok((name, from_item::<F>(item).map_err(|rule| Rule::Entry(Box::new(rule)))?));
                items.into_iter().map(read).collect::<Result<_, _>>().map(Some)
            }
            Some(other) => Err(mismatch("map", &other)),
        }
    }

    fn visit_children(visitor: &mut dyn ChildVisitor) {
        F::visit_children(visitor);
    }
}
