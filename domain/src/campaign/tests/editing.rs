//! Configurations that change while the campaign runs: what follows at once, what stands, and what is refused.

use chrono::Weekday;
use chrono_tz::Tz;

use super::recurring::recurring;
use super::story::{NOON, Story, plain};
use crate::attempt::{AttemptState, Outcome};
use crate::audience::Audience;
use crate::breaker::Breaker;
use crate::call::CallEnd;
use crate::contact::ContactStatus;
use crate::ids::{AttemptId, LineId};
use crate::lifecycle::{Command, Status};
use crate::settings::{CircuitBreaker, Pacing, Retry, Schedule, Settings};
use crate::step::{Action, Edit, Event, Input, Rejection, Reply, Step, Write};
use crate::time::{Millis, Timestamp};
use crate::window::{Window, Windows};

const HOUR: Millis = Millis::seconds(3600);

impl Story {
    /// Somebody changes the configuration.
    fn try_to_edit(&mut self, if_version: Option<u32>, change: impl FnOnce(&mut Settings)) -> Step {
        let mut settings = self.campaign.definition().settings.clone();
        change(&mut settings);
        self.step(Input::Edit(Box::new(Edit {
            settings,
            if_version,
            by: "an editor".to_owned(),
            calendars: None,
        })))
    }

    pub fn edit(&mut self, change: impl FnOnce(&mut Settings)) -> Step {
        let step = self.try_to_edit(None, change);
        assert_eq!(step.reply, Some(Ok(Reply::Done)));
        step
    }

    fn refuses(&mut self, change: impl FnOnce(&mut Settings)) -> Rejection {
        let before = self.shelf.definition.clone();
        let step = self.try_to_edit(None, change);
        assert!(step.writes.is_empty(), "{:?}", step.writes);
        assert_eq!(*self.campaign.definition(), before, "nothing was changed");
        step.reply.unwrap().unwrap_err()
    }

