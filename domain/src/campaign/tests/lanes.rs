//! Contacts wait in lanes, by the zones whose clocks must all allow the call.

use chrono_tz::Tz;

use super::story::{NOON, Story, plain};
use crate::call::CallEnd;
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::settings::{Settings, WindowZone};
use crate::step::Action;
use crate::time::Millis;
use crate::window::{Window, Windows};

const NEVER: &str = "the calling windows allow no minute at which every candidate time zone is open";
const NO_ZONE: &str = "no time zone is known for this number, and the campaign has no fallback_window";

fn daily(start: u16, end: u16) -> Windows {
    use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    Windows::Weekly(vec![Window {
        days: vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun],
        start,
        end,
    }])
}

fn within(windows: Windows) -> Settings {
    Settings { windows, ..plain() }
}

/// Whom the next call is for.
fn called(story: &mut Story) -> u64 {
    let attempt = story.place();
    story.attempt(attempt).to.digits() - 12_025_550_000
}

/// Contact 0 in London, 1 in New York, 2 in Los Angeles: 14:00, 09:00 and 06:00 when the story begins.
fn three_cities(settings: Settings) -> Story {
    let mut story = Story::draft(settings);
    for zone in [
        Tz::Europe__London,
        Tz::America__New_York,
        Tz::America__Los_Angeles,
    ] {
        story.add(1, &[zone]);
    }
    story.command(Command::Start).unwrap();
    story
}

#[test]
fn a_contact_is_called_within_its_own_hours_and_the_campaign_sleeps_until_they_begin() {
    let mut story = three_cities(within(Windows::daytime()));
    assert_eq!(called(&mut story), 0, "London closes soonest");
    assert_eq!(called(&mut story), 1);
    let los_angeles_opens = NOON + Millis::seconds(2 * 3600);
    let asked = story.pass(los_angeles_opens - story.now);
    assert_eq!(asked.last(), Some(&(los_angeles_opens, Action::AskPermit)));
    assert_eq!(called(&mut story), 2);
}

#[test]
fn of_the_open_lanes_the_one_that_closes_soonest_goes_first_and_a_closed_one_blocks_nobody() {
    let mut story = Story::draft(within(Windows::daytime()));
    story.add(2, &[Tz::America__Los_Angeles]);
    story.add(2, &[Tz::America__New_York]);
    story.add(2, &[Tz::Europe__London]);
    story.command(Command::Start).unwrap();
    let order: Vec<u64> = (0..4).map(|_| called(&mut story)).collect();
    assert_eq!(order, [4, 5, 2, 3]);
    assert_eq!(story.counters().pending, 2, "Los Angeles is asleep");
}

