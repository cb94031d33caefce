//! What a campaign was told to do: its configuration, as judged and stored.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::attempt::Outcome;
use crate::audience::Audience;
use crate::caps::{Cap, Caps};
use crate::ids::{CampaignId, HolidayCalendarId, LineId, OrgId, SuppressionListId};
use crate::law::Preset;
use crate::recurrence::{MissedStart, Recurrence};
use crate::time::{Millis, Timestamp};
use crate::voice::Snapshot;
use crate::window::Windows;

/// What a campaign is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Visits by phone with a script and a scorecard.
    SecretShopper,
    /// Questions and answers.
    Survey,
    /// Personal reminders, to confirm or reschedule.
    Reminder,
    /// Finding out who is interested.
    Outreach,
    /// Anything else.
    Custom,
}

impl Kind {
    /// Whether a call of this kind of campaign can yield this: a survey has no scorecard, and a
    /// reminder brings no revenue. What is not named here every call can yield.
    pub fn yields(self, field: &str) -> bool {
        match field {
            "scorecard" => matches!(self, Self::SecretShopper | Self::Custom),
            "qualified" | "revenue" => matches!(self, Self::Outreach | Self::Custom),
            "satisfaction" => !matches!(self, Self::Reminder),
            _ => true,
        }
    }
}

/// Who starts the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// We ring.
    Outbound,
}

/// By what means contacts are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A phone call.
    Voice,
}

/// When a campaign begins and ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// At once when started.
    Immediate,
    /// At a time, with an optional end after which nothing is attempted.
    Scheduled {
        /// Nothing is attempted before.
        start_at: Timestamp,
        /// Nothing is attempted from here on.
        end_at: Option<Timestamp>,
    },
    /// Again and again, in numbered runs: each calls every contact anew.
    Recurring {
        /// When runs start, by the clock of the campaign's zone.
        recurrence: Box<Recurrence>,
        /// Nothing is attempted from here on.
        end_at: Option<Timestamp>,
    },
}

impl Schedule {
    /// The instant from which nothing is attempted.
    pub fn end_at(&self) -> Option<Timestamp> {
        match self {
            Self::Immediate => None,
            Self::Scheduled { end_at, .. } | Self::Recurring { end_at, .. } => *end_at,
        }
    }

    /// The first start of a recurring campaign after an instant, and before its end.
    pub fn start_after(&self, instant: Timestamp) -> Option<Timestamp> {
        let Self::Recurring { recurrence, end_at } = self else {
            return None;
        };
        let next = recurrence.next_after(instant)?;
        Some(next).filter(|next| end_at.is_none_or(|end_at| *next < end_at))
    }
}

/// How fast a campaign may start calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// Calls in flight at once, at least 1.
    pub max_concurrent: u32,
    /// Starts per minute, evenly spaced, at least 1.
    pub per_minute: u32,
    /// From one start to the next, at least this.
    pub delay_seconds: u32,
}

/// Which outcomes are tried again, how often and after what wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Retries per run, not tries: 3 means at most 4 counted attempts.
    pub max_retries: u32,
    /// The wait before each retry; the last one repeats.
    pub backoff_seconds: Vec<u32>,
    /// The outcomes that are tried again.
    pub outcomes: Vec<Outcome>,
}

impl Retry {
    /// How long to wait before the next try of a contact with `tries` counted attempts behind it;
    /// `None` where the budget is spent.
    pub fn backoff(&self, tries: u32) -> Option<Millis> {
        if tries > self.max_retries {
            return None;
        }
        let retries_so_far = tries.saturating_sub(1) as usize;
        let wait = self
            .backoff_seconds
            .get(retries_so_far)
            .or(self.backoff_seconds.last());
        Some(Millis::seconds(i64::from(wait.copied().unwrap_or(0))))
    }
}

/// What becomes of an attempt whose fate is not learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnknownThen {
    /// Close it as lost; the contact has failed.
    Lost,
    /// Close it as lost, and try the contact again while the retry budget lasts.
    Retry,
}

/// How attempts of unknown fate are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPolicy {
    /// How long to wait for a callback before the carrier is asked.
    pub wait_seconds: u32,
    /// What to do when the carrier does not know the call either.
    pub then: UnknownThen,
}

