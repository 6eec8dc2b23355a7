//! Which version of each object a peer reads.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use recension_model::{ObjectName, ObjectVersion};

/// Which version of each object a peer reads. Sent with a request, so that a whole tree of objects is
/// converted at once.
///
/// ```
/// use recension_versioning::Manifest;
/// let manifest: Manifest = "InstanceActionEvent=1.3,InstanceAction=1.2".parse()?;
/// assert_eq!(manifest.version("InstanceActionEvent").unwrap().to_string(), "1.3");
/// assert!(manifest.version("Server").is_none());
/// # Ok::<(), recension_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    versions: BTreeMap<ObjectName, ObjectVersion>,
}

impl Manifest {
    /// Says that the peer reads `object` at `version`.
    #[must_use]
    pub fn with(mut self, object: impl Into<ObjectName>, version: ObjectVersion) -> Self {
        self.versions.insert(object.into(), version);
        self
    }

    /// The version of `object` that the peer reads, if it says.
    #[must_use]
    pub fn version(&self, object: &str) -> Option<&ObjectVersion> {
        self.versions.get(object)
    }

    /// Every object and its version, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectName, &ObjectVersion)> {
        self.versions.iter()
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }
}

impl FromStr for Manifest {
    type Err = recension_model::Error;

    /// Reads `Name=1.3,Other=1.0`, with blanks around names and versions; nothing at all is an empty manifest.
    ///
    /// # Errors
    /// [`MalformedVersion`](recension_model::Error::MalformedVersion) when an entry has no version or a malformed one,
    /// [`MalformedManifest`](recension_model::Error::MalformedManifest) when it has no name, or one that was given before.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut manifest = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (name, version) = entry.split_once('=').ok_or(recension_model::Error::MalformedVersion)?;
            let (name, version) = (name.trim_end(), version.trim_start().parse()?);
            if name.is_empty() || manifest.versions.insert(name.into(), version).is_some() {
                return Err(recension_model::Error::MalformedManifest);
            }
        }
        Ok(manifest)
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, version)) in self.versions.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{name}={version}")?;
        }
        Ok(())
    }
}
