//! Versioned objects on the wire: the reference's envelope in JSON or MessagePack, at any known version, in and out.
//!
//! ```json
//! {"versioned_object.name": "Server", "versioned_object.namespace": "demo", "versioned_object.version": "1.1",
//!  "versioned_object.data": {"name": "db-1", "note": null}, "versioned_object.changes": ["note"]}
//! ```
//!
//! An object inside an object is an envelope in its `data`. Between nodes of one service two keys may
//! follow: `carry`, what an older version could not say, and `revision`, that of the object's row.
//!
//! Not here: rows, transports, anything asynchronous. No type of this crate names a database.
//!
//! | module | what it holds |
//! |---|---|
//! | [`codec`](Codec) | encoding and decoding, typed through [`Encode`] and [`Decode`], or by records |
//! | [`form`](Form) | who is to read a message, named at each call |
//! | [`profile`](Profile) | prefix, precision of times, and whether our own keys are written |
//! | [`limits`](Limits) | what untrusted input may ask of us, checked before a value is built |
//! | [`error`](Error) | what was wrong with a message, and where; never the value |

mod codec;
mod decode;
mod direct;
mod encode;
mod error;
mod form;
mod format;
mod limits;
mod profile;
mod scan;
mod sink;
mod slot;
mod source;
mod text;
mod typed;
mod types;
mod write;

pub use codec::{Codec, from_json, from_msgpack, to_json, to_msgpack};
pub use error::{Error, Limit, Malformation};
pub use form::{Form, Target};
pub use limits::Limits;
pub use profile::Profile;
#[doc(hidden)]
pub use typed::private as __private;
pub use typed::{Decode, Encode};
