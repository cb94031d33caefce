//! The audit names every way in which rows were tampered with.

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, ContactId, HolidayCalendarId, LaneId};
use outdial_domain::lane::LaneState;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::step::Write;
use outdial_storage::batch::Batch;
use outdial_storage::keys::{self, Table};
use outdial_storage::records::{DefinitionV5, NumberPageV1, decode_into, encode};
use outdial_storage::{audit, read};
use uuid::Uuid;

use crate::story::{CAMPAIGN, LINE, Story, Told, definition, phone, place, save};

const UNANSWERED: ContactId = ContactId {
    lane: LaneId(0),
    block: 0,
    place: 1,
};

/// What the audit says of a campaign in the middle of its story after somebody's work on its rows.
pub fn audited(tamper: impl FnOnce(&Story, &Told, &mut Batch)) -> Vec<String> {
    let (story, told) = Story::middle();
    let mut batch = Batch::new();
    tamper(&story, &told, &mut batch);
    save(&story.store, batch);
    audit::differences(&story.store, CAMPAIGN).unwrap()
}

/// The only difference is the one expected.
pub fn is_only(differences: &[String], expected: &str) {
    assert_eq!(differences, [expected]);
}

/// Among the differences is the one expected.
pub fn is_among(differences: &[String], expected: &str) {
    assert!(
        differences.iter().any(|difference| difference.contains(expected)),
        "`{expected}` is not among {differences:#?}"
    );
}

/// Writes the page on which a number stands again: its entry leads to whom `change` says, or is gone.
fn change_entry(
    story: &Story,
    batch: &mut Batch,
    phone: PhoneNumber,
    change: impl Fn(ContactId) -> Option<ContactId>,
) {
    let pages = read::all(&story.store, keys::owned_by(Table::NumberPage, CAMPAIGN.0)).unwrap();
    let mut changed = 0;
    for (key, value) in pages {
        let entries: Vec<(u64, ContactId)> = decode_into::<NumberPageV1, _>(&value).unwrap();
        if entries.iter().all(|(digits, _)| *digits != phone.digits()) {
            continue;
        }
        changed += 1;
        let after = entries.into_iter().filter_map(|(digits, contact)| {
            let contact = if digits == phone.digits() {
                change(contact)?
            } else {
                contact
            };
            Some((digits, contact))
        });
        batch.put(key, encode(&NumberPageV1::from_iter(after)));
    }
    assert_eq!(changed, 1);
}

fn progress(story: &Story, batch: &mut Batch, change: impl FnOnce(&mut Progress)) {
    let mut progress = read::progress(&story.store, CAMPAIGN).unwrap().unwrap();
    change(&mut progress);
    batch.write(&definition(), &Write::Progress(Box::new(progress)));
}

fn lane(story: &Story, batch: &mut Batch, id: u16, change: impl FnOnce(&mut LaneState)) {
    let mut lanes = read::lanes(&story.store, CAMPAIGN).unwrap();
    let mut lane = lanes.remove(usize::from(id));
    change(&mut lane);
    batch.write(&definition(), &Write::Lane(LaneId(id), lane));
}

fn attempt(story: &Story, batch: &mut Batch, id: AttemptId, change: impl FnOnce(&mut Attempt)) {
    let mut attempt = read::attempt(&story.store, CAMPAIGN, id).unwrap().unwrap();
    change(&mut attempt);
    batch.write(&definition(), &Write::Attempt(Box::new(attempt)));
}

#[test]
fn a_figure_that_was_changed() {
    let differences = audited(|story, _, batch| {
        progress(story, batch, |progress| progress.counters.talk_seconds += 1);
    });
    assert_eq!(differences.len(), 1);
    is_among(&differences, "the figures are Counters {");
    is_among(&differences, "talk_seconds: 31");
    is_among(&differences, "their fold is Counters {");
    is_among(&differences, "talk_seconds: 30");
}

#[test]
fn a_status_row_that_was_removed() {
    let differences = audited(|_, _, batch| batch.delete(keys::progress(CAMPAIGN)));
    is_only(&differences, "the campaign has no status row");
}

#[test]
fn a_configuration_row_that_was_removed() {
    let differences = audited(|_, _, batch| batch.delete(keys::definition(CAMPAIGN)));
    is_only(&differences, "the campaign has no configuration row");
}

#[test]
fn a_live_row_that_was_removed() {
    let differences = audited(|_, told, batch| batch.delete(keys::live(CAMPAIGN, told.ringing)));
    let (_, told) = Story::middle();
    is_among(
        &differences,
        &format!("attempt {} is ringing, its live row says otherwise", told.ringing),
    );
    is_among(&differences, "1 rows say live, 2 attempts are");
}

