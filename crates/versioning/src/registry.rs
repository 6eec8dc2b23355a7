//! The objects that know each other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use recension_model::{
    Carried, ChildVisitor, Declaration, Escaped, FieldKind, FieldSpec, Hop, Object, ObjectName, ObjectSpec, ObjectVersion, Record, Slot,
};

use crate::lineage::Carrying;
use crate::reshape::Reshaped;
use crate::{Error, HistoryError, Lineage, Manifest, OpFault};

/// An object with its history. Implemented by the derive of the same name.
#[diagnostic::on_unimplemented(message = "`{Self}` has no version history", note = "derive `VersionedObject` for it")]
pub trait VersionedObject: Object {
    /// The object and all objects it holds, with their histories.
    ///
    /// # Errors
    /// The [`HistoryError`] of the first declaration that makes no sense. (The derive refuses most of them
    /// when it is compiled.)
    fn registry() -> Result<&'static Registry, &'static HistoryError>;
}

/// Objects by name, each with its lineage: what a program can read and write.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    lineages: BTreeMap<ObjectName, Arc<Lineage>>,
    /// What objects were called, and what they are called.
    former: BTreeMap<ObjectName, ObjectName>,
}

impl Registry {
    /// Begins a registry.
    #[must_use]
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    /// A typed object and all objects it holds.
    ///
    /// # Errors
    /// As [`RegistryBuilder::build`].
    pub fn of<T: Object>() -> Result<Self, HistoryError> {
        Self::builder().object::<T>().build()
    }

    /// The lineage of an object, by its name or one that it had.
    ///
    /// # Errors
    /// [`Error::UnknownObject`].
    pub fn lineage(&self, name: &str) -> Result<&Lineage, Error> {
        let name = self.former.get(name).map_or(name, ObjectName::as_str);
        let unknown = || Error::UnknownObject(Escaped(&name.chars().take(64).collect::<String>()).to_string());
        self.lineages.get(name).map(Arc::as_ref).ok_or_else(unknown)
    }

