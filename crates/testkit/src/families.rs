//! Random declarations.
//!
//! A history is made forwards: fields of the first version, then ops on them, release by release. That
//! is the other way round from how [`Lineage`] reads it, which makes it a test of the fold.

mod history;

use proptest::collection::vec;
use proptest::prelude::*;
use recension_model::{Declaration, FieldClass, ObjectName};
use recension_versioning::{HistoryError, Lineage, Registry};

use self::history::{Known, Step, object};

/// Objects that know each other.
#[derive(Clone, Debug)]
pub struct Family {
    /// The object that holds the others. It may hold itself in a list.
    pub root: ObjectName,
    /// All of them.
    pub declarations: Vec<Declaration>,
}

impl Family {
    /// The registry of the family.
    ///
    /// # Errors
    /// [`HistoryError`] when a history does not fold: a bug in this crate or in the fold.
    pub fn registry(&self) -> Result<Registry, HistoryError> {
        self.declarations.iter().cloned().fold(Registry::builder(), |builder, declaration| builder.declaration(declaration)).build()
    }
}

/// What one field is made of; numbers are read as far as they mean something for its kind.
#[derive(Clone, Debug)]
pub(crate) struct FieldSeed {
    kind: u8,
    child: u8,
    nullable: bool,
    rules: u8,
    limit: u8,
    class: FieldClass,
    default: u8,
}

fn field_seed() -> impl Strategy<Value = FieldSeed> {
    let class = prop::sample::select(FieldClass::ALL.to_vec());
    (any::<u8>(), any::<u8>(), any::<bool>(), any::<u8>(), any::<u8>(), class, any::<u8>())
        .prop_map(|(kind, child, nullable, rules, limit, class, default)| FieldSeed { kind, child, nullable, rules, limit, class, default })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (field_seed(), any::<u8>()).prop_map(|(field, place)| Step::Add(field, place)),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(place, default)| Step::Remove(place, default)),
        3 => any::<u8>().prop_map(Step::Rename),
        3 => (field_seed(), any::<u8>()).prop_map(|(field, place)| Step::Retype(field, place)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, fill)| Step::Require(place, fill)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, fallback)| Step::Relax(place, fallback)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, to)| Step::Widen(place, to)),
        2 => (field_seed(), any::<u8>()).prop_map(|(field, place)| Step::Constrain(field, place)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, value)| Step::EnumAdd(place, value)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, value)| Step::EnumRemove(place, value)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, value)| Step::EnumRename(place, value)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, to)| Step::MapValues(place, to)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, by)| Step::Scale(place, by)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, pick)| Step::Listify(place, pick)),
        3 => (field_seed(), any::<u8>()).prop_map(|(field, what)| Step::Each(field, what)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, what)| Step::Within(place, what)),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(place, version)| Step::Flatten(place, version)),
        3 => any::<u8>().prop_map(Step::Nest),
        2 => (field_seed(), field_seed(), any::<u8>()).prop_map(|(one, other, place)| Step::Split([one, other], place)),
        2 => (field_seed(), any::<u8>()).prop_map(|(field, place)| Step::Merge(field, place)),
        2 => (field_seed(), field_seed(), any::<u8>()).prop_map(|(one, other, place)| Step::Custom([one, other], place)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(place, version)| Step::Child(place, version)),
        1 => Just(Step::RenameObject),
        1 => any::<u8>().prop_map(Step::Behaviour),
        1 => any::<u8>().prop_map(Step::Method),
    ]
}

/// The seeds of an object: its first fields, and for each later release how its version rises and what it does.
type ObjectSeed = (Vec<FieldSeed>, Vec<(u8, Vec<Step>)>);

fn object_seed() -> impl Strategy<Value = ObjectSeed> {
    (vec(field_seed(), 1..7), vec((any::<u8>(), vec(step(), 0..4)), 0..6))
}

/// Families of one to three objects with one to six versions each: every kind of field, nullable and
/// limited ones, all classes, and histories of every op: adds, removes, renames (also of names that were used before), fields
/// that get another type, a wider one, other limits or values, become required or nullable, lists or other fields, enums whose values change, pins of the objects in a field,
/// behaviours and methods. (Lists that become maps by a key need objects that have one: they are a matter of examples.)
pub fn families() -> impl Strategy<Value = Family> {
    (vec(object_seed(), 0..3), object_seed()).prop_map(|(children, root)| {
        let mut declarations: Vec<Declaration> = Vec::new();
        // An object holds those made before it, and itself.
        let mut known: Vec<Known> = Vec::new();
        for (index, seed) in children.into_iter().chain([root]).enumerate() {
            known.push(Known { name: format!("Object{index}").into(), versions: Vec::new(), shapes: Vec::new() });
            let declaration = object(&mut known, seed.0, seed.1);
            if let (Some(this), Ok(lineage)) = (known.last_mut(), Lineage::new(&declaration)) {
                this.shapes = lineage.shapes().to_vec();
            }
            declarations.push(declaration);
        }
        let root = declarations.last().map_or_else(|| "Object0".into(), |declaration| declaration.head.name.clone());
        Family { root, declarations }
    })
}
