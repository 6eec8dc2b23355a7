//! Typed objects in the schemas of a user's own types.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::generate::Contract;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value as Json;

use super::document::{Document, keywords};
use super::{SchemaForm, SchemaOptions};
use crate::{Error, VersionedObject};

/// The prefix of envelopes where nothing else is said.
const PREFIX: &str = "versioned_object";

/// The schema of an object as a typed message has it, with its definitions among those of the generator: the
/// newest version to be written, any to be read. What the derive of an object implements [`JsonSchema`] with.
#[doc(hidden)]
pub fn typed_schema<T: VersionedObject>(generator: &mut SchemaGenerator) -> Schema {
    schema::<T>(generator, SchemaForm::envelope(PREFIX))
}

/// Stands for the fields of an object without an envelope, at its newest version: `#[schemars(with = "BareData<Server>")]`.
#[derive(Debug)]
pub struct BareData<T>(PhantomData<T>);

impl<T: VersionedObject> JsonSchema for BareData<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Data", T::NAME).into()
    }

    fn schema_id() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema::<T>(generator, SchemaForm::Data)
    }
}

fn schema<T: VersionedObject>(generator: &mut SchemaGenerator, form: SchemaForm) -> Schema {
    let options = match generator.contract() {
        Contract::Serialize => SchemaOptions::write(form),
        _ => SchemaOptions::read(form),
    };
    // There is no way to give an error back. A schema that takes nothing cannot be mistaken for the object's.
    make::<T>(generator, &options).unwrap_or_else(|error| {
        let refused = keywords([("not", Json::Object(keywords([]))), ("$comment", error.to_string().into())]);
        refused.into()
    })
}

fn make<T: VersionedObject>(generator: &mut SchemaGenerator, options: &SchemaOptions) -> Result<Schema, Error> {
    let registry = T::registry().map_err(Clone::clone)?;
    let lineage = registry.lineage(T::NAME)?;
    let path = &generator.settings().definitions_path;
    let place = format!("#{}", path.trim_start_matches('#').trim_end_matches('/'));
    let definitions = std::mem::take(generator.definitions_mut());
    let mut document = Document::new(registry, options, &place, definitions);
    let made = document.of_type(lineage).and_then(|made| document.settle().map(|()| made));
    *generator.definitions_mut() = document.into_definitions();
    Ok(made?.into())
}

/// Makes an object a type that has a schema; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_schema {
    ($object:ty) => {
        impl $crate::schemars::JsonSchema for $object {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(<Self as $crate::__model::Object>::NAME)
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::any::type_name::<Self>())
            }

            fn json_schema(generator: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::typed_schema::<Self>(generator)
            }
        }
    };
}
