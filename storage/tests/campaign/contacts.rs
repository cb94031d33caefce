//! Contacts: found by their number and place, by the page, and as a lane takes them.

use chrono_tz::America;
use outdial_domain::attempt::Outcome;
use outdial_domain::contact::{ContactState, ContactStatus};
use outdial_domain::ids::{ContactId, LaneId};
use outdial_domain::lane::{HAND_LIMIT, Ready};
use outdial_domain::step::{Input, Write};
use outdial_domain::time::Millis;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::store::Store;

use crate::story::{BEGIN, CAMPAIGN, Story, candidate, definition, phone, place, save};

const NEW_YORK: LaneId = LaneId(0);
const LONDON: LaneId = LaneId(1);

fn untried(store: &dyn Store, lane: LaneId, cursor: (u32, u8), run: u32) -> Option<(u32, Vec<Ready>)> {
    read::untried(store, CAMPAIGN, lane, cursor, run).unwrap()
}

fn places(contacts: &[Ready]) -> Vec<u8> {
    contacts.iter().map(|ready| ready.id.place).collect()
}

/// Every page of so many contacts, one behind the other.
fn pages(store: &dyn Store, limit: usize) -> Vec<Vec<Ready>> {
    let mut pages: Vec<Vec<Ready>> = Vec::new();
    loop {
        let last = pages.last().and_then(|page| page.last()).map(|ready| ready.id);
        let page = read::contacts(store, CAMPAIGN, 1, last, limit).unwrap();
        if page.is_empty() {
            return pages;
        }
        assert!(page.last().map(|ready| ready.id) > last, "no page leads back");
        pages.push(page);
    }
}

#[test]
fn a_contact_is_found_by_its_number() {
    let (story, _) = Story::middle();
    let found = |n| read::by_number(&story.store, CAMPAIGN, phone(n)).unwrap();
    assert_eq!(found(0), Some(place(0, 0, 0)));
    assert_eq!(found(255), Some(place(0, 0, 255)));
    assert_eq!(found(256), Some(place(0, 1, 0)));
    assert_eq!(found(501), Some(place(1, 2, 1)));
    assert_eq!(found(600), Some(place(0, 3, 0)));
    assert_eq!(found(300), None);
}

#[test]
fn a_contact_is_found_by_its_place_with_what_it_has_been_through() {
    let (story, told) = Story::middle();
    let found = |id| read::contact(&story.store, CAMPAIGN, id, 1).unwrap();
    let unanswered = found(place(0, 0, 1)).unwrap();
    assert_eq!(unanswered.contact.phone, phone(1));
    assert_eq!(unanswered.contact.name.as_deref(), Some("Number 1"));
    assert_eq!(unanswered.state.status, ContactStatus::Pending);
    assert_eq!(unanswered.state.tries, 2);
    assert_eq!(unanswered.state.last_outcome, Some(Outcome::NoAnswer));
    assert_eq!(unanswered.state.last_attempt, Some(told.unanswered[1]));
    let untouched = found(place(0, 1, 7)).unwrap();
    assert!(untouched.state.is_untried() && untouched.state.attempts == 0);
    assert_eq!(found(place(0, 1, 44)), None, "the block has 44 contacts");
    assert_eq!(found(place(0, 9, 0)), None);
    assert_eq!(found(place(1, 0, 0)), None, "block 0 is another lane's");
}

#[test]
fn a_later_run_sees_contacts_untried_with_their_history() {
    let (story, told) = Story::middle();
    let seen = read::contact(&story.store, CAMPAIGN, place(0, 0, 0), 2)
        .unwrap()
        .unwrap();
    assert!(seen.state.is_untried());
    assert_eq!(seen.state.tries, 0);
    assert_eq!(seen.state.attempts, 1);
    assert_eq!(seen.state.last_attempt, Some(told.reached));
}

#[test]
fn pages_of_contacts_meet_each_once_and_in_order() {
    let (story, _) = Story::middle();
    for limit in [1, 100, 256, 257, 1000] {
        let pages = pages(&story.store, limit);
        let (last, full) = pages.split_last().unwrap();
        assert!(!last.is_empty());
        assert!(full.iter().all(|page| page.len() >= limit), "limit {limit}");
        let ids: Vec<ContactId> = pages.iter().flatten().map(|ready| ready.id).collect();
        assert_eq!(ids.len(), 304, "limit {limit}");
        assert!(ids.is_sorted_by(|one, next| one < next), "limit {limit}");
    }
}

#[test]
fn a_page_can_begin_behind_any_contact() {
    let (story, _) = Story::middle();
    let behind = |last| {
        let page = read::contacts(&story.store, CAMPAIGN, 1, Some(last), 1).unwrap();
        page.first().map(|ready| ready.id)
    };
    assert_eq!(behind(place(0, 0, 41)), Some(place(0, 0, 42)));
    assert_eq!(behind(place(0, 0, 255)), Some(place(0, 1, 0)));
    assert_eq!(behind(place(0, 1, 43)), Some(place(0, 3, 0)));
    assert_eq!(behind(place(0, 3, 0)), Some(place(1, 2, 0)));
    assert_eq!(behind(place(1, 2, 2)), None);
}