#[test]
fn a_live_row_of_an_attempt_that_is_over() {
    let differences = audited(|_, told, batch| batch.put(keys::live(CAMPAIGN, told.reached), Vec::new()));
    let (_, told) = Story::middle();
    is_among(
        &differences,
        &format!("attempt {} is ended, its live row says otherwise", told.reached),
    );
    is_among(&differences, "3 rows say live, 2 attempts are");
}

#[test]
fn a_live_row_of_no_attempt() {
    let nobody = AttemptId(Uuid::from_u128(1));
    let differences = audited(|_, _, batch| batch.put(keys::live(CAMPAIGN, nobody), Vec::new()));
    is_only(&differences, "3 rows say live, 2 attempts are");
}

#[test]
fn a_waiting_row_that_was_removed() {
    let differences = audited(|_, told, batch| {
        batch.delete(keys::waiting(CAMPAIGN, told.late, place(0, 3, 0)));
    });
    is_only(
        &differences,
        "no row says that ContactId { lane: LaneId(0), block: 3, place: 0 } waits until 2026-07-01T15:00:00Z",
    );
}

#[test]
fn a_waiting_row_of_somebody_who_does_not_wait() {
    let differences = audited(|_, told, batch| {
        batch.put(keys::waiting(CAMPAIGN, told.late, place(1, 2, 1)), Vec::new());
    });
    is_only(
        &differences,
        "a row says that ContactId { lane: LaneId(1), block: 2, place: 1 } waits until 2026-07-01T15:00:00Z",
    );
}

#[test]
fn a_waiting_row_at_another_instant() {
    let differences = audited(|_, told, batch| {
        batch.delete(keys::waiting(CAMPAIGN, told.late, place(0, 3, 0)));
        batch.put(
            keys::waiting(CAMPAIGN, crate::story::BEGIN, place(0, 3, 0)),
            Vec::new(),
        );
    });
    assert_eq!(differences.len(), 2);
    is_among(&differences, "waits until 2026-07-01T15:00:00Z");
    is_among(&differences, "waits until 2026-07-01T13:00:00Z");
}

#[test]
fn a_row_of_the_number_index_that_was_removed() {
    let differences = audited(|story, _, batch| {
        change_entry(story, batch, phone(1), |_| None);
    });
    is_only(
        &differences,
        "the number index does not lead to contact ContactId { lane: LaneId(0), block: 0, place: 1 }",
    );
}

#[test]
fn a_row_of_the_number_index_that_leads_elsewhere() {
    let differences = audited(|story, _, batch| {
        change_entry(story, batch, phone(1), |_| Some(place(0, 0, 2)));
    });
    assert_eq!(
        differences,
        [
            "the number index does not lead to contact ContactId { lane: LaneId(0), block: 0, place: 1 }",
            "a row of the number index leads to contact ContactId { lane: LaneId(0), block: 0, place: 2 }, \
             which has another number",
        ]
    );
}

#[test]
fn a_number_that_stands_in_the_index_twice() {
    let differences = audited(|story, _, batch| {
        let mut pages = read::all(&story.store, keys::owned_by(Table::NumberPage, CAMPAIGN.0)).unwrap();
        let (_, value) = pages.pop().unwrap();
        batch.put(keys::number_page(CAMPAIGN, 255, 9), value);
    });
    let [difference] = &differences[..] else {
        panic!("{differences:#?}")
    };
    assert!(difference.starts_with("the number index has 30"), "{difference}");
    assert!(difference.ends_with(" entries, 304 contacts are there for them"));
}

#[test]
fn a_row_of_the_attempt_index_that_was_removed() {
    let differences = audited(|_, told, batch| batch.delete(keys::attempt_index(told.reached)));
    let (_, told) = Story::middle();
    is_only(
        &differences,
        &format!("the attempt index does not lead to attempt {}", told.reached),
    );
}

#[test]
fn a_row_of_the_index_of_carriers_calls_that_was_removed() {
    let differences = audited(|_, _, batch| batch.delete(keys::provider_id(LINE, "CA1")));
    let (_, told) = Story::middle();
    is_only(
        &differences,
        &format!(
            "the index of carriers' calls does not know that of attempt {}",
            told.reached
        ),
    );
}

#[test]
fn a_lanes_count_of_the_untried_that_was_changed() {
    let differences = audited(|story, _, batch| lane(story, batch, 1, |lane| lane.untried = 2));
    is_only(&differences, "lane 1 says 2 untried, 3 are");
}

#[test]
fn a_lanes_count_of_those_who_wait_that_was_changed() {
    let differences = audited(|story, _, batch| lane(story, batch, 0, |lane| lane.waiting = 4));
    is_only(&differences, "lane 0 says 4 waiting, 3 are");
}

