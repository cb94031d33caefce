#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use uuid::Uuid;

use super::*;
use crate::ids::LaneId;

/// What each live state becomes by each word of the carrier; `-`: nothing.
const TABLE: &str = "
    -         queued  initiated  ringing  in-progress  completed  busy  no-answer  failed  canceled
    intended  placed  placed     ringing  answered     completed  busy  no-answer  failed  canceled
    unknown   placed  placed     ringing  answered     completed  busy  no-answer  failed  canceled
    placed    -       -          ringing  answered     completed  busy  no-answer  failed  canceled
    ringing   -       -          -        answered     completed  busy  no-answer  failed  canceled
    answered  -       -          -        -            completed  busy  no-answer  failed  canceled";

fn statuses() -> [CallStatus; 9] {
    [
        CallStatus::Queued,
        CallStatus::Initiated,
        CallStatus::Ringing,
        CallStatus::InProgress,
        CallStatus::Ended(CallEnd::Completed),
        CallStatus::Ended(CallEnd::Busy),
        CallStatus::Ended(CallEnd::NoAnswer),
        CallStatus::Ended(CallEnd::Failed),
        CallStatus::Ended(CallEnd::Canceled),
    ]
}

fn terminal_states() -> Vec<AttemptState> {
    let ended = Outcome::ALL.map(AttemptState::Ended);
    let other = [
        AttemptState::Refused(RefusedFor::Contact),
        AttemptState::Refused(RefusedFor::Configuration),
        AttemptState::Deferred,
        AttemptState::Withdrawn,
    ];
    ended.into_iter().chain(other).collect()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_782_910_800_000) + Millis::seconds(seconds)
}

fn attempt(state: AttemptState) -> Attempt {
    Attempt {
        id: AttemptId(Uuid::from_u128(1)),
        contact: ContactId {
            lane: LaneId(0),
            block: 0,
            place: 0,
        },
        number: 1,
        run: 1,
        state,
        incarnation: Incarnation::default(),
        to: PhoneNumber::from_digits(12_025_550_100).unwrap(),
        from: PhoneNumber::from_digits(12_025_550_199).unwrap(),
        provider_id: Some("CA1".to_owned()),
        config_version: 1,
        intended_at: at(0),
        placed_at: None,
        answered_at: None,
        ended_at: None,
        duration_seconds: None,
        answered_by: None,
        message_left: false,
        recording_url: None,
        result: CallResult::default(),
        error_code: None,
        error_message: None,
        deadline: at(120),
        asked: 0,
        previous: None,
        clearance: Arc::default(),
    }
}

fn fact(status: CallStatus) -> CallFact {
    CallFact {
        provider_id: "CA1".to_owned(),
        status,
        duration_seconds: None,
        answered_by: None,
        error_code: None,
        recording_url: None,
        at: None,
    }
}

fn named(name: &str) -> AttemptState {
    let live = [
        AttemptState::Intended,
        AttemptState::Unknown,
        AttemptState::Placed,
        AttemptState::Ringing,
        AttemptState::Answered,
    ];
    let ended = Outcome::ALL.map(|outcome| (outcome.name(), AttemptState::Ended(outcome)));
    live.map(|state| (state.name(), state))
        .into_iter()
        .chain(ended)
        .find(|(known, _)| *known == name)
        .unwrap()
        .1
}

#[test]
fn every_live_state_moves_by_every_word_of_the_carrier_as_the_table_says() {
    let rows: Vec<Vec<&str>> = TABLE
        .trim()
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!((rows.len(), rows[0].len()), (6, 10));
    for row in &rows[1..] {
        for (status, expected) in statuses().into_iter().zip(&row[1..]) {
            let before = attempt(named(row[0]));
            let mut after = before.clone();
            let moved = after.apply(&fact(status), at(5));
            if *expected == "-" {
                assert_eq!((moved, &after), (Moved::Not, &before), "{} {status:?}", row[0]);
                continue;
            }
            assert_eq!(after.state, named(expected), "{} {status:?}", row[0]);
            let expected_move = match after.state {
                AttemptState::Ended(outcome) => Moved::Ended(outcome),
                _ => Moved::Forward,
            };
            assert_eq!(moved, expected_move, "{} {status:?}", row[0]);
        }
    }
}

#[test]
fn no_word_of_the_carrier_moves_an_attempt_that_is_over() {
    for state in terminal_states() {
        for status in statuses() {
            let mut after = attempt(state);
            assert_eq!(
                after.apply(&fact(status), at(5)),
                Moved::Not,
                "{state:?} {status:?}"
            );
            assert_eq!(after, attempt(state), "{state:?} {status:?}");
        }
    }
}

