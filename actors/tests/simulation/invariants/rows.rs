//! What batches may make of rows: attempts move forward and end once (I7), contacts stand where the ends of
//! their attempts have put them, figures equal their fold (I4), and starts keep their pace (I11).

use outdial_domain::attempt::{Attempt, AttemptState, Outcome};
use outdial_domain::contact::{ContactState, ContactStatus};
use outdial_domain::ids::ContactId;
use outdial_domain::settings::UnknownThen;
use outdial_domain::time::{Millis, Timestamp};

use super::Ledger;
use crate::disk::Commit;
use crate::mirror::Before;
use crate::numbers::interval;
use crate::world::World;

/// What every reason of whoever is skipped by a do-not-call list begins with.
const SUPPRESSED: &str = "suppressed since";

/// When a call was last started.
pub struct Start {
    at: Timestamp,
    set_forward: Millis,
}

/// Why somebody is skipped whom a person has left out.
const BY_HAND: &str = "skipped by hand";

impl Ledger {
    pub(super) fn check_attempts(world: &mut World, commit: &Commit, before: &Before) {
        for (id, old) in &before.attempts {
            let attempt = &world.mirror.attempts[id];
            match old {
                None => {
                    assert_eq!(attempt.state, AttemptState::Intended, "it begins with an intent");
                    Self::check_meant(world, attempt.to, commit);
                    let settings = &world.mirror.versions[&attempt.config_version];
                    let interval = interval(settings.pacing);
                    let limit = settings.pacing.max_concurrent as usize;
                    let attempts = world.mirror.attempts.values();
                    let live = attempts.filter(|attempt| attempt.state.is_live()).count();
                    assert!(live <= limit, "I11: {live} in flight, {limit} allowed");
                    Self::check_pace(&mut world.ledger.last_start, interval, commit);
                }
                Some(old) if old.state.is_live() => check_forward(old, attempt),
                Some(old) => check_annotated(old, attempt),
            }
            let was_live = old.as_ref().is_none_or(|old| old.state.is_live());
            if was_live && !attempt.state.is_live() {
                Self::check_fate(world, commit, before, attempt);
            }
            Self::check_told(world, attempt);
        }
    }

    /// Starts are spaced by the clock: only where it was set forward they come closer.
    fn check_pace(last: &mut Option<Start>, interval: Millis, commit: &Commit) {
        let start = Start {
            at: commit.at,
            set_forward: commit.set_forward,
        };
        if let Some(last) = last.replace(start) {
            let apart = Millis((commit.at - last.at).0 + commit.set_forward.0 - last.set_forward.0);
            assert!(
                apart >= interval,
                "I11: starts {apart:?} apart, at least {interval:?} asked"
            );
        }
    }

    /// What the end of an attempt has made of its contact, told anew from the settings.
    fn check_fate(world: &World, commit: &Commit, before: &Before, attempt: &Attempt) {
        let contact = attempt.contact;
        let state = &world.mirror.states[&contact];
        assert_eq!(
            state.run, attempt.run,
            "an attempt belongs to the run of its contact"
        );
        assert_eq!(state.last_attempt, Some(attempt.id));
        let is_suppressed = attempt.error_code.as_deref() == Some("suppressed");
        if is_suppressed {
            assert_eq!(attempt.state, AttemptState::Withdrawn);
            let reason = attempt.error_message.as_deref().unwrap_or_default();
            Self::check_passed_over(world, attempt.to, reason, commit);
        }
        if attempt.state == AttemptState::Ended(Outcome::Lost) {
            Self::check_lost(world, attempt);
        }
        let retry = &world.settings.retry;
        let tries_again = match attempt.state.outcome() {
            None => !is_suppressed,
            Some(Outcome::Completed | Outcome::Refused) => false,
            Some(Outcome::Lost) => world.settings.unknown.then == UnknownThen::Retry,
            Some(outcome) => retry.outcomes.contains(&outcome),
        };
        let has_budget = attempt.state.outcome().is_none() || state.tries <= retry.max_retries;
        let skipped = world.mirror.given_up(contact.lane, attempt.run, before).is_some();
        let by_hand = state.reason.as_deref() == Some(BY_HAND);
        let held_back = skipped || world.mirror.progress.closed.is_some() || by_hand;
        let left = attempt.message_left;
        let expected = match attempt.state.outcome() {
            Some(Outcome::Completed) => ContactStatus::Completed,
            Some(Outcome::Machine) if left => ContactStatus::Completed,
            _ if tries_again && has_budget && !left && !held_back => ContactStatus::Pending,
            _ if tries_again && has_budget && !left => ContactStatus::Skipped,
            None => ContactStatus::Skipped,
            Some(_) => ContactStatus::Failed,
        };
        assert_eq!(
            world.mirror.standing_in(contact, attempt.run, skipped),
            expected,
            "what the end of {attempt:?} has made of {state:?}"
        );
    }

    pub(super) fn check_contacts(world: &World, commit: &Commit, before: &Before) {
        for (id, old) in &before.states {
            let state = &world.mirror.states[id];
            if let Some(old) = old {
                check_stands(old, state);
            }
            let is_calling = state.status == ContactStatus::Calling;
            let live = state.last_attempt.map(|last| world.mirror.attempts[&last].state);
            assert!(
                !is_calling || live.is_some_and(AttemptState::is_live),
                "I1: {id:?} is calling without an attempt"
            );
            if state.status == ContactStatus::Skipped {
                Self::check_skipped(world, commit, before, *id, state);
            }
        }
    }

