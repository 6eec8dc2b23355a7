//! From a typed object to bytes.

use recension_model::{ObjectVersion, Revision, Slot};

use super::plan::{From, WriteField, WritePlan};
use super::{DirectObject, LongWay, lower};
use crate::Form;
use crate::sink::Sink;
use crate::write::Writer;

/// Writes a complete object as an envelope, for a reader of `version` or by default of the newest.
pub(crate) fn object<T: DirectObject, S: Sink>(
    object: &T,
    writer: &mut Writer<'_, S>,
    version: Option<&ObjectVersion>,
    revision: Option<Revision>,
) -> Result<(), LongWay> {
    let plans = T::plans().ok_or(LongWay)?;
    let plan = plans.write(version).ok_or(LongWay)?;
    writer.begin_object(plan.hops_above)?;
    let begun = writer.sink.written();
    if begun == 0 {
        writer.sink.reserve(plan.room());
    }
    let profile = writer.profile;
    let keys = profile.keys();
    let ours = writer.is_trusted() && profile.extensions;
    let revision = revision.filter(|_| ours);
    let carries = ours && !plan.carry.is_empty();
    writer.begin_map(4 + usize::from(carries) + usize::from(revision.is_some()))?;
    writer.ready(&keys.name.ready)?;
    writer.ready_text(plans.name())?;
    writer.ready(&keys.namespace.ready)?;
    writer.ready_text(plans.namespace())?;
    writer.ready(&keys.version.ready)?;
    writer.ready_text(&plan.version)?;
    writer.ready(&keys.data.ready)?;
    data(object, writer, plan)?;
    if carries {
        writer.ready(&keys.carry.ready)?;
        carry(object, writer, plan)?;
    }
    if let Some(revision) = revision {
        writer.ready(&keys.revision.ready)?;
        writer.sink.unsigned(revision.0);
    }
    writer.end_map();
    if begun == 0 {
        plan.note(writer.sink.written());
    }
    Ok(())
}

fn data<T: DirectObject, S: Sink>(object: &T, writer: &mut Writer<'_, S>, plan: &WritePlan) -> Result<(), LongWay> {
    match writer.form {
        Form::Trusted => {
            writer.begin_map(plan.fields.len())?;
            for field in &plan.fields {
                self::field(object, writer, field)?;
            }
        }
        Form::Disclosed(classes) => {
            let shown = || plan.fields.iter().filter(|field| classes.contains(field.spec.class));
            writer.begin_map(shown().count())?;
            for field in shown() {
                self::field(object, writer, field)?;
            }
        }
    }
    writer.end_map();
    Ok(())
}

#[inline]
fn field<T: DirectObject, S: Sink>(object: &T, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
    writer.ready(&field.key)?;
    match &field.from {
        From::Head(index) => object.write_field(*index, writer, field),
        From::Fallback(Slot::Value(value)) => {
            if writer.scalar(value)? {
                Ok(())
            } else {
                Err(LongWay)
            }
        }
        From::Fallback(_) => {
            writer.sink.null();
            Ok(())
        }
    }
}

fn carry<T: DirectObject, S: Sink>(object: &T, writer: &mut Writer<'_, S>, plan: &WritePlan) -> Result<(), LongWay> {
    writer.begin_map(plan.carry.len())?;
    for hop in &plan.carry {
        writer.ready(&hop.version)?;
        writer.begin_map(1)?;
        writer.ready(&writer.profile.keys().hop_data)?;
        writer.begin_map(hop.fields.len())?;
        for field in &hop.fields {
            self::field(object, writer, field)?;
        }
        writer.end_map();
        writer.end_map();
    }
    writer.end_map();
    Ok(())
}

/// Writes a complete object that is no row's.
///
/// # Errors
/// [`LongWay`].
pub fn write_whole<T: DirectObject, S: Sink>(
    object: &T,
    writer: &mut Writer<'_, S>,
    version: Option<&ObjectVersion>,
) -> Result<(), LongWay> {
    self::object(object, writer, version, None)
}

/// Writes an object that a field holds, at the version that the parent pins or the peer reads.
///
/// # Errors
/// [`LongWay`].
pub fn write_nested<T: DirectObject, S: Sink>(object: &T, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
    let manifest = writer.manifest;
    let named = if manifest.is_empty() { None } else { manifest.version(T::NAME) };
    self::object(object, writer, lower(field.pin.as_ref(), named), None)
}
