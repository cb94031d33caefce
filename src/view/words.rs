//! The words by which the domain's enumerations are known at every front door: one table for what
//! is shown and for what is read.

use chrono::Weekday;
use outdial_domain::attempt::Outcome;
use outdial_domain::audience::Operator;
use outdial_domain::call::AnsweredBy;
use outdial_domain::contact::ContactStatus;
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::Status;
use outdial_domain::settings::{Channel, Direction, Kind, UnknownThen, WindowZone};
use outdial_domain::voice::{AnswerBy, OnMachine};

/// An enumeration whose every case has a word of its own.
pub trait Word: Copy + PartialEq + 'static {
    /// Every case, in the order in which they are listed to people.
    const ALL: &'static [Self];

    /// The case's word.
    fn word(self) -> &'static str;

    /// The case that a word names, to the letter.
    fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|case| case.word() == word)
    }
}

impl Word for Kind {
    const ALL: &'static [Self] = &[
        Self::SecretShopper,
        Self::Survey,
        Self::Reminder,
        Self::Outreach,
        Self::Custom,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::SecretShopper => "secret_shopper",
            Self::Survey => "survey",
            Self::Reminder => "reminder",
            Self::Outreach => "outreach",
            Self::Custom => "custom",
        }
    }
}

impl Word for Direction {
    const ALL: &'static [Self] = &[Self::Outbound];

    fn word(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
        }
    }
}

impl Word for Channel {
    const ALL: &'static [Self] = &[Self::Voice];

    fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
        }
    }
}

impl Word for WindowZone {
    const ALL: &'static [Self] = &[Self::Contact, Self::Campaign];

    fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Campaign => "campaign",
        }
    }
}

impl Word for UnknownThen {
    const ALL: &'static [Self] = &[Self::Lost, Self::Retry];

    fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Retry => "retry",
        }
    }
}

impl Word for Outcome {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for Status {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for ContactStatus {
    const ALL: &'static [Self] = &[
        Self::Pending,
        Self::Calling,
        Self::Completed,
        Self::Failed,
        Self::Skipped,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Calling => "calling",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Word for AnsweredBy {
    const ALL: &'static [Self] = &[
        Self::Human,
        Self::MachineStart,
        Self::MachineEnd,
        Self::Fax,
        Self::Unknown,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::MachineStart => "machine_start",
            Self::MachineEnd => "machine_end",
            Self::Fax => "fax",
            Self::Unknown => "unknown",
        }
    }
}

impl Word for Weekday {
    const ALL: &'static [Self] = &[
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }
}

/// What becomes of a start that was missed, by its word alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissedPolicy {
    /// It is made up for, however late.
    Run,
    /// It is left out.
    Skip,
    /// It is made up for within a while.
    RunWithin,
}

impl Word for MissedPolicy {
    const ALL: &'static [Self] = &[Self::Run, Self::Skip, Self::RunWithin];

    fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Skip => "skip",
            Self::RunWithin => "run_within",
        }
    }
}

impl Word for Operator {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

/// Whether answering machines are listened for, and for how much of their greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetectionMode {
    /// Not at all.
    Off,
    /// Until it is known whether one answered.
    Detect,
    /// Until its greeting is over, so that a message can be left.
    WaitForEnd,
}

impl Word for DetectionMode {
    const ALL: &'static [Self] = &[Self::Off, Self::Detect, Self::WaitForEnd];

    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Detect => "detect",
            Self::WaitForEnd => "wait_for_end",
        }
    }
}

impl Word for OnMachine {
    const ALL: &'static [Self] = &[Self::HangUp, Self::LeaveMessage, Self::Continue];

    fn word(self) -> &'static str {
        match self {
            Self::HangUp => "hang_up",
            Self::LeaveMessage => "leave_message",
            Self::Continue => "continue",
        }
    }
}

impl Word for AnswerBy {
    const ALL: &'static [Self] = &[Self::Keys, Self::Speech, Self::KeysOrSpeech];

    fn word(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Speech => "speech",
            Self::KeysOrSpeech => "keys_or_speech",
        }
    }
}

/// The word for where an import stands; the reason of a failure is told beside it.
pub fn import_state(state: &ImportState) -> &'static str {
    match state {
        ImportState::Running => "running",
        ImportState::Completed => "completed",
        ImportState::Failed(_) => "failed",
        ImportState::Canceled => "canceled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads_back<T: Word + std::fmt::Debug>() {
        for case in T::ALL {
            assert_eq!(T::named(case.word()), Some(*case));
            assert_eq!(T::named(&case.word().to_uppercase()), None);
        }
    }

    #[test]
    fn every_word_names_the_case_that_it_is_shown_for() {
        reads_back::<Kind>();
        reads_back::<Direction>();
        reads_back::<Channel>();
        reads_back::<WindowZone>();
        reads_back::<UnknownThen>();
        reads_back::<Outcome>();
        reads_back::<Status>();
        reads_back::<ContactStatus>();
        reads_back::<AnsweredBy>();
        reads_back::<Weekday>();
        reads_back::<MissedPolicy>();
        reads_back::<Operator>();
        reads_back::<DetectionMode>();
        reads_back::<OnMachine>();
        reads_back::<AnswerBy>();
    }
}
