//! Calls over time, and how they ended, as charts.

use std::collections::BTreeMap;

use chrono::{Duration, DurationRound, SubsecRound, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

use super::{OUTCOMES, Whole};
use crate::dashboard::badge::words;
use crate::dashboard::chart::{Bar, Chart, Series};
use crate::dashboard::failure::Failure;
use crate::dashboard::numbers::{count, counted};
use crate::dashboard::pager::query;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, place};

/// How long a bar may last, in seconds; each divides an hour.
const BUCKETS: [i64; 4] = [60, 300, 900, 3600];
/// So many bars can be told apart.
const BARS: i64 = 120;

/// What happened in a span of time, in buckets; those in which nothing did are left out.
#[derive(Debug, Deserialize)]
pub(super) struct Trend {
    from: Instant,
    to: Instant,
    bucket_seconds: i64,
    buckets: Vec<Bucket>,
}

#[derive(Debug, Clone, Deserialize)]
struct Bucket {
    at: Instant,
    started: u64,
    ended: BTreeMap<String, u64>,
}

/// The run's busy time, or the end of it where it is too long to be drawn. Nothing where there is nothing to draw.
pub(super) async fn read(visit: &Visit, whole: &Whole) -> Result<Option<Trend>, Failure> {
    let campaign = &whole.campaign;
    let Some(started) = whole.runs.run_started_at.or(campaign.started_at) else {
        return Ok(None);
    };
    let until = if campaign.status == "running" {
        visit.now()
    } else {
        // Up to where it was busy last: calls may run out after its end, and a pause may be long.
        let path = format!("/campaigns/{}/trend?bucket_seconds=3600", campaign.id);
        match visit.api.get_if_there::<Trend>(&path).await? {
            Some(last) if last.to > started => last.to,
            _ => return Ok(None),
        }
    };
    let (from, to, bucket) = span(started, until);
    let all = [
        ("from", from.text()),
        ("to", to.text()),
        ("bucket_seconds", bucket.to_string()),
    ];
    let all = all.each_ref().map(|(name, value)| (*name, value.as_str()));
    let path = format!("/campaigns/{}/trend{}", campaign.id, query(&all));
    visit.api.get_if_there(&path).await
}

/// From when to when, and how long a bar lasts: as fine as can be drawn.
fn span(from: Instant, to: Instant) -> (Instant, Instant, i64) {
    let lasts = to.seconds_since(from).max(1);
    let fits = |bucket: &i64| lasts <= bucket * BARS;
    let bucket = BUCKETS.into_iter().find(fits).unwrap_or(3600);
    let length = Duration::seconds(bucket);
    let floor = |at: Instant| Instant(at.0.duration_trunc(length).unwrap_or(at.0));
    let to = Instant((floor(to).0 + length).trunc_subsecs(0));
    let earliest = Instant(to.0 - length * BARS as i32);
    (floor(from).max(earliest), to, bucket)
}

pub(super) fn shown(visit: &Visit, whole: &Whole, trend: &Trend) -> Markup {
    let buckets = filled(trend.from, trend.to, trend.bucket_seconds, &trend.buckets);
    if buckets
        .iter()
        .all(|bucket| bucket.started == 0 && bucket.ended.is_empty())
    {
        return html! {};
    }
    let zones = Zones {
        campaign: whole.campaign.timezone,
        viewer: visit.zone,
    };
    let hours = by_hour(&buckets);
    html! {
        section.sheet {
            h2 { "Over time" }
            div.charts {
                (started(&zones, trend, &buckets))
                @if trend.bucket_seconds < 3600 && hours.len() < 3 {
                    (ended(&zones, "Outcomes", trend.bucket_seconds, &buckets))
                } @else {
                    (ended(&zones, "Outcomes by hour", 3600, &hours))
                }
            }
        }
    }
}

/// Every bucket of a span, those in which nothing happened included.
fn filled(from: Instant, to: Instant, seconds: i64, there: &[Bucket]) -> Vec<Bucket> {
    let known: BTreeMap<i64, &Bucket> = there
        .iter()
        .map(|bucket| (bucket.at.0.timestamp(), bucket))
        .collect();
    let step = seconds.max(1);
    let first = from.0.timestamp().div_euclid(step) * step;
    let starts = (first..to.0.timestamp()).step_by(step as usize);
    starts
        .take(2 * BARS as usize)
        .map(|at| match known.get(&at) {
            Some(bucket) => (*bucket).clone(),
            None => Bucket {
                at: Instant(chrono::DateTime::<Utc>::from_timestamp(at, 0).unwrap_or_default()),
                started: 0,
                ended: BTreeMap::new(),
            },
        })
        .collect()
}

