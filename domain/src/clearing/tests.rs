//! What holds a contact back, and what speaks for a call.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use chrono::{NaiveDate, Utc, Weekday};
use uuid::Uuid;

use super::*;
use crate::calendar::{Calendar, Holiday, HolidayDate};
use crate::caps::{Cap, Past};
use crate::ids::LineId;
use crate::law::Preset;
use crate::phone::PhoneNumber;
use crate::recurrence::MissedStart;
use crate::settings::{Channel, Direction, Kind, Pacing, Retry, Schedule, UnknownPolicy, UnknownThen};
use crate::window::{Window, Windows};

mod by_the_minute;
mod hours;
mod numbers;

use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

const EVERY_DAY: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];

fn at(text: &str) -> Timestamp {
    text.parse::<DateTime<Utc>>().unwrap().into()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// From one hour to another on these days.
fn window(days: &[Weekday], start: u16, end: u16) -> Window {
    Window {
        days: days.to_vec(),
        start: start * 60,
        end: end * 60,
    }
}

fn daily(start: u16, end: u16) -> Windows {
    Windows::Weekly(vec![window(&EVERY_DAY, start, end)])
}

fn law(id: &str) -> &'static Preset {
    Preset::named(id).unwrap()
}

/// Any hour by the contact's clock, and no other rule; the campaign lives in Berlin.
fn free() -> Settings {
    Settings {
        name: String::new(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::nil()),
        timezone: Tz::Europe__Berlin,
        schedule: Schedule::Immediate,
        missed_start: MissedStart::Run,
        windows: Windows::Any,
        window_zone: WindowZone::Contact,
        holiday_calendars: Vec::new(),
        laws: Vec::new(),
        fallback_window: None,
        contact_caps: Vec::new(),
        audience: None,
        pacing: Pacing {
            max_concurrent: 1,
            per_minute: 60,
            delay_seconds: 0,
        },
        retry: Retry {
            max_retries: 0,
            backoff_seconds: Vec::new(),
            outcomes: Vec::new(),
        },
        unknown: UnknownPolicy {
            wait_seconds: 60,
            then: UnknownThen::Lost,
        },
        watchdog_seconds: 300,
        ring_timeout_seconds: 60,
        default_region: "US".to_owned(),
        circuit_breaker: None,
        suppression_lists: Vec::new(),
        voice: None,
    }
}

/// What the organization knows of every number.
struct Known {
    standing: Standing,
    tried: Option<Vec<(AttemptId, Past)>>,
}

impl Known {
    fn nothing() -> Self {
        Self::tried(&[])
    }

    /// Tried at these instants, by attempts 1, 2, …; the last was a conversation where said so.
    fn tried(instants: &[(&str, bool)]) -> Self {
        let past = |(n, (instant, was_conversation)): (usize, &(&str, bool))| {
            let past = Past {
                at: at(instant),
                was_conversation: *was_conversation,
            };
            (attempt(n as u128 + 1), past)
        };
        Self {
            standing: Standing::Free,
            tried: Some(instants.iter().enumerate().map(past).collect()),
        }
    }
}

fn attempt(n: u128) -> AttemptId {
    AttemptId(Uuid::from_u128(n))
}

impl Addresses for Known {
    fn standing(&self, _: PhoneNumber, own: Option<AttemptId>, _: Timestamp) -> Standing {
        match &self.standing {
            Standing::Called if own.is_some() => Standing::Free,
            standing => standing.clone(),
        }
    }

    fn tried(&self, _: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>> {
        let tried = self.tried.as_ref()?.iter();
        let others = tried.filter(|(id, past)| Some(*id) != own && past.at >= since);
        Some(others.map(|(_, past)| *past).collect())
    }
}

/// One question to the judge.
struct Case {
    settings: Settings,
    calendars: Calendars,
    zones: Vec<Tz>,
    own_zone: Option<Tz>,
    own: Option<AttemptId>,
    known: Known,
}

impl Case {
    fn new(settings: Settings, zones: &[Tz]) -> Self {
        Self {
            settings,
            calendars: Calendars::default(),
            zones: zones.to_vec(),
            own_zone: None,
            own: None,
            known: Known::nothing(),
        }
    }

    fn holidays(mut self, days: Vec<HolidayDate>) -> Self {
        let holiday = |day| Holiday {
            name: "Founders' Day".to_owned(),
            day,
        };
        let calendar = Calendar {
            dates: days.into_iter().map(holiday).collect(),
        };
        self.calendars = Calendars::new(vec![("ours".to_owned(), calendar)]);
        self
    }

    fn known(mut self, known: Known) -> Self {
        self.known = known;
        self
    }

    fn judged_at(&self, now: Timestamp) -> Result<Clearance, Hold> {
        let contact = Contact {
            phone: PhoneNumber::from_digits(12_025_550_123).unwrap(),
            name: None,
            email: None,
            timezone: self.own_zone,
            person_id: None,
            custom_data: String::new(),
        };
        let subject = Subject {
            settings: &self.settings,
            calendars: &self.calendars,
            zones: &self.zones,
            contact: &contact,
            own: self.own,
        };
        judge(subject, &self.known, now)
    }

    fn allowed(&self, now: &str) -> Clearance {
        let judged = self.judged_at(at(now));
        judged.unwrap_or_else(|hold| panic!("{now}: {hold:?}"))
    }

    /// Held back by this rule until that instant, and not a millisecond longer.
    fn held(&self, now: &str, rule: Rule, until: &str) -> String {
        let hold = self.judged_at(at(now)).unwrap_err();
        assert_eq!(
            (hold.rule, hold.until),
            (rule, Some(at(until))),
            "{}",
            hold.reason
        );
        assert!(self.judged_at(at(until)).is_ok(), "it lets go at {until}");
        let before = self.judged_at(at(until) + Millis(-1)).unwrap_err();
        assert_eq!(before.until, Some(at(until)), "{}", before.reason);
        hold.reason
    }

    /// Held back by this rule for good.
    fn never(&self, now: &str, rule: Rule) -> String {
        let hold = self.judged_at(at(now)).unwrap_err();
        assert_eq!((hold.rule, hold.until), (rule, None), "{}", hold.reason);
        hold.reason
    }
}
