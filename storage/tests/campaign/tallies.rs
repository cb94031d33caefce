//! What happened over time: read back by spans and buckets, and held to the ledger.

use outdial_domain::attempt::Outcome;
use outdial_domain::ids::{CampaignId, Incarnation};
use outdial_domain::step::Write;
use outdial_domain::tally::{Minute, Sheet, Tally};
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::{audit, keys, read};
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, Story, definition, save};
use crate::tampering::{audited, is_only};

fn at(minute: i64) -> Timestamp {
    BEGIN + Millis::seconds(60 * minute)
}

fn sheet(wake: u32) -> Sheet {
    Sheet {
        life: Incarnation { epoch: 1, wake },
        number: 0,
    }
}

fn started(started: u64) -> Tally {
    Tally {
        started,
        ..Tally::default()
    }
}

fn put(batch: &mut Batch, minute: i64, sheet: Sheet, tally: Tally) {
    let minute = Minute::of(at(minute));
    batch.write(&definition(), &Write::Tally { minute, sheet, tally });
}

#[test]
fn minutes_are_added_up_over_sheets_and_by_bucket_however_many_rows_there_are() {
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    for minute in 0..1000 {
        put(&mut batch, minute, sheet(1), started(1));
        put(&mut batch, minute, sheet(2), started(2));
    }
    let other = CampaignId(Uuid::from_u128(CAMPAIGN.0.as_u128() + 1));
    batch.tally(other, Minute::of(at(3)), sheet(1), &started(7));
    save(&store, batch);
    let all = read::tallies(&store, CAMPAIGN).unwrap();
    assert_eq!(all.len(), 1000);
    assert!(all.values().all(|tally| *tally == started(3)));
    let hour = |minute: Minute| minute.begin().millis() / 3_600_000;
    let hours = read::tallies_by(&store, CAMPAIGN, at(30)..at(150), hour).unwrap();
    let counts: Vec<u64> = hours.values().map(|tally| tally.started).collect();
    assert_eq!(counts, [90, 180, 90]);
    let none = read::tallies_by(&store, CAMPAIGN, at(5)..at(5), hour).unwrap();
    assert!(none.is_empty());
    assert_eq!(read::last_tally(&store, CAMPAIGN), Ok(Some(Minute::of(at(999)))));
    let nobody = CampaignId(Uuid::from_u128(1));
    assert_eq!(read::last_tally(&store, nobody), Ok(None));
}

#[test]
fn what_a_campaign_has_done_is_read_as_it_happened() {
    let (story, _) = Story::middle();
    let tallies = read::tallies(&story.store, CAMPAIGN).unwrap();
    let shown: Vec<(Timestamp, u64, u64)> = tallies
        .iter()
        .map(|(minute, tally)| (minute.begin(), tally.started, tally.ended.iter().sum()))
        .collect();
    assert_eq!(shown, [(at(0), 3, 3), (at(17), 3, 2)]);
    assert_eq!(tallies[&Minute::of(at(0))].outcome(Outcome::Completed), 1);
}

#[test]
fn a_tally_that_was_changed() {
    let differences = audited(|story, _, batch| {
        let minute = Minute::of(at(17));
        let rows = read::tallies(&story.store, CAMPAIGN).unwrap();
        let mut tally = rows[&minute];
        tally.started += 1;
        tally.ended[Outcome::Busy as usize] = 0;
        put(batch, 17, sheet(1), tally);
    });
    is_only(
        &differences,
        "the tally of the minute from 2026-07-01T13:17:00Z on is 4 started, ended 1 no-answer, its fold is 3 started, \
         ended 1 busy, 1 no-answer",
    );
}

#[test]
fn a_tally_of_a_minute_in_which_nothing_happened_or_on_a_sheet_of_nobody() {
    let differences = audited(|_, _, batch| {
        put(batch, -5, sheet(1), started(2));
        put(batch, 0, sheet(77), started(1));
    });
    assert_eq!(
        differences,
        [
            "the tally of the minute from 2026-07-01T12:55:00Z on is 2 started, its fold is 0 started",
            "the tally of the minute from 2026-07-01T13:00:00Z on is 4 started, ended 1 completed, 1 busy, 1 no-answer, \
             its fold is 3 started, ended 1 completed, 1 busy, 1 no-answer",
        ]
    );
}

#[test]
fn a_tally_of_a_campaign_that_is_not_there() {
    let (story, _) = Story::middle();
    let nobody = CampaignId(Uuid::from_u128(9));
    let mut batch = Batch::new();
    batch.tally(nobody, Minute::of(at(0)), sheet(1), &started(1));
    save(&story.store, batch);
    is_only(
        &audit::store_differences(&story.store).unwrap(),
        &format!("a tally row is that of campaign {nobody}, which is not there"),
    );
}

#[test]
fn minutes_lie_in_their_order_and_are_read_from_their_keys() {
    let minutes = [-9_000_000_i64, -1, 0, 1, 900].map(|minute| Minute::of(at(minute)));
    let keys = minutes.map(|minute| keys::tally(CAMPAIGN, minute, sheet(3)));
    assert!(keys.is_sorted());
    assert_eq!(keys.map(|key| keys::tally_minute(&key)), minutes.map(Some));
}
