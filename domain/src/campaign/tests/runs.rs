//! What lasts from one run to the next: ends, late news, newcomers, lanes, restarts, clocks.

use chrono_tz::Tz;

use super::recurring::{every_day, recurring};
use super::story::{NOON, Story, fact};
use crate::call::{CallEnd, CallResult, CallStatus, News};
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::runs::Runs;
use crate::settings::{CircuitBreaker, Settings};
use crate::step::Input;
use crate::time::{Millis, Timestamp};
use crate::window::Windows;

const HOUR: Millis = Millis::seconds(3600);
const SKIPPED_AT_END: &str = "the campaign ended at 2026-07-01T16:30:00Z";

fn hours(hours: i64) -> Timestamp {
    NOON + Millis(HOUR.0 * hours)
}

/// On the hour; the first at 14:00 UTC.
fn hourly() -> Settings {
    recurring("0 * * * *", None)
}

/// On the hour until half past twelve in New York: three starts.
fn until_half_past_twelve() -> Settings {
    recurring("0 * * * *", Some(hours(3) + Millis(HOUR.0 / 2)))
}

/// The campaign in the middle of a run, or before it, with this many runs behind it.
fn after_runs(settings: Settings, contacts: u64, runs: i64) -> Story {
    let mut story = Story::running(settings, contacts);
    for run in 1..=runs {
        story.pass_to(hours(run));
        story.reach(contacts as u32);
    }
    story
}

#[test]
fn with_its_last_run_the_campaign_is_completed_and_shows_that_runs_figures() {
    let mut story = after_runs(until_half_past_twelve(), 2, 2);
    story.pass_to(hours(3));
    assert_eq!(
        story.runs().next_start,
        None,
        "no start comes at the end or after it"
    );
    story.reach(2);
    assert_eq!((story.status(), story.reason()), (Status::Completed, None));
    assert_eq!(story.shelf.progress.run, 3);
    assert_eq!((story.counters().completed, story.counters().attempts), (2, 2));
    assert_eq!(story.runs().earlier.completed, 4);
    assert_eq!(story.shelf.progress.completed_at, Some(story.now));
    assert_eq!(story.alarm, None);
}

#[test]
fn a_start_at_the_very_end_is_none() {
    let story = Story::running(recurring("0 * * * *", Some(hours(2))), 1);
    assert_eq!(story.runs().next_start, Some(hours(1)));
    let last = after_runs(recurring("0 * * * *", Some(hours(2))), 1, 1);
    assert_eq!((last.status(), last.shelf.progress.run), (Status::Completed, 1));
}

#[test]
fn a_run_that_the_end_overtakes_is_completed_with_the_rest_skipped() {
    let mut story = after_runs(until_half_past_twelve(), 2, 2);
    story.pass_to(hours(3));
    story.reach(1);
    story.pass(HOUR);
    assert_eq!(
        (story.status(), story.reason()),
        (Status::Completed, Some(SKIPPED_AT_END))
    );
    assert_eq!((story.counters().completed, story.counters().skipped), (1, 1));
    assert_eq!(story.runs().earlier.completed, 4);
}

#[test]
fn one_paused_between_runs_ends_at_its_end_too() {
    let mut story = after_runs(until_half_past_twelve(), 2, 1);
    story.pause();
    story.pass(Millis(3 * HOUR.0));
    assert_eq!(
        (story.status(), story.reason()),
        (Status::Completed, Some(SKIPPED_AT_END))
    );
    assert_eq!((story.shelf.progress.run, story.counters().skipped), (2, 2));
    assert_eq!(story.alarm, None);
}

#[test]
fn between_runs_it_can_be_completed_or_canceled_and_never_starts_again() {
    let commands = [Command::Complete, Command::Cancel { hang_up: false }];
    for (command, status) in commands.into_iter().zip([Status::Completed, Status::Canceled]) {
        let mut story = after_runs(hourly(), 2, 1);
        story.command(command).unwrap();
        assert_eq!(story.status(), status);
        assert_eq!((story.counters().skipped, story.counters().attempts), (2, 0));
        assert_eq!(
            (story.runs().earlier.completed, story.runs().next_start),
            (2, None)
        );
        assert_eq!(story.pass(Millis(5 * HOUR.0)), []);
        assert_eq!(story.status(), status);
    }
}

