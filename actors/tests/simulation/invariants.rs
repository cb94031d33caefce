//! The invariants of ARCHITECTURE.md, as the world can see them from outside the campaign.

use std::collections::{HashMap, HashSet};

use outdial_domain::attempt::{Attempt, AttemptState};
use outdial_domain::call::{CallFact, CallStatus};
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::AttemptId;
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::settings::WindowZone;
use outdial_domain::step::{PlaceOrder, Reply};
use outdial_domain::time::Millis;
use outdial_domain::window::{Hours, Windows};
use outdial_storage::{audit, read};

use crate::world::World;

/// What the world remembers, to hold the campaign to it.
#[derive(Default)]
pub struct Ledger {
    /// After an acknowledged pause: the attempts that may still be requested.
    pub fence: Option<HashSet<AttemptId>>,
    /// Contacts whose taking in was acknowledged.
    pub contacts_acknowledged: u64,
    /// Terminal attempts and how they ended.
    ended: HashMap<AttemptId, AttemptState>,
    /// Reports that were acknowledged.
    reported: HashMap<AttemptId, Vec<CallFact>>,
    /// The furthest status that was acknowledged.
    acknowledged_status: Option<Status>,
}

impl Ledger {
    /// A request leaves for the carrier.
    pub fn requested(world: &mut World, order: &PlaceOrder) {
        let stored = read::attempt(world.store.as_ref(), world.campaign, order.attempt).unwrap();
        let stored = stored.expect("I2: no request without a durable intent");
        assert_eq!(stored.state, AttemptState::Intended, "I2: the intent stands");
        let before = world.carrier.requests.get(&order.attempt).copied().unwrap_or(0);
        assert_eq!(before, 0, "I3: an attempt is requested at most once");
        if let Some(fence) = &world.ledger.fence {
            assert!(
                fence.contains(&order.attempt),
                "I5: nothing starts that the fence does not name"
            );
        }
    }

    /// A command was granted.
    pub fn acknowledged(world: &mut World, command: Command, reply: &Reply) {
        match reply {
            Reply::Paused(fence) => {
                let fence: HashSet<AttemptId> = fence.in_flight.iter().copied().collect();
                let attempts =
                    read::attempts(world.store.as_ref(), world.campaign, None, usize::MAX).unwrap();
                for attempt in attempts.iter().filter(|attempt| attempt.state.is_live()) {
                    assert!(
                        fence.contains(&attempt.id),
                        "I5: the fence does not name {}",
                        attempt.id
                    );
                }
                world.ledger.fence = Some(fence);
            }
            _ => world.ledger.fence = None,
        }
        let status = world.progress().status;
        world.ledger.acknowledged_status = Some(status);
        if let Command::Cancel { .. } = command {
            assert_eq!(status, Status::Canceled, "I10: what was acknowledged is durable");
        }
    }

    /// A callback was acknowledged.
    pub fn reported(world: &mut World, attempt: AttemptId, fact: CallFact) {
        world.ledger.reported.entry(attempt).or_default().push(fact);
    }

    /// After every step of the world. Rows that did not change need no second look.
    pub fn check(world: &mut World) {
        if std::mem::take(&mut world.rows_changed) {
            Self::check_rows(world);
        }
        Self::check_completion(world);
        Self::check_promptness(world);
    }

    fn check_rows(world: &mut World) {
        let differences = audit::differences(world.store.as_ref(), world.campaign).unwrap();
        assert!(differences.is_empty(), "I1, I4: {differences:#?}");
        let attempts = read::attempts(world.store.as_ref(), world.campaign, None, usize::MAX).unwrap();
        Self::check_ledger(world, &attempts);
        Self::check_pace(world, &attempts);
    }

    fn check_ledger(world: &mut World, attempts: &[Attempt]) {
        for attempt in attempts {
            if let Some(ended) = world.ledger.ended.get(&attempt.id) {
                assert_eq!(
                    *ended, attempt.state,
                    "I7: a terminal attempt never changes its outcome"
                );
            } else if !attempt.state.is_live() {
                world.ledger.ended.insert(attempt.id, attempt.state);
            }
            for fact in world.ledger.reported.get(&attempt.id).into_iter().flatten() {
                assert!(
                    has_taken_in(attempt, fact),
                    "I10: {attempt:?} was told {fact:?}, and has forgotten it"
                );
            }
        }
        let known: HashSet<AttemptId> = attempts.iter().map(|attempt| attempt.id).collect();
        assert!(
            world.requests().is_subset(&known),
            "I2: a request without a line in the ledger"
        );
        let total = world.progress().counters.total;
        assert!(
            total >= world.ledger.contacts_acknowledged,
            "I10: contacts were acknowledged, and are gone"
        );
    }

