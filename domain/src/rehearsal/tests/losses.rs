//! Contacts that are never called, and why.

use chrono_tz::Tz;

use super::world::{NEW_YORK, World, always, at, plain, plan};
use crate::attempt::Outcome;
use crate::audience::{Audience, FieldRule, Operator};
use crate::caps::{Cap, Past};
use crate::ids::AttemptId;
use crate::lifecycle::ContactCommand;
use crate::rehearsal::{Rehearsal, Unreached};
use crate::settings::{Retry, Schedule, Settings};
use crate::step::Input;
use crate::time::{Millis, Timestamp};
use crate::window::{Window, Windows};

const NOON: &str = "2026-07-01T12:00:00Z";

fn lost<'r>(told: &'r Rehearsal, words: &str) -> &'r Unreached {
    let found = told
        .never_callable
        .iter()
        .find(|lost| lost.reason.contains(words));
    found.unwrap_or_else(|| panic!("nobody is lost because of {words}: {:#?}", told.never_callable))
}

fn mornings() -> Settings {
    let days = (0..7)
        .filter_map(|day| chrono::Weekday::try_from(day).ok())
        .collect();
    Settings {
        windows: Windows::Weekly(vec![Window {
            days,
            start: 9 * 60,
            end: 11 * 60,
        }]),
        ..plain()
    }
}

fn until(end: Timestamp) -> Schedule {
    Schedule::Scheduled {
        start_at: at(NOON),
        end_at: Some(end),
    }
}

#[test]
fn zones_that_are_never_open_together_and_zones_that_nobody_knows_are_named() {
    let mut world = World::draft(mornings(), at(NOON));
    world.add(2, &[NEW_YORK], None);
    let far_apart = world.add(300, &[NEW_YORK, Tz::Asia__Tokyo], None);
    world.add(7, &[], None);
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    let apart = lost(&told, "no minute at which every candidate time zone is open");
    assert_eq!((apart.count, apart.examples.len()), (300, 5));
    assert_eq!(apart.examples[0].phone, far_apart);
    assert_eq!(lost(&told, "no time zone is known").count, 7);
    assert_eq!((told.completed, told.skipped, told.pending), (2, 307, 0));
    assert_eq!(told.never_callable.len(), 2);
    assert!(told.never_callable[0].count > told.never_callable[1].count);
}

#[test]
fn numbers_on_a_do_not_call_list_are_one_reason_and_each_example_has_its_own_words() {
    let mut world = World::draft(plain(), at(NOON));
    let first = world.add(10, &[NEW_YORK], None);
    let numbers = (0..4).filter_map(|n| crate::phone::PhoneNumber::from_digits(first.digits() + n));
    world.suppressed = numbers.collect();
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    let listed = lost(&told, "do-not-call");
    assert_eq!((listed.count, told.completed, told.skipped), (4, 6, 4));
    let own = format!("suppressed since then: {}", listed.examples[0].phone);
    assert_eq!(listed.examples[0].detail.as_deref(), Some(own.as_str()));
    // An entry that has expired by the virtual clock holds nobody back.
    world.suppressed_until = at(NOON) + Millis::seconds(150);
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    assert_eq!((told.completed, told.skipped), (6, 4), "all four come first");
    world.suppressed = (5..10)
        .filter_map(|n| crate::phone::PhoneNumber::from_digits(first.digits() + n))
        .collect();
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    assert_eq!(
        (told.completed, told.skipped),
        (10, 0),
        "the fifth call is after the entries expire"
    );
}

#[test]
fn an_end_cuts_off_whoever_has_no_hour_whose_turn_does_not_come_and_who_was_to_wait_for_longer() {
    let end = at("2026-07-01T13:29:30Z");
    let mut settings = mornings();
    settings.schedule = until(end);
    let mut world = World::draft(settings, at(NOON));
    world.add(40, &[NEW_YORK], None);
    world.add(3, &[Tz::America__Los_Angeles], None);
    world.add(2, &[NEW_YORK], Some(end + Millis::seconds(1)));
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    // It opens at 13:00, and a call takes a minute.
    assert_eq!((told.attempts, told.completed, told.skipped), (30, 30, 15));
    let last = at("2026-07-01T13:30:00Z");
    assert_eq!(told.finishes_at, Some(last), "the last call runs out");
    assert_eq!(lost(&told, "before its turn").count, 10);
    assert_eq!(lost(&told, "no hour is open").count, 3);
    let late = lost(&told, "not to be called before");
    assert_eq!((late.count, late.examples.len()), (2, 2));
}