#[test]
fn in_a_run_it_can_be_completed_or_canceled_and_its_calls_run_out() {
    let commands = [Command::Complete, Command::Cancel { hang_up: false }];
    for (command, status) in commands.into_iter().zip([Status::Completed, Status::Canceled]) {
        let mut story = after_runs(hourly(), 2, 1);
        story.pass_to(hours(2));
        let under_way = story.place();
        story.command(command).unwrap();
        assert_eq!(story.runs().next_start, None);
        story.pass(HOUR);
        assert_eq!(story.runs().skipped, 0, "what is over skips no start");
        story.end(under_way, CallEnd::Completed);
        assert_eq!(story.status(), status);
        assert_eq!((story.counters().completed, story.counters().skipped), (1, 1));
        assert_eq!(story.shelf.progress.run, 2);
    }
}

/// What a person tells of a call that is over.
fn tell(story: &mut Story, attempt: crate::ids::AttemptId, sentiment: i64) {
    let attempt = Box::new(story.attempt(attempt).clone());
    let news = News::Result(Box::new(CallResult {
        sentiment: Some(sentiment),
        ..CallResult::default()
    }));
    story.step(Input::LateReport { attempt, news });
}

#[test]
fn a_late_result_changes_the_figures_of_the_run_that_it_is_about_and_no_other() {
    let mut story = Story::running(hourly(), 1);
    let mut calls = Vec::new();
    for run in 1..=3 {
        story.pass_to(hours(run));
        let attempt = story.place();
        calls.push(attempt);
        if run < 3 {
            story.end(attempt, CallEnd::Completed);
        }
    }
    let sentiments = |story: &Story| {
        let runs = story.runs();
        let last = runs.last.as_ref().unwrap().counters.sentiment;
        (story.counters().sentiment, last, runs.earlier.sentiment)
    };
    tell(&mut story, calls[0], 500);
    assert_eq!(sentiments(&story), (0, 0, 500), "of the run before the last");
    tell(&mut story, calls[1], -200);
    assert_eq!(sentiments(&story), (0, -200, 300), "of the last run");
    let mut fact = fact(calls[1], CallStatus::Ended(CallEnd::Completed));
    fact.duration_seconds = Some(40);
    let attempt = Box::new(story.attempt(calls[1]).clone());
    let news = News::Status(fact);
    story.step(Input::LateReport { attempt, news });
    assert_eq!(story.runs().last.as_ref().unwrap().counters.talk_seconds, 40);
    assert_eq!(
        (story.runs().earlier.talk_seconds, story.counters().talk_seconds),
        (40, 0)
    );
}

#[test]
fn contacts_added_between_runs_and_in_one_are_called_in_it_and_in_each_after_it() {
    let mut story = after_runs(hourly(), 1, 1);
    story.add(1, &[]);
    assert_eq!((story.counters().total, story.counters().pending), (2, 2));
    story.pass_to(hours(2));
    story.reach(1);
    story.add(1, &[]);
    let mut later = story.candidate(99, &[]);
    later.new.not_before = Some(story.now + Millis::seconds(600));
    story.take_in(vec![later]).unwrap();
    story.reach(2);
    assert_eq!(story.status(), Status::Running, "one waits");
    story.pass(Millis::seconds(600));
    story.reach(1);
    assert_eq!(story.status(), Status::Scheduled);
    assert_eq!(story.runs().last.as_ref().unwrap().counters.completed, 4);
    story.pass_to(hours(3));
    story.reach(4);
    assert_eq!(story.runs().last.as_ref().unwrap().counters.completed, 4);
}

#[test]
fn a_lane_that_was_given_up_in_one_run_is_open_again_in_the_next_if_its_holidays_have_ended() {
    let mut story = Story::draft(Settings {
        windows: Windows::daytime(),
        ..hourly()
    });
    story.add(2, &[Tz::America__New_York]);
    story.command(Command::Start).unwrap();
    story.pass_to(hours(1));
    story.reach(1);
    story.keep_holidays(every_day());
    let last = story.runs().last.clone().unwrap();
    assert_eq!((last.counters.completed, last.counters.skipped), (1, 1));
    story.keep_holidays(vec![]);
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Scheduled, 2));
    story.pass_to(hours(2));
    story.reach(2);
    assert_eq!(story.runs().last.as_ref().unwrap().counters.completed, 2);
    story.keep_holidays(every_day());
    story.pass_to(hours(3));
    assert_eq!(story.shelf.lanes.values().next().unwrap().skipped, None);
    assert_eq!(story.runs().last.as_ref().unwrap().counters.skipped, 2);
}

