//! Contact caps: how often an address may be tried, and how long it is left in peace after a conversation.
//!
//! Caps look back over a rolling span: an attempt counts from its instant until the span has passed, to the
//! millisecond. Whether an attempt is allowed follows from the newest few attempts alone, so that is all that has
//! to be remembered of an address; which attempts count, and whose, is for the caller to say.

use std::fmt;

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

    /// How many attempts to an address must be kept at most, by [`Caps::keep_what_counts`].
    pub fn most_kept(&self) -> usize {
        let newest = self.caps.iter().map(|cap| cap.max_attempts as usize).max();
        newest.unwrap_or(0) + usize::from(self.days_after_conversation.is_some())
    }

    /// Drops the attempts that no later question can depend on: all but the newest and the last conversation. What
    /// is left is sorted, newest first. It looks at no clock, so nothing is lost to one that is set back.
    pub fn keep_what_counts(&self, past: &mut Vec<Past>) {
        past.sort_unstable_by_key(|past| std::cmp::Reverse((past.at, past.was_conversation)));
        let newest = self
            .caps
            .iter()
            .map(|cap| cap.max_attempts as usize)
            .max()
            .unwrap_or(0);
        let asks_for_conversations = self.days_after_conversation.is_some();
        let last_conversation = past.iter().position(|past| past.was_conversation);
        let mut place = 0;
        past.retain(|_| {
            let is_last_conversation = asks_for_conversations && last_conversation == Some(place);
            place += 1;
            place <= newest || is_last_conversation
        });
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
                "at most {} attempts in {} hours",
                cap.max_attempts, cap.per_hours
            ),
            Self::Conversation { days } => write!(f, "none within {days} days after a conversation"),
        }
    }
}

#[cfg(test)]
mod tests;
