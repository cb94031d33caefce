//! The invariants of ARCHITECTURE.md, as the world can see them from outside the campaign.

use std::collections::{BTreeMap, HashMap, HashSet};

use outdial_domain::attempt::AttemptState;
use outdial_domain::call::AnsweredBy;
use outdial_domain::ids::{AttemptId, ContactId};
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::CircuitBreaker;
use outdial_domain::step::{PlaceOrder, Reply};
use outdial_domain::voice::OnMachine;
use outdial_domain::window::Hours;
use outdial_storage::{audit, read};

use crate::call::Call;
use crate::disk::{Commit, What};
use crate::holidays::Calendars;
use crate::mirror::Before;
use crate::world::World;

mod audience;
mod breaker;
mod capped;
mod events;
mod rows;
mod runs;
mod stopped;
mod told;
mod watch;

/// Batches between two full audits of the store.
const AUDIT_EVERY: u64 = 32;

/// What the world remembers, to hold the campaign to it.
#[derive(Default)]
pub struct Ledger {
    /// After an acknowledged pause: the attempts that may still be requested.
    pub fence: Option<HashSet<AttemptId>>,
    /// Contacts whose taking in was acknowledged.
    pub contacts_acknowledged: u64,
    /// Contacts that somebody has asked to leave out, granted or not.
    pub left_out_by_hand: HashSet<ContactId>,
    /// What the holiday calendar may be.
    pub calendars: Calendars,
    runs: runs::EarlierRuns,
    batches: u64,
    told: HashMap<AttemptId, Vec<told::Told>>,
    stops: BTreeMap<PhoneNumber, Vec<stopped::Stop>>,
    last_start: Option<rows::Start>,
    breaker: breaker::Ends,
    /// By which rule they are counted.
    rule: Option<CircuitBreaker>,
    watch: watch::Watch,
}

impl Ledger {
    /// A request leaves for the carrier.
    pub fn requested(world: &mut World, order: &PlaceOrder) {
        // It was judged by what is decided, which is no less than what was acknowledged.
        let decided = world.engine.as_ref().expect("it asks for the call");
        let decided = decided.campaign().definition().settings.clone();
        let durable = std::mem::replace(&mut world.settings, decided);
        Self::check_request(world, order);
        world.settings = durable;
    }

    fn check_request(world: &mut World, order: &PlaceOrder) {
        let stored = world.mirror.attempts.get(&order.attempt);
        let stored = stored.expect("I2: no request without a durable intent");
        assert_eq!(stored.state, AttemptState::Intended, "I2: the intent stands");
        assert_eq!(stored.to, order.to, "I2: whom the intent names is rung");
        let before = world.carrier.requests.get(&order.attempt).copied().unwrap_or(0);
        assert_eq!(before, 0, "I3: an attempt is requested at most once");
        if let Some(fence) = &world.ledger.fence {
            assert!(
                fence.contains(&order.attempt),
                "I5: nothing starts that the fence does not name"
            );
        }
        assert!(
            !world.ledger.is_stopped(order.to, world.clock()),
            "I9: {} is not to be rung",
            order.to
        );
        Self::check_caps(world, order);
        let hours = world.hours(stored.contact, world.clock());
        assert!(
            matches!(hours, Hours::Open { .. }) || !world.ledger.calendars.is_known(),
            "I9: a request outside the contact's hours: {hours:?}"
        );
        let forbidden = world.forbidden(stored.contact, world.clock());
        assert_eq!(forbidden, None, "I9: a request that a clock forbids");
        assert!(
            world.is_for(order.to),
            "I9: the campaign is not about {}",
            order.to
        );
        let progress = &world.mirror.progress;
        assert_eq!(
            (progress.status, progress.run),
            (Status::Running, stored.run),
            "only a run that goes on makes calls"
        );
        Self::asked(world, order.attempt);
    }

    /// A command was granted.
    pub fn acknowledged(world: &mut World, command: Command, reply: &Reply) {
        let status = world.mirror.progress.status;
        match reply {
            Reply::Paused(fence) => {
                let fence: HashSet<AttemptId> = fence.in_flight.iter().copied().collect();
                let attempts = world.mirror.attempts.values();
                let mut live = attempts.filter(|attempt| attempt.state.is_live());
                // It may have been resumed in the same breath.
                let unnamed = live.find(|attempt| !fence.contains(&attempt.id));
                assert!(
                    status != Status::Paused || unnamed.is_none(),
                    "I5: the fence does not name {unnamed:?}"
                );
                world.ledger.fence = Some(fence);
            }
            _ => world.ledger.fence = None,
        }
        if let Command::Cancel { .. } = command {
            assert_eq!(status, Status::Canceled, "I10: what was acknowledged is durable");
        }
    }

