//! Long histories: of one object, and of a whole lock file.

use recension::{Declaration, FieldClass, FieldKind, FieldSpec, IntegerWidth, ObjectSpec, ObjectVersion, Op, Record, Release, Slot, Value};
use recension_versioning::{Lineage, LockFile, Registry};

use crate::Fault;

/// Fields of the object.
const FIELDS: usize = 12;

/// A history of ops that only move fields: of each ten releases eight give a field another name, one adds one and one takes it out
/// again, so that the object does not grow with its history.
fn declaration(name: &str, versions: usize) -> Result<Declaration, Fault> {
    let text = |name: &str| FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public);
    let added = |place: usize| {
        FieldSpec::new(&format!("added_{place}"), FieldKind::Integer(IntegerWidth::I64)).nullable().class(FieldClass::Public)
    };
    let mut fields: Vec<FieldSpec> = (0..FIELDS).map(|place| text(&format!("field_{place}"))).collect();
    let mut releases = vec![Release::new(version(0), "first version")];
    for place in 1..versions {
        let release = Release::new(version(place), "a change");
        let op = match place % 10 {
            3 => {
                fields.push(added(place));
                Op::Add { field: added(place).name, old_default: Slot::Unset }
            }
            7 => {
                fields.pop();
                Op::Remove { field: added(place - 4), fallback: Slot::Null }
            }
            _ => {
                let field = fields.get_mut(place % FIELDS).ok_or("no field")?;
                let from = field.name.clone();
                field.name = format!("field_{}_{place}", place % FIELDS).as_str().into();
                Op::Rename { from, to: field.name.clone() }
            }
        };
        releases.push(release.op(op));
    }
    let head = fields.into_iter().fold(ObjectSpec::new(name, "bench", version(versions - 1)), |head, field| head.field(field));
    Ok(Declaration { head: head.build()?, releases })
}

fn version(place: usize) -> ObjectVersion {
    ObjectVersion::new(1, u64::try_from(place).unwrap_or_default())
}

/// A history of so many versions, and a complete object of the newest.
///
/// # Errors
/// Never, unless the history makes no sense.
pub(crate) fn lineage(versions: usize) -> Result<(Lineage, Record), Fault> {
    let lineage = Lineage::new(&declaration("Bench", versions)?)?;
    let mut record = Record::new(lineage.head().clone());
    for (index, field) in lineage.head().fields.iter().enumerate() {
        let value = if field.nullable { Value::from(7) } else { Value::from("twenty characters ..") };
        record.fill(index, value.into())?;
    }
    Ok((lineage, record))
}

/// The version so many steps before the newest of so many.
#[must_use]
pub(crate) fn back(versions: usize, steps: usize) -> ObjectVersion {
    version(versions - 1 - steps)
}

/// A lock file of so many objects with so many versions each.
///
/// # Errors
/// Never, unless a history makes no sense.
pub fn lock_file(objects: usize, versions: usize) -> Result<LockFile, Fault> {
    let mut builder = Registry::builder();
    for place in 0..objects {
        builder = builder.declaration(declaration(&format!("Bench{place}"), versions)?);
    }
    Ok(LockFile::of(&builder.build()?)?)
}
