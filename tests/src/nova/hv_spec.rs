//! What hypervisors can run.

use recension::{FieldEnum, VersionedObject};

/// What a hypervisor can run.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "nova", default_class = "internal")]
#[version("1.0", "first version")]
#[version("1.1", "its fields stayed as they were")]
#[version("1.2", "its fields stayed as they were")]
pub struct HVSpec {
    pub arch: Architecture,
    pub hv_type: HvType,
    pub vm_mode: VmMode,
}

/// One of the texts of the enumeration `Architecture` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
pub enum Architecture {
    #[field_enum(value = "alpha")]
    Alpha,
    #[field_enum(value = "armv6")]
    Armv6,
    #[field_enum(value = "armv7l")]
    Armv7l,
    #[field_enum(value = "armv7b")]
    Armv7b,
    #[field_enum(value = "aarch64")]
    Aarch64,
    #[field_enum(value = "cris")]
    Cris,
    #[field_enum(value = "i686")]
    I686,
    #[field_enum(value = "ia64")]
    Ia64,
    #[field_enum(value = "lm32")]
    Lm32,
    #[field_enum(value = "m68k")]
    M68k,
    #[field_enum(value = "microblaze")]
    Microblaze,
    #[field_enum(value = "microblazeel")]
    Microblazeel,
    #[field_enum(value = "mips")]
    Mips,
    #[field_enum(value = "mipsel")]
    Mipsel,
    #[field_enum(value = "mips64")]
    Mips64,
    #[field_enum(value = "mips64el")]
    Mips64el,
    #[field_enum(value = "openrisc")]
    Openrisc,
    #[field_enum(value = "parisc")]
    Parisc,
    #[field_enum(value = "parisc64")]
    Parisc64,
    #[field_enum(value = "ppc")]
    Ppc,
    #[field_enum(value = "ppcle")]
    Ppcle,
    #[field_enum(value = "ppc64")]
    Ppc64,
    #[field_enum(value = "ppc64le")]
    Ppc64le,
    #[field_enum(value = "ppcemb")]
    Ppcemb,
    #[field_enum(value = "s390")]
    S390,
    #[field_enum(value = "s390x")]
    S390x,
    #[field_enum(value = "sh4")]
    Sh4,
    #[field_enum(value = "sh4eb")]
    Sh4eb,
    #[field_enum(value = "sparc")]
    Sparc,
    #[field_enum(value = "sparc64")]
    Sparc64,
    #[field_enum(value = "unicore32")]
    Unicore32,
    #[field_enum(value = "x86_64")]
    X86x64,
    #[field_enum(value = "xtensa")]
    Xtensa,
    #[field_enum(value = "xtensaeb")]
    Xtensaeb,
    #[field_enum(unknown)]
    Unknown(String),
}

/// One of the texts of the enumeration `HVType` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "HVType")]
pub enum HvType {
    #[field_enum(value = "baremetal")]
    Baremetal,
    #[field_enum(value = "bhyve")]
    Bhyve,
    #[field_enum(value = "docker")]
    Docker,
    #[field_enum(value = "fake")]
    Fake,
    #[field_enum(value = "hyperv")]
    Hyperv,
    #[field_enum(value = "ironic")]
    Ironic,
    #[field_enum(value = "kqemu")]
    Kqemu,
    #[field_enum(value = "kvm")]
    Kvm,
    #[field_enum(value = "lxc")]
    Lxc,
    #[field_enum(value = "lxd")]
    Lxd,
    #[field_enum(value = "openvz")]
    Openvz,
    #[field_enum(value = "parallels")]
    Parallels,
    #[field_enum(value = "phyp")]
    Phyp,
    #[field_enum(value = "qemu")]
    Qemu,
    #[field_enum(value = "test")]
    Test,
    #[field_enum(value = "uml")]
    Uml,
    #[field_enum(value = "vbox")]
    Vbox,
    #[field_enum(value = "vz")]
    Vz,
    #[field_enum(value = "vmware")]
    Vmware,
    #[field_enum(value = "xen")]
    Xen,
    #[field_enum(value = "zvm")]
    Zvm,
    #[field_enum(value = "prsm")]
    Prsm,
    #[field_enum(unknown)]
    Unknown(String),
}

/// One of the texts of the enumeration `VMMode` of the reference.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "VMMode")]
pub enum VmMode {
    #[field_enum(value = "hvm")]
    Hvm,
    #[field_enum(value = "xen")]
    Xen,
    #[field_enum(value = "uml")]
    Uml,
    #[field_enum(value = "exe")]
    Exe,
    #[field_enum(unknown)]
    Unknown(String),
}