#[test]
fn a_cursor_that_has_passed_untried_contacts() {
    let differences = audited(|story, _, batch| lane(story, batch, 1, |lane| lane.cursor = (2, 2)));
    assert_eq!(
        differences,
        [0, 1].map(|place| format!(
            "contact ContactId {{ lane: LaneId(1), block: 2, place: {place} }} is untried, and its lane's cursor \
             has passed it"
        ))
    );
}

#[test]
fn a_lane_that_was_removed() {
    let differences = audited(|_, _, batch| batch.delete(keys::lane(CAMPAIGN, LaneId(1))));
    is_among(&differences, "is in a lane that is not there");
    is_among(&differences, "block: 2, place: 0");
}

#[test]
fn a_block_that_was_removed() {
    let differences = audited(|_, _, batch| batch.delete(keys::block(CAMPAIGN, LaneId(1), 2)));
    is_among(&differences, "the figures are");
    is_among(&differences, "lane 1 says 3 untried, 0 are");
}

#[test]
fn a_contact_that_is_calling_without_a_live_attempt() {
    let differences = audited(|story, _, batch| {
        let ready = read::contact(&story.store, CAMPAIGN, place(0, 0, 9), 1);
        let mut state = ready.unwrap().unwrap().state;
        state.status = ContactStatus::Calling;
        batch.write(&definition(), &Write::Contact(place(0, 0, 9), state));
    });
    is_among(&differences, "calling are");
    is_among(&differences, "the figures are");
    is_among(&differences, "lane 0 says 295 untried, 294 are");
}

#[test]
fn an_attempt_that_was_removed_from_the_ledger() {
    let differences = audited(|_, told, batch| batch.delete(keys::attempt(CAMPAIGN, told.reached)));
    assert_eq!(differences.len(), 2);
    is_among(&differences, "the figures are");
    is_among(&differences, "the tally of the minute");
}

#[test]
fn a_second_live_attempt_of_one_contact() {
    let differences = audited(|story, told, batch| {
        attempt(story, batch, told.intended, |attempt| {
            attempt.contact = place(0, 0, 3);
        });
    });
    let (_, told) = Story::middle();
    is_among(
        &differences,
        &format!("has two live attempts: {} and {}", told.ringing, told.intended),
    );
}

#[test]
fn an_attempt_that_rings_without_a_carriers_id() {
    let differences = audited(|story, told, batch| {
        attempt(story, batch, told.ringing, |attempt| attempt.provider_id = None);
    });
    let (_, told) = Story::middle();
    is_only(
        &differences,
        &format!("attempt {} is ringing without a carrier's id", told.ringing),
    );
}

#[test]
fn an_attempt_whose_outcome_was_changed() {
    let differences = audited(|story, told, batch| {
        attempt(story, batch, told.reached, |attempt| {
            attempt.state = AttemptState::Ended(outdial_domain::attempt::Outcome::Busy);
        });
    });
    assert_eq!(differences.len(), 3);
    is_among(&differences, "the figures are");
    is_among(&differences, "to the caps of its number, and counts as Past {");
    is_among(&differences, "the tally of the minute");
}

#[test]
fn a_contact_whose_wait_was_forgotten() {
    let differences = audited(|story, _, batch| {
        let ready = read::contact(&story.store, CAMPAIGN, UNANSWERED, 1);
        let mut state = ready.unwrap().unwrap().state;
        state.status = ContactStatus::Failed;
        batch.write(&definition(), &Write::Contact(UNANSWERED, state));
    });
    is_among(
        &differences,
        "a row says that ContactId { lane: LaneId(0), block: 0, place: 1 } waits",
    );
    is_among(&differences, "lane 0 says 3 waiting, 2 are");
}

#[test]
fn a_lane_that_the_audience_leaves_out_and_that_has_somebody_to_call() {
    let says = |rest: &str| {
        format!(
            "lane 1 holds those whom the audience leaves out, and says 3 untried, 0 waiting, skipped: {rest}"
        )
    };
    let differences = audited(|story, _, batch| lane(story, batch, 1, |lane| lane.left_out = true));
    is_only(&differences, &says("no"));
    let differences = audited(|story, _, batch| {
        lane(story, batch, 1, |lane| {
            lane.left_out = true;
            lane.skipped = Some("not in the audience".to_owned());
        });
    });
    is_among(&differences, &says("not in the audience"));
}

#[test]
fn a_holiday_calendar_that_was_removed() {
    let calendar = HolidayCalendarId(Uuid::from_u128(5));
    let differences = audited(|_, _, batch| {
        let mut definition = definition();
        definition.settings.holiday_calendars = vec![calendar];
        let record = DefinitionV5::from(&definition);
        batch.put(keys::definition(CAMPAIGN), encode(&record));
    });
    is_only(
        &differences,
        &format!("the campaign keeps holiday calendar {calendar}, which is not there"),
    );
}