#[test]
fn the_untried_of_a_block_begin_at_the_cursor() {
    let (story, _) = Story::middle();
    let (block, contacts) = untried(&story.store, NEW_YORK, (0, 250), 1).unwrap();
    assert_eq!(block, 0);
    assert_eq!(places(&contacts), [250, 251, 252, 253, 254, 255]);
    let (block, contacts) = untried(&story.store, NEW_YORK, (1, 42), 1).unwrap();
    assert_eq!((block, places(&contacts)), (1, vec![42, 43]));
}

#[test]
fn the_untried_of_a_block_are_without_those_touched_in_this_run() {
    let (story, _) = Story::middle();
    let (block, contacts) = untried(&story.store, NEW_YORK, (0, 0), 1).unwrap();
    assert_eq!(block, 0);
    assert_eq!(places(&contacts), (5..=255).collect::<Vec<u8>>());
    let waits = untried(&story.store, NEW_YORK, (3, 0), 1);
    assert_eq!(waits, Some((3, vec![])), "its only contact waits");
}

#[test]
fn the_untried_of_a_later_run_are_all_of_the_block() {
    let (story, _) = Story::middle();
    let (block, contacts) = untried(&story.store, NEW_YORK, (0, 0), 2).unwrap();
    assert_eq!((block, contacts.len()), (0, 256));
}

#[test]
fn a_cursor_behind_a_lanes_block_finds_the_lanes_next_one() {
    let (story, _) = Story::middle();
    let (block, contacts) = untried(&story.store, LONDON, (0, 200), 1).unwrap();
    assert_eq!(
        (block, places(&contacts)),
        (2, vec![0, 1, 2]),
        "the place counts in the cursor's own block alone"
    );
    let (block, _) = untried(&story.store, NEW_YORK, (2, 0), 1).unwrap();
    assert_eq!(block, 3);
}

#[test]
fn behind_the_last_block_nobody_is_untried() {
    let (story, _) = Story::middle();
    assert_eq!(untried(&story.store, NEW_YORK, (4, 0), 1), None);
    assert_eq!(untried(&story.store, LONDON, (3, 0), 1), None);
    assert_eq!(untried(&story.store, LaneId(2), (0, 0), 1), None);
}

#[test]
fn those_who_wait_come_in_the_order_of_their_instants() {
    let (story, told) = Story::middle();
    let waiting = read::waiting(&story.store, CAMPAIGN, NEW_YORK, 1).unwrap();
    let hour = Millis::seconds(3600);
    let ended = |seconds| BEGIN + Millis::seconds(seconds);
    let expected = [
        (ended(1040) + hour, place(0, 0, 1)),
        (ended(1050) + hour, place(0, 0, 2)),
        (told.late, place(0, 3, 0)),
    ];
    let found: Vec<_> = waiting.iter().map(|(at, ready)| (*at, ready.id)).collect();
    assert_eq!(found, expected);
    for (at, ready) in &waiting {
        assert_eq!(ready.state.not_before, Some(*at));
    }
    assert_eq!(read::waiting(&story.store, CAMPAIGN, LONDON, 1), Ok(vec![]));
}

#[test]
fn rows_that_an_earlier_run_left_behind_are_passed_over_however_many_they_are() {
    let mut story = Story::begin(&definition());
    let many = HAND_LIMIT as u64 + 90;
    let instant = |n: u64| BEGIN + Millis::seconds(n as i64);
    let candidates = (0..many).map(|n| candidate(n, Some(America::New_York), Some(instant(n))));
    story.step(Input::AddContacts(candidates.collect()));
    let of_run = |run| read::waiting(&story.store, CAMPAIGN, NEW_YORK, run).unwrap();
    assert_eq!(of_run(1).len(), HAND_LIMIT);
    assert_eq!(of_run(2), []);
    let last = place(0, 0, 7);
    let mut batch = Batch::new();
    let state = ContactState {
        not_before: Some(instant(5000)),
        ..ContactState::untried(2)
    };
    batch.write(&definition(), &Write::Contact(last, state));
    batch.write(&definition(), &Write::Wait(instant(5000), last));
    save(&story.store, batch);
    let found: Vec<_> = of_run(2).iter().map(|(at, ready)| (*at, ready.id)).collect();
    assert_eq!(found, [(instant(5000), last)]);
}

#[test]
fn of_many_who_wait_the_earliest_come_and_no_more_than_a_hand_holds() {
    let mut story = Story::begin(&definition());
    let many = HAND_LIMIT as u64 + 90;
    // The later a contact stands in the list, the earlier its instant.
    let instant = |n: u64| BEGIN + Millis::seconds(10_000 - n as i64);
    let candidates = (0..many).map(|n| candidate(n, Some(America::New_York), Some(instant(n))));
    story.step(Input::AddContacts(candidates.collect()));
    let waiting = read::waiting(&story.store, CAMPAIGN, NEW_YORK, 1).unwrap();
    let expected: Vec<_> = (0..many).rev().take(HAND_LIMIT).map(instant).collect();
    let found: Vec<_> = waiting.iter().map(|(at, _)| *at).collect();
    assert_eq!(found, expected);
}
