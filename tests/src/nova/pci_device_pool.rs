//! Devices on the PCI bus, counted by what they are.

use std::collections::BTreeMap;

use recension::VersionedObject;

/// Devices of a host that are alike.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "the NUMA cell to which they are near", add(numa_node))]
pub struct PciDevicePool {
    pub product_id: String,
    pub vendor_id: String,
    pub numa_node: Option<i64>,
    pub tags: BTreeMap<String, Option<String>>,
    pub count: i64,
}

/// The pools of a host.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its pools know their NUMA cell")]
pub struct PciDevicePoolList {
    pub objects: Vec<PciDevicePool>,
}
