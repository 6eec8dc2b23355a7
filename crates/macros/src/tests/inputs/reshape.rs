//! Every op on a field that stays, and a behaviour.
use recension::{Misfit, VersionedObject};

/// A disk.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "volumes are disks", child(backing: "1.0" => "1.2"), behaviour(counts_attempts))]
#[version("1.2", "sizes are bytes", retype(size: Option<String> -> Option<u64>, up = parse_size, down = units::print_size, max_chars = 16))]
#[version("1.3", "every disk has a size; a zone may be unknown", require(size, fill = 0), relax(zone, fallback = "nova"))]
pub struct Disk {
    /// How big it is.
    #[field(read_only)]
    pub size: u64,
    /// Where it is.
    pub zone: Option<String>,
    /// What is in it.
    pub backing: Volume,
}

/// A volume.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.2", "a label", add(label))]
pub struct Volume {
    /// What is written on it.
    pub label: Option<String>,
}

fn parse_size(size: &str) -> Result<u64, Misfit> {
    size.parse().map_err(|_| Misfit::new("is no number of bytes"))
}

mod units {
    use recension::Misfit;

    pub(super) fn print_size(size: &u64) -> Result<String, Misfit> {
        Ok(size.to_string())
    }
}
