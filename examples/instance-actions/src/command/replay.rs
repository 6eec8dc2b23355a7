//! Replaying a recorded sequence.

use std::io::Write;

use super::arguments::Common;
use super::{CommandError, json};
use crate::replay::{ReplayOptions, replay};

pub(super) async fn run(common: &Common, options: &ReplayOptions, out: &mut dyn Write) -> Result<(), CommandError> {
    let report = replay(options, &common.database).await?;
    if common.json {
        json::write(&report, out)?;
    } else {
        writeln!(out, "{report}")?;
    }
    if report.is_good() { Ok(()) } else { Err(CommandError::Differs(report.wrong)) }
}
