//! The simulated world: what is in it, how it begins, and how it is lived through to its end.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use outdial_actors::engine::Engine;
use outdial_actors::event_log::EventLog;
use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::progress::Progress;
use outdial_domain::settings::{Definition, Schedule, Settings};
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::store::{Store, Ticket};
use uuid::Uuid;

use crate::carrier::{Carrier, Faults};
use crate::chance;
use crate::clock::Wall;
use crate::disk::Commit;
use crate::happening::{Asked, Happening};
use crate::holidays;
use crate::invariants::Ledger;
use crate::mirror::Mirror;
use crate::numbers::FIRST_NUMBER;
use crate::rules;

/// How long the faults go on. After that the world is kind, and the campaign must come to its end.
pub const FAULTS_UNTIL: Millis = Millis::seconds(4 * 3600);
/// A campaign that gets nowhere for this long after the faults is stuck, where its windows open daily.
const MOVES_WITHIN: Millis = Millis::seconds(3 * 24 * 3600);
/// It waits so much longer for zones that no window opens together before one of them changes its clocks: whoever asks
/// for hours is not told of any that are further away.
const CLOCKS_CHANGE_WITHIN: Millis = Millis::seconds(14 * 24 * 3600);
const START: i64 = 1_793_000_000_000;
/// Whose campaign it is.
pub const ORG: OrgId = OrgId(Uuid::from_u128(1));

pub struct World {
    pub story: bool,
    pub rng: fastrand::Rng,
    /// The true time; see [`World::clock`] for what the campaign takes it for.
    pub now: Timestamp,
    pub wall: Wall,
    pub is_kind: bool,
    pub store: Arc<MemoryStore>,
    pub log: Arc<EventLog>,
    /// Batches that are not durable yet.
    pub commits: VecDeque<Commit>,
    pub mirror: Mirror,
    pub campaign: CampaignId,
    /// What is durable of its configuration.
    pub settings: Settings,
    pub engine: Option<Engine<u64>>,
    /// Whether the engine has run since it was last looked at.
    pub engine_ran: bool,
    pub carrier: Carrier,
    pub ledger: Ledger,
    pub life: u32,
    pub going_to_sleep: bool,
    pub tickets: Vec<(u64, Ticket)>,
    pub queue: BTreeMap<(Timestamp, u64), Happening>,
    pub order: u64,
    pub asked: BTreeMap<u64, Asked>,
    pub ids: Arc<AtomicU64>,
    pub next_number: u64,
    /// Rows of the one open list, and how many the carrier of it has read.
    pub list: Vec<u64>,
    pub line_free_at: Timestamp,
    /// How likely a person is to tell a result, and to write STOP just before being rung.
    pub results: f64,
    pub stops: f64,
    /// Whether contacts are in zones whose clocks are about to change.
    pub is_far: bool,
    /// In the end a campaign that recurs is completed once it has come to this run.
    pub runs_until: u32,
    pub steps: u64,
    /// Nothing finds it any more.
    pub is_deleted: bool,
}

