//! Instances that are too large to be shown: they are described, and what is described proves the verdict.

use recension_versioning::{Verdict, Witness, compare};
use serde_json::{Map, Value as Json, json};

/// The instance, put together after its description by the notation that `Witness` documents.
pub(super) fn written_out(witness: &Witness) -> Json {
    let described = match witness {
        Witness::Instance(instance) => return instance.clone(),
        Witness::Described(described) => described,
        other => panic!("{other:?}"),
    };
    let parts = described["values"].as_array().unwrap();
    let mut values: Vec<Json> = Vec::new();
    for part in parts {
        let at = |place: &Json| values[usize::try_from(place.as_u64().unwrap()).unwrap()].clone();
        let times = |count: &Json| usize::try_from(count.as_u64().unwrap()).unwrap();
        let part = part.as_object().unwrap();
        let value = if let Some(value) = part.get("is") {
            value.clone()
        } else if let Some(runs) = part.get("text") {
            runs.as_array().unwrap().iter().map(|run| run[0].as_str().unwrap().repeat(times(&run[1]))).collect::<String>().into()
        } else if let Some(runs) = part.get("items") {
            runs.as_array().unwrap().iter().flat_map(|run| vec![at(&run[0]); times(&run[1])]).collect()
        } else {
            let mut map: Map<String, Json> =
                part["properties"].as_object().unwrap().iter().map(|(name, place)| (name.clone(), at(place))).collect();
            if let Some(more) = part.get("more") {
                let from = times(&more["from"]);
                map.extend((from..from + times(&more["count"])).map(|number| (format!("other{number}"), at(&more["is"]))));
            }
            Json::Object(map)
        };
        values.push(value);
    }
    values.pop().unwrap()
}
