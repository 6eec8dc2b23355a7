//! Addresses, networks, and where devices are.

use recension::Rule;
use recension_tests::{Kinds, Sample};

use super::{accepted, refused, refused_at};

/// Texts that no field of an address or a network takes.
const NO_ADDRESS: [&str; 8] =
    [r#""""#, r#""192.0.2""#, r#""192.0.2.01""#, r#""192.0.2.256""#, r#""192.0.2.1:80""#, r#""fe80::1%eth0""#, r#""[::1]""#, r#""canary""#];

#[test]
fn addresses() {
    accepted::<Kinds>("address_v4", &[r#""0.0.0.0""#, r#""255.255.255.255""#]);
    accepted::<Kinds>("address_v6", &["null", r#""::""#, r#""ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff""#, r#""::ffff:192.0.2.1""#]);
    accepted::<Kinds>("address", &[r#""0.0.0.0""#, r#""::""#, r#""2001:DB8::1""#]);
    accepted::<Kinds>("hosts", &["null", r#"["::1","192.0.2.1"]"#]);
    for (field, form, other) in [
        ("address_v4", "IPv4 address", r#""2001:db8::1""#),
        ("address_v6", "IPv6 address", r#""192.0.2.1""#),
        ("address", "IP address", r#""192.0.2.1/32""#),
    ] {
        let rule = Rule::Form(form);
        refused::<Kinds>(field, &rule, &NO_ADDRESS);
        refused::<Kinds>(field, &rule, &[other]);
    }
    refused_at::<Kinds>("hosts", "hosts[*]", &Rule::Form("IP address"), &[r#"["192.0.2.1","canary"]"#]);
    refused::<Kinds>("address", &Rule::NotNull, &["null"]);
}

#[test]
fn networks() {
    accepted::<Kinds>("network_v4", &["null", r#""0.0.0.0/0""#, r#""192.0.2.5/24""#, r#""255.255.255.255/32""#]);
    accepted::<Kinds>("network_v6", &["null", r#""::/0""#, r#""2001:db8::1/128""#]);
    accepted::<Kinds>("network", &[r#""0.0.0.0/0""#, r#""::/0""#]);
    for (field, form, others) in [
        ("network_v4", "IPv4 address with prefix length", [r#""2001:db8::/32""#, r#""192.0.2.0/33""#]),
        ("network_v6", "IPv6 address with prefix length", [r#""192.0.2.0/24""#, r#""2001:db8::/129""#]),
        ("network", "IP address with prefix length", [r#""192.0.2.0/024""#, r#""192.0.2.0/255.255.255.0""#]),
    ] {
        let rule = Rule::Form(form);
        refused::<Kinds>(field, &rule, &NO_ADDRESS);
        refused::<Kinds>(field, &rule, &others);
        refused::<Kinds>(field, &rule, &[r#""192.0.2.1""#, r#""::1""#, r#""10/8""#, r#""192.0.2.0/""#, r#""192.0.2.0/+8""#]);
    }
    refused::<Kinds>("network", &Rule::NotNull, &["null"]);
}

#[test]
fn interfaces() {
    accepted::<Kinds>("mac", &[r#""00:00:00:00:00:00""#, r#""ff:ff:ff:ff:ff:ff""#]);
    accepted::<Kinds>("spare_mac", &["null"]);
    refused::<Kinds>(
        "mac",
        &Rule::Form("MAC address in lower case, as `fa:16:3e:00:00:01`"),
        &[
            r#""""#,
            r#""fa:16:3e:00:0a""#,
            r#""FA:16:3E:00:0A:FF""#,
            r#""fa-16-3e-00-0a-ff""#,
            r#""fa:16:3e:00:0a:fg""#,
            r#""fa:16:3e:00:0a:ff:00""#,
            r#""canary""#,
        ],
    );
    refused::<Kinds>("mac", &Rule::NotNull, &["null"]);
}

#[test]
fn devices_on_the_bus() {
    accepted::<Kinds>("pci", &[r#""0000:00:00.0""#, r#""ffff:ff:1f.7""#]);
    accepted::<Kinds>("spare_pci", &["null"]);
    refused::<Kinds>(
        "pci",
        &Rule::Form("PCI address in lower case, as `0000:0a:1f.7`"),
        &[
            r#""""#,
            r#""0000:00:20.0""#,
            r#""0000:00:00.8""#,
            r#""00:1f.7""#,
            r#""0000:0A:1f.7""#,
            r#""10000:00:00.0""#,
            r#""0000:0g:00.0""#,
            r#""canary""#,
        ],
    );
    refused::<Kinds>("pci", &Rule::NotNull, &["null"]);
}

#[test]
fn uuids() {
    accepted::<Sample>("uuid", &[r#""00000000-0000-0000-0000-000000000000""#, r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#]);
    accepted::<Sample>("uuid", &[r#""0A1B2C3D-4E5F-4061-8273-94A5B6C7D8E0""#]);
    accepted::<Sample>("owner", &["null"]);
    refused::<Sample>(
        "uuid",
        &Rule::Uuid,
        &[
            r#""""#,
            r#""0a1b2c3d4e5f4061827394a5b6c7d8e0""#,
            r#""{0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0}""#,
            r#""urn:uuid:0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0""#,
            r#""0a1b2c3d-4e5f-4061-8273-94a5b6c7d8eg""#,
            r#""0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e""#,
            r#""canary""#,
        ],
    );
    refused_at::<Kinds>("ids", "ids[1]", &Rule::Uuid, &[r#"["0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0","canary"]"#]);
    refused::<Sample>("uuid", &Rule::NotNull, &["null"]);
}

#[test]
fn predicates() {
    accepted::<Kinds>("needs", &[r#""==1""#, r#"">=1.2, !=1.7, <2""#, r#"" < 99999.99999.99999 ""#]);
    accepted::<Kinds>("needed", &["null"]);
    refused::<Kinds>(
        "needs",
        &Rule::Form("list of comparisons of versions, as `>=1.2, <2`"),
        &[r#""""#, r#""1.0""#, r#""~=1.0""#, r#"">=1.0,""#, r#"">=1.0 <2""#, r#"">=1.0.0.0""#, r#"">=123456""#, r#""canary""#],
    );
    refused::<Kinds>("needs", &Rule::NotNull, &["null"]);
}