/// The same by whole hours.
fn by_hour(buckets: &[Bucket]) -> Vec<Bucket> {
    let mut hours: BTreeMap<i64, Bucket> = BTreeMap::new();
    for bucket in buckets {
        let hour = bucket.at.0.timestamp().div_euclid(3600) * 3600;
        let sum = hours.entry(hour).or_insert_with(|| Bucket {
            at: Instant(chrono::DateTime::<Utc>::from_timestamp(hour, 0).unwrap_or_default()),
            started: 0,
            ended: BTreeMap::new(),
        });
        sum.started += bucket.started;
        for (outcome, number) in &bucket.ended {
            *sum.ended.entry(outcome.clone()).or_default() += number;
        }
    }
    hours.into_values().collect()
}

/// By whose clocks times are told.
struct Zones {
    campaign: Tz,
    viewer: Tz,
}

impl Zones {
    /// A clock, the campaign's first.
    fn told(&self, at: Instant, format: &str) -> String {
        let own = at.0.with_timezone(&self.campaign).format(format).to_string();
        let other = at.0.with_timezone(&self.viewer).format(format).to_string();
        if own == other {
            own
        } else {
            format!("{own} ({other} {})", place(self.viewer))
        }
    }

    /// How an instant of these is written: with its day where they are of several.
    fn format(&self, buckets: &[Bucket]) -> &'static str {
        let day = |bucket: &Bucket| bucket.at.0.with_timezone(&self.campaign).date_naive();
        match (buckets.first(), buckets.last()) {
            (Some(first), Some(last)) if day(first) != day(last) => "%-d %b %H:%M",
            _ => "%H:%M",
        }
    }

    /// The time that is drawn: not always that of the whole campaign.
    fn span(&self, buckets: &[Bucket]) -> String {
        let Some(first) = buckets.first() else {
            return String::new();
        };
        format!("since {}", self.told(first.at, "%-d %b %H:%M"))
    }

    /// What stands under a drawing: its beginning, its middle and its end.
    fn ticks(&self, buckets: &[Bucket]) -> Vec<String> {
        let format = self.format(buckets);
        let last = buckets.len().saturating_sub(1);
        let mut places = vec![0, last / 2, last];
        places.dedup();
        places
            .into_iter()
            .filter_map(|place| buckets.get(place))
            .map(|bucket| self.told(bucket.at, format))
            .collect()
    }

    fn over(&self) -> String {
        format!("time in {}", place(self.campaign))
    }
}

fn started(zones: &Zones, trend: &Trend, buckets: &[Bucket]) -> Markup {
    let (all, highest) = (
        buckets.iter().map(|bucket| bucket.started).sum::<u64>(),
        buckets.iter().max_by_key(|bucket| bucket.started),
    );
    let every = lasting(trend.bucket_seconds);
    let says = match highest {
        Some(most) if all > 0 => format!(
            "{} {}; most at {}: {} in {every}.",
            counted(all, "call was started", "calls were started"),
            zones.span(buckets),
            zones.told(most.at, zones.format(buckets)),
            count(most.started)
        ),
        _ => "No call was started.".to_owned(),
    };
    let over = zones.over();
    let title = if trend.bucket_seconds == 60 {
        "Calls a minute"
    } else {
        "Calls started"
    };
    let unit = format!("calls started in {every}");
    let chart = Chart {
        id: "calls-over-time",
        title,
        unit: &unit,
        over: &over,
        says,
        series: vec![Series {
            name: "started".to_owned(),
            class: "chart-5".to_owned(),
        }],
        bars: buckets
            .iter()
            .map(|bucket| Bar {
                label: zones.told(bucket.at, "%-d %b, %H:%M"),
                values: vec![bucket.started],
            })
            .collect(),
        ticks: zones.ticks(buckets),
    };
    html! { (chart) }
}