    /// The carrier is to end a call.
    pub fn hangs_up(world: &World, call: &str) {
        let (call, voice) = called(world, call);
        let is_machine = call.found().is_some_and(|(_, who)| who.is_machine());
        let is_unwanted = is_machine && matches!(voice, Some(OnMachine::HangUp | OnMachine::LeaveMessage));
        assert!(
            is_unwanted || world.mirror.progress.hang_up,
            "nobody asked for {} to be ended",
            call.id
        );
    }

    /// The carrier is to let a call go on with the message.
    pub fn leaves_message(world: &World, attempt: AttemptId, call: &str) {
        let (call, voice) = called(world, call);
        let found = call.found().map(|(_, who)| who);
        let is_machine = found.is_some_and(|who| who.is_machine() && who != AnsweredBy::Fax);
        assert_eq!(
            call.attempt, attempt,
            "the message goes to the attempt's own call"
        );
        assert!(
            is_machine && voice == Some(OnMachine::LeaveMessage),
            "nobody asked for a message to be left in {}",
            call.id
        );
    }

    /// A batch has become durable.
    pub fn durable(world: &mut World, commit: &Commit, before: &Before) {
        if let What::Calendar(calendar) = &commit.what {
            world.calendar_changed(calendar);
        }
        Self::check_stop(world, commit);
        Self::check_attempts(world, commit, before);
        Self::check_contacts(world, commit, before);
        Self::check_figures(world);
        Self::check_completion(world, before);
        Self::check_runs(world, commit, before);
        Self::check_breaker(world, commit, before);
        Self::check_events(world, before);
        world.ledger.batches += 1;
        if world.mirror.is_deleted {
            return;
        }
        if world.story || world.ledger.batches.is_multiple_of(AUDIT_EVERY) {
            Self::audit(world);
        }
    }

    /// The rows of the store and their indexes agree with each other.
    fn audit(world: &World) {
        let differences = audit::differences(world.store.as_ref(), world.campaign).unwrap();
        assert!(differences.is_empty(), "I1, I4: {differences:#?}");
        Self::check_audience(world);
    }

    fn check_completion(world: &World, before: &Before) {
        let progress = &world.mirror.progress;
        let reason = progress.status_reason.as_deref().unwrap_or_default();
        assert!(
            !reason.contains("store lacks"),
            "the campaign looked for rows before they were durable: {reason}"
        );
        let has_ended = matches!(progress.status, Status::Completed | Status::Failed);
        if before.progress.is_some() && has_ended {
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
    }

    /// After every step of the world.
    pub fn check(world: &mut World) {
        Self::check_silence(world);
        if !std::mem::take(&mut world.engine_ran) {
            return;
        }
        let Some(engine) = &world.engine else { return };
        let campaign = engine.campaign();
        let counters = &campaign.progress().counters;
        let nothing_left = counters.pending == 0 && campaign.in_flight() == 0 && campaign.is_idle();
        // One that was paused before its start waits for that.
        let has_begun = campaign.runs().is_open || !world.is_recurring();
        let running = match campaign.progress().status {
            Status::Paused => campaign.progress().started_at.is_some() && has_begun,
            status => status == Status::Running,
        };
        assert!(
            !(nothing_left && running && counters.total > 0),
            "I8: nothing is left, and it is not completed"
        );
        if engine.is_settled() && Self::knows_the_time(world) {
            Self::check_deadlines(world);
            Self::check_promptness(world);
            Self::check_next_start(world);
        } else {
            world.engine_ran = true;
        }
    }

    /// When the world has come to its end.
    pub fn check_end(world: &mut World) {
        let progress = &world.mirror.progress;
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
        Self::audit(world);
        Self::check_log(world);
        let requests = world.carrier.requests.keys();
        let mut unknown = requests.filter(|attempt| !world.mirror.attempts.contains_key(attempt));
        assert_eq!(unknown.next(), None, "I2: a request without a line in the ledger");
        let stored = read::attempts(world.store.as_ref(), world.campaign, None, usize::MAX).unwrap();
        assert!(
            stored.iter().eq(world.mirror.attempts.values()),
            "I10: what was durable is not in the store any more"
        );
        for attempt in stored {
            Self::check_told(world, &attempt);
        }
    }
}

/// A call of the carrier's, and what is to be done about machines.
fn called<'w>(world: &'w World, call: &str) -> (&'w Call, Option<OnMachine>) {
    let call = world.carrier.calls.get(call);
    let voice = world.settings.voice.as_ref();
    (
        call.expect("it is a call of the carrier's"),
        voice.map(|voice| voice.profile.on_machine),
    )
}
