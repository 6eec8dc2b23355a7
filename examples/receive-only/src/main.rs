//! A service that only receives objects. It needs no database, and compiles none: see `Cargo.toml`.

use std::io::{self, Write};

use recension::prelude::*;
use recension::wire;

/// A measurement, as three releases of the sensors have known it.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "weather", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "the sensor is named, not numbered", remove(sensor_number: i32, fallback = 0), add(sensor, old_default = "unknown"))]
#[version("1.2", "what was measured has a name of its own", rename(value => celsius_tenths))]
pub struct Measurement {
    /// Which sensor measured.
    pub sensor: String,
    /// Tenths of a degree.
    #[field(min = -1000, max = 1000)]
    pub celsius_tenths: i32,
    /// When.
    pub taken_at: Timestamp,
}

/// A message of a node that was not upgraded yet.
const FROM_AN_OLDER_NODE: &[u8] = br#"{
    "versioned_object.name": "Measurement",
    "versioned_object.namespace": "weather",
    "versioned_object.version": "1.0",
    "versioned_object.data": {"sensor_number": 7, "value": 215, "taken_at": "2024-03-01T10:00:00Z"}
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let measurement: Measurement = wire::from_json(FROM_AN_OLDER_NODE)?;
    writeln!(io::stdout(), "{measurement:?}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_an_older_node_is_upgraded() {
        let measurement: Measurement = wire::from_json(FROM_AN_OLDER_NODE).unwrap();
        let taken_at = Timestamp::parse("2024-03-01T10:00:00Z").unwrap();
        assert!(measurement == Measurement { sensor: "unknown".to_owned(), celsius_tenths: 215, taken_at });
    }
}