    /// The version of an object that a peer reads, which may know the object by a name that it had.
    #[doc(hidden)]
    #[must_use]
    pub fn version_in<'m>(&self, manifest: &'m Manifest, name: &str) -> Option<&'m ObjectVersion> {
        let former = || self.former.iter().filter(|(_, now)| **now == *name).find_map(|(former, _)| manifest.version(former.as_str()));
        manifest.version(name).or_else(former)
    }

    /// The lineages in order of name.
    pub fn lineages(&self) -> impl Iterator<Item = &Lineage> {
        self.lineages.values().map(Arc::as_ref)
    }

    /// The newest version of an object and of every object in its tree.
    ///
    /// # Errors
    /// [`Error::UnknownObject`].
    pub fn manifest(&self, name: &str) -> Result<Manifest, Error> {
        let mut manifest = Manifest::default();
        let mut open = vec![self.lineage(name)?];
        while let Some(lineage) = open.pop() {
            let head = lineage.head();
            if manifest.version(head.name.as_str()).is_some() {
                continue;
            }
            manifest = manifest.with(head.name.clone(), head.version.clone());
            for child in head.fields.iter().flat_map(|field| field.kind.children()) {
                open.push(self.lineage(child.as_str())?);
            }
        }
        Ok(manifest)
    }

    /// Converts an object to `target`, and each object in it and in its carry to the lower of two versions:
    /// the one to which `target` pins the field (with the op `child`), and the one that `manifest` names. A
    /// child of which neither says anything stays as it is: nothing says which version the peer reads.
    ///
    /// # Errors
    /// [`Error::UnknownObject`] for a record of another registry, [`Error::Incompatible`] when a history has
    /// not the version asked for, [`Error::NotConverted`] when a value has no counterpart in it.
    pub fn convert(&self, record: Record, target: &ObjectVersion, manifest: &Manifest) -> Result<Record, Error> {
        let lineage = self.lineage(record.spec().name.as_str())?;
        let record = lineage.convert_among(record, target, Some(self))?;
        let convert = |child: Record, pin: Option<&ObjectVersion>| {
            let named = self.version_in(manifest, child.spec().name.as_str());
            let version = pin.into_iter().chain(named).min().unwrap_or(&child.spec().version).clone();
            self.convert(child, &version, manifest)
        };
        map_carried(lineage, map_children(lineage, record, convert)?, convert)
    }

    /// Converts an object and the objects in it to their newest versions, whatever the object is pinned to.
    ///
    /// # Errors
    /// As [`convert`](Self::convert).
    pub fn upgrade(&self, record: Record) -> Result<Record, Error> {
        let lineage = self.lineage(record.spec().name.as_str())?;
        let record = lineage.convert_among(record, &lineage.head().version, Some(self))?;
        map_carried(lineage, map_children(lineage, record, |child, _| self.upgrade(child))?, |child, _| self.upgrade(child))
    }

    /// As [`upgrade`](Self::upgrade), for a reader that needs complete objects: a field that was added
    /// since an object's version, and that nothing is known of, gets the value declared for older objects.
    /// Where the carry knows the hop that added it and yet leaves the field out, the field was unset or is
    /// withheld as a secret: it stays unset, since a value made up here would be taken for the object's own.
    ///
    /// # Errors
    /// As [`convert`](Self::convert).
    pub fn upgrade_complete(&self, record: Record) -> Result<Record, Error> {
        let lineage = self.lineage(record.spec().name.as_str())?;
        let known = record.carry().hops().filter(|(_, hop)| matches!(hop, Hop::Known(_)));
        let told: Vec<ObjectVersion> = known.map(|(version, _)| version.clone()).collect();
        let record = lineage.complete_among(record, &told, Some(self))?;
        map_carried(lineage, map_children(lineage, record, |child, _| self.upgrade_complete(child))?, |child, _| self.upgrade(child))
    }

    /// The field that a carried name means: one that `hop` added when it is above the record's version,
    /// one that it removed when it is not, or one that it kept and whose value it shows otherwise, as it is
    /// on the other side. `None` when this program does not know the hop or the field.
    ///
    /// A field of both versions that is secret in either is of class secret here.
    #[must_use]
    pub fn carried_field(&self, record: &ObjectSpec, hop: &ObjectVersion, name: &str) -> Option<&FieldSpec> {
        let lineage = self.lineages.get(&record.name)?;
        let Carrying { plan, direction, shape } = lineage.carrying(&record.version, hop)?;
        let index = shape.index_of(name)?;
        if plan.moves(index, direction) {
            return shape.fields.get(index);
        }
        match plan.regroups(index, direction) {
            Some(group) => group.carried(index, direction),
            None => plan.reshapes(index, direction)?.carried(direction),
        }
    }
}