fn ended(zones: &Zones, title: &str, seconds: i64, buckets: &[Bucket]) -> Markup {
    let sum = |outcome: &str| -> u64 {
        let numbers = buckets.iter().filter_map(|bucket| bucket.ended.get(outcome));
        numbers.sum()
    };
    let there: Vec<(&str, u64)> = OUTCOMES
        .iter()
        .map(|outcome| (*outcome, sum(outcome)))
        .filter(|(_, number)| *number > 0)
        .collect();
    let told: Vec<String> = there
        .iter()
        .map(|(outcome, number)| format!("{} {}", count(*number), words(outcome)))
        .collect();
    let says = if told.is_empty() {
        "No attempt has ended.".to_owned()
    } else {
        format!("{}, {}.", told.join(", "), zones.span(buckets))
    };
    let over = zones.over();
    let unit = format!("attempts that ended in {}", lasting(seconds));
    let chart = Chart {
        id: "outcomes-over-time",
        title,
        unit: &unit,
        over: &over,
        says,
        series: there
            .iter()
            .map(|(outcome, _)| Series {
                name: words(outcome),
                class: format!("chart-{outcome}"),
            })
            .collect(),
        bars: buckets
            .iter()
            .map(|bucket| Bar {
                label: zones.told(bucket.at, "%-d %b, %H:%M"),
                values: there
                    .iter()
                    .map(|(outcome, _)| bucket.ended.get(*outcome).copied().unwrap_or(0))
                    .collect(),
            })
            .collect(),
        ticks: zones.ticks(buckets),
    };
    html! { (chart) }
}

/// How long a bar lasts, in words.
fn lasting(seconds: i64) -> &'static str {
    match seconds {
        60 => "a minute",
        300 => "5 minutes",
        900 => "15 minutes",
        3600 => "an hour",
        _ => "the time of a bar",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant(text.parse().expect("a time"))
    }

    fn bucket(text: &str, started: u64, completed: u64) -> Bucket {
        Bucket {
            at: at(text),
            started,
            ended: BTreeMap::from([("completed".to_owned(), completed)]),
        }
    }

    #[test]
    fn bars_are_as_short_as_can_be_drawn_and_never_too_many() {
        let begin = at("2026-07-01T13:00:20Z");
        for (minutes, seconds) in [
            (1, 60),
            (120, 60),
            (121, 300),
            (600, 300),
            (601, 900),
            (1_801, 3600),
            (100_000, 3600),
        ] {
            let end = Instant(begin.0 + Duration::minutes(minutes));
            let (from, to, bucket) = span(begin, end);
            assert_eq!(bucket, seconds, "{minutes} minutes");
            let bars = to.seconds_since(from) / bucket;
            assert!((1..=BARS).contains(&bars), "{minutes} minutes: {bars} bars");
            assert!(to > end, "the present minute is in it");
        }
    }

    #[test]
    fn what_did_not_happen_is_a_bar_of_nothing() {
        let there = [bucket("2026-07-01T13:02:00Z", 3, 1)];
        let all = filled(at("2026-07-01T13:00:00Z"), at("2026-07-01T13:04:00Z"), 60, &there);
        let started: Vec<u64> = all.iter().map(|bucket| bucket.started).collect();
        assert_eq!(started, [0, 0, 3, 0]);
    }

    #[test]
    fn hours_hold_the_sums_of_their_minutes() {
        let minutes = [
            bucket("2026-07-01T13:02:00Z", 3, 1),
            bucket("2026-07-01T13:59:00Z", 2, 2),
            bucket("2026-07-01T14:00:00Z", 1, 4),
        ];
        let hours = by_hour(&minutes);
        let sums: Vec<(u64, u64)> = hours
            .iter()
            .map(|hour| (hour.started, hour.ended["completed"]))
            .collect();
        assert_eq!(sums, [(5, 3), (1, 4)]);
    }

    #[test]
    fn ticks_are_the_campaigns_clock_with_the_viewers_where_it_differs() {
        let zones = |viewer| Zones {
            campaign: Tz::America__New_York,
            viewer,
        };
        let buckets = [bucket("2026-07-01T13:00:00Z", 0, 0)];
        assert_eq!(zones(Tz::America__New_York).ticks(&buckets), ["09:00"]);
        assert_eq!(
            zones(Tz::Europe__Amsterdam).ticks(&buckets),
            ["09:00 (15:00 Amsterdam)"]
        );
    }
}