#[test]
fn caps_count_real_attempts_and_rehearsed_ones_and_may_hold_back_beyond_the_end() {
    let cap = Cap {
        max_attempts: 1,
        per_hours: 24,
    };
    let mut settings = plain();
    settings.contact_caps = vec![cap];
    settings.pacing.max_concurrent = 5;
    settings.schedule = until(at(NOON) + Millis::seconds(26 * 3600));
    settings.retry = Retry {
        max_retries: 1,
        backoff_seconds: vec![60],
        outcomes: vec![Outcome::NoAnswer],
    };
    let mut world = World::draft(settings.clone(), at(NOON));
    let phone = world.add(2, &[NEW_YORK], None);
    let past = Past {
        at: at(NOON) + Millis::seconds(-3600),
        was_conversation: false,
    };
    world
        .tried
        .push((phone, AttemptId(uuid::Uuid::from_u128(7)), past));
    let told = world.watch(&plan(at(NOON), always(Outcome::NoAnswer))).unwrap();
    let of = |phone| -> Vec<i64> {
        let of_number = told.1.iter().filter(|call| call.to == phone);
        of_number.map(|call| (call.at - at(NOON)).0 / 1000).collect()
    };
    assert_eq!(of(phone), [23 * 3600], "24 hours after the real one");
    let other = crate::phone::PhoneNumber::from_digits(phone.digits() + 1).unwrap();
    assert_eq!(
        of(other),
        [0, 24 * 3600 + 2],
        "24 hours after the last instant at which the rehearsed one can have been sent"
    );
    settings.schedule = until(at(NOON) + Millis::seconds(3600));
    let mut short = World::draft(settings, at(NOON));
    let phone = short.add(2, &[NEW_YORK], None);
    short
        .tried
        .push((phone, AttemptId(uuid::Uuid::from_u128(7)), past));
    let told = short
        .rehearse(&plan(at(NOON), always(Outcome::NoAnswer)))
        .unwrap();
    let held = lost(&told, "contact_caps");
    assert_eq!((held.count, held.examples[0].phone), (1, phone));
    let detail = held.examples[0].detail.as_deref().unwrap();
    assert!(detail.contains("at most 1 attempt in 24 hours"), "{detail}");
    assert_eq!(
        (told.skipped, told.attempts),
        (2, 1),
        "the other was tried, and is not never callable"
    );
    assert_eq!(told.never_callable.len(), 1);
}

#[test]
fn whom_the_audience_leaves_out_and_whom_a_person_skipped_are_told_too() {
    let mut settings = plain();
    settings.audience = Some(Audience {
        include: Vec::new(),
        exclude: vec![FieldRule {
            field: "phone_number".to_owned(),
            operator: Operator::Contains,
            value: "50000".to_owned(),
        }],
    });
    let mut world = World::draft(settings, at(NOON));
    let first = world.add(5, &[NEW_YORK], None);
    let mut skipped = None;
    crate::rehearsal::Shelf::contacts(&world, 1, &mut |ready| {
        if ready.contact.phone.digits() == first.digits() + 3 {
            skipped = Some(ready.clone());
        }
    })
    .unwrap();
    let ready = skipped.unwrap();
    world.step(Input::ForContact {
        command: ContactCommand::Skip,
        id: ready.id,
        found: Some(Box::new(ready)),
    });
    let told = world
        .rehearse(&plan(at(NOON), always(Outcome::Completed)))
        .unwrap();
    let audience = lost(&told, "not in the audience");
    assert_eq!((audience.count, audience.examples[0].phone), (1, first));
    let by_hand = lost(&told, "before the rehearsal began");
    assert_eq!(by_hand.examples[0].detail.as_deref(), Some("skipped by hand"));
    assert_eq!((told.completed, told.skipped), (3, 2));
}
