//! Contact caps: how often an address may be tried, and how long it is left in peace after a conversation.
//!
//! Caps look back over a rolling span: an attempt counts from its instant until the span has passed, to the
//! millisecond. Which attempts count, and whose, is for the caller to say.

use std::fmt;

use crate::attempt::{Attempt, AttemptState, Outcome};
use crate::call::AnsweredBy;
use crate::campaign::SEND_WITHIN;
use crate::time::{Millis, Timestamp};

const HOUR: Millis = Millis::seconds(3600);

/// At most so many attempts within any span of so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cap {
    /// How many are allowed; with 0 none ever is.
    pub max_attempts: u32,
    /// The length of the span in hours, at least 1.
    pub per_hours: u32,
}

/// All that caps the attempts to an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caps {
    /// Each must allow the attempt.
    pub caps: Vec<Cap>,
    /// None within so many days of 24 hours after a conversation; `None`: no such rule.
    pub days_after_conversation: Option<u32>,
}

/// An attempt that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// When it was.
    pub at: Timestamp,
    /// Whether somebody was spoken to.
    pub was_conversation: bool,
}

impl Past {
    /// What an attempt means to caps; `None` where nobody can have heard it ring. It counts from the latest instant
    /// at which it can have been sent, so that no span is ever cut short.
    pub fn of(attempt: &Attempt) -> Option<Self> {
        let talked = attempt.duration_seconds.is_some_and(|seconds| seconds > 0)
            && !attempt.answered_by.is_some_and(AnsweredBy::is_machine);
        attempt.state.may_have_rung().then(|| Self {
            at: attempt.intended_at + SEND_WITHIN,
            was_conversation: match attempt.state {
                AttemptState::Ended(Outcome::Completed) => true,
                // It was given up before the carrier told of it.
                AttemptState::Ended(Outcome::Lost) => talked,
                _ => false,
            },
        })
    }
}

/// Whether caps allow an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// At this instant.
    Now,
    /// From a later instant on, unless attempts are made meanwhile.
    From {
        /// The first instant at which it is allowed.
        at: Timestamp,
        /// The rule that holds it back until then.
        rule: CapRule,
    },
    /// At no instant.
    Never {
        /// The rule that forbids it.
        rule: CapRule,
    },
}

/// The rule that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapRule {
    /// Too many attempts.
    Attempts(Cap),
    /// A conversation less than so many days ago.
    Conversation {
        /// Days of 24 hours.
        days: u32,
    },
}

impl Caps {
    /// These caps and the others: an attempt is allowed when both allow it.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        for cap in &others.caps {
            if !self.caps.contains(cap) {
                self.caps.push(*cap);
            }
        }
        self.days_after_conversation = self.days_after_conversation.max(others.days_after_conversation);
        self
    }

    /// Whether an attempt is allowed at `now`, after these attempts in any order. One that lies after `now`, as
    /// when a clock was set back, counts like any other.
    pub fn allowance(&self, past: &[Past], now: Timestamp) -> Allowance {
        let mut newest_first: Vec<Timestamp> = past.iter().map(|past| past.at).collect();
        newest_first.sort_unstable_by(|one, other| other.cmp(one));
        let mut held: Option<(Timestamp, CapRule)> = None;
        let mut hold = |until: Timestamp, rule| {
            if until > now && held.is_none_or(|(at, _)| until > at) {
                held = Some((until, rule));
            }
        };
        for cap in &self.caps {
            let rule = CapRule::Attempts(*cap);
            let Some(last_place) = (cap.max_attempts as usize).checked_sub(1) else {
                return Allowance::Never { rule };
            };
            if let Some(at) = newest_first.get(last_place) {
                hold(*at + cap.span(), rule);
            }
        }
        let conversations = past.iter().filter(|past| past.was_conversation);
        if let Some((days, last)) = self
            .days_after_conversation
            .zip(conversations.map(|past| past.at).max())
        {
            hold(last + days_of_24_hours(days), CapRule::Conversation { days });
        }
        held.map_or(Allowance::Now, |(at, rule)| Allowance::From { at, rule })
    }

    /// For how long an attempt can hold another back: an address that was not tried for this long may be forgotten.
    pub fn reach(&self) -> Millis {
        let spans = self.caps.iter().map(|cap| cap.span());
        let peace = self.days_after_conversation.map(days_of_24_hours);
        spans.chain(peace).max().unwrap_or_default()
    }
}

impl Cap {
    fn span(self) -> Millis {
        Millis(HOUR.0 * i64::from(self.per_hours))
    }
}

fn days_of_24_hours(days: u32) -> Millis {
    Millis(HOUR.0 * 24 * i64::from(days))
}

/// The rule in words, as in `at most 3 attempts in 24 hours`.
impl fmt::Display for CapRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attempts(cap) => write!(
                f,
                "at most {} in {}",
                counted(cap.max_attempts, "attempt"),
                counted(cap.per_hours, "hour")
            ),
            Self::Conversation { days } => {
                write!(f, "none within {} after a conversation", counted(*days, "day"))
            }
        }
    }
}

fn counted(count: u32, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests;
