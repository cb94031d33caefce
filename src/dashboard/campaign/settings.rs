//! What a campaign was told to do, in words.

use std::collections::HashMap;

use chrono_tz::Tz;
use futures_util::future::try_join4;
use serde::Deserialize;
use uuid::Uuid;

use crate::dashboard::api::{List, Named};
use crate::dashboard::badge::words;
use crate::dashboard::failure::Failure;
use crate::dashboard::numbers::{count, counted, duration};
use crate::dashboard::visit::Visit;
use crate::dashboard::week::{Window, in_words};
use crate::dashboard::when::{Instant, place};

/// A configuration, as the API shows it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) description: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) line_id: Uuid,
    pub(super) timezone: String,
    pub(super) schedule: Schedule,
    pub(super) missed_start: MissedStart,
    pub(super) calling_windows: Vec<Window>,
    pub(super) window_zone: String,
    pub(super) fallback_window: Option<Window>,
    pub(super) holiday_calendar_ids: Vec<Uuid>,
    pub(super) law_presets: Vec<String>,
    pub(super) contact_caps: Vec<Cap>,
    pub(super) audience: Option<Audience>,
    pub(super) pacing: Pacing,
    pub(super) retry: Retry,
    pub(super) unknown: Unknown,
    pub(super) watchdog_seconds: u32,
    pub(super) ring_timeout_seconds: u32,
    pub(super) default_region: String,
    pub(super) circuit_breaker: Option<Breaker>,
    pub(super) suppression_list_ids: Vec<Uuid>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Schedule {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) start_at: Option<Instant>,
    #[serde(default)]
    pub(super) end_at: Option<Instant>,
    #[serde(default)]
    pub(super) cron: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct MissedStart {
    pub(super) policy: String,
    #[serde(default)]
    pub(super) grace_seconds: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Cap {
    pub(super) max_attempts: u32,
    pub(super) per_hours: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Audience {
    include: Vec<Rule>,
    exclude: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
struct Rule {
    field: String,
    operator: String,
    #[serde(default)]
    value: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Pacing {
    pub(super) max_concurrent: u32,
    pub(super) per_minute: u32,
    pub(super) delay_seconds: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Retry {
    pub(super) max_retries: u32,
    pub(super) backoff_seconds: Vec<u32>,
    pub(super) outcomes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Unknown {
    pub(super) wait_seconds: u32,
    pub(super) then: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Breaker {
    pub(super) failure_rate: f64,
    pub(super) window_seconds: u32,
    pub(super) min_attempts: u32,
}

/// What a campaign's calls say, as it was copied when the campaign was created.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Voice {
    pub(super) name: String,
    pub(super) voice: Option<String>,
    pub(super) language: Option<String>,
    pub(super) greeting: Option<String>,
}

/// What ids in a configuration are called: lists and calendars that can be chosen, and the line.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) calendars: Vec<Named>,
    /// Without the organization's own, which every campaign heeds.
    pub(super) lists: Vec<Named>,
    pub(super) laws: Vec<Law>,
    lines: HashMap<Uuid, String>,
}

/// A calling law that a campaign can name.
#[derive(Debug, Deserialize)]
pub(super) struct Law {
    pub(super) id: String,
    pub(super) name: String,
}

impl Names {
    /// The names that the viewer may see.
    pub(super) async fn read(visit: &Visit, line: Uuid) -> Result<Self, Failure> {
        let api = &visit.api;
        let calendars = api.get_if_there::<List<Named>>("/holiday-calendars?limit=500");
        let lists = api.get_if_there::<List<Named>>("/suppression-lists?limit=500");
        let laws = api.get_if_there::<List<Law>>("/law-presets?limit=500");
        let known = format!("/lines/{line}");
        let line = api.get_if_there::<Named>(&known);
        let (calendars, lists, laws, line) = try_join4(calendars, lists, laws, line).await?;
        Ok(Self {
            calendars: calendars.map(|list| list.items).unwrap_or_default(),
            lists: lists
                .into_iter()
                .flat_map(|list| list.items)
                .filter(|list| !list.id.is_nil())
                .collect(),
            laws: laws.map(|list| list.items).unwrap_or_default(),
            lines: line.into_iter().map(|line| (line.id, line.name)).collect(),
        })
    }

    fn of(named: &[Named], ids: &[Uuid]) -> String {
        let names: Vec<String> = ids
            .iter()
            .map(|id| {
                let found = named.iter().find(|each| each.id == *id);
                found.map_or_else(|| id.to_string(), |each| each.name.clone())
            })
            .collect();
        or_none(&names)
    }

    fn law(&self, id: &str) -> String {
        let found = self.laws.iter().find(|law| law.id == id);
        found.map_or_else(|| id.to_owned(), |law| law.name.clone())
    }
}

/// A part of a configuration, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) what: &'static str,
    pub(super) words: String,
}

impl Settings {
    /// Its zone; UTC where it is none that this program knows.
    pub(super) fn zone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }

    /// All of it, in the order in which people ask.
    pub(super) fn told(&self, names: &Names) -> Vec<Told> {
        let laws: Vec<String> = self.law_presets.iter().map(|id| names.law(id)).collect();
        let line = names.lines.get(&self.line_id);
        let all: [(&'static str, String); 19] = [
            ("Name", self.name.clone()),
            ("Description", or_dash(&self.description)),
            ("Type", words(&self.kind)),
            ("Line", line.cloned().unwrap_or_else(|| self.line_id.to_string())),
            ("Time zone", self.timezone.clone()),
            ("Schedule", self.schedule_told()),
            ("A start that was missed", self.missed_told()),
            ("Calling windows", self.windows_told()),
            ("Contacts without a zone", self.fallback_told()),
            (
                "Holidays of",
                Names::of(&names.calendars, &self.holiday_calendar_ids),
            ),
            ("Laws", or_none(&laws)),
            ("Do-not-call lists", self.lists_told(names)),
            ("A number is tried", self.caps_told()),
            ("Audience", self.audience_told()),
            ("Pace", self.pace_told()),
            ("Retries", self.retry_told()),
            ("Paused by itself", self.breaker_told()),
            ("Attempts of unknown fate", self.unknown_told()),
            (
                "Numbers without a country code",
                format!("are of {}", self.default_region),
            ),
        ];
        all.into_iter()
            .map(|(what, words)| Told { what, words })
            .collect()
    }

    fn schedule_told(&self) -> String {
        let zone = self.zone();
        let end = self
            .schedule
            .end_at
            .map(|at| format!(", until {}", clock(at, zone)));
        let begin = match (
            self.schedule.kind.as_str(),
            self.schedule.start_at,
            &self.schedule.cron,
        ) {
            ("scheduled", Some(at), _) => format!("from {}", clock(at, zone)),
            ("recurring", _, Some(cron)) => {
                format!("again and again, by the pattern {cron} ({})", place(zone))
            }
            _ => "at once when it is started".to_owned(),
        };
        begin + &end.unwrap_or_default()
    }

    fn missed_told(&self) -> String {
        match (self.missed_start.policy.as_str(), self.missed_start.grace_seconds) {
            ("skip", _) => "is left out".to_owned(),
            ("run_within", Some(grace)) => {
                format!("is made up for within {}", duration(grace.into()))
            }
            _ => "is made up for, however late".to_owned(),
        }
    }

    fn windows_told(&self) -> String {
        let whose = match self.window_zone.as_str() {
            "campaign" => "By the campaign's clock.",
            _ => "By the contact's clock.",
        };
        format!("{} {whose}", in_words(&self.calling_windows))
    }

    fn fallback_told(&self) -> String {
        match &self.fallback_window {
            None => "are skipped, where their own clock counts".to_owned(),
            Some(window) => format!(
                "are called by the campaign's clock: {}",
                in_words(std::slice::from_ref(window))
            ),
        }
    }

    fn lists_told(&self, names: &Names) -> String {
        match self.suppression_list_ids.as_slice() {
            [] => "the organization's own".to_owned(),
            ids => format!("the organization's own, {}", Names::of(&names.lists, ids)),
        }
    }

    fn caps_told(&self) -> String {
        let caps: Vec<String> = self
            .contact_caps
            .iter()
            .map(|cap| {
                let times = counted(cap.max_attempts.into(), "time", "times");
                format!(
                    "at most {times} in {}",
                    counted(cap.per_hours.into(), "hour", "hours")
                )
            })
            .collect();
        match caps.as_slice() {
            [] => "as often as the retries say".to_owned(),
            caps => caps.join(", "),
        }
    }

    fn audience_told(&self) -> String {
        let rule = |rule: &Rule| {
            let value = rule.value.as_deref();
            let value = value.map(|value| format!(" “{value}”")).unwrap_or_default();
            format!("{} {}{value}", rule.field, words(&rule.operator))
        };
        let rules = |rules: &[Rule], with: &str, between: &str| {
            let told: Vec<String> = rules.iter().map(rule).collect();
            (!told.is_empty()).then(|| format!("{with} {}", told.join(between)))
        };
        let Some(audience) = &self.audience else {
            return "all of its contacts".to_owned();
        };
        let parts = [
            rules(&audience.include, "those of whom", " and "),
            rules(&audience.exclude, "without those of whom", " or "),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            "all of its contacts".to_owned()
        } else {
            parts.join(", ")
        }
    }

    fn pace_told(&self) -> String {
        let pacing = &self.pacing;
        let mut told = format!(
            "{} a minute, at most {} at once",
            counted(pacing.per_minute.into(), "call", "calls"),
            count(pacing.max_concurrent.into())
        );
        if pacing.delay_seconds > 0 {
            told += &format!(
                ", at least {} from start to start",
                duration(pacing.delay_seconds.into())
            );
        }
        told + &format!(
            "; a phone rings for at most {}",
            duration(self.ring_timeout_seconds.into())
        )
    }

    fn retry_told(&self) -> String {
        let retry = &self.retry;
        if retry.max_retries == 0 || retry.outcomes.is_empty() {
            return "none".to_owned();
        }
        let waits: Vec<String> = retry
            .backoff_seconds
            .iter()
            .map(|wait| duration(f64::from(*wait)))
            .collect();
        let outcomes: Vec<String> = retry.outcomes.iter().map(|outcome| words(outcome)).collect();
        format!(
            "{} after {}; each waits {}",
            counted(retry.max_retries.into(), "retry", "retries"),
            outcomes.join(", "),
            waits.join(", then ")
        )
    }

    fn breaker_told(&self) -> String {
        match &self.circuit_breaker {
            None => "never".to_owned(),
            Some(breaker) => format!(
                "when {} % of at least {} fail within {}",
                (breaker.failure_rate * 1_000.0).round() / 10.0,
                counted(breaker.min_attempts.into(), "attempt", "attempts"),
                duration(breaker.window_seconds.into())
            ),
        }
    }

    fn unknown_told(&self) -> String {
        let then = match self.unknown.then.as_str() {
            "retry" => "may be tried again where the carrier does not know them either",
            _ => "are lost where the carrier does not know them either",
        };
        format!(
            "wait {} and {then}; a silent call is asked after every {}",
            duration(self.unknown.wait_seconds.into()),
            duration(self.watchdog_seconds.into())
        )
    }
}

/// An instant in words, by a zone's clock.
fn clock(at: Instant, zone: Tz) -> String {
    let there = at.0.with_timezone(&zone);
    format!("{} {}", there.format("%-d %b %Y, %H:%M"), place(zone))
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text.to_owned()
    }
}

fn or_none(all: &[String]) -> String {
    match all {
        [] => "none".to_owned(),
        all => all.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        serde_json::from_str(include_str!("../../http/openapi/examples/campaign.json")).expect("a campaign")
    }

    fn told(settings: &Settings, what: &str) -> String {
        let all = settings.told(&Names::default());
        let found = all.into_iter().find(|told| told.what == what);
        found.expect("it is told").words
    }

    #[test]
    fn a_configuration_is_told_as_people_say_it() {
        let settings = settings();
        assert_eq!(
            told(&settings, "Schedule"),
            "again and again, by the pattern 0 9 * * 1-5 (New York)"
        );
        assert_eq!(
            told(&settings, "Calling windows"),
            "Monday to Friday, 09:00 to 17:00. By the contact's clock."
        );
        assert_eq!(
            told(&settings, "Pace"),
            "60 calls a minute, at most 10 at once; a phone rings for at most 1 min"
        );
        assert_eq!(
            told(&settings, "Retries"),
            "3 retries after no answer, busy, failed; each waits 1 h, then 4 h, then 1 d"
        );
        assert_eq!(
            told(&settings, "A number is tried"),
            "at most 3 times in 24 hours"
        );
        assert_eq!(told(&settings, "Paused by itself"), "never");
    }

    #[test]
    fn the_audience_is_told_by_its_rules() {
        let mut settings = settings();
        settings.audience = serde_json::from_str(
            r#"{"include": [{"field": "city", "operator": "equals", "value": "Boston"}],
                "exclude": [{"field": "email", "operator": "is_empty"}]}"#,
        )
        .expect("an audience");
        assert_eq!(
            told(&settings, "Audience"),
            "those of whom city equals “Boston”, without those of whom email is empty"
        );
    }
}
