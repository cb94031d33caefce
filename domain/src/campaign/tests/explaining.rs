//! What is told of a contact is what becomes of it.

use chrono::Weekday;
use chrono_tz::Tz;

use super::story::{NOON, Story, plain};
use crate::attempt::Outcome;
use crate::calendar::{Calendar, Calendars, Holiday, HolidayDate};
use crate::call::CallEnd;
use crate::caps::{Cap, Past};
use crate::contact::ContactStatus;
use crate::explain::{Explanation, View, explain};
use crate::ids::{AttemptId, ContactId};
use crate::law::Preset;
use crate::lifecycle::{Command, ContactCommand};
use crate::phone::PhoneNumber;
use crate::settings::{Pacing, Retry, Schedule, Settings};
use crate::step::Input;
use crate::time::{Millis, Timestamp};
use crate::window::{Window, Windows};

const DAY: Millis = Millis::seconds(24 * 3600);
const ZONES: [Tz; 7] = [
    Tz::America__New_York,
    Tz::America__Los_Angeles,
    Tz::Europe__Dublin,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
    Tz::America__Sao_Paulo,
    Tz::Pacific__Apia,
];

/// What is told of the first contact.
fn told(story: &Story) -> Explanation {
    told_with(story, None)
}

fn told_with(story: &Story, line_trouble: Option<&str>) -> Explanation {
    let id = first(story);
    let view = View {
        definition: story.campaign.definition(),
        progress: &story.shelf.progress,
        runs: story.shelf.runs.as_ref(),
        calendars: &story.shelf.calendars,
        line_trouble,
        lane: &story.shelf.lanes[&id.lane],
        ready: &story.shelf.ready(id),
    };
    explain(view, &story.suppressed, story.now)
}

fn first(story: &Story) -> ContactId {
    story.shelf.ids().next().unwrap()
}

fn phone(story: &Story) -> PhoneNumber {
    story.shelf.ready(first(story)).contact.phone
}

fn tried(story: &mut Story, n: u128, at: Timestamp, was_conversation: bool) {
    let key = (phone(story), AttemptId(uuid::Uuid::from_u128(1 << 100 | n)));
    story.suppressed.2.insert(key, Past { at, was_conversation });
}

#[test]
fn whatever_holds_a_contact_back_is_named_with_its_reason_and_when_it_lets_go() {
    let mut story = Story::draft(Settings {
        retry: Retry {
            max_retries: 1,
            backoff_seconds: vec![600],
            outcomes: vec![Outcome::Busy],
        },
        ..plain()
    });
    story.add(1, &[]);
    let draft = told(&story);
    assert_eq!((draft.rule, draft.next_try_at), ("campaign_status", None));
    assert!(draft.reason.contains("until it is started"), "{}", draft.reason);
    story.command(Command::Start).unwrap();
    let free = told(&story);
    assert!(free.callable_now && free.checks.iter().all(|check| check.passes));
    assert_eq!((free.rule, free.next_try_at), ("turn", Some(story.now)));
    assert_eq!(told_with(&story, Some("held: restored")).reason, "held: restored");

    let phone = phone(&story);
    story.suppressed.0.insert(phone);
    let stopped = told(&story);
    assert_eq!((stopped.rule, stopped.next_try_at), ("suppression_lists", None));
    story.suppressed.0.clear();
    story.suppressed.1.insert(phone);
    let called = told(&story);
    assert_eq!(
        (called.rule, called.next_try_at),
        ("already_calling", Some(story.now))
    );
    story.suppressed.1.clear();

    story.pause();
    let paused = told(&story);
    assert_eq!((paused.rule, paused.next_try_at), ("campaign_status", None));
    story.command(Command::Resume).unwrap();

    let attempt = story.place();
    let calling = told(&story);
    assert_eq!(
        (calling.rule, calling.status),
        ("contact_status", ContactStatus::Calling)
    );
    story.end(attempt, CallEnd::Busy);
    let waits = told(&story);
    assert_eq!(waits.rule, "not_before");
    assert_eq!(waits.next_try_at, story.contact_of(attempt).not_before);
    assert!(waits.reason.contains("1 of at most"), "{}", waits.reason);

    let (id, found) = (first(&story), Some(Box::new(story.shelf.ready(first(&story)))));
    let command = ContactCommand::Skip;
    story.step(Input::ForContact { command, id, found });
    let skipped = told(&story);
    assert_eq!((skipped.rule, skipped.next_try_at), ("contact_status", None));
    assert_eq!(skipped.reason, "it was skipped: skipped by hand");
}

#[test]
fn a_contact_whose_turn_comes_only_after_the_end_is_told_so() {
    let mut story = Story::draft(Settings {
        schedule: Schedule::Scheduled {
            start_at: NOON + Millis::seconds(60),
            end_at: Some(NOON + DAY),
        },
        contact_caps: vec![Cap {
            max_attempts: 1,
            per_hours: 48,
        }],
        ..plain()
    });
    story.add(1, &[]);
    tried(&mut story, 1, NOON, false);
    story.command(Command::Start).unwrap();
    let told = told(&story);
    assert_eq!(told.rule, "contact_caps", "it lets go last");
    assert_eq!(told.next_try_at, None);
    assert!(told.reason.contains("the campaign ends at"), "{}", told.reason);
}

