//! Recorded sequences, replayed.

use std::path::{Path, PathBuf};

use instance_actions::replay::{Fault, ReplayError, ReplayOptions, Report, RulesError, replay};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

async fn run(file: PathBuf, differences: Option<PathBuf>) -> Result<Report, ReplayError> {
    replay(&ReplayOptions { file, differences }, "sqlite::memory:").await
}

#[tokio::test]
async fn the_recorded_sequence_differs_by_rule_alone() {
    let report = run(golden("nova_action_sequence.json"), None).await.unwrap();
    println!("{report}");
    assert_eq!((report.equal + report.by_rule, report.wrong), (78, 0));
}
