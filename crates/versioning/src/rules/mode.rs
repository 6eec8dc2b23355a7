//! In which direction versions have to be compatible, and which rules that takes.

use std::fmt;
use std::str::FromStr;

use super::{Category, Direction, Finding, GateRule};

/// In which direction versions have to be compatible.
///
/// Rules about history hold in every mode. The modes of one direction are for readers outside, who read what is written as it is:
/// there the schemas of a new version are compared with those of older ones. `Rolling` is for nodes of one service, which convert for
/// each other: there the laws of conversion are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A newer reader of what was written before.
    Backward {
        /// By any older version, and not only the one before.
        transitive: bool,
    },
    /// An older reader of what is written since.
    Forward {
        /// Of any older version, and not only the one before.
        transitive: bool,
    },
    /// Both.
    Full {
        /// As above.
        transitive: bool,
    },
    /// Both, between all versions that live side by side, with conversion.
    #[default]
    Rolling,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 7] = [
        Self::Backward { transitive: false },
        Self::Backward { transitive: true },
        Self::Forward { transitive: false },
        Self::Forward { transitive: true },
        Self::Full { transitive: false },
        Self::Full { transitive: true },
        Self::Rolling,
    ];

    /// As it is written: `full-transitive`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Backward { transitive: false } => "backward",
            Self::Backward { transitive: true } => "backward-transitive",
            Self::Forward { transitive: false } => "forward",
            Self::Forward { transitive: true } => "forward-transitive",
            Self::Full { transitive: false } => "full",
            Self::Full { transitive: true } => "full-transitive",
            Self::Rolling => "rolling",
        }
    }

    /// Whether somebody is harmed whom this mode protects.
    #[must_use]
    pub const fn covers(self, direction: Direction) -> bool {
        match (self, direction) {
            (Self::Full { .. } | Self::Rolling, _) | (_, Direction::Both) => true,
            (Self::Backward { .. }, direction) => matches!(direction, Direction::Backward),
            (Self::Forward { .. }, direction) => matches!(direction, Direction::Forward),
        }
    }

    /// Whether schemas are compared with those of all older versions; none if they are not compared.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "asked where schemas are compared"))]
    pub(super) const fn transitive(self) -> Option<bool> {
        match self {
            Self::Backward { transitive } | Self::Forward { transitive } | Self::Full { transitive } => Some(transitive),
            Self::Rolling => None,
        }
    }

    /// Whether a finding is one in this mode.
    pub(super) fn tells(self, finding: &Finding) -> bool {
        finding.rule.runs_in(self) && (finding.rule.category == Category::History || self.covers(finding.direction))
    }
}

impl GateRule {
    /// Whether the rule is asked in a mode.
    #[must_use]
    pub fn runs_in(&self, mode: Mode) -> bool {
        let rolling = mode == Mode::Rolling;
        match self.id {
            "VO_SCHEMA_WRITER_NOT_IN_READER" | "VO_SCHEMA_UNKNOWN_KEYWORD" => !rolling,
            "VO_LAW_FAILED" | "VO_CUSTOM_NO_GENERATOR" | "VO_LOSS_UNACKNOWLEDGED" => rolling,
            _ => self.category == Category::History || mode.covers(self.direction),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no mode: known are `backward`, `forward` and `full`, each with `-transitive` or without, and `rolling`")]
pub struct UnknownMode;

impl FromStr for Mode {
    type Err = UnknownMode;

    /// # Errors
    /// [`UnknownMode`].
    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(UnknownMode)
    }
}
