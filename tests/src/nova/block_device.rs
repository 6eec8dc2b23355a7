//! Disks of servers. The server itself, which no recorded case has, is left out.

use recension::{FieldEnum, Timestamp, VersionedObject};
use uuid::Uuid;

/// A disk of a server.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "its fields stayed as they were")]
#[version("1.3", "its fields stayed as they were")]
#[version("1.4", "its fields stayed as they were")]
#[version("1.5", "its fields stayed as they were")]
#[version("1.6", "its fields stayed as they were")]
#[version("1.7", "its fields stayed as they were")]
#[version("1.8", "its fields stayed as they were")]
#[version("1.9", "its fields stayed as they were")]
#[version("1.10", "its fields stayed as they were")]
#[version("1.11", "its fields stayed as they were")]
#[version("1.12", "its fields stayed as they were")]
#[version("1.13", "its fields stayed as they were")]
#[version("1.14", "its fields stayed as they were")]
#[version("1.15", "its fields stayed as they were")]
#[version("1.16", "its fields stayed as they were")]
#[version("1.17", "a label for the server to find it by", add(tag))]
#[version("1.18", "how it is attached", add(attachment_id))]
#[version("1.19", "a name that is unique everywhere", add(uuid, old_default = "00000000-0000-0000-0000-000000000000"))]
#[version("1.20", "what kind of volume to make", add(volume_type))]
#[version(
    "1.21",
    "whether and how it is encrypted",
    add(encryption_secret_uuid),
    add(encryption_format),
    add(encryption_options),
    add(encrypted, old_default = false)
)]
pub struct BlockDeviceMapping {
    pub id: i64,
    pub uuid: Uuid,
    pub instance_uuid: Uuid,
    pub source_type: Option<SourceType>,
    pub destination_type: Option<DestinationType>,
    pub guest_format: Option<String>,
    pub device_type: Option<DeviceType>,
    pub disk_bus: Option<String>,
    pub boot_index: Option<i64>,
    pub device_name: Option<String>,
    #[field(default = false)]
    pub delete_on_termination: bool,
    pub snapshot_id: Option<String>,
    pub volume_id: Option<String>,
    pub volume_size: Option<i64>,
    pub image_id: Option<String>,
    #[field(default = false)]
    pub no_device: bool,
    #[field(max_bytes = 65_535, sensitive)]
    pub connection_info: Option<String>,
    pub tag: Option<String>,
    pub attachment_id: Option<Uuid>,
    pub volume_type: Option<String>,
    #[field(default = false)]
    pub encrypted: bool,
    pub encryption_secret_uuid: Option<Uuid>,
    pub encryption_format: Option<EncryptionFormat>,
    #[field(max_bytes = 65_535)]
    pub encryption_options: Option<String>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    #[field(default = false)]
    pub deleted: bool,
}

/// One of the texts of the enumeration `BlockDeviceSourceType` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "BlockDeviceSourceType")]
pub enum SourceType {
    #[field_enum(value = "blank")]
    Blank,
    #[field_enum(value = "image")]
    Image,
    #[field_enum(value = "snapshot")]
    Snapshot,
    #[field_enum(value = "volume")]
    Volume,
    #[field_enum(unknown)]
    Unknown(String),
}

/// One of the texts of the enumeration `BlockDeviceDestinationType` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "BlockDeviceDestinationType")]
pub enum DestinationType {
    #[field_enum(value = "local")]
    Local,
    #[field_enum(value = "volume")]
    Volume,
    #[field_enum(unknown)]
    Unknown(String),
}

/// One of the texts of the enumeration `BlockDeviceType` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "BlockDeviceType")]
pub enum DeviceType {
    #[field_enum(value = "cdrom")]
    Cdrom,
    #[field_enum(value = "disk")]
    Disk,
    #[field_enum(value = "floppy")]
    Floppy,
    #[field_enum(value = "fs")]
    Fs,
    #[field_enum(value = "lun")]
    Lun,
    #[field_enum(unknown)]
    Unknown(String),
}

/// One of the texts of the enumeration `BlockDeviceEncryptionFormatType` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "BlockDeviceEncryptionFormatType")]
pub enum EncryptionFormat {
    #[field_enum(value = "plain")]
    Plain,
    #[field_enum(value = "luks")]
    Luks,
    #[field_enum(value = "luksv2")]
    Luksv2,
    #[field_enum(unknown)]
    Unknown(String),
}
