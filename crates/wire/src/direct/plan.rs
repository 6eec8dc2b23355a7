//! What is worked out once for each version of an object.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use recension_model::{FieldClass, FieldSpec, ObjectVersion, Slot, Value};
use recension_versioning::{Lineage, Source, VersionedObject};

use crate::sink::Ready;

/// The plans of all versions of an object.
#[derive(Debug)]
pub struct Plans {
    lineage: &'static Lineage,
    name: Ready,
    namespace: Ready,
    /// In the order of the versions, each made when it is first needed.
    write: Vec<OnceLock<Option<WritePlan>>>,
    read: Vec<OnceLock<Option<ReadPlan>>>,
}

impl Plans {
    /// The plans of a typed object; `None` if its history makes no sense, which the long way tells.
    #[must_use]
    pub fn of<T: VersionedObject>() -> Option<Self> {
        let lineage = T::registry().ok()?.lineage(T::NAME).ok()?;
        // The names are written once and for all.
        if lineage.shapes().iter().any(|shape| shape.alias.is_some()) {
            return None;
        }
        let versions = lineage.shapes().len();
        let head = lineage.head();
        Some(Self {
            lineage,
            name: Ready::text(head.name.as_str()),
            namespace: Ready::text(&head.namespace),
            write: (0..versions).map(|_| OnceLock::new()).collect(),
            read: (0..versions).map(|_| OnceLock::new()).collect(),
        })
    }

    pub(crate) const fn name(&self) -> &Ready {
        &self.name
    }

    pub(crate) const fn namespace(&self) -> &Ready {
        &self.namespace
    }

    pub(crate) fn spec_name(&self) -> &str {
        self.lineage.head().name.as_str()
    }

    pub(crate) fn spec_namespace(&self) -> &str {
        &self.lineage.head().namespace
    }

    /// How to write for a reader of `version`, by default the newest.
    pub(crate) fn write(&self, version: Option<&ObjectVersion>) -> Option<&WritePlan> {
        let place = match version {
            None => self.write.len().checked_sub(1)?,
            Some(version) => self.place(version)?,
        };
        self.write.get(place)?.get_or_init(|| WritePlan::new(self.lineage, place)).as_ref()
    }

    /// How to read the version at `place`.
    pub(crate) fn read(&self, place: usize) -> Option<&ReadPlan> {
        self.read.get(place)?.get_or_init(|| ReadPlan::new(self.lineage, place)).as_ref()
    }

    /// The place of the newest version.
    pub(crate) const fn newest(&self) -> usize {
        self.read.len().saturating_sub(1)
    }

    /// The place of the version that is written so.
    pub(crate) fn place_of_text(&self, text: &str) -> Option<usize> {
        self.place(&text.parse().ok()?)
    }

    fn place(&self, version: &ObjectVersion) -> Option<usize> {
        self.lineage.shapes().iter().position(|shape| shape.version == *version)
    }
}

/// How objects are written at one version.
#[derive(Debug)]
pub(crate) struct WritePlan {
    pub(crate) version: Ready,
    /// Hops from this version to the newest.
    pub(crate) hops_above: usize,
    pub(crate) fields: Vec<WriteField>,
    pub(crate) carry: Vec<WriteHop>,
    /// Bytes of the longest message so far.
    length: AtomicUsize,
}

/// What is carried for one hop.
#[derive(Debug)]
pub(crate) struct WriteHop {
    pub(crate) version: Ready,
    pub(crate) fields: Vec<WriteField>,
}

/// A field as it is written at one version.
#[derive(Debug)]
pub struct WriteField {
    pub(crate) key: Ready,
    /// The field at that version.
    pub(crate) spec: FieldSpec,
    pub(crate) from: From,
    /// The version of the objects in it.
    pub(crate) pin: Option<ObjectVersion>,
}

/// Where the state of a field is taken from.
#[derive(Debug)]
pub(crate) enum From {
    /// The field of the newest shape at this index.
    Head(usize),
    /// This: null, or a value that is no object and has none in it.
    Fallback(Slot),
}

/// Bytes of a first message, for each field: more than most have.
const FIELD_BYTES_GUESS: usize = 64;

