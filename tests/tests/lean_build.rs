//! A service that only receives objects compiles no database, and no schemas.

use std::process::Command;

#[test]
fn a_receiver_compiles_neither_sea_orm_nor_a_driver() {
    let tree = |package: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["tree", "--offline", "--locked", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
        let output = cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let heavy = |tree: &str| {
        let names = ["sea-orm", "sea-query", "sqlx", "libsqlite3-sys", "tokio", "rusqlite", "schemars"];
        tree.lines().filter(|line| names.iter().any(|name| line.starts_with(name))).map(str::to_owned).collect::<Vec<_>>()
    };
    let receiver = tree("receive-only");
    assert!(receiver.contains("recension-wire"), "the tree was not read");
    assert_eq!(heavy(&receiver), Vec::<String>::new());
    assert_eq!(heavy(&tree("recension-bench")), Vec::<String>::new(), "the check of the goals of speed needs none either");
    // The same look at the service with a database finds them, so it does not find nothing by mistake.
    assert!(!heavy(&tree("instance-actions")).is_empty());
}
