//! Changes that code asks for by name, never by version.

use std::fmt;
use std::marker::PhantomData;

use recension_model::{Escaped, Object, ObjectName, ObjectVersion, Op, Release};

use crate::{Error, Lineage, Manifest};

/// A named change of what code does: whether it is active for an object, or for a peer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate<'h> {
    object: &'h ObjectName,
    releases: &'h [Release],
    since: &'h ObjectVersion,
}

impl<'h> Gate<'h> {
    /// The version that made the change.
    #[must_use]
    pub const fn since(&self) -> &'h ObjectVersion {
        self.since
    }

    /// Whether the change is active for an object of this version.
    #[must_use]
    pub fn is_active_at(&self, version: &ObjectVersion) -> bool {
        *version >= *self.since
    }

    /// Whether the change is active for a peer with this manifest, which may name the object as it was called before. A peer that
    /// does not name it is taken to be as this program is, so for it the change is active.
    #[must_use]
    pub fn is_active(&self, peer: &Manifest) -> bool {
        let former = self.releases.iter().flat_map(|release| &release.ops).filter_map(|op| match op {
            Op::RenameObject { from, .. } => Some(from),
            _ => None,
        });
        let named = std::iter::once(self.object).chain(former).find_map(|name| peer.version(name.as_str()));
        named.is_none_or(|version| self.is_active_at(version))
    }
}

/// A named change of what code does with a `T`: the derive makes a constant of each `behaviour(name)` in the
/// history, as `T::COUNTS_ATTEMPTS` of `behaviour(counts_attempts)`. Code that asks it says what it means;
/// code that compares versions says only when that was.
pub struct Behaviour<T> {
    name: &'static str,
    object: PhantomData<fn() -> T>,
}

impl<T: Object> Behaviour<T> {
    /// What the derive calls with a name of the history.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared(name: &'static str) -> Self {
        Self { name, object: PhantomData }
    }

    /// Its name in the history.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the change is active for an object of this version.
    #[must_use]
    pub fn is_active_at(&self, version: &ObjectVersion) -> bool {
        Self::gate(self.name).is_some_and(|gate| gate.is_active_at(version))
    }

    /// Whether the change is active for a peer with this manifest. A peer that does not name the object is
    /// taken to be as this program is, so for it the change is active.
    #[must_use]
    pub fn is_active(&self, peer: &Manifest) -> bool {
        Self::gate(self.name).is_some_and(|gate| gate.is_active(peer))
    }

    fn gate(name: &str) -> Option<Gate<'static>> {
        let declaration = T::declaration();
        find(&declaration.head.name, &declaration.releases, name)
    }
}

impl<T> Clone for Behaviour<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Behaviour<T> {}

impl<T> fmt::Debug for Behaviour<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Behaviour").field(&self.name).finish()
    }
}

impl Lineage {
    /// The change of behaviour called `name`.
    ///
    /// # Errors
    /// [`Error::UnknownBehaviour`] when the history has none of that name.
    pub fn behaviour(&self, name: &str) -> Result<Gate<'_>, Error> {
        let object = &self.head().name;
        find(object, self.releases(), name).ok_or_else(|| Error::UnknownBehaviour {
            object: object.clone(),
            name: Escaped(&name.chars().take(64).collect::<String>()).to_string(),
        })
    }
}

fn find<'h>(object: &'h ObjectName, releases: &'h [Release], name: &str) -> Option<Gate<'h>> {
    let made = |release: &Release| release.ops.iter().any(|op| matches!(op, Op::Behaviour { name: made } if **made == *name));
    let since = &releases.iter().find(|release| made(release))?.version;
    Some(Gate { object, releases, since })
}