impl World {
    pub fn new(seed: u64, story: bool) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let store = Arc::new(MemoryStore::new());
        let is_far = rules::is_one_of_five(&mut rng);
        let now = if is_far {
            rules::near_a_clock_change(&mut rng)
        } else {
            Timestamp::from_millis(START + rng.i64(0..7 * 24 * 3_600_000))
        };
        let campaign = CampaignId(Uuid::from_u128(
            0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(seed),
        ));
        let settings = chance::settings(&mut rng, now, is_far);
        let definition = Definition {
            id: campaign,
            org: ORG,
            config_version: 1,
            settings: settings.clone(),
            created_at: now,
            created_by: "simulation".to_owned(),
            edited: None,
        };
        let progress = Progress::new(now);
        let mut batch = Batch::new();
        batch.create(&definition, &progress);
        let mut ledger = Ledger::default();
        if !settings.holiday_calendars.is_empty() {
            let calendar = rules::calendar(&mut rng, now);
            holidays::write(&mut batch, &calendar, now);
            ledger.calendars.add(calendar);
        }
        let mut ticket = store.commit(1, batch);
        store.flush(1);
        assert_eq!(ticket.try_settled(), Some(Ok(())));
        let mut mirror = Mirror::new(progress);
        mirror.versions.insert(1, settings.clone());
        let carrier = Carrier {
            faults: chance::faults(&mut rng),
            ..Carrier::default()
        };
        let results = if rng.bool() { rng.f64() } else { 0.0 };
        let stops = if rng.u32(0..3) == 0 { rng.f64() * 0.2 } else { 0.0 };
        let mut world = Self {
            story,
            rng,
            now,
            wall: Wall::default(),
            is_kind: false,
            log: Arc::new(EventLog::new(Arc::clone(&store) as Arc<dyn Store>)),
            store,
            commits: VecDeque::new(),
            mirror,
            campaign,
            settings,
            engine: None,
            engine_ran: false,
            carrier,
            ledger,
            life: 0,
            going_to_sleep: false,
            tickets: Vec::new(),
            queue: BTreeMap::new(),
            order: 0,
            asked: BTreeMap::new(),
            ids: Arc::new(AtomicU64::new(0)),
            next_number: FIRST_NUMBER,
            list: Vec::new(),
            line_free_at: now,
            results,
            stops,
            is_far,
            runs_until: 0,
            steps: 0,
            is_deleted: false,
        };
        world.plan_faults();
        world
    }

    fn plan_faults(&mut self) {
        for _ in 0..self.rng.usize(0..6) {
            self.at_random(Happening::Crash);
        }
        for _ in 0..self.rng.usize(0..3) {
            self.at_random(Happening::DiskFails);
        }
        for _ in 0..self.rng.usize(2..14) {
            self.at_random(Happening::Person);
        }
        if self.rng.bool() {
            for _ in 0..self.rng.usize(1..8) {
                self.at_random(Happening::Edits);
            }
        }
        if self.rng.u32(0..8) == 0 {
            self.at_random(Happening::Deletes);
        }
        if !self.settings.holiday_calendars.is_empty() {
            for _ in 0..self.rng.usize(0..6) {
                self.at_random(Happening::ChangesCalendar);
            }
        }
        if self.results > 0.0 {
            for _ in 0..self.rng.usize(0..8) {
                self.at_random(Happening::Tells(None));
            }
        }
        if self.stops > 0.0 {
            for _ in 0..self.rng.usize(0..8) {
                self.at_random(Happening::Stop(None));
            }
        }
        if self.rng.u32(0..3) == 0 {
            for _ in 0..self.rng.usize(1..5) {
                self.at_random(Happening::ClockSet);
            }
        }
    }

    pub fn tell(&self, story: impl FnOnce() -> String) {
        if self.story {
            eprintln!("{} {}", self.clock(), story());
        }
    }

    /// Lives through it all; panics where an invariant does not hold.
    pub fn run(mut self) {
        let faults_end = self.now + FAULTS_UNTIL;
        if self.rng.u32(0..4) == 0 {
            self.open_list();
        } else {
            let most = if self.is_recurring() { 8 } else { 40 };
            let first = self.rng.u64(1..most);
            self.add_contacts(first);
        }
        self.command(Command::Start);
        let (mut last_pending, mut last_move) = (0, self.now);
        let mut shut_until = self.now;
        loop {
            if !self.is_kind && self.now > faults_end {
                self.be_kind();
            }
            if self.is_gone() {
                break;
            }
            let Some(((at, _), happening)) = self.queue.pop_first() else {
                if self.is_kind && !is_held(self.mirror.progress.status) {
                    break;
                }
                self.now = self.now.max(faults_end) + Millis(1);
                self.be_kind();
                continue;
            };
            let pending = self.mirror.progress.counters.pending;
            if pending != last_pending {
                (last_pending, last_move) = (pending, self.now);
            }
            // What waits for an instant that a clock has told too early waits for longer by as much.
            let stuck_since = last_move.max(faults_end) + self.wall.set_back;
            let within = self.moves_within();
            if at > stuck_since + within {
                shut_until = self.shut_until(shut_until.max(stuck_since), at);
                let latest = shut_until.min(stuck_since + CLOCKS_CHANGE_WITHIN) + within;
                assert!(
                    at <= latest,
                    "liveness: the campaign hangs: {:?}",
                    self.mirror.progress
                );
            }
            self.now = self.now.max(at);
            self.happen(happening);
            self.rest_if_idle();
            self.complete_if_enough();
            self.steps += 1;
            if self.is_gone() {
                break;
            }
            Ledger::check(&mut self);
        }
        self.tell(|| format!("the end after {} steps: {:?}", self.steps, self.mirror.progress));
        if !self.mirror.is_deleted {
            Ledger::check_end(&mut self);
            self.delete_what_has_ended();
        }
        self.sweep();
    }

    /// Whether it was deleted, and nobody is left who could be told.
    fn is_gone(&self) -> bool {
        self.is_deleted || self.mirror.is_deleted && self.engine.is_none()
    }

    /// From here on nothing goes wrong, and nobody keeps the campaign from its end.
    fn be_kind(&mut self) {
        self.tell(|| "the world turns kind".to_owned());
        self.is_kind = true;
        self.carrier.faults = Faults::default();
        if self.is_up() {
            if self.mirror.progress.counters.total == 0 {
                self.add_contacts(3);
            }
            self.command(Command::Resume);
            self.command(Command::Start);
            // What was rejected at once never begins: no start is left before its end.
            let is_rejected = self.is_recurring() && self.asked.is_empty() && !self.going_to_sleep;
            if is_rejected && self.mirror.progress.status == Status::Draft {
                self.command(Command::Cancel { hang_up: false });
            }
        }
        if self.runs_until == 0 {
            self.runs_until = self.mirror.progress.run + self.rng.u32(0..3);
        }
    }

    pub fn is_recurring(&self) -> bool {
        matches!(self.settings.schedule, Schedule::Recurring { .. })
    }

    /// Nobody wants a campaign to recur for ever, nor to stay paused: in a kind world somebody sees to it.
    fn complete_if_enough(&mut self) {
        let progress = &self.mirror.progress;
        let may_be_asked = self.asked.is_empty() && self.is_up() && !self.going_to_sleep;
        let is_open = progress.closed.is_none() && !progress.status.has_ended();
        if !self.is_kind || !self.is_recurring() || !may_be_asked || !is_open {
            return;
        }
        let has_enough = progress.run >= self.runs_until;
        match progress.status {
            Status::Draft => {}
            _ if has_enough => self.command(Command::Complete),
            Status::Paused => self.command(Command::Resume),
            _ => {}
        }
    }

    /// The first minute at which a clock lets somebody be called who is pending, or the end of the search.
    fn shut_until(&self, from: Timestamp, end: Timestamp) -> Timestamp {
        let ahead = self.clock() - self.now;
        let mut one_of_each_lane: Vec<_> = self.mirror.pending().collect();
        one_of_each_lane.sort_unstable();
        one_of_each_lane.dedup_by_key(|contact| contact.lane);
        let mut minutes = (from.millis()..end.millis())
            .step_by(60_000)
            .map(Timestamp::from_millis);
        let is_open = |at: &Timestamp| {
            let mut lanes = one_of_each_lane.iter();
            lanes.any(|contact| self.forbidden(*contact, *at + ahead).is_none())
        };
        minutes.find(is_open).unwrap_or(end)
    }

    /// How long it may take until somebody is called.
    fn moves_within(&self) -> Millis {
        const A_DAY: i64 = 24 * 3600;
        let settings = &self.settings;
        let week = |is_so: bool| i64::from(is_so) * 7;
        let closed = week(self.is_far) + week(!settings.holiday_calendars.is_empty());
        let in_peace = week(!settings.laws.is_empty());
        Millis(MOVES_WITHIN.0 + (closed + in_peace) * A_DAY * 1000)
    }
}

/// Whether only a person can move the campaign on.
fn is_held(status: Status) -> bool {
    matches!(status, Status::Draft | Status::Paused)
}
