//! Which command is allowed in which status, and what the refusal says.

use super::story::{Story, plain, refusal};
use crate::call::Placement;
use crate::lifecycle::{Command, Status};
use crate::settings::{Schedule, Settings};
use crate::step::{Event, Rejection, Reply};
use crate::time::{Millis, Timestamp};

const COMMANDS: [Command; 7] = [
    Command::Start,
    Command::Pause,
    Command::Resume,
    Command::Complete,
    Command::Cancel { hang_up: false },
    Command::Cancel { hang_up: true },
    Command::Archive,
];

/// What a command leads to in each status, for a campaign with a contact and nothing in flight.
fn leads_to(status: Status, command: Command) -> Option<Status> {
    match (status, command) {
        (Status::Draft, Command::Start) => Some(Status::Running),
        (Status::Scheduled | Status::Running, Command::Pause) => Some(Status::Paused),
        (Status::Paused, Command::Resume) => Some(Status::Running),
        (Status::Scheduled | Status::Running | Status::Paused, Command::Complete) => Some(Status::Completed),
        (Status::Draft | Status::Scheduled | Status::Running | Status::Paused, Command::Cancel { .. }) => {
            Some(Status::Canceled)
        }
        (Status::Completed | Status::Failed | Status::Canceled, Command::Archive) => Some(Status::Archived),
        _ => None,
    }
}

/// The names of the commands that a refusal offers.
fn offered(status: Status) -> &'static str {
    match status {
        Status::Draft => "allowed are: start, cancel",
        Status::Scheduled => "allowed are: pause, cancel, complete",
        Status::Running => "allowed are: pause, complete, cancel",
        Status::Paused => "allowed are: resume, complete, cancel",
        Status::Completed | Status::Failed | Status::Canceled => "allowed are: archive",
        Status::Archived => "nothing is allowed in this state",
    }
}

fn in_status(status: Status) -> Story {
    let mut story = match status {
        Status::Draft => {
            let mut story = Story::draft(plain());
            story.add(1, &[]);
            story
        }
        Status::Scheduled => Story::running(scheduled(3600, None), 1),
        _ => Story::running(plain(), 1),
    };
    match status {
        Status::Draft | Status::Scheduled | Status::Running => {}
        Status::Paused => {
            story.pause();
        }
        Status::Completed => assert_eq!(story.command(Command::Complete), Ok(Reply::Done)),
        Status::Failed => {
            let attempt = story.dial();
            story.answer(attempt, Placement::RefusedContact(refusal("21211")));
        }
        Status::Canceled | Status::Archived => {
            let cancel = Command::Cancel { hang_up: false };
            assert_eq!(story.command(cancel), Ok(Reply::Done));
        }
    }
    if status == Status::Archived {
        assert_eq!(story.command(Command::Archive), Ok(Reply::Done));
    }
    assert_eq!(story.status(), status);
    story
}

fn scheduled(start_in: i64, end_in: Option<i64>) -> Settings {
    let at = |seconds| super::story::NOON + Millis::seconds(seconds);
    Settings {
        schedule: Schedule::Scheduled {
            start_at: at(start_in),
            end_at: end_in.map(at),
        },
        ..plain()
    }
}

#[test]
fn every_command_in_every_status_is_granted_or_refused_as_the_table_says() {
    for status in Status::ALL {
        for command in COMMANDS {
            let mut story = in_status(status);
            let before = story.shelf.progress.clone();
            let answer = story.command(command);
            match leads_to(status, command) {
                Some(next) => {
                    assert!(answer.is_ok(), "{status} {command:?}: {answer:?}");
                    assert_eq!(story.status(), next, "{status} {command:?}");
                }
                None => {
                    let rejection = answer.unwrap_err();
                    let expected = format!(
                        "cannot {} a campaign that is {status}; {}",
                        command.name(),
                        offered(status)
                    );
                    assert_eq!(rejection.to_string(), expected);
                    assert_eq!(story.shelf.progress, before, "a refusal changes nothing");
                }
            }
        }
    }
}

#[test]
fn a_change_of_status_is_told_with_its_reason() {
    let mut story = in_status(Status::Running);
    let step = story.step(crate::step::Input::Command(Command::Complete));
    let told: Vec<_> = step
        .events
        .iter()
        .filter(|event| matches!(event, Event::Campaign { .. }))
        .collect();
    let completed = Event::Campaign {
        status: Status::Completed,
        reason: Some("the campaign was completed by hand".to_owned()),
    };
    assert_eq!(told, [&completed]);
    assert_eq!(story.reason(), Some("the campaign was completed by hand"));
}

#[test]
fn an_archived_campaign_keeps_the_reason_of_its_end() {
    let mut story = in_status(Status::Completed);
    story.command(Command::Archive).unwrap();
    assert_eq!(story.reason(), Some("the campaign was completed by hand"));
}

#[test]
fn a_campaign_without_contacts_and_lists_is_not_started() {
    let mut story = Story::draft(plain());
    let rejection = story.command(Command::Start).unwrap_err();
    assert_eq!(rejection, Rejection::NobodyToCall);
    assert_eq!(
        rejection.to_string(),
        "the campaign has no contacts; add some, or upload a list, before you start it"
    );
    assert_eq!(story.status(), Status::Draft);
}

#[test]
fn a_campaign_that_lets_its_last_calls_run_out_can_only_be_canceled() {
    for paused in [false, true] {
        let mut story = Story::running(plain(), 2);
        story.place();
        if paused {
            story.pause();
        }
        story.command(Command::Complete).unwrap();
        let status = story.status();
        assert_eq!(status, if paused { Status::Paused } else { Status::Running });
        for command in [Command::Pause, Command::Resume, Command::Complete, Command::Start] {
            let expected = format!(
                "cannot {} a campaign that is {status} and lets its last calls run out; allowed are: cancel",
                command.name()
            );
            assert_eq!(story.command(command).unwrap_err().to_string(), expected);
        }
        assert_eq!(story.command(Command::Cancel { hang_up: false }), Ok(Reply::Done));
        assert_eq!(story.status(), Status::Canceled);
    }
}

#[test]
fn the_instants_of_start_and_end_are_kept() {
    let mut story = Story::running(plain(), 1);
    let started: Timestamp = story.now;
    story.oversleep(Millis::seconds(60));
    story.pause();
    story.oversleep(Millis::seconds(60));
    story.command(Command::Resume).unwrap();
    story.oversleep(Millis::seconds(60));
    story.command(Command::Complete).unwrap();
    assert_eq!(story.shelf.progress.started_at, Some(started));
    assert_eq!(story.shelf.progress.completed_at, Some(story.now));
}
