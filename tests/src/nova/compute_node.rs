//! Hosts of servers.

use std::collections::BTreeMap;
use std::net::IpAddr;

use recension::{Timestamp, VersionedObject};
use uuid::Uuid;

use super::{HVSpec, PciDevicePoolList};

/// A host on which servers run, and what is left of it.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "its fields stayed as they were")]
#[version("1.3", "figures without a column of their own", add(stats))]
#[version("1.4", "its address", add(host_ip))]
#[version("1.5", "its NUMA cells", add(numa_topology))]
#[version("1.6", "what it can run", add(supported_hv_specs, old_default = []))]
#[version("1.7", "its name", add(host))]
#[version("1.8", "its fields stayed as they were")]
#[version("1.9", "devices that can be given away", add(pci_device_pools))]
#[version("1.10", "its fields stayed as they were")]
#[version("1.11", "its fields stayed as they were")]
#[version("1.12", "its fields stayed as they were")]
#[version("1.13", "its fields stayed as they were")]
#[version(
    "1.14",
    "how far it may be overbooked",
    add(cpu_allocation_ratio, old_default = 0.0),
    add(ram_allocation_ratio, old_default = 0.0)
)]
#[version("1.15", "a name that is unique everywhere", add(uuid, old_default = "00000000-0000-0000-0000-000000000000"))]
#[version("1.16", "how far its disks may be overbooked", add(disk_allocation_ratio, old_default = 0.0))]
#[version("1.17", "whether its cell knows it", add(mapped, old_default = 0))]
#[version("1.18", "its fields stayed as they were")]
#[version("1.19", "its fields stayed as they were")]
pub struct ComputeNode {
    #[field(read_only)]
    pub id: i64,
    #[field(read_only)]
    pub uuid: Uuid,
    pub service_id: Option<i64>,
    pub host: Option<String>,
    pub vcpus: i64,
    pub memory_mb: i64,
    pub local_gb: i64,
    pub vcpus_used: i64,
    pub memory_mb_used: i64,
    pub local_gb_used: i64,
    pub hypervisor_type: String,
    pub hypervisor_version: i64,
    pub hypervisor_hostname: Option<String>,
    pub free_ram_mb: Option<i64>,
    pub free_disk_gb: Option<i64>,
    pub current_workload: Option<i64>,
    pub running_vms: Option<i64>,
    #[field(max_bytes = 65_535)]
    pub cpu_info: Option<String>,
    pub disk_available_least: Option<i64>,
    #[field(max_bytes = 65_535)]
    pub metrics: Option<String>,
    pub stats: Option<BTreeMap<String, Option<String>>>,
    pub host_ip: Option<IpAddr>,
    #[field(max_bytes = 65_535)]
    pub numa_topology: Option<String>,
    pub supported_hv_specs: Vec<HVSpec>,
    pub pci_device_pools: Option<PciDevicePoolList>,
    pub cpu_allocation_ratio: f64,
    pub ram_allocation_ratio: f64,
    pub disk_allocation_ratio: f64,
    pub mapped: i64,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}
