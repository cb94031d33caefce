//! How a simulated call ends.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a simulated call ends, in the words of the behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A person answers and talks for the seconds of the call.
    Completed,
    /// An answering machine answers. Its status is `completed`; `AnsweredBy` tells it where detection was asked for.
    Machine,
    /// The line is busy.
    Busy,
    /// It rings for the whole `Timeout` of the request and nobody answers.
    NoAnswer,
    /// The call fails before it rings.
    Failed,
    /// The network takes the call back while it rings.
    Canceled,
}

impl Outcome {
    /// All outcomes, in the order of the weights.
    pub const ALL: [Self; 6] = [
        Self::Completed,
        Self::Machine,
        Self::Busy,
        Self::NoAnswer,
        Self::Failed,
        Self::Canceled,
    ];

    /// The name of the outcome in JSON, such as `no-answer`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Machine => "machine",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