#[test]
fn a_number_in_several_zones_is_called_when_all_of_them_are_open() {
    let mut story = Story::draft(within(Windows::daytime()));
    story.add(1, &[Tz::America__Los_Angeles, Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    assert_eq!(story.alarm, Some(NOON + Millis::seconds(2 * 3600)));
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
}

#[test]
fn contacts_whom_no_clock_will_ever_allow_to_be_called_are_skipped_with_the_reason() {
    let mut story = Story::draft(within(daily(9 * 60, 12 * 60)));
    story.add(2, &[Tz::America__New_York, Tz::Asia__Kolkata]);
    story.add(1, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    let never = (ContactStatus::Skipped, Some(NEVER.to_owned()));
    assert_eq!(
        story.standings(),
        [never.clone(), never, (ContactStatus::Pending, None)]
    );
    assert_eq!(called(&mut story), 2);
}

#[test]
fn whoever_joins_a_lane_that_never_opens_is_skipped_too() {
    let mut story = Story::draft(within(daily(9 * 60, 12 * 60)));
    let zones = [Tz::America__New_York, Tz::Asia__Kolkata];
    story.add(1, &zones);
    story.add(1, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    let mut late = story.candidate(9, &zones);
    late.new.not_before = Some(story.now + Millis::seconds(60));
    story.take_in(vec![late]).unwrap();
    assert_eq!(story.counters().skipped, 2);
    assert!(story.shelf.waiting.is_empty());
}

#[test]
fn a_campaign_that_may_call_nobody_is_completed_at_once() {
    let mut story = Story::running(within(Windows::daytime()), 3);
    assert_eq!(story.status(), Status::Completed);
    assert_eq!(
        story.standings(),
        vec![(ContactStatus::Skipped, Some(NO_ZONE.to_owned())); 3]
    );
    assert_eq!(
        story
            .command(Command::Archive)
            .map(|_| story.standings()[0].1.clone()),
        Ok(Some(NO_ZONE.to_owned()))
    );
}

#[test]
fn the_reason_of_a_skipped_lane_outlives_the_end_of_the_campaign() {
    let mut story = Story::draft(within(Windows::daytime()));
    story.add(1, &[]);
    story.add(1, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    story.command(Command::Cancel { hang_up: false }).unwrap();
    let reasons: Vec<Option<String>> = story.standings().into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            Some(NO_ZONE.to_owned()),
            Some("the campaign was canceled".to_owned())
        ]
    );
}

#[test]
fn a_contact_without_a_zone_is_called_in_the_fallback_window_by_the_campaigns_clock() {
    let mut story = Story::running(
        Settings {
            fallback_window: Some(daily(10 * 60, 11 * 60)),
            ..within(Windows::daytime())
        },
        1,
    );
    let opens = NOON + Millis::seconds(3600);
    assert_eq!(story.alarm, Some(opens), "10:00 in New York");
    assert_eq!(story.pass(Millis::seconds(3600)), [(opens, Action::AskPermit)]);
    let attempt = story.place();
    let clearance = &story.attempt(attempt).clearance;
    assert_eq!(clearance.zone_source, "campaign");
    assert_eq!(
        clearance.rules,
        ["fallback_window: open in the campaign's zone, none being known of the contact"]
    );
}

#[test]
fn by_the_campaigns_clock_everybody_is_called_in_its_hours_wherever_they_are() {
    let mut story = three_cities(Settings {
        window_zone: WindowZone::Campaign,
        ..within(daily(9 * 60, 10 * 60))
    });
    let order: Vec<u64> = (0..3).map(|_| called(&mut story)).collect();
    assert_eq!(order, [0, 1, 2]);
}

#[test]
fn any_hour_needs_no_zone() {
    let mut story = Story::running(plain(), 1);
    let attempt = story.place();
    let clearance = &story.attempt(attempt).clearance;
    assert_eq!(clearance.rules, ["calling_windows: any hour"]);
    assert_eq!((clearance.zone_source, &clearance.zone), ("none", &None));
}

#[test]
fn a_retry_waits_for_its_window_as_well() {
    let mut story = Story::draft(Settings {
        retry: crate::settings::Retry {
            max_retries: 1,
            backoff_seconds: vec![3600],
            outcomes: vec![crate::attempt::Outcome::Busy],
        },
        ..within(daily(9 * 60, 9 * 60 + 30))
    });
    story.add(1, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    let first = story.place();
    story.end(first, CallEnd::Busy);
    let asked = story.pass(Millis::seconds(86_400));
    assert_eq!(asked, [(NOON + Millis::seconds(86_400), Action::AskPermit)]);
}

#[test]
fn a_lane_that_opens_and_closes_is_called_from_day_to_day_until_everybody_was() {
    let mut story = Story::draft(Settings {
        pacing: crate::settings::Pacing {
            max_concurrent: 10,
            per_minute: 1,
            delay_seconds: 0,
        },
        ..within(daily(9 * 60, 9 * 60 + 3))
    });
    story.add(8, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    let mut starts = Vec::new();
    while story.status() == Status::Running {
        if story.campaign.is_asking_permit() {
            let attempt = story.intend();
            story.durable(attempt).unwrap();
            story.end(attempt, CallEnd::Completed);
            starts.push((story.now - NOON).0 / 60_000);
        }
        let alarm = story.alarm.filter(|_| story.status() == Status::Running);
        story.pass(alarm.map_or(Millis(0), |at| at - story.now));
    }
    let day = 24 * 60;
    let expected = [0, 1, 2, day, day + 1, day + 2, 2 * day, 2 * day + 1];
    assert_eq!(starts, expected);
}
