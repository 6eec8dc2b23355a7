//! Messages with one field, in both formats.

use recension::Object;
use serde_json::Value as Json;

/// The envelope of an object in JSON.
pub(crate) fn envelope(name: &str, version: &str, data: &str) -> String {
    format!(
        r#"{{"versioned_object.name":"{name}","versioned_object.namespace":"sample","versioned_object.version":"{version}","versioned_object.data":{data}}}"#
    )
}

/// A message in JSON with one field, whose value is written so.
pub(crate) fn json<T: Object>(field: &str, value: &str) -> Vec<u8> {
    envelope(T::NAME, &T::declaration().head.version.to_string(), &format!(r#"{{"{field}":{value}}}"#)).into_bytes()
}

/// A message in MessagePack with one field.
pub(crate) fn msgpack<T: Object>(field: &str, value: &Json) -> Vec<u8> {
    raw_msgpack::<T>(field, &packed(value))
}

/// A message in MessagePack with one field, whose value is these bytes.
pub(crate) fn raw_msgpack<T: Object>(field: &str, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    rmp::encode::write_map_len(&mut out, 4).unwrap();
    let version = T::declaration().head.version.to_string();
    for (key, text) in [("name", T::NAME), ("namespace", "sample"), ("version", &version)] {
        rmp::encode::write_str(&mut out, &format!("versioned_object.{key}")).unwrap();
        rmp::encode::write_str(&mut out, text).unwrap();
    }
    rmp::encode::write_str(&mut out, "versioned_object.data").unwrap();
    rmp::encode::write_map_len(&mut out, 1).unwrap();
    rmp::encode::write_str(&mut out, field).unwrap();
    out.extend_from_slice(value);
    out
}

/// A value in MessagePack.
pub(crate) fn packed(value: &Json) -> Vec<u8> {
    let mut out = Vec::new();
    pack(value, &mut out);
    out
}

fn pack(value: &Json, out: &mut Vec<u8>) {
    let length = |len: usize| u32::try_from(len).unwrap();
    match value {
        Json::Null => rmp::encode::write_nil(out).unwrap(),
        Json::Bool(value) => rmp::encode::write_bool(out, *value).unwrap(),
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => _ = rmp::encode::write_uint(out, number).unwrap(),
            (_, Some(number)) => _ = rmp::encode::write_sint(out, number).unwrap(),
            _ => rmp::encode::write_f64(out, number.as_f64().unwrap()).unwrap(),
        },
        Json::String(text) => rmp::encode::write_str(out, text).unwrap(),
        Json::Array(items) => {
            _ = rmp::encode::write_array_len(out, length(items.len())).unwrap();
            items.iter().for_each(|item| pack(item, out));
        }
        Json::Object(entries) => {
            _ = rmp::encode::write_map_len(out, length(entries.len())).unwrap();
            for (key, item) in entries {
                rmp::encode::write_str(out, key).unwrap();
                pack(item, out);
            }
        }
    }
}
