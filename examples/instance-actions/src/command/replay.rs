//! Replaying a recorded sequence.

use std::io::Write;

use super::CommandError;
use super::arguments::Common;
use crate::replay::{ReplayOptions, replay};

pub(super) async fn run(common: &Common, options: &ReplayOptions, out: &mut dyn Write) -> Result<(), CommandError> {
    let report = replay(options, &common.database).await?;
    if common.json {
        serde_json::to_writer(&mut *out, &report).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{report}")?;
    }
    if report.is_good() { Ok(()) } else { Err(CommandError::Differs(report.wrong)) }
}
