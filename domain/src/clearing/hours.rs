//! The rules of hours: windows, holidays and laws, each with the clocks by which it is judged.

use std::borrow::Cow;

use chrono_tz::Tz;

use super::{Hold, Rule, Subject};
use crate::calendar::{Calendars, Holidays, NO_HOLIDAYS};
use crate::settings::{Settings, WindowZone};
use crate::time::Timestamp;
use crate::window::{self, Hours, Windows, all_open, hours_of_all};

/// A record names so many clocks; a freephone number may be anywhere in a continent.
const CLOCKS_SHOWN: usize = 3;

/// Hours that a rule allows.
pub(super) struct HourRule<'a> {
    pub(super) rule: Rule,
    /// What it is called, where the rule alone does not say it.
    name: Option<String>,
    windows: Cow<'a, Windows>,
    pub(super) zones: Vec<Tz>,
    holidays: &'a Holidays,
}

impl HourRule<'_> {
    pub(super) fn judged(&self) -> window::Rule<'_> {
        window::Rule {
            windows: &self.windows,
            zones: &self.zones,
            holidays: self.holidays,
        }
    }

    fn hours(&self, now: Timestamp) -> Hours {
        hours_of_all(&[self.judged()], now)
    }

    fn is_open(&self, now: Timestamp) -> bool {
        all_open(&[self.judged()], now)
    }

    /// Whether it is open by one of its clocks.
    fn is_open_by(&self, zone: &Tz, now: Timestamp) -> bool {
        let one = window::Rule {
            zones: std::slice::from_ref(zone),
            ..self.judged()
        };
        all_open(&[one], now)
    }

    /// What it says for a call while it is open.
    pub(super) fn words(&self, subject: Subject<'_>, now: Timestamp) -> String {
        let settings = subject.settings;
        match (self.rule, &settings.windows, settings.window_zone) {
            (Rule::FallbackWindow, ..) => {
                "fallback_window: open in the campaign's zone, none being known of the contact".to_owned()
            }
            (Rule::HolidayCalendars, ..) => "holiday_calendars: no holiday".to_owned(),
            (Rule::LawPresets, ..) => format!("{}: open{}", self.named(), self.clocks(now)),
            (_, Windows::Any, _) => "calling_windows: any hour".to_owned(),
            (_, Windows::Weekly(_), WindowZone::Campaign) => {
                "calling_windows: open in the campaign's zone".to_owned()
            }
            (_, Windows::Weekly(_), WindowZone::Contact) => {
                "calling_windows: open in every candidate zone".to_owned()
            }
        }
    }

    /// What the clocks show by which it is judged, as in ` at 14:02 in America/Los_Angeles`.
    fn clocks(&self, now: Timestamp) -> String {
        let Some(now) = now.utc() else {
            return String::new();
        };
        let shown = self.zones.iter().take(CLOCKS_SHOWN).map(|zone| {
            let wall = now.with_timezone(zone);
            format!("{} in {}", wall.format("%H:%M"), zone.name())
        });
        let shown = shown.collect::<Vec<_>>().join(", ");
        match self.zones.len().saturating_sub(CLOCKS_SHOWN) {
            _ if shown.is_empty() => shown,
            0 => format!(" at {shown}"),
            more => format!(" at {shown} and by {more} more clocks"),
        }
    }

    fn named(&self) -> String {
        match &self.name {
            Some(name) => format!("{}: {name}", self.rule.name()),
            None => self.rule.name().to_owned(),
        }
    }
}

/// The rules of hours for contacts whose candidate zones are these.
pub(super) fn hour_rules<'a>(
    settings: &'a Settings,
    calendars: &'a Calendars,
    zones: &[Tz],
) -> Vec<HourRule<'a>> {
    let of_campaign = vec![settings.timezone];
    let is_known = !zones.is_empty();
    let fallback = settings.fallback_window.as_ref();
    let (rule, windows, judged) = match (settings.window_zone, &settings.windows) {
        (WindowZone::Campaign, windows) => (Rule::CallingWindows, windows, of_campaign.clone()),
        (WindowZone::Contact, windows) if is_known => (Rule::CallingWindows, windows, zones.to_vec()),
        (WindowZone::Contact, Windows::Any) => {
            // Any hour needs no clock, but a holiday is a day on one.
            let zones = if calendars.dates().is_empty() {
                Vec::new()
            } else {
                of_campaign.clone()
            };
            (Rule::CallingWindows, &Windows::Any, zones)
        }
        (WindowZone::Contact, windows) => match fallback {
            Some(fallback) => (Rule::FallbackWindow, fallback, of_campaign.clone()),
            None => (Rule::CallingWindows, windows, Vec::new()),
        },
    };
    // Whoever states a fallback window answers for where such contacts are.
    let called = match (is_known, fallback) {
        (false, Some(_)) => of_campaign,
        _ => zones.to_vec(),
    };
    let mut rules = vec![HourRule {
        rule,
        name: None,
        windows: Cow::Borrowed(windows),
        zones: judged.clone(),
        holidays: &NO_HOLIDAYS,
    }];
    if !calendars.dates().is_empty() {
        rules.push(HourRule {
            rule: Rule::HolidayCalendars,
            name: None,
            windows: Cow::Owned(Windows::Any),
            zones: judged,
            holidays: calendars.dates(),
        });
    }
    let laws = settings.laws.iter().filter(|law| law.hours.is_some());
    rules.extend(laws.map(|law| HourRule {
        rule: Rule::LawPresets,
        name: Some(format!("{} ({}, law since {})", law.id, law.source, law.since)),
        windows: Cow::Owned(law.windows()),
        zones: called.clone(),
        holidays: &NO_HOLIDAYS,
    }));
    rules
}