#[test]
fn a_late_fact_fills_in_what_was_not_known_and_changes_nothing_else() {
    for state in terminal_states() {
        let mut over = attempt(state);
        over.provider_id = None;
        over.error_code = Some("sip-486".to_owned());
        let late = CallFact {
            duration_seconds: Some(42),
            answered_by: Some(AnsweredBy::MachineStart),
            error_code: Some("sip-500".to_owned()),
            at: Some(at(9)),
            ..fact(CallStatus::Ended(CallEnd::Completed))
        };
        let expected = Attempt {
            provider_id: Some("CA1".to_owned()),
            duration_seconds: Some(42),
            answered_by: Some(AnsweredBy::MachineStart),
            ..over.clone()
        };
        assert_eq!(over.apply(&late, at(10)), Moved::Annotated, "{state:?}");
        assert_eq!(over, expected, "{state:?}");
        assert_eq!(over.apply(&late, at(11)), Moved::Not, "{state:?}");
        assert_eq!(over, expected, "{state:?}");
    }
}

#[test]
fn a_fact_said_twice_changes_nothing_the_second_time() {
    for status in statuses() {
        let mut once = attempt(AttemptState::Intended);
        once.apply(&fact(status), at(3));
        let mut twice = once.clone();
        assert_eq!(twice.apply(&fact(status), at(8)), Moved::Not, "{status:?}");
        assert_eq!(twice, once, "{status:?}");
    }
}

#[test]
fn facts_in_any_order_come_to_the_same_state() {
    let (ringing, answered) = (fact(CallStatus::Ringing), fact(CallStatus::InProgress));
    let over = fact(CallStatus::Ended(CallEnd::Completed));
    let orders = [
        [&ringing, &answered, &over],
        [&ringing, &over, &answered],
        [&answered, &ringing, &over],
        [&answered, &over, &ringing],
        [&over, &ringing, &answered],
        [&over, &answered, &ringing],
    ];
    for order in orders {
        let mut heard = attempt(AttemptState::Placed);
        for one in order {
            heard.apply(one, at(5));
        }
        assert_eq!(heard.state, AttemptState::Ended(Outcome::Completed), "{order:?}");
    }
}

#[test]
fn a_report_about_another_call_changes_nothing() {
    for state in [AttemptState::Placed, AttemptState::Ended(Outcome::Busy)] {
        for status in statuses() {
            let mut ours = attempt(state);
            let theirs = CallFact {
                provider_id: "CA2".to_owned(),
                duration_seconds: Some(7),
                ..fact(status)
            };
            assert_eq!(ours.apply(&theirs, at(5)), Moved::ForeignCall);
            assert_eq!(ours, attempt(state));
        }
    }
}

#[test]
fn the_first_report_tells_which_call_is_ours() {
    let mut ours = attempt(AttemptState::Intended);
    ours.provider_id = None;
    assert_eq!(ours.apply(&fact(CallStatus::Queued), at(1)), Moved::Forward);
    assert_eq!(ours.provider_id.as_deref(), Some("CA1"));
}

#[test]
fn what_answered_decides_whether_a_finished_call_reached_somebody() {
    let outcomes = [
        (None, Outcome::Completed),
        (Some(AnsweredBy::Human), Outcome::Completed),
        (Some(AnsweredBy::Unknown), Outcome::Completed),
        (Some(AnsweredBy::MachineStart), Outcome::Machine),
        (Some(AnsweredBy::MachineEnd), Outcome::Machine),
        (Some(AnsweredBy::Fax), Outcome::Machine),
    ];
    for (answered_by, outcome) in outcomes {
        // Known while the call goes on, or only as it ends.
        for early in [true, false] {
            let mut call = attempt(AttemptState::Answered);
            if early {
                let detected = CallFact {
                    answered_by,
                    ..fact(CallStatus::InProgress)
                };
                let moved = call.apply(&detected, at(4));
                let expected = answered_by.map_or(Moved::Not, |_| Moved::Annotated);
                assert_eq!(moved, expected, "{answered_by:?}");
            }
            let over = CallFact {
                answered_by: answered_by.filter(|_| !early),
                ..fact(CallStatus::Ended(CallEnd::Completed))
            };
            assert_eq!(call.apply(&over, at(9)), Moved::Ended(outcome), "{answered_by:?}");
        }
    }
}

#[test]
fn a_machine_that_is_recognised_after_the_end_does_not_change_the_outcome() {
    let mut call = attempt(AttemptState::Ended(Outcome::Completed));
    let detected = CallFact {
        answered_by: Some(AnsweredBy::MachineEnd),
        ..fact(CallStatus::InProgress)
    };
    assert_eq!(call.apply(&detected, at(9)), Moved::Annotated);
    assert_eq!(call.state, AttemptState::Ended(Outcome::Completed));
    assert_eq!(call.answered_by, Some(AnsweredBy::MachineEnd));
}

