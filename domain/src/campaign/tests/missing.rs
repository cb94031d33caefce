//! Starts that pass while nobody can act on them: while the program is down, or the campaign is paused.

use super::recurring::recurring;
use super::story::{NOON, Story, plain};
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::recurrence::MissedStart;
use crate::settings::{Schedule, Settings};
use crate::step::{Action, Event};
use crate::time::{Millis, Timestamp};

const MINUTE: Millis = Millis::seconds(60);
const HOUR: Millis = Millis::seconds(3600);
const LEFT_OUT: &str = "it was missed, and `missed_start` does not make up for it";

fn hours(hours: i64) -> Timestamp {
    NOON + Millis(HOUR.0 * hours)
}

/// On the hour; the first at 14:00 UTC.
fn hourly(missed_start: MissedStart) -> Settings {
    Settings {
        missed_start,
        ..recurring("0 * * * *", None)
    }
}

/// Once, an hour after the story begins.
fn once(missed_start: MissedStart) -> Settings {
    Settings {
        missed_start,
        schedule: Schedule::Scheduled {
            start_at: hours(1),
            end_at: None,
        },
        ..plain()
    }
}

/// The program is down until so long after the story began, and comes back.
fn down_until(settings: Settings, back: Timestamp) -> (Story, Vec<Event>) {
    let mut story = Story::running(settings, 2);
    story.oversleep(back - story.now);
    let events = story.wake().events;
    (story, events)
}

/// The campaign is paused until so long after the story began, and resumed.
fn paused_until(settings: Settings, back: Timestamp) -> Story {
    let mut story = Story::running(settings, 2);
    story.pause();
    story.pass(back - story.now);
    assert_eq!(story.status(), Status::Paused);
    assert_eq!(
        story.runs_skipped(),
        0,
        "what passes is looked at when it is resumed"
    );
    story.command(Command::Resume).unwrap();
    story
}

impl Story {
    fn runs_skipped(&self) -> u32 {
        self.shelf.runs.as_ref().map_or(0, |runs| runs.skipped)
    }
}

#[test]
fn a_start_that_passed_while_the_program_was_down_is_made_up_for() {
    for settings in [hourly(MissedStart::Run), once(MissedStart::Run)] {
        let (story, _) = down_until(settings, hours(1) + Millis(59 * MINUTE.0));
        assert_eq!(story.status(), Status::Running);
        assert_eq!(story.runs_skipped(), 0);
        assert_eq!(story.shelf.progress.started_at, Some(story.now));
    }
}

#[test]
fn a_start_that_was_missed_is_left_out_where_that_is_the_policy_and_the_next_one_comes() {
    let back = hours(1) + Millis(10 * MINUTE.0);
    let (mut story, events) = down_until(hourly(MissedStart::Skip), back);
    let skipped = Event::StartSkipped {
        due: hours(1),
        count: 1,
        reason: LEFT_OUT.to_owned(),
    };
    assert_eq!(events, [skipped]);
    assert_eq!(story.status(), Status::Scheduled);
    assert_eq!(story.runs().last_skipped, Some((hours(1), LEFT_OUT.to_owned())));
    assert_eq!(story.alarm, Some(hours(2)));
    story.pass_to(hours(2));
    assert_eq!((story.status(), story.shelf.progress.run), (Status::Running, 1));
}

#[test]
fn a_start_that_is_made_up_for_within_a_time_is_left_out_after_it() {
    let policy = MissedStart::RunWithin(600);
    let in_time = hours(1) + Millis(10 * MINUTE.0);
    let (story, _) = down_until(hourly(policy), in_time);
    assert_eq!(story.status(), Status::Running);
    let (story, _) = down_until(hourly(policy), in_time + Millis(1));
    assert_eq!((story.status(), story.runs().skipped), (Status::Scheduled, 1));
}

#[test]
fn a_start_that_is_seconds_late_is_on_time_even_where_missed_ones_are_left_out() {
    for settings in [hourly(MissedStart::Skip), once(MissedStart::Skip)] {
        let (story, _) = down_until(settings.clone(), hours(1) + Millis(59_999));
        assert_eq!(story.status(), Status::Running);
        let story = paused_until(settings, hours(1) + Millis(59_999));
        assert_eq!(story.status(), Status::Running);
    }
}

#[test]
fn of_several_starts_that_were_missed_the_last_counts_and_the_others_are_recorded() {
    let (story, events) = down_until(hourly(MissedStart::Run), hours(3) + MINUTE);
    let overtaken = Event::StartSkipped {
        due: hours(2),
        count: 2,
        reason: "the start at 2026-07-01T16:00:00Z came before anybody acted on it".to_owned(),
    };
    assert_eq!(events[..1], [overtaken]);
    assert_eq!(
        (story.status(), story.shelf.progress.run),
        (Status::Running, 1),
        "one run for all"
    );
    assert_eq!(
        (story.runs().skipped, story.runs().next_start),
        (2, Some(hours(4)))
    );
    let (story, _) = down_until(hourly(MissedStart::Skip), hours(3) + MINUTE);
    assert_eq!((story.status(), story.runs().skipped), (Status::Scheduled, 3));
    assert_eq!(story.runs().last_skipped, Some((hours(3), LEFT_OUT.to_owned())));
    let within = MissedStart::RunWithin(60);
    let (story, _) = down_until(hourly(within), hours(3) + MINUTE);
    assert_eq!(
        (story.status(), story.runs().skipped),
        (Status::Running, 2),
        "the last is in time"
    );
}

