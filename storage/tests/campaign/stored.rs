//! A campaign as it wakes: what it needs in memory, and nothing else.

use chrono_tz::{America, Europe};
use outdial_domain::attempt::AttemptState;
use outdial_domain::call::CallEnd;
use outdial_domain::campaign::Campaign;
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, CampaignId, Incarnation};
use outdial_domain::lane::LaneState;
use outdial_domain::progress::Progress;
use outdial_domain::step::Input;
use outdial_storage::batch::Batch;
use outdial_storage::store::StoreError;
use outdial_storage::{keys, read};
use uuid::Uuid;

use crate::story::{BEGIN, CAMPAIGN, OPEN_LIST, Story, definition, place, save};

#[test]
fn a_campaign_that_was_just_created_reads_back() {
    let story = Story::begin(&definition());
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    assert_eq!(stored.definition, definition());
    assert_eq!(stored.progress, Progress::new(BEGIN));
    assert_eq!(stored.lanes, []);
    assert!(stored.live.is_empty() && stored.imports.is_empty());
}

#[test]
fn a_campaign_that_is_not_there_is_none() {
    let story = Story::begin(&definition());
    let other = CampaignId(Uuid::from_u128(77));
    assert!(read::stored(&story.store, other).unwrap().is_none());
    assert_eq!(read::definition(&story.store, other), Ok(None));
    assert_eq!(read::progress(&story.store, other), Ok(None));
    assert_eq!(read::lanes(&story.store, other), Ok(vec![]));
}

#[test]
fn status_and_figures_are_those_in_memory() {
    let (story, _) = Story::middle();
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    assert_eq!(&stored.progress, story.campaign.progress());
    let counters = &stored.progress.counters;
    let stand = [
        counters.total,
        counters.pending,
        counters.calling,
        counters.completed,
    ];
    assert_eq!(stand, [304, 301, 2, 1]);
    assert_eq!(stored.progress.next_block, 4);
}

#[test]
fn lanes_are_in_their_order_with_cursor_and_counts() {
    let (story, _) = Story::middle();
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    let new_york = LaneState {
        zones: vec![America::New_York],
        cursor: (0, 5),
        untried: 295,
        waiting: 3,
        total: 301,
        skipped: None,
        left_out: false,
    };
    let london = LaneState {
        zones: vec![Europe::London],
        untried: 3,
        total: 3,
        ..LaneState::default()
    };
    assert_eq!(stored.lanes, [new_york, london]);
}

#[test]
fn the_live_attempts_come_with_their_contacts() {
    let (story, told) = Story::middle();
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    let live: Vec<_> = stored
        .live
        .iter()
        .map(|(attempt, ready)| (attempt.id, attempt.state, ready.id, ready.state.status))
        .collect();
    assert_eq!(
        live,
        [
            (
                told.ringing,
                AttemptState::Ringing,
                place(0, 0, 3),
                ContactStatus::Calling
            ),
            (
                told.intended,
                AttemptState::Intended,
                place(0, 0, 4),
                ContactStatus::Calling
            ),
        ]
    );
    assert!(
        stored
            .live
            .iter()
            .map(|(attempt, _)| attempt)
            .eq(story.campaign.live())
    );
    for (attempt, ready) in &stored.live {
        assert_eq!(attempt.to, ready.contact.phone);
        assert_eq!(ready.state.last_attempt, Some(attempt.id));
    }
}

#[test]
fn of_the_lists_those_still_being_read_come_along() {
    let (story, _) = Story::middle();
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    let open: Vec<_> = stored.imports.iter().map(|import| import.id).collect();
    assert_eq!(open, [OPEN_LIST]);
}

#[test]
fn a_campaign_woken_from_its_rows_goes_on_where_it_was() {
    let (mut story, told) = Story::middle();
    let stored = read::stored(&story.store, CAMPAIGN).unwrap().unwrap();
    story.campaign = Campaign::wake(stored, Incarnation { epoch: 1, wake: 2 });
    story.step(Input::Woken);
    let intended = read::attempt(&story.store, CAMPAIGN, told.intended)
        .unwrap()
        .unwrap();
    assert_eq!(
        intended.state,
        AttemptState::Unknown,
        "it was intended in another life"
    );
    let next = story.call(CallEnd::Completed);
    let next = read::attempt(&story.store, CAMPAIGN, next).unwrap().unwrap();
    assert_eq!(
        next.contact,
        place(0, 0, 5),
        "nobody is rung twice or passed over"
    );
}

#[test]
fn a_live_row_without_its_attempt_is_reported() {
    let (story, _) = Story::middle();
    let mut batch = Batch::new();
    batch.put(keys::live(CAMPAIGN, AttemptId(Uuid::from_u128(1))), Vec::new());
    save(&story.store, batch);
    assert_eq!(
        read::stored(&story.store, CAMPAIGN).unwrap_err(),
        StoreError::Corrupt {
            table: "live",
            detail: "its attempt is missing".to_owned()
        }
    );
}

#[test]
fn a_live_attempt_without_its_contact_is_reported() {
    let (story, _) = Story::middle();
    let mut batch = Batch::new();
    batch.delete(keys::block(CAMPAIGN, place(0, 0, 0).lane, 0));
    save(&story.store, batch);
    assert_eq!(
        read::stored(&story.store, CAMPAIGN).unwrap_err(),
        StoreError::Corrupt {
            table: "live",
            detail: "its contact is missing".to_owned()
        }
    );
}