/// Whether contacts with these candidate zones may be called at `now`, and when that next changes.
pub fn hours(settings: &Settings, calendars: &Calendars, zones: &[Tz], now: Timestamp) -> Hours {
    hours_of(&hour_rules(settings, calendars, zones), now)
}

fn hours_of(rules: &[HourRule<'_>], now: Timestamp) -> Hours {
    let judged: Vec<window::Rule<'_>> = rules.iter().map(HourRule::judged).collect();
    hours_of_all(&judged, now)
}

/// Why contacts with these zones are never called, where no clock will ever allow it.
pub fn never_open(settings: &Settings, calendars: &Calendars, zones: &[Tz], now: Timestamp) -> Option<Hold> {
    let rules = hour_rules(settings, calendars, zones);
    let Hours::Closed { opens: None } = hours_of(&rules, now) else {
        return None;
    };
    let alone = rules
        .iter()
        .find(|rule| rule.hours(now) == Hours::Closed { opens: None });
    let rule = alone
        .or(rules.first())
        .map_or(Rule::CallingWindows, |rule| rule.rule);
    let reason = match alone {
        Some(rule) if rule.zones.is_empty() && rule.rule == Rule::LawPresets => format!(
            "no time zone is known for this number, so the hours of {} never come, and the campaign has no fallback_window",
            rule.name.as_deref().unwrap_or_default()
        ),
        Some(rule) if rule.zones.is_empty() => {
            "no time zone is known for this number, and the campaign has no fallback_window".to_owned()
        }
        Some(rule) if rule.rule == Rule::HolidayCalendars => {
            "the holiday calendars leave no day at all".to_owned()
        }
        Some(rule) if rule.zones.len() == 1 => format!("{} never open", rule.named()),
        Some(rule) if rule.rule == Rule::LawPresets => format!(
            "the hours of {} have no minute at which every candidate time zone is open",
            rule.name.as_deref().unwrap_or_default()
        ),
        Some(_) => {
            "the calling windows allow no minute at which every candidate time zone is open".to_owned()
        }
        None => "calling windows, holidays and law presets leave no minute in common".to_owned(),
    };
    Some(Hold {
        rule,
        reason,
        until: None,
    })
}

/// What holds the contact back, if these rules do.
pub(super) fn out_of_hours(subject: Subject<'_>, rules: &[HourRule<'_>], now: Timestamp) -> Option<Hold> {
    let closed = rules.iter().find(|rule| !rule.is_open(now))?;
    let opens = match hours_of(rules, now) {
        Hours::Closed { opens } => opens,
        Hours::Open { .. } => return None,
    };
    Some(closed_by(subject, closed, opens, now))
}

/// Which hours hold the contact back, and where it stands on the clock.
fn closed_by(subject: Subject<'_>, closed: &HourRule<'_>, opens: Option<Timestamp>, now: Timestamp) -> Hold {
    let rule = closed.rule;
    let Some(opens) = opens else {
        let never = never_open(subject.settings, subject.calendars, subject.zones, now);
        return never.unwrap_or(Hold {
            rule,
            reason: "no hour is open".to_owned(),
            until: None,
        });
    };
    let zone = closed.zones.iter().find(|zone| !closed.is_open_by(zone, now));
    let wall = zone.zip(now.utc()).map(|(zone, at)| at.with_timezone(zone));
    let clock = wall.map_or_else(String::new, |wall| {
        format!("it is {} in {}", wall.format("%A %H:%M"), wall.timezone().name())
    });
    let named = closed.named();
    let holiday = wall.and_then(|wall| subject.calendars.holiday_on(wall.date_naive()));
    let reason = match (rule, holiday) {
        (Rule::HolidayCalendars, Some((holiday, calendar))) => {
            format!("{clock}, and a holiday: {} (calendar `{calendar}`)", holiday.name)
        }
        _ => format!("{named} closed: {clock}"),
    };
    Hold {
        rule,
        reason: format!("{reason}; calls are allowed again from {opens}"),
        until: Some(opens),
    }
}