#[test]
fn each_instant_is_the_carriers_where_it_names_one_and_ours_where_not() {
    let mut call = attempt(AttemptState::Intended);
    call.apply(&fact(CallStatus::Queued), at(1));
    let answered = CallFact {
        at: Some(at(7)),
        ..fact(CallStatus::InProgress)
    };
    call.apply(&answered, at(8));
    let over = CallFact {
        at: Some(at(30)),
        duration_seconds: Some(23),
        ..fact(CallStatus::Ended(CallEnd::Completed))
    };
    call.apply(&over, at(31));
    let instants = (call.placed_at, call.answered_at, call.ended_at);
    assert_eq!(instants, (Some(at(1)), Some(at(7)), Some(at(30))));
}

#[test]
fn a_call_of_which_only_the_end_is_heard_was_answered_its_talk_time_before() {
    let mut call = attempt(AttemptState::Unknown);
    let over = CallFact {
        at: Some(at(60)),
        duration_seconds: Some(40),
        ..fact(CallStatus::Ended(CallEnd::Completed))
    };
    call.apply(&over, at(90));
    let instants = (call.placed_at, call.answered_at, call.ended_at);
    assert_eq!(instants, (Some(at(20)), Some(at(20)), Some(at(60))));
}

#[test]
fn no_talk_time_makes_a_call_answered_before_it_was_placed() {
    let mut call = attempt(AttemptState::Intended);
    call.apply(&fact(CallStatus::Queued), at(5));
    let over = CallFact {
        duration_seconds: Some(3000),
        ..fact(CallStatus::Ended(CallEnd::Completed))
    };
    call.apply(&over, at(60));
    assert_eq!((call.placed_at, call.answered_at), (Some(at(5)), Some(at(5))));
}

#[test]
fn a_call_that_nobody_answered_has_no_instant_of_an_answer() {
    for end in [
        CallEnd::Busy,
        CallEnd::NoAnswer,
        CallEnd::Failed,
        CallEnd::Canceled,
    ] {
        let mut call = attempt(AttemptState::Placed);
        call.apply(&fact(CallStatus::Ended(end)), at(20));
        assert_eq!((call.answered_at, call.ended_at), (None, Some(at(20))), "{end:?}");
    }
}

#[test]
fn instants_never_run_backwards_nor_ahead_of_the_clock_whatever_the_carrier_says() {
    for told in [at(-3600), at(-1), at(3600)] {
        let mut call = attempt(AttemptState::Intended);
        let mut now = 0;
        for status in [
            CallStatus::Queued,
            CallStatus::InProgress,
            CallStatus::Ended(CallEnd::Completed),
        ] {
            now += 5;
            let said = CallFact {
                at: Some(told),
                duration_seconds: Some(3000),
                ..fact(status)
            };
            call.apply(&said, at(now));
        }
        let [placed, answered, ended] = [call.placed_at, call.answered_at, call.ended_at].map(Option::unwrap);
        assert!(
            call.intended_at <= placed && placed <= answered && answered <= ended && ended <= at(now),
            "{told}: {placed} {answered} {ended}"
        );
    }
}

#[test]
fn a_refusal_keeps_the_carriers_code_and_words() {
    for for_whom in [RefusedFor::Contact, RefusedFor::Configuration] {
        let mut call = attempt(AttemptState::Intended);
        let refusal = Refusal {
            code: "21211".to_owned(),
            message: "invalid To".to_owned(),
        };
        call.refuse(for_whom, refusal, at(1));
        assert_eq!(call.state, AttemptState::Refused(for_whom));
        assert_eq!(call.error_code.as_deref(), Some("21211"));
        assert_eq!(call.error_message.as_deref(), Some("invalid To"));
        assert_eq!(call.ended_at, Some(at(1)));
    }
}

#[test]
fn what_was_deferred_withdrawn_or_refused_for_the_set_up_does_not_count_as_a_try() {
    let uncounted = [
        AttemptState::Deferred,
        AttemptState::Withdrawn,
        AttemptState::Refused(RefusedFor::Configuration),
    ];
    for state in terminal_states() {
        assert_eq!(state.is_counted(), !uncounted.contains(&state), "{state:?}");
        assert_eq!(state.outcome().is_some(), state.is_counted(), "{state:?}");
        assert!(!state.is_live(), "{state:?}");
    }
    for name in ["intended", "unknown", "placed", "ringing", "answered"] {
        assert!(named(name).is_counted() && named(name).is_live(), "{name}");
    }
}
