//! The ledger: attempts by the page, contact by contact, and by whose call it was.

use outdial_domain::attempt::{AttemptState, Outcome};
use outdial_domain::call::{CallEnd, CallResult, CallStatus, Heard, News};
use outdial_domain::ids::{AttemptId, LineId};
use outdial_domain::step::Input;
use outdial_storage::batch::Batch;
use outdial_storage::store::{Store, StoreError};
use outdial_storage::{keys, read};
use uuid::Uuid;

use crate::story::{CAMPAIGN, LINE, Story, fact, phone, place, save};

fn ids(attempts: &[outdial_domain::attempt::Attempt]) -> Vec<AttemptId> {
    attempts.iter().map(|attempt| attempt.id).collect()
}

#[test]
fn an_attempt_reads_back_with_all_that_is_known_of_it() {
    let (story, told) = Story::middle();
    let attempt = read::attempt(&story.store, CAMPAIGN, told.unanswered[1])
        .unwrap()
        .unwrap();
    assert_eq!(attempt.contact, place(0, 0, 1));
    assert_eq!(attempt.number, 2);
    assert_eq!(attempt.to, phone(1));
    assert_eq!(attempt.state, AttemptState::Ended(Outcome::NoAnswer));
    assert_eq!(attempt.provider_id.as_deref(), Some("CA4"));
    assert_eq!(attempt.previous, Some(told.unanswered[0]));
    assert_eq!(attempt.clearance.zone.as_deref(), Some("America/New_York"));
    let ringing = read::attempt(&story.store, CAMPAIGN, told.ringing).unwrap();
    assert_eq!(
        ringing.as_ref(),
        story.campaign.live().find(|attempt| attempt.id == told.ringing)
    );
    let none = read::attempt(&story.store, CAMPAIGN, AttemptId(Uuid::from_u128(1)));
    assert_eq!(none, Ok(None));
}

#[test]
fn what_a_call_yielded_reads_back_with_its_attempt() {
    let (mut story, told) = Story::middle();
    let result = CallResult {
        summary: Some("comes on Friday".to_owned()),
        sentiment: Some(-250),
        answers: vec![("coming".to_owned(), r#""yes""#.to_owned())],
        ..CallResult::default()
    };
    story.step(Input::Report {
        attempt: told.ringing,
        news: News::Result(Box::new(result.clone())),
    });
    let heard = Heard {
        message_left: true,
        recording_url: Some("https://example.com/RE1".to_owned()),
        ..Heard::default()
    };
    story.step(Input::Report {
        attempt: told.ringing,
        news: News::Heard {
            fact: fact("CA6", CallStatus::InProgress),
            heard,
        },
    });
    let attempt = read::attempt(&story.store, CAMPAIGN, told.ringing)
        .unwrap()
        .unwrap();
    assert_eq!(attempt.result, result);
    assert!(attempt.message_left);
    assert_eq!(attempt.recording_url.as_deref(), Some("https://example.com/RE1"));
}

#[test]
fn pages_of_the_ledger_meet_each_attempt_once_in_the_order_of_intent() {
    let (story, told) = Story::middle();
    for limit in 1..=8 {
        let mut met = Vec::new();
        loop {
            let page = read::attempts(&story.store, CAMPAIGN, met.last().copied(), limit).unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            met.extend(ids(&page));
        }
        assert_eq!(met, told.attempts(), "limit {limit}");
    }
}

#[test]
fn pages_of_the_ledger_from_its_end_meet_each_attempt_once_newest_first() {
    let (story, told) = Story::middle();
    let mut newest_first = told.attempts();
    newest_first.reverse();
    for limit in 1..=8 {
        let mut met = Vec::new();
        loop {
            let page = read::latest_attempts(&story.store, CAMPAIGN, met.last().copied(), limit).unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            met.extend(ids(&page));
        }
        assert_eq!(met, newest_first, "limit {limit}");
    }
}

#[test]
fn a_contacts_attempts_are_followed_from_the_last_to_the_first() {
    let (story, told) = Story::middle();
    let of = |last| ids(&read::attempts_of(&story.store, CAMPAIGN, last).unwrap());
    assert_eq!(
        of(Some(told.unanswered[1])),
        [told.unanswered[1], told.unanswered[0]]
    );
    assert_eq!(of(Some(told.busy[1])), [told.busy[1], told.busy[0]]);
    assert_eq!(of(Some(told.ringing)), [told.ringing]);
    assert_eq!(of(None), []);
}

#[test]
fn a_gap_in_a_contacts_attempts_is_reported() {
    let (story, told) = Story::middle();
    let mut batch = Batch::new();
    batch.delete(keys::attempt(CAMPAIGN, told.unanswered[0]));
    save(&story.store, batch);
    assert_eq!(
        read::attempts_of(&story.store, CAMPAIGN, Some(told.unanswered[1])),
        Err(StoreError::Corrupt {
            table: "attempt",
            detail: "one is missing".to_owned()
        })
    );
}

#[test]
fn every_attempt_leads_to_its_campaign_from_its_intent_on() {
    let (story, told) = Story::middle();
    for attempt in told.attempts() {
        assert_eq!(read::campaign_of(&story.store, attempt), Ok(Some(CAMPAIGN)));
    }
    let unknown = AttemptId(Uuid::from_u128(1));
    assert_eq!(read::campaign_of(&story.store, unknown), Ok(None));
}

#[test]
fn a_carriers_call_is_known_once_it_was_named_and_on_its_line_alone() {
    let (story, told) = Story::middle();
    let knows = |line, call: &str| read::knows_call(&story.store, line, call).unwrap();
    for n in 1..=6 {
        assert!(knows(LINE, &format!("CA{n}")), "call {n}");
    }
    assert!(!knows(LINE, "CA7"), "it was intended, and asked for by nobody");
    assert!(!knows(LINE, "CA"));
    assert!(!knows(LineId(Uuid::from_u128(1)), "CA1"));
    let leads_to = story.store.get(&keys::provider_id(LINE, "CA1")).unwrap();
    assert_eq!(leads_to, Some(told.reached.0.as_bytes().to_vec()));
}

#[test]
fn an_attempt_is_listed_as_live_until_it_ends() {
    let (mut story, told) = Story::middle();
    let is_listed =
        |story: &Story, attempt| story.store.get(&keys::live(CAMPAIGN, attempt)).unwrap().is_some();
    assert!(is_listed(&story, told.intended) && is_listed(&story, told.ringing));
    assert!(!is_listed(&story, told.reached) && !is_listed(&story, told.busy[1]));
    story.report(told.ringing, fact("CA6", CallStatus::InProgress));
    assert!(is_listed(&story, told.ringing));
    story.report(told.ringing, fact("CA6", CallStatus::Ended(CallEnd::Completed)));
    assert!(!is_listed(&story, told.ringing));
}

#[test]
fn a_withdrawn_intent_stays_in_the_ledger_and_its_contact_waits() {
    let (mut story, told) = Story::middle();
    story.step(Input::Command(outdial_domain::lifecycle::Command::Pause));
    let attempt = read::attempt(&story.store, CAMPAIGN, told.intended)
        .unwrap()
        .unwrap();
    assert_eq!(attempt.state, AttemptState::Withdrawn);
    assert_eq!(read::campaign_of(&story.store, told.intended), Ok(Some(CAMPAIGN)));
    let waiting = read::waiting(&story.store, CAMPAIGN, place(0, 0, 4).lane, 1).unwrap();
    let first = waiting.first().map(|(at, ready)| (*at, ready.id));
    assert_eq!(first, Some((story.now, place(0, 0, 4))));
}
