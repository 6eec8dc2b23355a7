//! A digest of one version's shape.

use std::fmt::{self, Write};
use std::rc::Rc;

use recension_model::{Element, FieldKind, FieldSpec, Limits, ObjectSpec, ObjectVersion};
use sha2::{Digest, Sha256};

use crate::{Error, Lineage};

/// A digest of what one version of an object looks like. Kept beside the code, it turns a change of shape
/// without a new version into a failing test.
///
/// It covers object, namespace, version, and of each field (in order of name) its name, kind, limits,
/// nullability, class, who sets it, and the version that the objects in it are pinned to. It does not cover
/// the order of fields and of the values of an enum, what a new object gets where nothing is given, behaviours or
/// documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    version: ObjectVersion,
    digest: String,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.version, self.digest)
    }
}

/// Bytes of the digest that are kept: enough that two shapes never share one by accident.
const DIGEST_BYTES: usize = 16;

impl Lineage {
    /// The fingerprint of one version.
    ///
    /// # Errors
    /// [`Error::Incompatible`] when the history does not have it.
    pub fn fingerprint(&self, version: &ObjectVersion) -> Result<Fingerprint, Error> {
        let found = self.place(version).and_then(|place| Some((place, &**self.shapes().get(place)?)));
        let (place, shape) = found.ok_or_else(|| self.incompatible(version))?;
        Ok(self.fingerprint_of((place, shape), &Lines::default().next(&shape.fields)))
    }

    /// The fingerprint of each version, oldest first: what most versions have in common is made once.
    #[cfg(feature = "lock")]
    pub(crate) fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> {
        self.shapes().iter().enumerate().scan(Lines::default(), |lines, (place, shape)| {
            *lines = lines.next(&shape.fields);
            Some(self.fingerprint_of((place, shape), lines))
        })
    }

    fn fingerprint_of(&self, (place, shape): (usize, &ObjectSpec), lines: &Lines<'_>) -> Fingerprint {
        let pin = |field| self.pin_at(place, field);
        let digest = Sha256::digest(canonical(shape, lines, pin).as_bytes());
        let mut text = String::with_capacity(2 * DIGEST_BYTES);
        for byte in digest.iter().take(DIGEST_BYTES) {
            text.extend([byte >> 4, byte & 15].into_iter().filter_map(|half| char::from_digit(half.into(), 16)));
        }
        Fingerprint { version: shape.version.clone(), digest: text }
    }
}

/// A shape as text with one reading only: a line a field, each part quoted or a word.
fn canonical<'l>(shape: &ObjectSpec, lines: &Lines<'_>, pin: impl Fn(usize) -> Option<&'l ObjectVersion>) -> String {
    let mut fields: Vec<(usize, (&FieldSpec, &Rc<str>))> = shape.fields.iter().zip(&lines.texts).enumerate().collect();
    fields.sort_by(|(_, (left, _)), (_, (right, _))| left.name.cmp(&right.name));
    let (name, namespace) = shape.called();
    let mut text = format!("{namespace:?} {:?} {}", name.as_str(), shape.version);
    text.reserve(lines.texts.iter().map(|line| line.len()).sum());
    for (index, (_, line)) in fields {
        text.push_str(line);
        if let Some(pin) = pin(index) {
            // Writing to a string cannot fail.
            let _ = write!(text, " pin={pin}");
        }
    }
    text
}

/// The lines of a shape's fields, each but for its pin. The shape of the next version has most of them too.
#[derive(Default)]
struct Lines<'l> {
    fields: &'l [FieldSpec],
    texts: Vec<Rc<str>>,
}

impl<'l> Lines<'l> {
    /// Those of the next version.
    fn next(&self, fields: &'l [FieldSpec]) -> Self {
        let texts = fields.iter().enumerate().map(|(place, field)| self.known(place, field).unwrap_or_else(|| line(field)));
        Self { fields, texts: texts.collect() }
    }

    /// The line of a field that is as it was. Most stand where they stood.
    fn known(&self, place: usize, field: &FieldSpec) -> Option<Rc<str>> {
        let is_same = |before: &FieldSpec| before.name == field.name && is_same(before, field);
        let place = if self.fields.get(place).is_some_and(is_same) { place } else { self.fields.iter().position(is_same)? };
        self.texts.get(place).cloned()
    }
}

fn line(field: &FieldSpec) -> Rc<str> {
    // Writing to a string cannot fail.
    let mut text = format!("\n{:?} ", field.name);
    write_field(field, &mut text);
    text.into()
}

