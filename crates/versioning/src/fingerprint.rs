//! A digest of one version's shape.

use std::fmt::{self, Write};

use recension_model::{FieldKind, FieldSpec, ObjectSpec, ObjectVersion};
use sha2::{Digest, Sha256};

use crate::{Error, Lineage};

/// A digest of what one version of an object looks like. Kept beside the code, it turns a change of shape
/// without a new version into a failing test.
///
/// It covers object, namespace, version, and of each field (in order of name) its name, kind, limits,
/// nullability, class, who sets it, and the version that the objects in it are pinned to. It does not cover
/// the order of fields, behaviours or documentation.
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
    let head = format!("{:?} {:?} {}", shape.namespace, shape.name.as_str(), shape.version);
    let lines = fields.into_iter().map(|field| {
        let FieldSpec { name, kind, nullable, read_only, server_set, limits, class } = field;
        let (chars, bytes, items) = (limits.chars(), limits.bytes(), limits.items());
        let limits = match kind {
            FieldKind::Integer(_) => format!("{:?}..{:?}", limits.min, limits.max),
            FieldKind::Text => format!("{chars:?} chars {bytes} bytes"),
            FieldKind::ListOfObjects(_) => format!("{items} items"),
            _ => String::new(),
        };
        let kind = match kind {
            FieldKind::Integer(width) => width.as_str().to_owned(),
            FieldKind::Enum(spec) => format!("enum {:?} {:?}", spec.name, spec.values),
            kind => kind.child().map_or_else(|| kind.as_str().to_owned(), |child| format!("{} {:?}", kind.as_str(), child.as_str())),
        };
        let pin = lineage.pin(&shape.version, name).map(|pin| format!(" pin={pin}")).unwrap_or_default();
        format!("\n{name:?} {kind} [{limits}] nullable={nullable} read_only={read_only} server_set={server_set} {class}{pin}")
    });
    head + &lines.collect::<String>()
}
