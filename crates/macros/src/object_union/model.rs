//! What the attributes of a union say, read once.

use syn::{Ident, Path, Type, Visibility};

/// A union as it is declared.
#[derive(Debug)]
pub(crate) struct ObjectUnion {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Where the facade crate is.
    pub(crate) facade: Path,
    pub(crate) name: String,
    /// The members in declared order: variant and object.
    pub(crate) members: Vec<(Ident, Type)>,
}