/// A field whatever it is called: what a new object gets, how a text is shown and whether the field will go may change at any time,
/// and then is so for every version.
#[cfg(feature = "lock")]
pub(crate) fn field_words(field: &FieldSpec) -> String {
    let mut text = String::new();
    write_field(field, &mut text);
    text
}

/// Whether [`field_words`] are the same of both.
#[cfg(feature = "lock")]
pub(crate) fn has_words_of(field: &FieldSpec, other: &FieldSpec) -> bool {
    is_same(field, other) || field_words(field) == field_words(other)
}

/// Whether two fields are declared the same, as far as [`write_field`] tells them: then it need not write both.
fn is_same(field: &FieldSpec, other: &FieldSpec) -> bool {
    let FieldSpec { name: _, kind, nullable, read_only, server_set, limits, class, default: _, sensitive: _, deprecated: _ } = field;
    (nullable, read_only, server_set) == (&other.nullable, &other.read_only, &other.server_set)
        && *class == other.class
        && *kind == other.kind
        && *limits == other.limits
}

fn write_field(field: &FieldSpec, text: &mut String) {
    let FieldSpec { name: _, kind, nullable, read_only, server_set, limits, class, default: _, sensitive: _, deprecated: _ } = field;
    write_kind(kind, text);
    text.push_str(" [");
    write_limits(kind, limits, text);
    text.push(']');
    for (name, is_so) in [(" nullable=", nullable), (" read_only=", read_only), (" server_set=", server_set)] {
        text.push_str(name);
        text.push_str(if *is_so { "true" } else { "false" });
    }
    text.push(' ');
    text.push_str(class.as_str());
}

/// A kind, with all that is declared of it.
fn write_kind(kind: &FieldKind, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = match kind {
        FieldKind::Integer(width) => write!(text, "{}", width.as_str()),
        FieldKind::Enum(spec) if spec.is_machine() => write!(text, "machine {:?} {:?} {:?}", spec.name, spec.values, spec.followers),
        FieldKind::Enum(spec) => {
            // Their order means nothing, and is not known of a value that was taken away.
            let mut values = spec.values.clone();
            values.sort();
            write!(text, "enum {:?} {values:?}", spec.name)
        }
        FieldKind::IpAddress(family) | FieldKind::IpNetwork(family) => write!(text, "{} {family:?}", kind.as_str()),
        FieldKind::Object(child) => write!(text, "object {:?}", child.as_str()),
        FieldKind::Union(spec) => write!(text, "union {:?} {:?}", spec.name, spec.members),
        kind => match kind.element() {
            // As it was called when there were no other lists.
            Some(Element { kind: FieldKind::Object(child), .. }) if matches!(kind, FieldKind::List(_)) => {
                write!(text, "list of objects {:?}", child.as_str())
            }
            Some(element) => {
                text.push_str(kind.as_str());
                text.push_str(if element.nullable { " of nullable " } else { " of " });
                write_kind(&element.kind, text);
                Ok(())
            }
            None => {
                text.push_str(kind.as_str());
                Ok(())
            }
        },
    };
}

/// The limits that mean something for a kind.
fn write_limits(kind: &FieldKind, limits: &Limits, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = match kind {
        FieldKind::Integer(_) | FieldKind::Duration => write!(text, "{:?}..{:?}", limits.min, limits.max),
        FieldKind::Float => write!(text, "{:?}..{:?}", limits.min_float, limits.max_float),
        FieldKind::Text => {
            let _ = write!(text, "{:?} chars {} bytes", limits.chars(), limits.bytes());
            limits.pattern.iter().try_for_each(|pattern| write!(text, " like {pattern:?}"))
        }
        FieldKind::Bytes => write!(text, "{} bytes", limits.bytes()),
        FieldKind::Decimal => write!(text, "{:?} digits", limits.decimal()),
        FieldKind::List(element) | FieldKind::Set(element) => {
            write_items(&element.kind, limits, text);
            Ok(())
        }
        FieldKind::Map(element) => {
            write_items(&element.kind, limits, text);
            write!(text, " by {} bytes", limits.key_bytes())
        }
        _ => Ok(()),
    };
}

fn write_items(kind: &FieldKind, limits: &Limits, text: &mut String) {
    let _ = write!(text, "{} items", limits.items());
    let before = text.len();
    text.push_str(" of ");
    let inner = text.len();
    write_limits(kind, limits, text);
    if text.len() == inner {
        text.truncate(before);
    }
}
