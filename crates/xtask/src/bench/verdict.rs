//! What a figure is worth.

use std::fmt;

/// How far a figure may be past the one that is held: what a new release of a dependency moves.
const SLACK: f64 = 0.01;

/// How much better than the one that is held a figure must be to be worth a word.
const GAIN: f64 = 0.03;

/// A figure held against its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Within the goal.
    Reached,
    /// Within the goal, though another figure is held.
    Surpassed,
    /// Past the goal, and where it is held.
    Held,
    /// Past the goal, and better than it is held.
    Better,
    /// Past the goal.
    Missed,
    /// Past what is held.
    Worse,
}

impl Verdict {
    pub(super) fn of(measured: f64, at_most: f64, held: Option<f64>) -> Self {
        match held {
            None if measured <= at_most => Self::Reached,
            None => Self::Missed,
            Some(_) if measured <= at_most => Self::Surpassed,
            Some(held) if measured > held * (1.0 + SLACK) => Self::Worse,
            Some(held) if measured < held * (1.0 - GAIN) => Self::Better,
            Some(_) => Self::Held,
        }
    }

    /// Whether the figure is past what it is allowed to be.
    pub(super) const fn is_missed(self) -> bool {
        matches!(self, Self::Missed | Self::Worse)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reached => "reached",
            Self::Surpassed => "reached; take `held` and `reason` out",
            Self::Held => "held",
            Self::Better => "better; hold the new figure",
            Self::Missed => "MISSED",
            Self::Worse => "WORSE than held",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_without_a_held_figure_is_reached_or_missed() {
        assert_eq!(Verdict::of(0.5, 0.5, None), Verdict::Reached);
        assert_eq!(Verdict::of(0.500_1, 0.5, None), Verdict::Missed);
        assert_eq!(Verdict::of(0.0, 0.0, None), Verdict::Reached);
        assert!(Verdict::Missed.is_missed() && !Verdict::Reached.is_missed());
    }

    #[test]
    fn a_held_figure_may_move_a_little_and_is_told_when_it_is_beaten() {
        let of = |measured| Verdict::of(measured, 0.5, Some(2.0));
        assert_eq!(
            [of(2.03), of(2.019), of(1.95), of(1.93), of(0.5)],
            [Verdict::Worse, Verdict::Held, Verdict::Held, Verdict::Better, Verdict::Surpassed]
        );
        assert!(Verdict::Worse.is_missed());
        assert!([Verdict::Held, Verdict::Better, Verdict::Surpassed].iter().all(|verdict| !verdict.is_missed()));
    }
}
