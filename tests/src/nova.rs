//! Objects on the field tables of Nova, with the histories that its recorded messages show.
//!
//! A field is there since the first version at which a message has it. Versions that changed methods, texts or the objects inside
//! have no op. The objects of the actions of a server are those of the example.
#![allow(clippy::duplicated_attributes, reason = "two added fields may have the same default")]
#![allow(missing_docs, reason = "the fields and texts are those of the reference, and called as they are there")]

mod aggregate;
mod block_device;
mod compute_node;
mod flavor;
mod hv_spec;
mod key_pair;
mod migration;
mod pci_device_pool;
mod service;

pub use aggregate::{Aggregate, AggregateDraft};
pub use block_device::{BlockDeviceMapping, BlockDeviceMappingDraft, DestinationType, DeviceType, EncryptionFormat, SourceType};
pub use compute_node::{ComputeNode, ComputeNodeDraft};
pub use flavor::{Flavor, FlavorDraft};
pub use hv_spec::{Architecture, HVSpec, HVSpecDraft, HvType, VmMode};
pub use key_pair::{KeyPair, KeyPairDraft};
pub use migration::{Migration, MigrationDraft, MigrationType};
pub use pci_device_pool::{PciDevicePool, PciDevicePoolDraft, PciDevicePoolList, PciDevicePoolListDraft};
pub use service::{Service, ServiceDraft};
