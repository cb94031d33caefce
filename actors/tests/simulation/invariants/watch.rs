//! Somebody always minds what is next: whoever is due is tried (I6), and nothing in flight is silent for ever.

use std::collections::HashMap;

use outdial_domain::attempt::Attempt;
use outdial_domain::ids::{AttemptId, ContactId, LaneId};
use outdial_domain::lifecycle::Status;
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::Hours;

use super::Ledger;
use crate::world::World;

/// The carrier is given this long to answer the request for a call.
const ANSWER_WITHIN: Millis = Millis::seconds(120);
/// A clock that was set is noticed within a minute; a slow disk takes some seconds.
const NOTICED_WITHIN: Millis = Millis::seconds(70);
/// An alarm may come early, and may be a little late; it may not be missing.
const ALARM_LATE: Millis = Millis(5);
/// So often, at least, the carrier did not know a call that is given up.
const MISSES_BELIEVED: u32 = 2;

/// What was last heard of attempts.
#[derive(Default)]
pub struct Watch {
    awake_since: Timestamp,
    heard: HashMap<AttemptId, (Timestamp, Millis)>,
    misses: HashMap<AttemptId, u32>,
    /// How often the clock had been set back when the campaign was last told the time.
    times_set_back: u32,
}

impl Ledger {
    /// The campaign has a new life.
    pub fn woken(world: &mut World) {
        let versions = world.ledger.calendars.count();
        world.ledger.calendars.looked_at(versions);
        world.ledger.watch.awake_since = world.now;
        world.ledger.watch.times_set_back = world.wall.times_set_back;
    }

    /// The carrier is asked for a call, or about one.
    pub fn asked(world: &mut World, attempt: AttemptId) {
        let heard = (world.now, world.wall.set_back);
        world.ledger.watch.heard.insert(attempt, heard);
    }

    /// The campaign is told something.
    pub fn told(world: &mut World, input: &Input) {
        world.ledger.watch.times_set_back = world.wall.times_set_back;
        let (attempt, is_missed) = match input {
            Input::Report { attempt, .. } | Input::Placement { attempt, .. } => (*attempt, false),
            Input::Polled { attempt, answer } => (*attempt, *answer == Ok(None)),
            Input::LookedUp { attempt, answer } => {
                let is_own = |call: &str| world.carrier.calls[call].attempt == *attempt;
                let calls = answer.as_ref().map(|calls| {
                    let mut calls = calls.iter();
                    calls.any(|call| is_own(&call.fact.provider_id))
                });
                (*attempt, calls == Ok(false))
            }
            _ => return,
        };
        *world.ledger.watch.misses.entry(attempt).or_default() += u32::from(is_missed);
        Self::asked(world, attempt);
    }

    /// An attempt is given up only after the carrier has denied it. Where its clock and ours differ it cannot be
    /// found among the carrier's calls.
    pub(super) fn check_lost(world: &World, attempt: &Attempt) {
        let misses = world.ledger.watch.misses.get(&attempt.id).copied().unwrap_or(0);
        let clocks_differ = world.wall.set_back > Millis(0) || world.wall.set_forward > Millis(0);
        assert!(
            misses >= MISSES_BELIEVED || clocks_differ,
            "{attempt:?} is given up, and the carrier denied it {misses} times only"
        );
    }

    /// Whether the campaign knows the time: it has none of its own, and learns it with what it is told.
    pub(super) fn knows_the_time(world: &World) -> bool {
        world.ledger.watch.times_set_back == world.wall.times_set_back
    }

    /// The longest that a call may be silent before the carrier is asked.
    fn silence(world: &World) -> Millis {
        let settings = &world.settings;
        let longest = settings.watchdog_seconds.max(settings.unknown.wait_seconds);
        Millis::seconds(i64::from(longest)).max(ANSWER_WITHIN)
    }

    /// Nothing in flight is silent for longer than that, whatever becomes of the clock.
    pub(super) fn check_silence(world: &World) {
        let Some(engine) = &world.engine else { return };
        let watch = &world.ledger.watch;
        let allowed = Self::silence(world).0 + NOTICED_WITHIN.0;
        for attempt in engine.campaign().live() {
            let Some((heard, set_back)) = watch.heard.get(&attempt.id) else {
                continue;
            };
            let silent = (world.now - watch.awake_since.max(*heard)).0;
            // The timer waits until the clock shows its instant again.
            let held_up = world.wall.set_back.0 - set_back.0;
            assert!(
                silent <= allowed + held_up,
                "nobody has looked after {attempt:?} for {silent} ms"
            );
        }
    }

    /// By the clock that it was told last the campaign looks after every attempt in time.
    pub(super) fn check_deadlines(world: &World) {
        let Some(engine) = &world.engine else { return };
        let next = engine.campaign().progress().pace.next();
        let one_start = world.clock() + world.interval() + Millis(1);
        assert!(next <= one_start, "I6: the next start is not before {next}");
        let latest = world.clock() + Self::silence(world);
        for attempt in engine.campaign().live() {
            assert!(
                attempt.deadline <= latest,
                "nobody looks after {attempt:?} before {}, and it is {}",
                attempt.deadline,
                world.clock()
            );
            assert!(
                engine.alarm().is_some_and(|at| at <= attempt.deadline),
                "no alarm is set for {attempt:?}"
            );
        }
    }

    /// Whoever is due has been asked a permit for, as soon as slot and pace allow it.
    pub(super) fn check_promptness(world: &World) {
        let Some(engine) = &world.engine else { return };
        let campaign = engine.campaign();
        let progress = campaign.progress();
        let free = campaign.in_flight() < world.settings.pacing.max_concurrent;
        let is_calling = progress.status == Status::Running && progress.closed.is_none();
        // It may not have heard yet of the newest calendar.
        let knows_calendar = world.ledger.calendars.is_known();
        if !is_calling || !free || campaign.is_asking_permit() || !knows_calendar {
            return;
        }
        let now = world.clock();
        let mut first: HashMap<LaneId, (Timestamp, ContactId)> = HashMap::new();
        for contact in world.mirror.pending() {
            let state = world.mirror.state(contact);
            let not_before = state.and_then(|state| state.not_before).unwrap_or(now);
            let first = first.entry(contact.lane).or_insert((not_before, contact));
            *first = (*first).min((not_before, contact));
        }
        for (not_before, contact) in first.into_values() {
            let due = not_before.max(progress.pace.next()).max(now);
            let may_start = match world.hours(contact, due) {
                Hours::Open { .. } => due,
                Hours::Closed { opens: Some(at) } => at,
                Hours::Closed { opens: None } => continue,
            };
            let minded = engine.alarm().is_some_and(|at| at <= may_start + ALARM_LATE);
            assert!(
                minded,
                "I6: {contact:?} is due at {may_start}, and nothing will happen before {:?}",
                engine.alarm()
            );
        }
    }
}