impl WritePlan {
    fn new(lineage: &Lineage, place: usize) -> Option<Self> {
        let shape = lineage.shapes().get(place)?;
        let down = lineage.downward(&shape.version)?;
        let field = |spec: &FieldSpec, source: Source, pin: Option<&ObjectVersion>| {
            Some(WriteField { key: Ready::key(&spec.name), spec: spec.clone(), from: From::of(source)?, pin: pin.cloned() })
        };
        let mut fields = Vec::new();
        for (spec, source) in shape.fields.iter().zip(down.fields) {
            fields.push(field(spec, source, lineage.pin(&shape.version, &spec.name))?);
        }
        let mut carry = Vec::new();
        for hop in down.hops {
            let mut carried = Vec::new();
            for (spec, source) in hop.fields {
                // Whether there is a secret in an object only the object tells.
                if !spec.kind.children().is_empty() {
                    return None;
                }
                if spec.class != FieldClass::Secret {
                    carried.push(field(&spec, source, None)?);
                }
            }
            carry.push(WriteHop { version: Ready::key(&hop.version.to_string()), fields: carried });
        }
        let length = AtomicUsize::new(256 + fields.len() * FIELD_BYTES_GUESS);
        let hops_above = lineage.shapes().len() - 1 - place;
        Some(Self { version: Ready::text(&shape.version.to_string()), hops_above, fields, carry, length })
    }

    /// Bytes to make room for.
    pub(crate) fn room(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Notes how long a message became, so that the next one fits at once.
    pub(crate) fn note(&self, length: usize) {
        if length > self.length.load(Ordering::Relaxed) {
            self.length.fetch_max(length + length / 8, Ordering::Relaxed);
        }
    }
}

impl From {
    fn of(source: Source) -> Option<Self> {
        match source {
            Source::Head(index) => Some(Self::Head(index)),
            Source::Fallback(Slot::Value(value)) if !is_plain(&value) => None,
            Source::Fallback(slot) => slot.is_set().then_some(Self::Fallback(slot)),
        }
    }
}

/// Whether a value has nothing in it.
const fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::List(_) | Value::Set(_) | Value::Map(_))
}

/// How objects are read at one version.
#[derive(Debug)]
pub(crate) struct ReadPlan {
    pub(crate) version: Ready,
    /// Hops from this version to the newest.
    pub(crate) hops_above: usize,
    pub(crate) fields: Vec<ReadField>,
    pub(crate) hops: Vec<ReadHop>,
    /// Whether the newest shape has every field of this one.
    pub(crate) keeps_all: bool,
}

/// A field as it is read at one version.
#[derive(Debug)]
pub(crate) struct ReadField {
    pub(crate) key: Ready,
    /// The field at that version.
    pub(crate) spec: FieldSpec,
    /// Its index in the newest shape; without one it is read and dropped.
    pub(crate) head: Option<usize>,
    /// What an object made before it gets.
    pub(crate) default: Slot,
    /// The place of the field that follows by name, for messages whose keys are sorted.
    pub(crate) after: usize,
}

/// What one hop added.
#[derive(Debug)]
pub(crate) struct ReadHop {
    pub(crate) key: Ready,
    pub(crate) text: String,
    pub(crate) fields: Vec<ReadField>,
}

impl ReadPlan {
    fn new(lineage: &Lineage, place: usize) -> Option<Self> {
        let shape = lineage.shapes().get(place)?;
        let up = lineage.upward(&shape.version)?;
        let keeps_all = up.fields.iter().all(Option::is_some);
        let field = |spec: &FieldSpec, head, default| ReadField {
            key: Ready::key(&spec.name),
            spec: spec.clone(),
            head,
            default,
            after: usize::MAX,
        };
        let mut fields: Vec<ReadField> = shape.fields.iter().zip(up.fields).map(|(spec, head)| field(spec, head, Slot::Unset)).collect();
        let mut places: Vec<usize> = (0..fields.len()).collect();
        places.sort_by(|left, right| name_at(&shape.fields, *left).cmp(&name_at(&shape.fields, *right)));
        for pair in places.windows(2) {
            if let [place, after] = pair
                && let Some(field) = fields.get_mut(*place)
            {
                field.after = *after;
            }
        }
        let hops = up.hops.into_iter().map(|hop| ReadHop {
            key: Ready::key(&hop.version.to_string()),
            text: hop.version.to_string(),
            fields: hop.fields.into_iter().map(|(spec, head, default)| field(&spec, head, default)).collect(),
        });
        let hops_above = lineage.shapes().len() - 1 - place;
        Some(Self { version: Ready::text(&shape.version.to_string()), hops_above, fields, hops: hops.collect(), keeps_all })
    }
}

fn name_at(fields: &[FieldSpec], place: usize) -> Option<&str> {
    fields.get(place).map(|field| &*field.name)
}
