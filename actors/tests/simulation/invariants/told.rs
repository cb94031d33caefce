//! Whatever news was acknowledged is durable, and whatever was refused has changed nothing (I10, I7).

use std::collections::BTreeSet;

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::call::{CallFact, CallResult, CallStatus, News};
use outdial_domain::ids::AttemptId;

use super::Ledger;
use crate::world::World;

/// News as it was handed to the campaign, in the order of handing in.
pub struct Told {
    news: News,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nobody has said what became of it: it may be there or not.
    Open,
    /// Nobody has said, and it must be refused.
    Unwelcome,
    Noted,
    Refused,
}

impl Ledger {
    /// News is handed in; the answer is its place among what was told of the attempt.
    pub fn begin(world: &mut World, attempt: AttemptId, news: &News) -> usize {
        let stored = world.mirror.attempts.get(&attempt);
        let stored = stored.expect("I2: a call without an attempt");
        let never_rang = matches!(news, News::Result(_)) && !stored.state.may_have_rung();
        let told = world.ledger.told.entry(attempt).or_default();
        told.push(Told {
            news: news.clone(),
            fate: if never_rang { Fate::Unwelcome } else { Fate::Open },
        });
        told.len() - 1
    }

    /// News was acknowledged, so it is durable by now.
    pub fn noted(world: &mut World, attempt: AttemptId, entry: usize) {
        if let Some(told) = told_at(world, attempt, entry) {
            assert!(
                told.fate != Fate::Unwelcome,
                "{attempt} never rang, and yielded {:?}",
                told.news
            );
            told.fate = Fate::Noted;
        }
        let stored = world.mirror.attempts[&attempt].clone();
        Self::check_told(world, &stored);
    }

    /// News was refused.
    pub fn refused(world: &mut World, attempt: AttemptId, entry: usize) {
        let state = world.mirror.attempts[&attempt].state;
        if let Some(told) = told_at(world, attempt, entry) {
            let is_result = matches!(told.news, News::Result(_));
            assert!(
                is_result && !state.may_have_rung(),
                "{attempt} is {state:?}, and was refused {:?}",
                told.news
            );
            told.fate = Fate::Refused;
        }
    }

    /// What is stored of an attempt agrees with all that was told of it.
    pub fn check_told(world: &World, attempt: &Attempt) {
        let told = world.ledger.told.get(&attempt.id);
        let told = told.map(Vec::as_slice).unwrap_or_default();
        let own = |call: &str| attempt.provider_id.as_deref() == Some(call);
        for Told { news, fate } in told {
            let (call, fact) = match news {
                News::Status(fact) | News::Heard { fact, .. } => (&fact.provider_id, Some(fact)),
                News::Detected { provider_id, .. } => (provider_id, None),
                News::Result(_) => continue,
            };
            if *fate != Fate::Noted {
                continue;
            }
            if !own(call) {
                Self::check_adopted(world, attempt);
                return;
            }
            if let Some(fact) = fact {
                assert!(
                    has_taken_in(attempt, fact),
                    "I10: {attempt:?} was told {fact:?}, and has forgotten it"
                );
            }
            if let News::Detected { answered_by, .. } = news {
                let known = attempt.answered_by;
                assert_eq!(known, Some(*answered_by), "I10: what answered is forgotten");
            }
            if let News::Heard { heard, .. } = news {
                assert!(
                    attempt.message_left || !heard.message_left,
                    "I10: the message that was left with {attempt:?} is forgotten"
                );
                assert!(
                    attempt.recording_url.is_some() || heard.recording_url.is_none(),
                    "I10: a recording of {attempt:?} is forgotten"
                );
            }
        }
        let left = told
            .iter()
            .any(|told| matches!(&told.news, News::Heard { heard, .. } if heard.message_left));
        assert!(
            left || !attempt.message_left,
            "nobody left a message with {attempt:?}"
        );
        check_results(attempt, told);
    }

    /// Of several calls that may be an attempt of unknown fate the earliest is it: news of its own call, should
    /// there be another, is news of a foreign one.
    fn check_adopted(world: &World, attempt: &Attempt) {
        let call = attempt.provider_id.as_ref();
        let call = call.expect("I10: a call was told of, and is forgotten");
        let adopted = &world.carrier.calls[call];
        assert!(
            adopted.attempt != attempt.id && adopted.to == attempt.to,
            "I10: {attempt:?} denies its own call"
        );
    }
}

fn told_at(world: &mut World, attempt: AttemptId, entry: usize) -> Option<&mut Told> {
    world.ledger.told.get_mut(&attempt)?.get_mut(entry)
}

/// Of what can be told anew the last word counts: that which was noted last, or one that came later and of
/// which nobody knows whether it arrived.
fn check_results(attempt: &Attempt, told: &[Told]) {
    let results: Vec<(CallResult, Fate)> = told
        .iter()
        .filter_map(|Told { news, fate }| match news {
            News::Result(result) => Some(((**result).clone(), *fate)),
            News::Heard { heard, .. } => Some((
                CallResult {
                    disposition: heard.disposition.clone(),
                    answers: heard.answers.clone(),
                    ..CallResult::default()
                },
                *fate,
            )),
            News::Status(_) | News::Detected { .. } => None,
        })
        .collect();
    // An answer that is known already was asked for again: it says nothing new, and undoes nothing.
    let is_repeated = |entry: usize| {
        let (result, _) = &results[entry];
        let is_known = |answer| {
            results[..entry]
                .iter()
                .any(|(before, _)| before.answers.contains(answer))
        };
        !result.answers.is_empty() && result.answers.iter().all(is_known)
    };
    let kept = &attempt.result;
    let says = |of: &dyn Fn(&CallResult) -> Option<String>| {
        let mut may_be: BTreeSet<Option<String>> = BTreeSet::from([None]);
        for (entry, (result, fate)) in results.iter().enumerate() {
            let Some(value) = of(result) else { continue };
            match fate {
                Fate::Noted if is_repeated(entry) => drop(may_be.insert(Some(value))),
                Fate::Noted => may_be = BTreeSet::from([Some(value)]),
                Fate::Open => drop(may_be.insert(Some(value))),
                Fate::Unwelcome | Fate::Refused => {}
            }
        }
        let is = of(kept);
        assert!(
            may_be.contains(&is),
            "I10: of {attempt:?} was told {may_be:?}, and {is:?} is kept"
        );
    };
    says(&|result| result.sentiment.map(|value| value.to_string()));
    says(&|result| result.satisfaction.map(|value| value.to_string()));
    says(&|result| result.disposition.clone());
    says(&|result| result.summary.clone());
    for name in ["confirmation", "statement", "mood"] {
        says(&|result| {
            let mut answers = result.answers.iter();
            let answer = answers.find(|(known, _)| known == name);
            answer.map(|(_, value)| value.clone())
        });
    }
    assert!(kept.answers.len() <= 3, "nobody gave {:?}", kept.answers);
}

fn has_taken_in(attempt: &Attempt, fact: &CallFact) -> bool {
    let reached = match attempt.state {
        AttemptState::Placed => 1,
        AttemptState::Ringing => 2,
        AttemptState::Answered => 3,
        AttemptState::Intended | AttemptState::Unknown => 0,
        _ => 4,
    };
    let told = match fact.status {
        CallStatus::Queued | CallStatus::Initiated => 1,
        CallStatus::Ringing => 2,
        CallStatus::InProgress => 3,
        CallStatus::Ended(_) => 4,
    };
    reached >= told && (fact.answered_by.is_none() || attempt.answered_by == fact.answered_by)
}