    fn fixed(&mut self, change: impl FnOnce(&mut Settings)) -> Vec<&'static str> {
        match self.refuses(change) {
            Rejection::Fixed(fields) => fields.iter().map(|field| field.name).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn version_of(&self, attempt: AttemptId) -> u32 {
        self.shelf.attempts[&attempt].config_version
    }
}

fn pace(max_concurrent: u32, per_minute: u32) -> Pacing {
    Pacing {
        max_concurrent,
        per_minute,
        delay_seconds: 0,
    }
}

/// On every day, from the one hour to the other.
fn from_to(start: u16, end: u16) -> Windows {
    let days = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    Windows::Weekly(vec![Window {
        days: days.to_vec(),
        start: start * 60,
        end: end * 60,
    }])
}

fn asks(step: &Step) -> bool {
    step.actions.contains(&Action::AskPermit)
}

fn scheduled(start_at: Timestamp, end_at: Option<Timestamp>) -> Schedule {
    Schedule::Scheduled { start_at, end_at }
}

#[test]
fn a_change_is_a_new_version_and_the_one_before_is_kept() {
    let mut story = Story::running(plain(), 2);
    let before = story.shelf.definition.clone();
    let first = story.place();
    let step = story.edit(|settings| settings.name = "other".to_owned());
    assert!(step.events.contains(&Event::Edited { config_version: 8 }));
    assert_eq!(story.shelf.versions, [before]);
    let now = &story.shelf.definition;
    assert_eq!(
        (now.config_version, now.by(), now.since()),
        (8, "an editor", story.now)
    );
    assert_eq!(now.settings.name, "other");
    let second = story.place();
    assert_eq!((story.version_of(first), story.version_of(second)), (7, 8));
    story.wake();
    assert_eq!(story.campaign.definition().config_version, 8);
}

#[test]
fn what_changes_nothing_makes_no_version() {
    let mut story = Story::running(plain(), 2);
    let step = story.edit(|_| {});
    assert!(step.writes.is_empty() && step.events.is_empty(), "{step:?}");
    assert_eq!(story.campaign.definition().config_version, 7);
}

#[test]
fn only_the_version_that_somebody_has_seen_is_changed() {
    let mut story = Story::running(plain(), 2);
    let change = |settings: &mut Settings| settings.name.push('!');
    assert_eq!(
        story.try_to_edit(Some(6), change).reply,
        Some(Err(Rejection::OtherVersion { asked: 6, is: 7 }))
    );
    assert_eq!(story.try_to_edit(Some(7), change).reply, Some(Ok(Reply::Done)));
    assert_eq!(
        story.try_to_edit(Some(7), change).reply,
        Some(Err(Rejection::OtherVersion { asked: 7, is: 8 }))
    );
}

#[test]
fn another_pace_holds_from_the_last_start_on() {
    let slow = Settings {
        pacing: pace(10, 1),
        ..plain()
    };
    let mut story = Story::running(slow, 3);
    story.place();
    assert_eq!(story.alarm, Some(story.now + Millis::seconds(60)));
    let started = story.now;
    story.oversleep(Millis::seconds(1));
    story.edit(|settings| settings.pacing.per_minute = 6);
    assert_eq!(story.alarm, Some(started + Millis::seconds(10)));
    story.edit(|settings| settings.pacing.per_minute = 2);
    assert_eq!(story.alarm, Some(started + Millis::seconds(30)), "slower too");
    story.wake();
    assert_eq!(
        story.alarm,
        Some(started + Millis::seconds(30)),
        "and in the next life"
    );
    let step = story.edit(|settings| settings.pacing.per_minute = 60_000);
    assert!(asks(&step), "the start is due already");
}

#[test]
fn more_slots_are_used_at_once_and_fewer_let_calls_run_out() {
    let one = Settings {
        pacing: pace(1, 60_000),
        ..plain()
    };
    let mut story = Story::running(one, 5);
    let first = story.place();
    story.oversleep(Millis(1));
    let step = story.edit(|settings| settings.pacing.max_concurrent = 3);
    assert!(asks(&step));
    let second = story.place();
    story.place();
    story.edit(|settings| settings.pacing.max_concurrent = 1);
    assert_eq!(story.campaign.in_flight(), 3, "nobody is hung up on");
    assert!(!asks(&story.end(first, CallEnd::Completed)));
    assert!(
        !asks(&story.end(second, CallEnd::Completed)),
        "one is still in flight"
    );
}

#[test]
fn a_narrowed_window_withdraws_what_was_not_sent() {
    let mut story = Story::draft(Settings {
        windows: from_to(8, 21),
        ..plain()
    });
    story.add(2, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    let attempt = story.intend();
    story.edit(|settings| settings.windows = from_to(10, 12));
    assert_eq!(story.durable(attempt), None);
    let withdrawn = &story.shelf.attempts[&attempt];
    assert_eq!(
        (withdrawn.state, withdrawn.config_version),
        (AttemptState::Withdrawn, 7)
    );
    assert_eq!(story.alarm, Some(NOON + HOUR), "nobody before ten");
    story.edit(|settings| settings.windows = Windows::Any);
    story.oversleep(Millis(1));
    let again = story.dial();
    assert_eq!(story.version_of(again), 9);
}

#[test]
fn fewer_retries_hold_for_the_next_end_and_those_who_wait_keep_their_instant() {
    let patient = Settings {
        retry: Retry {
            max_retries: 3,
            backoff_seconds: vec![3600],
            outcomes: vec![Outcome::Busy],
        },
        ..plain()
    };
    let mut story = Story::running(patient, 2);
    let waits = story.place();
    story.end(waits, CallEnd::Busy);
    let due = story.now + HOUR;
    let last = story.place();
    story.edit(|settings| {
        settings.retry.max_retries = 0;
        settings.retry.backoff_seconds = vec![60];
    });
    story.end(last, CallEnd::Busy);
    let status = |story: &Story, attempt: AttemptId| {
        let contact = story.shelf.attempts[&attempt].contact;
        story.shelf.contacts[&contact].clone()
    };
    assert_eq!(status(&story, last).status, ContactStatus::Failed);
    let waiting = status(&story, waits);
    assert_eq!(
        (waiting.status, waiting.not_before),
        (ContactStatus::Pending, Some(due))
    );
}

#[test]
fn an_end_that_is_moved_is_kept() {
    let ends = |end| scheduled(NOON, Some(end));
    let mut story = Story::running(
        Settings {
            schedule: ends(NOON + HOUR),
            ..plain()
        },
        2,
    );
    story.place();
    story.edit(|settings| settings.schedule = ends(NOON + Millis(2 * HOUR.0)));
    story.oversleep(Millis(HOUR.0 + 1));
    story.step(Input::Alarm);
    assert_eq!(story.campaign.progress().closed, None);
    let past = story.now + Millis(-1);
    story.edit(|settings| settings.schedule = ends(past));
    assert!(
        story.campaign.progress().is_closing(),
        "an end that has passed closes at once"
    );
    assert!(matches!(
        story.refuses(|settings| settings.schedule = ends(NOON + Millis(9 * HOUR.0))),
        Rejection::TooLateToEdit {
            status: Status::Running,
            closing: true
        }
    ));
}

#[test]
fn a_start_can_be_moved_while_it_is_waited_for() {
    let mut story = Story::running(
        Settings {
            schedule: scheduled(NOON + HOUR, None),
            ..plain()
        },
        2,
    );
    assert_eq!(story.campaign.progress().status, Status::Scheduled);
    story.edit(|settings| settings.schedule = scheduled(NOON + Millis(3 * HOUR.0), None));
    assert_eq!(story.alarm, Some(NOON + Millis(3 * HOUR.0)));
    let step = story.edit(|settings| {
        settings.schedule = scheduled(NOON + Millis(-HOUR.0), None);
        settings.missed_start = crate::recurrence::MissedStart::Skip;
    });
    assert!(asks(&step), "whoever moves it into the past wants it now");
    assert_eq!(story.campaign.progress().status, Status::Running);
    assert_eq!(
        story.fixed(|settings| settings.schedule = scheduled(NOON + HOUR, None)),
        ["schedule.start_at"]
    );
}

#[test]
fn another_pattern_is_read_from_now_on() {
    let mut story = Story::running(recurring("0 10 * * *", None), 1);
    assert_eq!(story.runs().next_start, Some(NOON + HOUR));
    story.edit(|settings| settings.schedule = recurring("0 11 * * *", None).schedule);
    assert_eq!(story.runs().next_start, Some(NOON + Millis(2 * HOUR.0)));
    assert_eq!(story.alarm, Some(NOON + Millis(2 * HOUR.0)));
    let ends = recurring("0 12 * * *", Some(NOON + HOUR)).schedule;
    assert_eq!(
        story.refuses(|settings| settings.schedule = ends.clone()),
        Rejection::NoStartLeft
    );
    story.pass(Millis(2 * HOUR.0));
    assert_eq!(story.campaign.progress().status, Status::Running);
    let last = recurring("0 11 * * *", Some(story.now + HOUR)).schedule;
    story.edit(|settings| settings.schedule = last);
    assert_eq!(story.runs().next_start, None, "the open run is the last one");
    story.reach(1);
    assert_eq!(story.campaign.progress().status, Status::Completed);
}

#[test]
fn another_type_of_schedule_is_for_drafts() {
    let mut story = Story::draft(plain());
    story.add(1, &[]);
    story.edit(|settings| settings.schedule = scheduled(NOON + HOUR, None));
    story.command(Command::Start).unwrap();
    assert_eq!(story.campaign.progress().status, Status::Scheduled);
    assert_eq!(
        story.fixed(|settings| settings.schedule = Schedule::Immediate),
        ["schedule.type"]
    );
    story.pause();
    let pattern = recurring("0 10 * * *", None).schedule;
    assert_eq!(
        story.fixed(|settings| settings.schedule = pattern),
        ["schedule.type"]
    );
}

#[test]
fn what_a_campaign_is_made_of_stays_and_every_such_field_is_named() {
    let mut story = Story::draft(plain());
    let audience = || {
        Some(Audience {
            include: vec![],
            exclude: vec![],
        })
    };
    story.edit(|settings| {
        settings.audience = audience();
        settings.default_region = "GB".to_owned();
    });
    story.add(1, &[]);
    let named = story.fixed(|settings| {
        settings.kind = crate::settings::Kind::Survey;
        settings.line_id = LineId(uuid::Uuid::from_u128(99));
        settings.audience = None;
        settings.default_region = "US".to_owned();
        settings.name = "a name".to_owned();
    });
    assert_eq!(named, ["type", "line_id", "audience", "default_region"]);
}

#[test]
fn an_ended_campaign_is_not_edited() {
    for command in [Command::Complete, Command::Cancel { hang_up: false }] {
        let mut story = Story::running(plain(), 1);
        story.command(command).unwrap();
        for _ in 0..2 {
            let status = story.campaign.progress().status;
            assert_eq!(
                story.refuses(|settings| settings.name.push('!')),
                Rejection::TooLateToEdit {
                    status,
                    closing: false
                }
            );
            story.step(Input::Command(Command::Archive));
        }
    }
}

#[test]
fn another_rule_of_the_circuit_breaker_counts_anew() {
    let rule = |window_seconds| CircuitBreaker {
        failure_per_mille: 500,
        window_seconds,
        min_attempts: 3,
    };
    let mut story = Story::running(
        Settings {
            circuit_breaker: Some(rule(600)),
            ..plain()
        },
        9,
    );
    for _ in 0..2 {
        let attempt = story.place();
        story.end(attempt, CallEnd::Failed);
    }
    story.edit(|settings| settings.circuit_breaker = Some(rule(60)));
    assert_eq!(story.campaign.progress().breaker, Breaker::default());
    story.edit(|settings| settings.name.push('!'));
    for _ in 0..2 {
        let attempt = story.place();
        story.end(attempt, CallEnd::Failed);
    }
    assert_eq!(story.campaign.progress().status, Status::Running);
    let attempt = story.place();
    let step = story.end(attempt, CallEnd::Failed);
    assert_eq!(story.campaign.progress().status, Status::Paused);
    assert!(
        step.writes
            .iter()
            .any(|write| matches!(write, Write::Progress(_)))
    );
}