#[test]
fn a_lane_that_was_given_up_stays_so_for_the_run_though_its_holidays_end() {
    let mut story = Story::draft(Settings {
        windows: Windows::daytime(),
        ..hourly()
    });
    story.add(2, &[Tz::America__New_York]);
    story.add(1, &[Tz::Europe__London]);
    story.command(Command::Start).unwrap();
    story.pass_to(hours(1));
    let under_way = [story.place(), story.place()];
    story.keep_holidays(every_day());
    assert_eq!((story.status(), story.counters().skipped), (Status::Running, 1));
    let reason = "the holiday calendars leave no day at all".to_owned();
    assert!(
        story
            .standings()
            .contains(&(ContactStatus::Skipped, Some(reason)))
    );
    story.keep_holidays(vec![]);
    story.oversleep(Millis(1));
    assert_eq!(story.permit().actions, [crate::step::Action::ReturnPermit]);
    for attempt in under_way {
        story.end(attempt, CallEnd::Completed);
    }
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Scheduled, 2));
}

#[test]
fn failures_of_an_earlier_run_do_not_pause_the_next() {
    let breaker = CircuitBreaker {
        failure_per_mille: 500,
        window_seconds: 86_400,
        min_attempts: 2,
    };
    let circuit_breaker = Some(breaker);
    let mut story = Story::running(
        Settings {
            circuit_breaker,
            ..hourly()
        },
        1,
    );
    for run in 1..=3 {
        story.pass_to(hours(run));
        let attempt = story.place();
        story.end(attempt, CallEnd::Failed);
        assert_eq!(story.status(), Status::Scheduled);
    }
}

/// Two runs and a half with a pause between them, woken anew before every step where `sleeps` says so.
fn life(sleeps: bool) -> (Runs, crate::progress::Progress) {
    let mut story = Story::running(hourly(), 3);
    let nap = |story: &mut Story| {
        if sleeps {
            story.wake();
        }
    };
    for run in 1..=3 {
        nap(&mut story);
        story.pass_to(hours(run));
        nap(&mut story);
        let first = story.place();
        story.end(first, CallEnd::Completed);
        nap(&mut story);
        story.pause();
        nap(&mut story);
        story.pass(Millis::seconds(60));
        story.command(Command::Resume).unwrap();
        nap(&mut story);
        if run < 3 {
            story.reach(2);
            nap(&mut story);
            story.pause();
            nap(&mut story);
            story.pass(Millis::seconds(60));
            story.command(Command::Resume).unwrap();
        }
    }
    nap(&mut story);
    (story.runs().clone(), story.shelf.progress.clone())
}

#[test]
fn a_campaign_that_is_woken_anew_at_every_point_lives_the_same_life() {
    let (runs, progress) = life(false);
    assert_eq!((runs.earlier.completed, progress.run), (6, 3));
    assert_eq!(life(true), (runs, progress));
}

#[test]
fn runs_follow_the_clock_of_the_campaigns_zone_through_its_changes() {
    let utc = |text: &str| Timestamp::from(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    let starts = |begin: &str, count: usize| {
        let mut story = Story::draft(recurring("30 1,2 * * *", None));
        story.add(1, &[]);
        story.now = utc(begin);
        story.command(Command::Start).unwrap();
        let mut starts = Vec::new();
        for _ in 0..count {
            let at = story.alarm.unwrap();
            story.pass_to(at);
            starts.push(story.runs().started_at.unwrap().to_string());
            story.reach(1);
        }
        starts
    };
    let autumn = starts("2026-11-01T05:00:00Z", 3);
    assert_eq!(
        autumn,
        [
            "2026-11-01T05:30:00Z",
            "2026-11-01T07:30:00Z",
            "2026-11-02T06:30:00Z"
        ],
        "the hour that comes twice starts once"
    );
    let spring = starts("2027-03-14T06:00:00Z", 3);
    assert_eq!(
        spring,
        [
            "2027-03-14T06:30:00Z",
            "2027-03-14T07:00:00Z",
            "2027-03-15T05:30:00Z"
        ],
        "half past two never comes, and starts when the clock jumps over it"
    );
}
