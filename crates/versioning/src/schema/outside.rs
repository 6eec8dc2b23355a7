//! What readers outside of the service are given: components of an OpenAPI document, and versions to compare.

use recension_model::Classes;
use serde_json::{Value as Json, json};

use super::document::{Document, Keywords};
use super::{SchemaForm, SchemaOptions, VersionSchemas};
use crate::{Error, Registry};

impl Registry {
    /// An OpenAPI 3.1 document that has every version of every object as a component, `Server-1.0` for a message and
    /// `Server-1.0-data` for the fields alone, with no paths: for the document of a service to refer to.
    ///
    /// # Errors
    /// As [`schema`](Self::schema).
    pub fn openapi(&self, title: &str, version: &str, options: &SchemaOptions) -> Result<Json, Error> {
        let mut document = Document::new(self, options, "#/components/schemas", Keywords::new());
        for lineage in self.lineages() {
            for shape in lineage.shapes() {
                document.component(lineage, shape);
            }
        }
        document.settle()?;
        Ok(json!({
            "openapi": "3.1.0",
            "info": { "title": title, "version": version },
            "components": { "schemas": document.into_definitions() },
        }))
    }

    /// What each version of an object is to somebody outside the service who is shown fields of these classes, oldest
    /// first: the fields alone, since each envelope names its own version.
    ///
    /// Who writes an object gives what the version requires and nothing that it has not. Who reads one counts on what the version
    /// requires and passes over what it does not know. So an optional field may come and go, and a required one may not.
    /// (What our own decoder takes is more: see [`SchemaOptions::read`].)
    ///
    /// # Errors
    /// As [`schema`](Self::schema).
    pub fn outside(&self, object: &str, classes: Classes) -> Result<Vec<VersionSchemas>, Error> {
        let options = SchemaOptions::write(SchemaForm::Data).disclosed(classes);
        let open = options.clone().ignoring_unknown();
        let one = |version| {
            let write = self.schema(object, version, &options)?.into();
            let read = self.schema(object, version, &open)?.into();
            Ok(VersionSchemas { name: format!("{object}@{version}"), write, read })
        };
        self.lineage(object)?.shapes().iter().map(|shape| one(&shape.version)).collect()
    }
}
