//! What becomes of a start that passed while nobody could act on it.

use crate::time::{Millis, Timestamp};

/// A start that is less late than this is on time: patterns are about minutes, and a restart takes seconds.
pub const PUNCTUAL: Millis = Millis::seconds(60);

/// What becomes of a start that passed while the program was down or the campaign was paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissedStart {
    /// It is made up for, however late.
    #[default]
    Run,
    /// It is left out.
    Skip,
    /// It is made up for within so many seconds, and left out after.
    RunWithin(u32),
}

impl MissedStart {
    /// Whether a start that was due at `due` is still to happen at `now`. One that is not yet due is, and so is
    /// one that is less than [`PUNCTUAL`] late, whatever the policy.
    pub fn still_runs(self, due: Timestamp, now: Timestamp) -> bool {
        let late = now - due;
        late < PUNCTUAL
            || match self {
                Self::Run => true,
                Self::Skip => false,
                Self::RunWithin(seconds) => late <= Millis::seconds(i64::from(seconds)),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(policy: MissedStart, late: Millis) -> bool {
        let due = Timestamp::from_millis(1_782_910_800_000);
        policy.still_runs(due, due + late)
    }

    #[test]
    fn a_missed_start_is_made_up_for_or_left_out_as_the_policy_says() {
        let year = Millis::seconds(365 * 24 * 3600);
        assert!(runs(MissedStart::Run, year));
        assert!(!runs(MissedStart::Skip, PUNCTUAL));
        assert!(!runs(MissedStart::Skip, year));
    }

    #[test]
    fn the_grace_ends_after_its_last_second() {
        let hour = MissedStart::RunWithin(3600);
        assert!(runs(hour, Millis::seconds(3600)));
        assert!(!runs(hour, Millis(3_600_001)));
    }

    #[test]
    fn a_start_less_than_a_minute_late_is_on_time_for_every_policy() {
        for policy in [MissedStart::Run, MissedStart::Skip, MissedStart::RunWithin(0)] {
            for late in [Millis(-1), Millis(0), Millis(59_999)] {
                assert!(runs(policy, late), "{policy:?} {late:?}");
            }
        }
    }
}