    fn check_pace(world: &World, attempts: &[Attempt]) {
        let limit = world.settings.pacing.max_concurrent as usize;
        let live = attempts.iter().filter(|attempt| attempt.state.is_live()).count();
        assert!(live <= limit, "I11: {live} in flight, {limit} allowed");
        for pair in attempts.windows(2) {
            let apart = pair[1].intended_at - pair[0].intended_at;
            assert!(
                apart >= world.intervals(),
                "I11: starts {apart:?} apart, at least {:?} asked",
                world.intervals()
            );
        }
    }

    fn check_completion(world: &World) {
        let progress = world.progress();
        let reason = progress.status_reason.as_deref().unwrap_or_default();
        assert!(
            !reason.contains("store lacks"),
            "the campaign looked for rows before they were durable: {reason}"
        );
        if matches!(progress.status, Status::Completed | Status::Failed) {
            let counters = &progress.counters;
            assert_eq!(
                (counters.pending, counters.calling),
                (0, 0),
                "I8: completed with somebody left"
            );
            let imports = read::imports(world.store.as_ref(), world.campaign).unwrap();
            assert!(
                imports.iter().all(|import| import.state != ImportState::Running),
                "I8: completed while importing"
            );
        }
        let Some(engine) = &world.engine else { return };
        let campaign = engine.campaign();
        let counters = &campaign.progress().counters;
        let nothing_left = counters.pending == 0 && campaign.in_flight() == 0 && campaign.is_idle();
        let running = matches!(campaign.progress().status, Status::Running | Status::Paused);
        assert!(
            !(nothing_left && running && counters.total > 0),
            "I8: nothing is left, and it is not completed"
        );
    }

    /// Whoever is due has been asked a permit for, as soon as slot and pace allow it.
    fn check_promptness(world: &mut World) {
        let now = world.now;
        let Some(engine) = &world.engine else { return };
        if !engine.is_settled() || engine.campaign().progress().status != Status::Running {
            return;
        }
        let campaign = engine.campaign();
        let progress = campaign.progress().clone();
        let free = campaign.in_flight() < world.settings.pacing.max_concurrent;
        if !free || progress.closed.is_some() || campaign.is_asking_permit() {
            return;
        }
        let alarm = engine.alarm();
        let lanes = read::lanes(world.store.as_ref(), world.campaign).unwrap();
        let contacts = read::contacts(
            world.store.as_ref(),
            world.campaign,
            progress.run,
            None,
            usize::MAX,
        )
        .unwrap();
        for ready in contacts {
            let lane = &lanes[usize::from(ready.id.lane.0)];
            let (status, _) = progress.standing(lane, ready.state.status, None);
            if status != ContactStatus::Pending {
                continue;
            }
            let windows = match (
                world.settings.window_zone,
                lane.zones.is_empty(),
                &world.settings.windows,
            ) {
                (WindowZone::Contact, true, Windows::Weekly(_)) => world.settings.fallback_window.clone(),
                _ => Some(world.settings.windows.clone()),
            };
            let by_campaign = world.settings.window_zone == WindowZone::Campaign || lane.zones.is_empty();
            let zones = if by_campaign {
                vec![world.settings.timezone]
            } else {
                lane.zones.clone()
            };
            let due = ready
                .state
                .not_before
                .unwrap_or(now)
                .max(progress.pace.next())
                .max(now);
            let Some(windows) = windows else { continue };
            let may_start = match windows.hours(&zones, due) {
                Hours::Open { .. } => due,
                Hours::Closed { opens: Some(at) } => at,
                Hours::Closed { opens: None } => continue,
            };
            // An alarm may come early, and may be a little late; it may not be missing.
            let slack = Millis(5);
            let minded = alarm.is_some_and(|at| at <= may_start + slack);
            assert!(
                minded,
                "I6: {:?} is due at {may_start}, and nothing will happen before {alarm:?}",
                ready.id
            );
        }
    }

    /// When the world has come to its end.
    pub fn check_end(world: &mut World) {
        let progress = world.progress();
        if progress.counters.total > 0 {
            assert!(
                progress.status.has_ended(),
                "liveness: it ended as {:?} {:?}",
                progress.status,
                progress.counters
            );
        }
        assert_eq!(progress.counters.calling, 0, "liveness: a slot leaked");
        for (attempt, requests) in &world.carrier.requests {
            assert!(*requests <= 1, "I3: {attempt} was requested {requests} times");
        }
        // Every call that the carrier made is somebody's: never twice for one attempt.
        let mut seen = HashSet::new();
        for call in world.carrier.calls.values() {
            assert!(
                seen.insert(call.attempt),
                "I3: the carrier rang twice for {}",
                call.attempt
            );
        }
    }
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
    reached >= told
}