impl Registry {
    /// Checks that objects are pinned to versions that their histories have.
    fn check_pins(&self) -> Result<(), HistoryError> {
        for (object, lineage) in &self.lineages {
            for (shape, field, child, versions) in lineage.pinned() {
                let Some(history) = self.lineages.get(child) else { continue };
                if let Some(pin) = versions.into_iter().find(|version| history.place(version).is_none()) {
                    return Err(HistoryError::UnknownPin {
                        object: object.clone(),
                        version: shape.version.clone(),
                        field: field.to_owned(),
                        child: child.clone(),
                        pin: pin.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}

impl Registry {
    /// Checks that fields which become an object's are just those that it has.
    fn check_nested(&self) -> Result<(), HistoryError> {
        for (object, lineage) in &self.lineages {
            let shapes = lineage.shapes().iter().zip(lineage.shapes().iter().skip(1));
            for (hop, (older, newer)) in lineage.hops().iter().zip(shapes) {
                for group in &hop.regrouped {
                    let Some(nested) = group.nested() else { continue };
                    let Some(history) = self.lineages.get(&nested.object) else { continue };
                    let (parts, whole) = if nested.up { (group.older(), group.newer()) } else { (group.newer(), group.older()) };
                    let holder = if nested.up { newer } else { older };
                    let pin = whole.fields.first().and_then(|field| lineage.pin(&holder.version, &field.name));
                    let checked = match history.shape(&nested.at) {
                        // Each object would hold another of its own, and so on.
                        _ if nested.object == *object => Err(OpFault::NestedInItself),
                        // An object that is always older than the fields that are put into it loses some of them.
                        Ok(_) if pin.is_some_and(|pin| *pin < nested.at) => Err(OpFault::PinnedBelow(nested.at.clone())),
                        Ok(shape) => nested.check(shape, &parts.fields),
                        Err(_) => Err(OpFault::NestedFields),
                    };
                    checked.map_err(|fault| HistoryError::Op {
                        object: object.clone(),
                        version: newer.version.clone(),
                        op: group.sentence().to_owned(),
                        fault,
                    })?;
                }
            }
        }
        Ok(())
    }
}

impl Registry {
    /// Checks that a list which is a map by key elsewhere holds objects that have the key: in every version of theirs, since a peer
    /// may have them at any, and one that is shown to whoever sees the map.
    fn check_keys(&self) -> Result<(), HistoryError> {
        for (object, lineage) in &self.lineages {
            for (hop, newer) in lineage.hops().iter().zip(lineage.shapes().iter().skip(1)) {
                for (field, key, sentence) in hop.reshaped.iter().filter_map(Reshaped::keyed) {
                    let Some(history) = field.kind.child().and_then(|child| self.lineages.get(child)) else { continue };
                    let in_shape = |shape: &Arc<ObjectSpec>| {
                        let inner = shape.fields.get(shape.index_of(key)?)?;
                        (names_objects(inner) && inner.class <= field.class).then(|| inner.kind.clone())
                    };
                    let kinds: Option<Vec<FieldKind>> = history.shapes().iter().map(in_shape).collect();
                    if kinds.is_none_or(|kinds| kinds.iter().zip(kinds.iter().skip(1)).any(|(older, newer)| older != newer)) {
                        return Err(HistoryError::Op {
                            object: object.clone(),
                            version: newer.version.clone(),
                            op: sentence.to_owned(),
                            fault: OpFault::NoKey,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a field may name the object that it is in: it always holds a text or a whole number.
fn names_objects(field: &FieldSpec) -> bool {
    use recension_model::FieldKind::{Enum, Integer, IpAddress, MacAddress, PciAddress, Text, Uuid};
    !field.nullable && matches!(field.kind, Text | Integer(_) | Enum(_) | Uuid | IpAddress(_) | MacAddress | PciAddress)
}

/// Replaces each object that the fields of `record` hold.
fn map_children(
    lineage: &Lineage,
    mut record: Record,
    map: impl Fn(Record, Option<&ObjectVersion>) -> Result<Record, Error>,
) -> Result<Record, Error> {
    let spec = record.spec().clone();
    let holders = spec.fields.iter().enumerate().filter(|(_, field)| !field.kind.children().is_empty());
    for (index, field) in holders {
        let pin = lineage.pin(&spec.version, &field.name);
        let slot = map_slot(record.take(index), |child| map(child, pin))?;
        record.fill(index, slot)?;
    }
    Ok(record)
}

/// Replaces each object in the carry of `record`: a peer may know the hop and yet read the object in it at
/// an older version.
fn map_carried(
    lineage: &Lineage,
    mut record: Record,
    map: impl Fn(Record, Option<&ObjectVersion>) -> Result<Record, Error>,
) -> Result<Record, Error> {
    let holds_object = |carried: &Carried| carried.slot.value().is_some_and(|value| !value.objects().is_empty());
    let holds_objects = |hop: &Hop| matches!(hop, Hop::Known(fields) if fields.values().any(holds_object));
    let versions: Vec<ObjectVersion> =
        record.carry().hops().filter(|(_, hop)| holds_objects(hop)).map(|(version, _)| version.clone()).collect();
    if versions.is_empty() {
        return Ok(record);
    }
    let mut carry = record.take_carry();
    for version in versions {
        let Some(Hop::Known(mut fields)) = carry.take(&version) else { continue };
        let shape = lineage.carrying(&record.spec().version, &version).map(|carrying| carrying.shape);
        for (name, carried) in &mut fields {
            let pin = shape.and_then(|shape| lineage.pin(&shape.version, name));
            carried.slot = map_slot(std::mem::take(&mut carried.slot), |child| map(child, pin))?;
        }
        carry.put(version, Hop::Known(fields));
    }
    record.set_carry(carry);
    Ok(record)
}

pub(crate) fn map_slot(slot: Slot, map: impl Fn(Record) -> Result<Record, Error>) -> Result<Slot, Error> {
    Ok(match slot {
        Slot::Value(value) => Slot::Value(value.try_map_objects(&mut |record| map(record))?),
        slot => slot,
    })
}

/// The names that objects had, none of which another has or had.
fn former_names(lineages: &BTreeMap<ObjectName, Arc<Lineage>>) -> Result<BTreeMap<ObjectName, ObjectName>, HistoryError> {
    let mut former: BTreeMap<ObjectName, ObjectName> = BTreeMap::new();
    for (name, lineage) in lineages {
        for alias in lineage.shapes().iter().filter_map(|shape| shape.alias.as_ref()).filter(|alias| alias.name != *name) {
            let taken = former.insert(alias.name.clone(), name.clone()).is_some_and(|other| other != *name);
            if taken || lineages.contains_key(&alias.name) {
                return Err(HistoryError::DuplicateObject(alias.name.clone()));
            }
        }
    }
    Ok(former)
}

/// Collects the objects of a [`Registry`].
#[derive(Debug, Default)]
pub struct RegistryBuilder {
    declarations: Vec<Declaration>,
}

impl RegistryBuilder {
    /// Adds a typed object and all objects it holds.
    #[must_use]
    pub fn object<T: Object>(mut self) -> Self {
        self.visit(T::declaration(), T::visit_children);
        self
    }

    /// Adds an object known at run time.
    #[must_use]
    pub fn declaration(mut self, declaration: Declaration) -> Self {
        self.declarations.push(declaration);
        self
    }

    /// The registry.
    ///
    /// # Errors
    /// The [`HistoryError`] of the first declaration that makes no sense, including two objects of one name
    /// and a field that holds an object which is not there.
    pub fn build(self) -> Result<Registry, HistoryError> {
        let lineages =
            self.declarations.iter().map(|declaration| Lineage::new(declaration).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        Registry::among(lineages)
    }
}

impl Registry {
    /// These objects together.
    pub(crate) fn among(lineages: impl IntoIterator<Item = Arc<Lineage>>) -> Result<Self, HistoryError> {
        let mut registry = Self::default();
        for lineage in lineages {
            match registry.lineages.entry(lineage.head().name.clone()) {
                Entry::Occupied(taken) => return Err(HistoryError::DuplicateObject(taken.key().clone())),
                Entry::Vacant(place) => {
                    place.insert(lineage);
                }
            }
        }
        registry.former = former_names(&registry.lineages)?;
        registry.check_pins()?;
        registry.check_nested()?;
        registry.check_keys()?;
        for shape in registry.lineages().flat_map(Lineage::shapes) {
            for field in &shape.fields {
                if let Some(child) = field.kind.children().iter().find(|child| !registry.lineages.contains_key(*child)) {
                    return Err(HistoryError::UnregisteredChild {
                        object: shape.name.clone(),
                        field: field.name.to_string(),
                        child: child.clone(),
                    });
                }
            }
        }
        Ok(registry)
    }
}

impl ChildVisitor for RegistryBuilder {
    fn visit(&mut self, declaration: &'static Declaration, children: fn(&mut dyn ChildVisitor)) {
        if !self.declarations.contains(declaration) {
            self.declarations.push(declaration.clone());
            children(self);
        }
    }
}
