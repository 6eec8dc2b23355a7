//! The derives of `recension`: `VersionedObject`, `FieldEnum`, `ObjectUnion` and `Persist`.
//!
//! Each goes through four stages, a file or folder each: the attributes are *parsed* into a *model*, the
//! model is *checked*, and what is left to do is written down in *expand*, which decides nothing. Errors
//! are collected and reported together, each at the token at fault; the code is emitted all the same, so
//! that one mistake does not show up as twenty. Everything that can be an ordinary function is one, in the
//! crates that the generated code calls.

mod arg;
mod errors;
mod expand;
mod field_enum;
mod object;
mod object_union;
mod persist;
mod rust_type;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a struct an object: its draft, its fields' specification and its history.
#[doc = include_str!("../docs/versioned_object.md")]
#[proc_macro_derive(VersionedObject, attributes(object, version, field))]
pub fn versioned_object(input: TokenStream) -> TokenStream {
    object::derive(input.into()).into()
}

/// Makes an enum a type that fields can have.
#[doc = include_str!("../docs/field_enum.md")]
#[proc_macro_derive(FieldEnum, attributes(field_enum))]
pub fn field_enum(input: TokenStream) -> TokenStream {
    field_enum::derive(input.into()).into()
}

/// Makes an enum of objects a type that fields can have: one of several objects, told apart by their names.
#[doc = include_str!("../docs/object_union.md")]
#[proc_macro_derive(ObjectUnion, attributes(object_union))]
pub fn object_union(input: TokenStream) -> TokenStream {
    object_union::derive(input.into()).into()
}

/// Gives an object a table.
#[doc = include_str!("../docs/persist.md")]
#[proc_macro_derive(Persist, attributes(persist))]
pub fn persist(input: TokenStream) -> TokenStream {
    persist::derive(input.into()).into()
}
