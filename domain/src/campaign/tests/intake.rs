//! Contacts given directly: who is taken in, who was there already, and when it is too late.

use chrono_tz::Tz;

use super::story::{Story, plain};
use crate::call::CallEnd;
use crate::contact::ContactStatus;
use crate::lifecycle::{Command, Status};
use crate::step::{Action, Added, Input};

#[test]
fn a_number_that_the_campaign_has_already_is_a_duplicate() {
    let mut story = Story::draft(plain());
    assert_eq!(story.add(3, &[]).imported, 3);
    let again = vec![story.candidate(1, &[]), story.candidate(7, &[])];
    assert_eq!(
        story.take_in(again),
        Ok(Added {
            imported: 1,
            duplicates: vec![3],
        })
    );
    assert_eq!(story.counters().total, 4);
}

#[test]
fn a_number_that_stands_twice_in_a_batch_is_taken_in_once() {
    let mut story = Story::draft(plain());
    let mut second = story.candidate(0, &[Tz::Europe__London]);
    second.row = 9;
    let batch = vec![story.candidate(0, &[]), second, story.candidate(1, &[])];
    assert_eq!(
        story.take_in(batch),
        Ok(Added {
            imported: 2,
            duplicates: vec![9],
        })
    );
    assert_eq!(story.shelf.ids().count(), 2);
}

#[test]
fn a_batch_of_duplicates_writes_nothing() {
    let mut story = Story::draft(plain());
    story.add(2, &[]);
    let again = vec![story.candidate(0, &[]), story.candidate(1, &[])];
    assert!(story.step(Input::AddContacts(again)).writes.is_empty());
}

#[test]
fn contacts_are_stored_by_lane_in_blocks_that_hold_everybody_once() {
    let mut story = Story::draft(plain());
    let zones: [&[Tz]; 3] = [
        &[],
        &[Tz::Europe__London],
        &[Tz::Asia__Kolkata, Tz::Europe__London],
    ];
    let batch = (0..1_000)
        .map(|n| story.candidate(n, zones[n as usize % 3]))
        .collect();
    assert_eq!(story.take_in(batch).map(|added| added.imported), Ok(1_000));
    assert_eq!(story.shelf.lanes.len(), 3);
    assert!(
        story
            .shelf
            .blocks
            .values()
            .all(|block| (1..=256).contains(&block.len()))
    );
    let numbers: std::collections::BTreeSet<u64> = story
        .shelf
        .ids()
        .map(|id| story.shelf.ready(id).contact.phone.digits())
        .collect();
    assert_eq!(numbers.len(), 1_000);
    for (lane, state) in &story.shelf.lanes {
        let held = story.shelf.ids().filter(|id| id.lane == *lane).count() as u64;
        assert_eq!((state.total, state.untried), (held, held));
    }
}

#[test]
fn a_block_stays_small_however_large_its_contacts_are() {
    let mut story = Story::draft(plain());
    let batch = (0..40)
        .map(|n| {
            let mut candidate = story.candidate(n, &[]);
            candidate.new.contact.custom_data = "x".repeat(if n == 20 { 100_000 } else { 10_000 });
            candidate
        })
        .collect();
    story.take_in(batch).unwrap();
    let sizes: Vec<usize> = story
        .shelf
        .blocks
        .values()
        .map(|block| block.iter().map(|contact| contact.custom_data.len()).sum())
        .collect();
    assert!(
        sizes.iter().all(|size| *size <= 32 * 1024 || *size == 100_000),
        "{sizes:?}"
    );
    assert_eq!(sizes.iter().sum::<usize>(), 39 * 10_000 + 100_000);
}

#[test]
fn whoever_is_added_to_a_running_campaign_is_called() {
    let mut story = Story::running(plain(), 1);
    story.place();
    assert!(!story.campaign.is_asking_permit());
    let more = vec![story.candidate(1, &[])];
    story.oversleep(crate::time::Millis(1));
    let step = story.step(Input::AddContacts(more));
    assert_eq!(step.actions, [Action::AskPermit]);
    let attempt = story.intend();
    assert_eq!(story.attempt(attempt).to.digits(), 12_025_550_001);
}

#[test]
fn a_paused_campaign_takes_contacts_and_calls_nobody() {
    let mut story = Story::running(plain(), 1);
    story.pause();
    assert_eq!(story.add(2, &[]).imported, 2);
    assert_eq!(story.counters().pending, 3);
    assert_eq!(story.permit().actions, [Action::ReturnPermit]);
}

#[test]
fn a_campaign_that_has_ended_takes_no_more_contacts() {
    let mut completed = Story::running(plain(), 1);
    let attempt = completed.place();
    completed.end(attempt, CallEnd::Completed);
    let mut canceled = Story::running(plain(), 1);
    canceled.command(Command::Cancel { hang_up: false }).unwrap();
    let mut archived = Story::running(plain(), 1);
    archived.command(Command::Complete).unwrap();
    archived.command(Command::Archive).unwrap();
    for (mut story, name) in [
        (completed, "completed"),
        (canceled, "canceled"),
        (archived, "archived"),
    ] {
        let more = vec![story.candidate(5, &[])];
        let rejection = story.take_in(more).unwrap_err();
        assert_eq!(
            rejection.to_string(),
            format!("the campaign is {name}, so it takes no more contacts; duplicate it instead")
        );
        assert_eq!(story.counters().total, 1);
    }
}

#[test]
fn a_campaign_that_lets_its_last_calls_run_out_takes_no_more_contacts() {
    let mut story = Story::running(plain(), 1);
    story.place();
    story.command(Command::Complete).unwrap();
    assert_eq!(story.status(), Status::Running);
    let more = vec![story.candidate(5, &[])];
    assert_eq!(
        story.take_in(more).unwrap_err().to_string(),
        "the campaign is running and lets its last calls run out, so it takes no more contacts; \
         duplicate it instead"
    );
}

#[test]
fn a_new_contact_is_pending_without_a_row_of_its_own() {
    let mut story = Story::draft(plain());
    story.add(300, &[]);
    assert!(story.shelf.contacts.is_empty() && story.shelf.waiting.is_empty());
    assert_eq!(story.standings(), vec![(ContactStatus::Pending, None); 300]);
}