/// When a campaign whose attempts fail is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// From this share of failed, refused and lost attempts on, in thousandths.
    pub failure_per_mille: u32,
    /// Attempts that ended within so many seconds are looked at.
    pub window_seconds: u32,
    /// With fewer than this it never trips.
    pub min_attempts: u32,
}

/// How a carrier listens for answering machines. It does so while the call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Detection {
    /// Whether it waits for the end of a machine's greeting: only then can a message be left.
    pub wait_for_end: bool,
    /// How long it listens before it gives up, in seconds.
    pub timeout_seconds: u32,
}

/// By whose clock the calling windows are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WindowZone {
    /// The contact's: every zone that its number may be in.
    Contact,
    /// The campaign's.
    Campaign,
}

/// A campaign's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What it is for.
    pub kind: Kind,
    /// Who starts the conversation.
    pub direction: Direction,
    /// By what means.
    pub channel: Channel,
    /// The provider account.
    pub line_id: LineId,
    /// The campaign's zone.
    pub timezone: Tz,
    /// When it begins and ends.
    pub schedule: Schedule,
    /// What becomes of a start that passed while nobody could act on it.
    pub missed_start: MissedStart,
    /// When it may call.
    pub windows: Windows,
    /// By whose clock.
    pub window_zone: WindowZone,
    /// On the days of these calendars nobody is called, by the same clock.
    pub holiday_calendars: Vec<HolidayCalendarId>,
    /// Laws whose hours and caps hold besides its own.
    pub laws: Vec<&'static Preset>,
    /// When contacts without a known zone may be called, by the campaign's clock; `None`: never.
    pub fallback_window: Option<Windows>,
    /// How often a number may be tried, by whichever campaign of the organization.
    pub contact_caps: Vec<Cap>,
    /// Whom of its contacts it is about; `None`: all of them.
    pub audience: Option<Audience>,
    /// How fast.
    pub pacing: Pacing,
    /// What is tried again.
    pub retry: Retry,
    /// What is done about unknown fates.
    pub unknown: UnknownPolicy,
    /// How often the carrier is asked about a silent call.
    pub watchdog_seconds: u32,
    /// How long a phone may ring, in seconds.
    pub ring_timeout_seconds: u32,
    /// The region of numbers written without a country code, ISO 3166-1 alpha-2.
    pub default_region: String,
    /// When it is paused because attempts fail; `None`: never.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// The do-not-call lists that it heeds besides the organization's own, in the order given.
    pub suppression_lists: Vec<SuppressionListId>,
    /// What its calls say; `None`: one sentence. Copied at creation, unchangeable.
    pub voice: Option<Arc<Snapshot>>,
}

impl Settings {
    /// How often a number may be tried: by its own rule, and by the laws that it names.
    pub fn caps(&self) -> Caps {
        let own = Caps {
            caps: self.contact_caps.clone(),
            days_after_conversation: None,
        };
        self.laws.iter().fold(own, |caps, law| caps.and(&law.caps()))
    }
}

/// A campaign's configuration with what identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The campaign.
    pub id: CampaignId,
    /// Whose it is.
    pub org: OrgId,
    /// Counts changes of the configuration, from 1.
    pub config_version: u32,
    /// The configuration.
    pub settings: Settings,
    /// When the campaign was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// The change that made this version; `None` for the first.
    pub edited: Option<Edited>,
}

impl Definition {
    /// Since when this version holds.
    pub fn since(&self) -> Timestamp {
        self.edited.as_ref().map_or(self.created_at, |edited| edited.at)
    }

    /// Who made this version.
    pub fn by(&self) -> &str {
        self.edited.as_ref().map_or(&self.created_by, |edited| &edited.by)
    }
}

/// A change of a campaign's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_backoff_repeats_until_the_budget_is_spent() {
        let retry = Retry {
            max_retries: 3,
            backoff_seconds: vec![60, 600],
            outcomes: vec![],
        };
        let waits: Vec<_> = (1..=5).map(|tries| retry.backoff(tries)).collect();
        assert_eq!(
            waits,
            [
                Some(Millis::seconds(60)),
                Some(Millis::seconds(600)),
                Some(Millis::seconds(600)),
                None,
                None
            ]
        );
    }

    #[test]
    fn no_retries_means_one_try() {
        let retry = Retry {
            max_retries: 0,
            backoff_seconds: vec![60],
            outcomes: vec![],
        };
        assert_eq!(retry.backoff(1), None);
    }
}