#[test]
fn only_starts_before_the_end_can_be_missed() {
    let end_at = hours(2) + Millis(HOUR.0 / 2);
    let settings = Settings {
        missed_start: MissedStart::Skip,
        ..recurring("0 * * * *", Some(end_at))
    };
    let (story, _) = down_until(settings, hours(9));
    assert_eq!(story.runs().skipped, 2);
    assert_eq!(story.runs().last_skipped, Some((hours(2), LEFT_OUT.to_owned())));
    let reason = "the start at 2026-07-01T15:00:00Z was missed, and no other is left";
    assert_eq!(
        (story.status(), story.reason()),
        (Status::Completed, Some(reason))
    );
    assert_eq!(story.counters().skipped, 2);
}

#[test]
fn starts_that_passed_during_a_run_while_the_program_was_down_are_left_out_whatever_the_policy() {
    for policy in [MissedStart::Run, MissedStart::Skip] {
        let mut story = Story::running(hourly(policy), 1);
        story.pass_to(hours(1));
        let under_way = story.place();
        story.oversleep(Millis(2 * HOUR.0));
        story.wake();
        assert_eq!((story.runs().skipped, story.runs().is_open), (2, true));
        story.end(under_way, crate::call::CallEnd::Completed);
        assert_eq!((story.status(), story.alarm), (Status::Scheduled, Some(hours(4))));
    }
}

#[test]
fn a_pause_before_the_start_that_is_over_in_time_changes_nothing() {
    for settings in [hourly(MissedStart::Skip), once(MissedStart::Skip)] {
        let mut story = paused_until(settings, hours(1) + Millis(-1));
        assert_eq!(story.status(), Status::Scheduled);
        assert_eq!(story.alarm, Some(hours(1)));
        assert_eq!(story.pass(Millis(1)), [(hours(1), Action::AskPermit)]);
        assert_eq!(story.status(), Status::Running);
    }
}

#[test]
fn while_paused_before_its_start_a_campaign_calls_nobody_and_has_no_alarm() {
    for settings in [hourly(MissedStart::Run), once(MissedStart::Run)] {
        let mut story = Story::running(settings, 2);
        let fence = story.pause();
        assert_eq!((fence.last_attempt, fence.in_flight), (None, vec![]));
        assert_eq!(story.alarm, None);
        story.oversleep(Millis(2 * HOUR.0));
        story.wake();
        assert_eq!(story.status(), Status::Paused);
        assert_eq!(story.permit().actions, [Action::ReturnPermit]);
    }
}

#[test]
fn a_start_that_passes_while_paused_is_treated_as_missed_when_the_campaign_is_resumed() {
    let back = hours(1) + Millis(10 * MINUTE.0);
    for settings in [hourly(MissedStart::Run), once(MissedStart::Run)] {
        assert_eq!(paused_until(settings, back).status(), Status::Running);
    }
    let story = paused_until(hourly(MissedStart::Skip), back);
    assert_eq!((story.status(), story.alarm), (Status::Scheduled, Some(hours(2))));
    assert_eq!(story.runs().skipped, 1);
    let story = paused_until(once(MissedStart::RunWithin(599)), back);
    assert_eq!(story.status(), Status::Completed);
}

#[test]
fn the_only_start_that_was_missed_and_is_left_out_completes_the_campaign_with_everybody_skipped() {
    let back = hours(1) + MINUTE;
    let (down, _) = down_until(once(MissedStart::Skip), back);
    let paused = paused_until(once(MissedStart::Skip), back);
    let reason = "the start at 2026-07-01T14:00:00Z was missed, and no other is left";
    for story in [down, paused] {
        assert_eq!(
            (story.status(), story.reason()),
            (Status::Completed, Some(reason))
        );
        let skipped = (ContactStatus::Skipped, Some(reason.to_owned()));
        assert_eq!(story.standings(), vec![skipped; 2]);
        assert_eq!(story.counters().attempts, 0);
        assert_eq!(story.alarm, None);
        assert_eq!(story.shelf.progress.completed_at, Some(back));
    }
}

#[test]
fn a_draft_that_is_started_after_its_time_has_missed_nothing() {
    let mut story = Story::draft(once(MissedStart::Skip));
    story.add(1, &[]);
    story.oversleep(Millis(9 * HOUR.0));
    story.command(Command::Start).unwrap();
    assert_eq!(story.status(), Status::Running);
}

#[test]
fn a_campaign_paused_before_its_start_can_be_completed_or_canceled() {
    let commands = [Command::Complete, Command::Cancel { hang_up: false }];
    for (command, status) in commands.into_iter().zip([Status::Completed, Status::Canceled]) {
        for settings in [hourly(MissedStart::Run), once(MissedStart::Run)] {
            let mut story = Story::running(settings, 2);
            story.pause();
            story.command(command).unwrap();
            assert_eq!((story.status(), story.counters().skipped), (status, 2));
            assert_eq!(story.pass(Millis(3 * HOUR.0)), []);
        }
    }
}
