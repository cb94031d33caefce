//! Every call of a rehearsal, held to a judge who can do nothing but read one wall clock.

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use super::world::{World, at, plain, plan};
use crate::attempt::Outcome;
use crate::rehearsal::{Assumptions, Plan, VirtualCall};
use crate::settings::{Pacing, Retry};
use crate::time::{Millis, Timestamp};
use crate::window::{Window, Windows};

const LANES: [&[Tz]; 5] = [
    &[Tz::America__New_York],
    &[Tz::America__Los_Angeles],
    &[Tz::Europe__London],
    &[Tz::America__Chicago, Tz::America__Denver],
    &[Tz::America__New_York, Tz::Europe__London],
];

/// From nine to five on working days, in every zone.
fn is_open(zones: &[Tz], at: Timestamp) -> bool {
    let utc: DateTime<Utc> = at.utc().unwrap();
    zones.iter().all(|zone| {
        let wall = utc.with_timezone(zone);
        !matches!(wall.weekday(), Weekday::Sat | Weekday::Sun) && (9..17).contains(&wall.hour())
    })
}

fn across_the_autumn_changes(contacts_per_lane: u64) -> (World, Plan) {
    let mut settings = plain();
    settings.windows = Windows::Weekly(vec![Window {
        days: vec![
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
        ],
        start: 9 * 60,
        end: 17 * 60,
    }]);
    settings.pacing = Pacing {
        max_concurrent: 10,
        per_minute: 1,
        delay_seconds: 0,
    };
    settings.retry = Retry {
        max_retries: 2,
        backoff_seconds: vec![1800, 86_400],
        outcomes: vec![Outcome::NoAnswer, Outcome::Busy],
    };
    let begin = at("2026-10-23T06:00:00Z");
    let mut world = World::draft(settings, begin);
    for zones in LANES {
        // London's hours come first, and those it shares with New York are few.
        let times = if zones == [Tz::Europe__London] { 3 } else { 1 };
        world.add(times * contacts_per_lane, zones, None);
    }
    (world, plan(begin, Assumptions::default()))
}

#[test]
fn every_call_lies_in_an_open_minute_of_every_candidate_zone_while_clocks_change() {
    let (world, plan) = across_the_autumn_changes(900);
    let (told, calls) = world.watch(&plan).unwrap();
    for call in &calls {
        let zones = LANES[usize::from(call.contact.lane.0)];
        assert!(is_open(zones, call.at), "{call:?} at {} in {zones:?}", call.at);
    }
    // London's clocks go back on the 25th, America's on the 1st: there are calls before, between and after.
    let of_lane = |lane: u16, from: &str, to: &str| {
        let is_it =
            |call: &&VirtualCall| call.contact.lane.0 == lane && call.at >= at(from) && call.at < at(to);
        calls.iter().filter(is_it).count()
    };
    // New York together with London has hours when London has, and comes after it.
    assert!(of_lane(4, "2026-10-23T00:00:00Z", "2026-12-01T00:00:00Z") > 0);
    for lane in 0..4 {
        for (from, to) in [
            ("2026-10-23T00:00:00Z", "2026-10-25T00:00:00Z"),
            ("2026-10-25T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ] {
            assert!(of_lane(lane, from, to) > 0, "lane {lane} from {from}");
        }
    }
    assert_eq!(told.completed + told.failed, 6300);
    assert_eq!(told.attempts, calls.len() as u64);
    assert_eq!(
        told.calls_per_hour.iter().map(|(_, calls)| calls).sum::<u64>(),
        told.attempts
    );
    assert!(
        calls
            .windows(2)
            .all(|two| two[1].at - two[0].at >= Millis(60_000))
    );
}

#[test]
fn an_hour_of_the_chart_holds_the_calls_of_that_hour_and_no_closed_hour_has_any() {
    let (world, plan) = across_the_autumn_changes(200);
    let (told, calls) = world.watch(&plan).unwrap();
    for (hour, count) in &told.calls_per_hour {
        let next = *hour + Millis::seconds(3600);
        let within = calls
            .iter()
            .filter(|call| (*hour..next).contains(&call.at))
            .count();
        assert_eq!(within as u64, *count);
        let minutes = (0..60).map(|minute| *hour + Millis::seconds(60 * minute));
        assert!(
            minutes
                .into_iter()
                .any(|at| LANES.iter().any(|zones| is_open(zones, at))),
            "{hour}"
        );
    }
    let first = calls[0].at;
    assert_eq!(
        first,
        at("2026-10-23T08:00:00Z"),
        "London opens first, at nine of its summer time"
    );
}