#[test]
fn what_lets_go_too_early_to_be_called_is_told_with_the_instant_at_which_all_do() {
    let mut story = Story::draft(Settings {
        windows: Windows::daytime(),
        ..plain()
    });
    let today = Holiday {
        name: "Today".to_owned(),
        day: HolidayDate::yearly(7, 1).unwrap(),
    };
    let calendar = Calendar { dates: vec![today] };
    story.shelf.calendars = std::sync::Arc::new(Calendars::new(vec![("ours".to_owned(), calendar)]));
    story.add(1, &[Tz::America__New_York]);
    story.wake();
    story.command(Command::Start).unwrap();
    let told = told(&story);
    assert_eq!(told.rule, "holiday_calendars");
    let midnight = "calls are allowed again from 2026-07-02T04:00:00Z";
    let eight = "by all rules together it is next tried at 2026-07-02T12:00:00Z";
    assert!(
        told.reason.contains(midnight) && told.reason.contains(eight),
        "{}",
        told.reason
    );
}

/// Splitmix64 (Steele, Lea, Flood 2014): worlds need no better chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

fn window(chance: &mut Chance) -> Window {
    let days = (0..7u8).filter(|_| !chance.one_in(3));
    Window {
        days: days.filter_map(|day| Weekday::try_from(day).ok()).collect(),
        start: chance.below(24 * 60) as u16,
        end: 1 + chance.below(24 * 60) as u16,
    }
}

fn settings(chance: &mut Chance) -> Settings {
    let laws = Preset::all().iter().filter(|_| chance.one_in(4)).collect();
    let caps = (0..chance.below(3)).map(|_| Cap {
        max_attempts: 1 + chance.below(3) as u32,
        per_hours: 1 + chance.below(100) as u32,
    });
    let contact_caps = caps.collect();
    Settings {
        timezone: ZONES[chance.below(7) as usize],
        windows: match chance.below(4) {
            0 => Windows::Any,
            _ => Windows::Weekly((0..=chance.below(2)).map(|_| window(chance)).collect()),
        },
        window_zone: if chance.one_in(3) {
            crate::settings::WindowZone::Campaign
        } else {
            crate::settings::WindowZone::Contact
        },
        fallback_window: chance.one_in(2).then(Windows::daytime),
        laws,
        contact_caps,
        pacing: Pacing {
            max_concurrent: 1,
            per_minute: 60,
            delay_seconds: 0,
        },
        ..plain()
    }
}

fn holidays(chance: &mut Chance) -> Calendars {
    let dates = (0..chance.below(4)).map(|n| Holiday {
        name: format!("day {n}"),
        // The story begins on 2026-07-01.
        day: HolidayDate::yearly(7, 1 + chance.below(6) as u8).unwrap(),
    });
    let calendar = Calendar {
        dates: dates.collect(),
    };
    Calendars::new(vec![("ours".to_owned(), calendar)])
}

/// A started campaign with one contact, about which everything is left to chance.
fn world(seed: u64) -> Story {
    let mut chance = Chance(seed);
    let chance = &mut chance;
    let mut story = Story::draft(settings(chance));
    story.shelf.calendars = std::sync::Arc::new(holidays(chance));
    let mut zones: Vec<Tz> = (0..chance.below(3))
        .map(|_| ZONES[chance.below(7) as usize])
        .collect();
    zones.sort_by_key(|zone| zone.name());
    zones.dedup();
    let mut candidate = story.candidate(0, &zones);
    if chance.one_in(3) {
        candidate.new.not_before = Some(NOON + Millis::seconds(chance.below(300_000) as i64));
    }
    story.take_in(vec![candidate]).unwrap();
    for n in 0..chance.below(5) {
        let at = NOON + Millis(-(chance.below(200 * 3_600_000) as i64));
        tried(&mut story, u128::from(n), at, chance.one_in(3));
    }
    story.wake();
    story.command(Command::Start).unwrap();
    story
}

/// When the contact is called, with every permit given at once; nothing later than `until`.
fn called(story: &mut Story, until: Timestamp) -> Option<Timestamp> {
    loop {
        if story.campaign.is_asking_permit() {
            story.permit();
        }
        if story.campaign.in_flight() > 0 {
            return Some(story.now);
        }
        if story.campaign.is_asking_permit() {
            continue;
        }
        story.now = story.alarm.filter(|at| *at <= until)?;
        story.step(Input::Alarm);
    }
}

#[test]
fn a_contact_is_called_at_the_very_instant_that_was_foretold() {
    let (mut foretold, mut never) = (0, 0);
    for seed in 0..600 {
        let mut story = world(seed);
        let told = told(&story);
        let by = Millis(DAY.0 * 60);
        let until = story.now + by;
        let called = called(&mut story, until);
        assert_eq!(called, told.next_try_at, "seed {seed}: {told:?}");
        match called {
            Some(at) => {
                foretold += 1;
                assert_eq!(told.callable_now, at == NOON, "seed {seed}: {told:?}");
            }
            None => never += 1,
        }
    }
    assert!(foretold > 200 && never > 20, "{foretold} {never}");
}
