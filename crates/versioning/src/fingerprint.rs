//! A digest of one version's shape.

use std::fmt::{self, Write};

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
        let shape = self.shape(version)?;
        let digest = Sha256::digest(canonical(self, shape).as_bytes());
        let digest = digest.iter().take(DIGEST_BYTES).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(Fingerprint { version: shape.version.clone(), digest })
    }
}

/// A shape as text with one reading only: a line a field, each part quoted or a word.
fn canonical(lineage: &Lineage, shape: &ObjectSpec) -> String {
    let mut fields: Vec<&FieldSpec> = shape.fields.iter().collect();
    fields.sort_by(|left, right| left.name.cmp(&right.name));
    let (name, namespace) = shape.called();
    let head = format!("{namespace:?} {:?} {}", name.as_str(), shape.version);
    let lines = fields.into_iter().map(|field| {
        let pin = lineage.pin(&shape.version, &field.name).map(|pin| format!(" pin={pin}")).unwrap_or_default();
        format!("\n{:?} {}{pin}", field.name, field_words(field))
    });
    head + &lines.collect::<String>()
}

/// A field whatever it is called: what a new object gets, how a text is shown and whether the field will go may change at any time,
/// and then is so for every version.
pub(crate) fn field_words(field: &FieldSpec) -> String {
    let FieldSpec { name: _, kind, nullable, read_only, server_set, limits, class, default: _, sensitive: _, deprecated: _ } = field;
    let (kind, limits) = (kind_words(kind), limit_words(kind, limits));
    format!("{kind} [{limits}] nullable={nullable} read_only={read_only} server_set={server_set} {class}")
}

/// A kind, with all that is declared of it.
fn kind_words(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Integer(width) => width.as_str().to_owned(),
        FieldKind::Enum(spec) if spec.is_machine() => format!("machine {:?} {:?} {:?}", spec.name, spec.values, spec.followers),
        FieldKind::Enum(spec) => {
            // Their order means nothing, and is not known of a value that was taken away.
            let mut values = spec.values.clone();
            values.sort();
            format!("enum {:?} {values:?}", spec.name)
        }
        FieldKind::IpAddress(family) | FieldKind::IpNetwork(family) => format!("{} {family:?}", kind.as_str()),
        FieldKind::Object(child) => format!("object {:?}", child.as_str()),
        FieldKind::Union(spec) => format!("union {:?} {:?}", spec.name, spec.members),
        kind => match kind.element() {
            // As it was called when there were no other lists.
            Some(Element { kind: FieldKind::Object(child), .. }) if matches!(kind, FieldKind::List(_)) => {
                format!("list of objects {:?}", child.as_str())
            }
            Some(element) => {
                let nullable = if element.nullable { "nullable " } else { "" };
                format!("{} of {nullable}{}", kind.as_str(), kind_words(&element.kind))
            }
            None => kind.as_str().to_owned(),
        },
    }
}

/// The limits that mean something for a kind.
fn limit_words(kind: &FieldKind, limits: &Limits) -> String {
    let items = |kind: &FieldKind| match limit_words(kind, limits) {
        inner if inner.is_empty() => format!("{} items", limits.items()),
        inner => format!("{} items of {inner}", limits.items()),
    };
    match kind {
        FieldKind::Integer(_) | FieldKind::Duration => format!("{:?}..{:?}", limits.min, limits.max),
        FieldKind::Float => format!("{:?}..{:?}", limits.min_float, limits.max_float),
        FieldKind::Text => {
            let pattern = limits.pattern.as_ref().map(|pattern| format!(" like {pattern:?}")).unwrap_or_default();
            format!("{:?} chars {} bytes{pattern}", limits.chars(), limits.bytes())
        }
        FieldKind::Bytes => format!("{} bytes", limits.bytes()),
        FieldKind::Decimal => format!("{:?} digits", limits.decimal()),
        FieldKind::List(element) | FieldKind::Set(element) => items(&element.kind),
        FieldKind::Map(element) => format!("{} by {} bytes", items(&element.kind), limits.key_bytes()),
        _ => String::new(),
    }
}
