//! The circuit breaker trips when its rule says so, by the ends of attempts that the world has counted itself.

use outdial_domain::attempt::Outcome;
use outdial_domain::lifecycle::Status;
use outdial_domain::settings::CircuitBreaker;
use outdial_domain::time::Timestamp;

use super::Ledger;
use crate::carrier::chance;
use crate::disk::Commit;
use crate::happening::Happening;
use crate::mirror::Before;
use crate::world::World;

/// How attempts have ended since somebody last resumed.
#[derive(Default)]
pub struct Ends(Vec<End>);

struct End {
    /// By the clock on the wall.
    clock: Timestamp,
    has_failed: bool,
    times_set_back: u32,
}

/// Ends, and those of them that failed: no fewer than the first, no more than the second.
#[derive(Debug)]
struct Bounds {
    ended: (u64, u64),
    failed: (u64, u64),
}

impl Ends {
    /// The window is counted in slices, so that it is a tenth too short or too long. What was counted before a
    /// clock was set back may be forgotten or not.
    fn bounds(&self, rule: &CircuitBreaker, commit: &Commit) -> Bounds {
        let window = i64::from(rule.window_seconds) * 1000;
        let count = |is_counted: &dyn Fn(&End) -> bool| {
            let counted = || self.0.iter().filter(|end| is_counted(end));
            let failed = counted().filter(|end| end.has_failed).count();
            (counted().count() as u64, failed as u64)
        };
        let age = |end: &End| (commit.clock - end.clock).0;
        let is_sure = |end: &End| {
            let is_young = age(end) * 10 < window * 9;
            is_young && end.times_set_back == commit.times_set_back
        };
        let may_be = |end: &End| (-window..=window * 11).contains(&(age(end) * 10));
        let (least, most) = (count(&is_sure), count(&may_be));
        Bounds {
            ended: (least.0, most.0),
            failed: (least.1, most.1),
        }
    }
}

impl Bounds {
    /// What the rule says where there is no doubt.
    fn must_trip(&self, rule: &CircuitBreaker) -> Option<bool> {
        let is_sure = self.ended.0 == self.ended.1 && self.failed.0 == self.failed.1;
        is_sure.then(|| trips(rule, self.ended.0, self.failed.0))
    }
}

fn trips(rule: &CircuitBreaker, ended: u64, failed: u64) -> bool {
    let enough = ended >= u64::from(rule.min_attempts).max(1) && failed > 0;
    enough && failed * 1000 >= u64::from(rule.failure_per_mille) * ended
}

impl Ledger {
    pub(super) fn check_breaker(world: &mut World, commit: &Commit, before: &Before) {
        let Some(old) = &before.progress else { return };
        let new = &world.mirror.progress;
        let reason = new.status_reason.clone().unwrap_or_default();
        let is_held = new.status == Status::Paused && reason.starts_with("circuit breaker");
        let rule = world.settings.circuit_breaker;
        if std::mem::replace(&mut world.ledger.rule, rule) != rule {
            world.ledger.breaker = Ends::default();
        }
        let Some(rule) = rule else {
            // One that an earlier version has tripped stays paused, for its reason.
            let was_held = old.status == Status::Paused;
            assert!(!is_held || was_held, "no circuit breaker was asked for: {reason}");
            return;
        };
        // Whoever is paused and was paused anew has been resumed in between.
        let is_changed = old.updated_at != new.updated_at && !before.is_edited;
        let is_anew = new.status == Status::Paused && is_changed;
        let is_resumed = old.status == Status::Paused
            && (matches!(new.status, Status::Running | Status::Scheduled) || is_anew);
        if is_resumed {
            world.ledger.breaker = Ends::default();
        }
        let has_ended_run = new.run != old.run;
        let counters = match &world.mirror.runs.last {
            Some(last) if has_ended_run => &last.counters,
            _ => &new.counters,
        };
        let failures = [Outcome::Failed, Outcome::Refused, Outcome::Lost];
        let mut has_ended = false;
        for outcome in Outcome::ALL {
            for _ in old.counters.outcome(outcome)..counters.outcome(outcome) {
                has_ended = true;
                world.ledger.breaker.0.push(End {
                    clock: commit.clock,
                    has_failed: failures.contains(&outcome),
                    times_set_back: commit.times_set_back,
                });
            }
        }
        let was_calling = old.status == Status::Running && new.closed.is_none();
        let bounds = world.ledger.breaker.bounds(&rule, commit);
        // A run that ends while it is paused stays paused, for the same reason.
        let has_tripped = is_held && (old.status != Status::Paused || is_anew && !has_ended_run);
        if has_tripped {
            assert!(has_ended, "nothing ended, and yet it was paused: {reason}");
            check_reason(&rule, &bounds, &reason);
            if world.is_kind || chance(&mut world.rng, 0.8) {
                world.at_random(Happening::Resumes);
            }
        } else if has_ended && was_calling && new.status == Status::Running {
            assert_ne!(
                bounds.must_trip(&rule),
                Some(true),
                "it runs on in spite of {bounds:?} and {rule:?}"
            );
        }
        if has_ended_run {
            world.ledger.breaker = Ends::default();
        }
    }
}

/// The figures that it names are such that the rule trips, and such as there were.
fn check_reason(rule: &CircuitBreaker, bounds: &Bounds, reason: &str) {
    let words: Vec<&str> = reason.split_whitespace().collect();
    let number = |index: usize| words.get(index).and_then(|word| word.parse::<f64>().ok());
    let named = [2, 6, 14, 17].map(number);
    let [Some(failed), Some(ended), Some(window), Some(percent)] = named else {
        panic!("the reason names no figures: {reason}");
    };
    assert_eq!(window, f64::from(rule.window_seconds), "{reason}");
    assert_eq!(percent * 10.0, f64::from(rule.failure_per_mille), "{reason}");
    let (failed, ended) = (failed as u64, ended as u64);
    assert!(
        trips(rule, ended, failed),
        "{reason}: {rule:?} does not trip by that"
    );
    let within = |figure: u64, (least, most): (u64, u64)| (least..=most).contains(&figure);
    assert!(
        within(ended, bounds.ended) && within(failed, bounds.failed),
        "{reason}: there were {bounds:?}"
    );
}
