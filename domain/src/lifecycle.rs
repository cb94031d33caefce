//! The life of a campaign: which command is allowed in which status.
//!
//! ```text
//! draft -> scheduled -> running <-> paused -> completed | failed | canceled -> archived
//! (recurring: completed run -> scheduled for the next occurrence, as run n+1)
//! ```
//!
//! A campaign that waits for its start can be paused too: a start that passes then is treated as one that was
//! missed.

use std::fmt;

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Created, never started.
    Draft,
    /// Started, and waiting for its time.
    Scheduled,
    /// Calling.
    Running,
    /// Held; nothing is started.
    Paused,
    /// Over: nothing is pending, waiting or in flight.
    Completed,
    /// Over, and every attempt was refused or lost.
    Failed,
    /// Ended by hand; calls in flight run out.
    Canceled,
    /// Put away.
    Archived,
}

/// What a person may ask of a campaign's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Begin, or wait for the scheduled time.
    Start,
    /// Start nothing more until resumed.
    Pause,
    /// Go on.
    Resume,
    /// Skip the rest, let calls run out, and be completed.
    Complete,
    /// Skip the rest and be canceled.
    Cancel {
        /// Whether live calls are ended.
        hang_up: bool,
    },
    /// Put an ended campaign away.
    Archive,
}

/// What a person may ask for one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContactCommand {
    /// Not to be called any more in this run; a call in flight runs out.
    Skip,
    /// To be called again, with a new budget of retries.
    Requeue,
}

impl ContactCommand {
    /// The command's name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Requeue => "requeue",
        }
    }
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Scheduled,
        Self::Running,
        Self::Paused,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::Archived,
    ];

    /// The status's name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Archived => "archived",
        }
    }

    /// Whether the run is over: nothing will be started any more.
    pub fn has_ended(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Canceled | Self::Archived
        )
    }

    /// The names of the commands that are allowed here.
    pub fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Draft => &["start", "cancel"],
            Self::Scheduled => &["pause", "cancel", "complete"],
            Self::Running => &["pause", "complete", "cancel"],
            Self::Paused => &["resume", "complete", "cancel"],
            Self::Completed | Self::Failed | Self::Canceled => &["archive"],
            Self::Archived => &[],
        }
    }

    /// Whether the command is allowed here.
    pub fn allows(self, command: Command) -> bool {
        self.allowed().contains(&command.name())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Command {
    /// The command's name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Complete => "complete",
            Self::Cancel { .. } => "cancel",
            Self::Archive => "archive",
        }
    }
}