    /// Nobody is skipped without a reason that holds.
    fn check_skipped(world: &World, commit: &Commit, before: &Before, id: ContactId, state: &ContactState) {
        let reason = state.reason.as_deref().expect("whoever is skipped is told why");
        if reason.starts_with(SUPPRESSED) {
            Self::check_passed_over(world, world.mirror.numbers[&id], reason, commit);
            return;
        }
        if reason == BY_HAND {
            let asked = world.ledger.left_out_by_hand.contains(&id);
            assert!(asked, "{id:?} is left out, and nobody asked for it");
            return;
        }
        let lane = world.mirror.given_up(id.lane, state.run, before);
        let holds = [lane, world.mirror.progress.closed.as_deref()].contains(&Some(reason));
        assert!(holds, "{id:?} is skipped for no reason: {reason}");
    }

    pub(super) fn check_figures(world: &World) {
        let fold = world.mirror.fold();
        let counters = &world.mirror.progress.counters;
        assert_eq!(*counters, fold, "I4: the figures are not the fold of the rows");
        let (tallies, fold) = (world.mirror.tallies(), world.mirror.fold_of_tallies());
        assert_eq!(tallies, fold, "I4: the tallies are not the fold of the attempts");
        assert!(
            counters.total >= world.ledger.contacts_acknowledged,
            "I10: contacts were acknowledged, and are gone"
        );
    }
}

fn rank(state: AttemptState) -> u8 {
    match state {
        AttemptState::Intended => 0,
        AttemptState::Unknown => 1,
        AttemptState::Placed => 2,
        AttemptState::Ringing => 3,
        AttemptState::Answered => 4,
        _ => 5,
    }
}

/// A live attempt only moves forward, and keeps what is known of it.
fn check_forward(old: &Attempt, new: &Attempt) {
    // Whoever is asked after a call without knowing its id has lost sight of it, and nothing else.
    assert!(
        rank(new.state) >= rank(old.state),
        "I7: from {:?} back to {:?}",
        old.state,
        new.state
    );
    let whom = |attempt: &Attempt| (attempt.contact, attempt.number, attempt.to, attempt.previous);
    assert_eq!(whom(old), whom(new), "an attempt is made for one contact");
    check_kept(old, new);
}

/// What was known is known for good.
fn check_kept(old: &Attempt, new: &Attempt) {
    assert!(old.provider_id.is_none() || old.provider_id == new.provider_id);
    assert!(old.answered_by.is_none() || old.answered_by == new.answered_by);
    assert!(old.duration_seconds.is_none() || old.duration_seconds == new.duration_seconds);
    assert!(old.recording_url.is_none() || old.recording_url == new.recording_url);
    assert!(new.message_left || !old.message_left);
}

/// A terminal attempt never changes but for what was not known, and what is told of it.
fn check_annotated(old: &Attempt, new: &Attempt) {
    check_kept(old, new);
    let mut expected = old.clone();
    expected.provider_id.clone_from(&new.provider_id);
    expected.answered_by = new.answered_by;
    expected.duration_seconds = new.duration_seconds;
    expected.recording_url.clone_from(&new.recording_url);
    expected.message_left = new.message_left;
    expected.result = new.result.clone();
    expected.error_code.clone_from(&new.error_code);
    expected.error_message.clone_from(&new.error_message);
    assert_eq!(expected, *new, "I7: a terminal attempt never changes its outcome");
}

/// Where an end has put a contact it stands in its run, until it is tried again, held back by caps, or skipped instead.
fn check_stands(old: &ContactState, new: &ContactState) {
    let old = &old.clone().seen_in(new.run);
    if old.status == ContactStatus::Calling {
        assert_eq!(old.last_attempt, new.last_attempt, "I1: one attempt at a time");
        return;
    }
    let moves = (old.status, new.status);
    let is_next = new.last_attempt != old.last_attempt;
    let requeued = ContactState {
        status: ContactStatus::Pending,
        reason: None,
        tries: 0,
        not_before: new.not_before,
        ..old.clone()
    };
    let holds_back = [
        "the contact caps allow",
        "us-fl allows",
        "us-ok allows",
        "us-reg-f allows",
        "not to be called before",
    ];
    let held_back = ContactState {
        reason: new
            .reason
            .clone()
            .filter(|reason| holds_back.iter().any(|words| reason.contains(words))),
        not_before: new
            .not_before
            .filter(|at| old.not_before.is_none_or(|before| *at > before)),
        ..old.clone()
    };
    assert!(
        old == new
            || moves == (ContactStatus::Pending, ContactStatus::Pending) && held_back == *new
            || old.status != ContactStatus::Pending && requeued == *new && new.not_before.is_some()
            || moves == (ContactStatus::Pending, ContactStatus::Calling) && is_next
            || moves == (ContactStatus::Pending, ContactStatus::Skipped) && !is_next,
        "I7: {old:?} became {new:?}"
    );
}
