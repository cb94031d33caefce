//! The audit finds nothing to say of a campaign that only the domain has written.

use chrono_tz::America;
use outdial_domain::call::{CallEnd, CallResult, CallStatus, News, Placement, Refusal};
use outdial_domain::lifecycle::Command;
use outdial_domain::step::Input;
use outdial_storage::batch::Batch;
use outdial_storage::records::Rest;
use outdial_storage::{audit, read};

use crate::story::{BEGIN, CAMPAIGN, OPEN_LIST, ORG, Story, candidate, definition, fact, save};

fn nothing_differs(story: &Story, when: &str) {
    let differences = audit::differences(&story.store, CAMPAIGN).unwrap();
    assert_eq!(differences, Vec::<String>::new(), "{when}");
    let of_store = audit::store_differences(&story.store).unwrap();
    assert_eq!(of_store, Vec::<String>::new(), "{when}");
}

#[test]
fn nothing_differs_in_a_campaign_that_was_just_created() {
    nothing_differs(&Story::begin(&definition()), "created");
}

#[test]
fn nothing_differs_however_a_campaign_rests() {
    let story = Story::begin(&definition());
    let mut before = Rest::Asleep(None);
    for after in [
        Rest::Awake,
        Rest::Asleep(Some(BEGIN)),
        Rest::Awake,
        Rest::Asleep(None),
        Rest::Asleep(Some(BEGIN)),
    ] {
        let mut batch = Batch::new();
        batch.rest(ORG, CAMPAIGN, before, after);
        save(&story.store, batch);
        nothing_differs(&story, &format!("{after:?}"));
        before = after;
    }
}

#[test]
fn nothing_differs_in_the_middle_of_a_campaign() {
    let (story, _) = Story::middle();
    nothing_differs(&story, "in the middle");
}

#[test]
fn nothing_differs_after_a_pause_a_cancel_or_an_end_by_hand() {
    for command in [
        Command::Pause,
        Command::Complete,
        Command::Cancel { hang_up: true },
    ] {
        let (mut story, told) = Story::middle();
        story.step(Input::Command(command));
        nothing_differs(&story, command.name());
        story.report(told.ringing, fact("CA6", CallStatus::Ended(CallEnd::NoAnswer)));
        nothing_differs(&story, "the last call ended");
    }
}

#[test]
fn nothing_differs_when_more_is_told_of_a_call_while_it_lasts_and_later() {
    let (mut story, told) = Story::middle();
    let attempt = told.ringing;
    let sentiment = |thousandths| {
        News::Result(Box::new(CallResult {
            sentiment: Some(thousandths),
            ..CallResult::default()
        }))
    };
    story.step(Input::Report {
        attempt,
        news: sentiment(-250),
    });
    nothing_differs(&story, "told while it rang");
    story.report(attempt, fact("CA6", CallStatus::Ended(CallEnd::Completed)));
    nothing_differs(&story, "it ended");
    let ended = read::attempt(&story.store, CAMPAIGN, attempt).unwrap().unwrap();
    story.step(Input::LateReport {
        attempt: Box::new(ended),
        news: sentiment(900),
    });
    nothing_differs(&story, "told otherwise later");
    let counters = &story.campaign.progress().counters;
    assert_eq!((counters.sentiment, counters.rated), (900, 1));
}

#[test]
fn nothing_differs_whatever_comes_of_a_call() {
    let refusal = Refusal {
        code: "21211".to_owned(),
        message: "invalid number".to_owned(),
    };
    let placements = [
        Placement::Placed(fact("CA7", CallStatus::Queued)),
        Placement::RefusedContact(refusal.clone()),
        Placement::RefusedConfiguration(refusal.clone()),
        Placement::Deferred {
            retry_after: None,
            refusal,
        },
        Placement::Unknown {
            detail: "timed out".to_owned(),
        },
        Placement::NotSent {
            detail: "no route".to_owned(),
        },
    ];
    for placement in placements {
        let (mut story, told) = Story::middle();
        let when = format!("{placement:?}");
        story.step(Input::IntentDurable(told.intended));
        story.step(Input::Placement {
            attempt: told.intended,
            placement,
        });
        nothing_differs(&story, &when);
        story.pass(10_000);
        story.step(Input::Alarm);
        nothing_differs(&story, &format!("{when}, much later"));
    }
}

#[test]
fn nothing_differs_from_the_first_call_to_the_last() {
    let mut story = Story::begin(&definition());
    story.step(Input::AddContacts(
        (0..40)
            .map(|n| candidate(n, Some(America::New_York), None))
            .collect(),
    ));
    story.step(Input::Command(Command::Start));
    let ends = [
        CallEnd::Completed,
        CallEnd::Busy,
        CallEnd::NoAnswer,
        CallEnd::Failed,
        CallEnd::Canceled,
    ];
    let mut calls = 0;
    while !story.campaign.progress().status.has_ended() {
        story.call(ends[calls % ends.len()]);
        calls += 1;
        nothing_differs(&story, &format!("after {calls} calls"));
        if story.campaign.progress().counters.pending > 0 && !story.campaign.is_asking_permit() {
            story.pass(4000);
        }
    }
    assert!(calls > 40, "some were tried again");
}

#[test]
fn nothing_differs_while_lists_are_read() {
    let (mut story, _) = Story::middle();
    for n in 0..3 {
        story.step(Input::ImportChunk(outdial_domain::import::Chunk {
            import: OPEN_LIST,
            rows_read: n,
            bytes_read: 0,
            candidates: vec![candidate(700 + n, None, None)],
            rejected: vec![crate::story::rejected(n)],
            ends: None,
        }));
        nothing_differs(&story, "a chunk was read");
    }
}
