//! Our exports for readers of draft-07.

use serde_json::{Map, Value as Json};

/// Keywords that hold one schema.
const ONE: [&str; 5] = ["items", "additionalProperties", "propertyNames", "not", "contains"];
/// Keywords that hold a list of schemas.
const LIST: [&str; 3] = ["oneOf", "anyOf", "allOf"];
/// Keywords that hold schemas by name.
const NAMED: [&str; 3] = ["properties", "patternProperties", "$defs"];

/// A schema that [`Registry::schema`](crate::Registry::schema) made, in draft-07 with the same meaning: `$defs` are
/// `definitions`, and what stands beside a reference, which a reader of draft-07 passes over, stands around it.
///
/// For our own exports: other schemas may have keywords that draft-07 has no words for.
#[must_use]
pub fn draft07(schema: &Json) -> Json {
    let mut schema = converted(schema);
    if let Json::Object(root) = &mut schema
        && root.contains_key("$schema")
    {
        root.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    }
    schema
}

fn converted(schema: &Json) -> Json {
    let Json::Object(keywords) = schema else { return schema.clone() };
    let mut made = Map::new();
    for (keyword, value) in keywords {
        let (keyword, value) = match (keyword.as_str(), value) {
            ("$ref", Json::String(reference)) => ("$ref", reference.replacen("#/$defs/", "#/definitions/", 1).into()),
            (keyword, Json::Object(schemas)) if NAMED.contains(&keyword) => {
                let schemas = schemas.iter().map(|(name, schema)| (name.clone(), converted(schema)));
                (if keyword == "$defs" { "definitions" } else { keyword }, Json::Object(schemas.collect()))
            }
            (keyword, Json::Array(schemas)) if LIST.contains(&keyword) => (keyword, schemas.iter().map(converted).collect()),
            (keyword, schema) if ONE.contains(&keyword) => (keyword, converted(schema)),
            (keyword, value) => (keyword, value.clone()),
        };
        made.insert(keyword.to_owned(), value);
    }
    // The root may have its definitions beside it: a reader looks them up there, whatever it does with the rest.
    let alone = made.keys().all(|keyword| ["$ref", "$schema", "definitions"].contains(&keyword.as_str()));
    match made.remove("$ref") {
        Some(reference) if alone => {
            made.insert("$ref".to_owned(), reference);
        }
        Some(reference) => {
            let mut all = vec![Json::Object(Map::from_iter([("$ref".to_owned(), reference)]))];
            if let Some(Json::Array(more)) = made.remove("allOf") {
                all.extend(more);
            }
            made.insert("allOf".to_owned(), all.into());
        }
        None => {}
    }
    Json::Object(made)
}
