//! The simulated world: what happens when, and to whom.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use outdial_actors::engine::Engine;
use outdial_domain::call::{CallFact, FoundCall, Placement};
use outdial_domain::ids::{AttemptId, CampaignId, Incarnation, Mint, OrgId};
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::settings::{Definition, Settings};
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::read;
use outdial_storage::store::{Health, Store, Ticket};
use uuid::Uuid;

use crate::carrier::{Carrier, Faults};
use crate::chance;
use crate::invariants::Ledger;

/// How long the faults go on. After that the world is kind, and the campaign must come to its end.
const FAULTS_UNTIL: Millis = Millis::seconds(4 * 3600);
/// A campaign that gets nowhere for this long after the faults is stuck: every window opens daily.
const MOVES_WITHIN: Millis = Millis::seconds(3 * 24 * 3600);
const START: i64 = 1_793_000_000_000;

/// Something that is going to happen.
pub enum Happening {
    Flush,
    Alarm {
        life: u32,
    },
    Permit {
        life: u32,
    },
    Placement {
        life: u32,
        attempt: AttemptId,
        placement: Placement,
    },
    Polled {
        life: u32,
        attempt: AttemptId,
        answer: Result<Option<CallFact>, String>,
    },
    LookedUp {
        life: u32,
        attempt: AttemptId,
        answer: Result<Vec<FoundCall>, String>,
    },
    Callback {
        attempt: AttemptId,
        fact: CallFact,
        tries_left: u32,
    },
    Person,
    ReadImport {
        life: u32,
    },
    Crash,
    DiskFails,
    DiskMended,
    WakeSleeper,
}

/// Who waits for a reply.
pub enum Asked {
    Command(Command),
    Add(u64),
    Chunk,
    Callback {
        attempt: AttemptId,
        fact: CallFact,
        tries_left: u32,
    },
}

pub struct World {
    pub story: bool,
    pub kind_from: Timestamp,
    pub rng: fastrand::Rng,
    pub now: Timestamp,
    pub store: Arc<MemoryStore>,
    pub campaign: CampaignId,
    pub settings: Settings,
    pub engine: Option<Engine<u64>>,
    pub carrier: Carrier,
    pub ledger: Ledger,
    pub life: u32,
    pub going_to_sleep: bool,
    pub tickets: Vec<(u64, Ticket)>,
    pub queue: BTreeMap<(Timestamp, u64), Happening>,
    pub order: u64,
    pub asked: HashMap<u64, Asked>,
    pub ids: Arc<AtomicU64>,
    pub next_number: u64,
    /// Rows of the one open list, and how many the carrier of it has read.
    pub list: Vec<u64>,
    pub line_free_at: Timestamp,
    pub steps: u64,
    /// Whether the durable rows may have changed since they were last checked.
    pub rows_changed: bool,
}

struct Counting(Arc<AtomicU64>);

impl Mint for Counting {
    fn attempt_id(&mut self, now: Timestamp) -> AttemptId {
        let count = u128::from(self.0.fetch_add(1, Ordering::Relaxed));
        AttemptId(Uuid::from_u128(
            (now.millis() as u128) << 80 | 0x7 << 76 | 0b10 << 62 | count,
        ))
    }
}

impl World {
    pub fn new(seed: u64, story: bool) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let store = Arc::new(MemoryStore::new());
        let now = Timestamp::from_millis(START + rng.i64(0..7 * 24 * 3_600_000));
        let campaign = CampaignId(Uuid::from_u128(
            0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(seed),
        ));
        let settings = chance::settings(&mut rng, now);
        let definition = Definition {
            id: campaign,
            org: OrgId(Uuid::from_u128(1)),
            config_version: 1,
            settings: settings.clone(),
            created_at: now,
            created_by: "simulation".to_owned(),
        };
        let mut batch = Batch::new();
        batch.create(&definition, &Progress::new(now));
        let mut ticket = store.commit(1, batch);
        store.flush(1);
        assert_eq!(ticket.try_settled(), Some(Ok(())));
        let carrier = Carrier {
            faults: chance::faults(&mut rng),
            ..Carrier::default()
        };
        let mut world = Self {
            story,
            kind_from: now + FAULTS_UNTIL,
            rng,
            now,
            store,
            campaign,
            settings,
            engine: None,
            carrier,
            ledger: Ledger::default(),
            life: 0,
            going_to_sleep: false,
            tickets: Vec::new(),
            queue: BTreeMap::new(),
            order: 0,
            asked: HashMap::new(),
            ids: Arc::new(AtomicU64::new(0)),
            next_number: 12_025_550_000,
            list: Vec::new(),
            line_free_at: now,
            steps: 0,
            rows_changed: true,
        };
        world.plan_faults();
        world
    }

    pub fn plan_faults(&mut self) {
        for _ in 0..self.rng.usize(0..6) {
            self.at_random(Happening::Crash);
        }
        for _ in 0..self.rng.usize(0..3) {
            self.at_random(Happening::DiskFails);
        }
        for _ in 0..self.rng.usize(2..14) {
            self.at_random(Happening::Person);
        }
    }

    /// Soon rather than late: most happenings fall while there is still something to disturb.
    pub fn at_random(&mut self, happening: Happening) {
        let within = FAULTS_UNTIL.0 >> self.rng.u32(0..8);
        let at = Millis(self.rng.i64(1..within));
        self.after(at, happening);
    }

    pub fn after(&mut self, wait: Millis, happening: Happening) {
        self.order += 1;
        self.queue.insert((self.now + wait, self.order), happening);
    }

    pub fn tell(&self, story: impl FnOnce() -> String) {
        if self.story {
            eprintln!("{} {}", self.now, story());
        }
    }

    /// Lives through it all; panics where an invariant does not hold.
    pub fn run(mut self) {
        let begin = self.now;
        if self.rng.u32(0..4) == 0 {
            self.open_list();
        } else {
            let first = self.rng.u64(1..40);
            self.add_contacts(first);
        }
        self.ask(Input::Command(Command::Start), Asked::Command(Command::Start));
        let mut kind = false;
        let (mut last_pending, mut last_move) = (0, self.now);
        loop {
            if !kind && self.now > begin + FAULTS_UNTIL {
                kind = true;
                self.be_kind();
            }
            let Some(((at, _), happening)) = self.queue.pop_first() else {
                if kind && !is_held(self.progress().status) {
                    break;
                }
                self.now = self.now.max(begin + FAULTS_UNTIL) + Millis(1);
                kind = true;
                self.be_kind();
                continue;
            };
            let pending = self.progress().counters.pending;
            if pending != last_pending {
                (last_pending, last_move) = (pending, self.now);
            }
            let stuck_since = last_move.max(begin + FAULTS_UNTIL);
            assert!(
                at <= stuck_since + MOVES_WITHIN,
                "liveness: the campaign hangs: {:?}",
                self.progress()
            );
            self.now = self.now.max(at);
            self.happen(happening);
            self.rest_if_idle();
            self.steps += 1;
            Ledger::check(&mut self);
        }
        let progress = self.progress();
        self.tell(|| format!("the end after {} steps: {progress:?}", self.steps));
        Ledger::check_end(&mut self);
    }

    pub fn progress(&self) -> Progress {
        read::progress(self.store.as_ref(), self.campaign)
            .unwrap()
            .unwrap()
    }

    /// From here on nothing goes wrong, and nobody keeps the campaign from its end.
    pub fn be_kind(&mut self) {
        self.tell(|| "the world turns kind".to_owned());
        self.carrier.faults = Faults::default();
        if self.is_up() {
            if self.progress().counters.total == 0 {
                self.add_contacts(3);
            }
            self.ask(Input::Command(Command::Resume), Asked::Command(Command::Resume));
            self.ask(Input::Command(Command::Start), Asked::Command(Command::Start));
        }
    }

    pub fn is_up(&self) -> bool {
        matches!(*self.store.health().borrow(), Health::Up { .. })
    }

    pub fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Flush => self.flush(),
            Happening::Alarm { life } => self.deliver(life, Input::Alarm),
            Happening::WakeSleeper => {
                if self.is_up() {
                    self.wake();
                }
            }
            Happening::Permit { life } => self.deliver(
                life,
                Input::Permit {
                    from: PhoneNumber::from_digits(12_025_559_999).unwrap(),
                },
            ),
            Happening::Placement {
                life,
                attempt,
                placement,
            } => {
                self.deliver(life, Input::Placement { attempt, placement });
            }
            Happening::Polled {
                life,
                attempt,
                answer,
            } => self.deliver(life, Input::Polled { attempt, answer }),
            Happening::LookedUp {
                life,
                attempt,
                answer,
            } => self.deliver(life, Input::LookedUp { attempt, answer }),
            Happening::Callback {
                attempt,
                fact,
                tries_left,
            } => self.callback(attempt, fact, tries_left),
            Happening::Person if self.now > self.kind_from => {}
            Happening::Person => self.person(),
            Happening::ReadImport { life } => self.read_import(life),
            Happening::Crash => self.crash(),
            Happening::DiskFails => {
                self.tell(|| "the disk fails".to_owned());
                self.store.fail("simulated");
                self.flush();
                self.forget();
                let wait = Millis(self.rng.i64(1..30_000));
                self.after(wait, Happening::DiskMended);
            }
            Happening::DiskMended => {
                self.store.mend();
                self.after_boot();
            }
        }
    }

    pub fn crash(&mut self) {
        self.tell(|| format!("crash, losing {} commits", self.store.queued()));
        self.forget();
        self.store.crash();
        self.after_boot();
    }

    /// What the supervisor does at start-up: wake whoever must be awake, and mind the alarms.
    pub fn after_boot(&mut self) {
        if !read::awake(self.store.as_ref()).unwrap().is_empty() {
            self.wake();
        }
        self.mind_alarms();
    }

    pub fn mind_alarms(&mut self) {
        if self.engine.is_none()
            && let Some((at, ..)) = read::alarms(self.store.as_ref(), 1).unwrap().first()
        {
            let wait = (*at - self.now).0.max(0);
            self.after(Millis(wait), Happening::WakeSleeper);
        }
    }

    /// Memory is gone, and with it whoever waited for a reply; the carrier tries its callbacks again.
    pub fn forget(&mut self) {
        self.engine = None;
        self.life += 1;
        self.going_to_sleep = false;
        self.tickets.clear();
        for (_, asked) in std::mem::take(&mut self.asked) {
            self.unanswered(asked);
        }
    }

    pub fn unanswered(&mut self, asked: Asked) {
        if let Asked::Callback {
            attempt,
            fact,
            tries_left: tries_left @ 1..,
        } = asked
        {
            let wait = Millis(self.rng.i64(100..20_000));
            self.after(
                wait,
                Happening::Callback {
                    attempt,
                    fact,
                    tries_left: tries_left - 1,
                },
            );
        }
    }

    pub fn wake(&mut self) {
        if self.engine.is_some() {
            return;
        }
        self.life += 1;
        let epoch = match *self.store.health().borrow() {
            Health::Up { epoch } => epoch,
            Health::Down { .. } => return,
        };
        let incarnation = Incarnation {
            epoch,
            wake: self.life,
        };
        let mint = Box::new(Counting(Arc::clone(&self.ids)));
        let store: Arc<dyn Store> = Arc::clone(&self.store) as Arc<dyn Store>;
        let (engine, effects) = Engine::wake(store, self.campaign, incarnation, mint, self.now)
            .unwrap()
            .unwrap();
        self.tell(|| format!("woken with {} in flight", engine.campaign().in_flight()));
        self.engine = Some(engine);
        self.act_on(Ok(effects));
    }

    pub fn rest_if_idle(&mut self) {
        let may_sleep = self
            .engine
            .as_ref()
            .is_some_and(|engine| engine.may_sleep(self.now));
        if may_sleep && !self.going_to_sleep && self.asked.is_empty() && self.rng.bool() {
            self.going_to_sleep = true;
            let effects = self.engine.as_mut().map(Engine::sleep).unwrap_or_default();
            self.act_on(Ok(effects));
        }
    }

    pub fn flush(&mut self) {
        let batches = self.rng.usize(1..4);
        self.rows_changed |= self.store.flush(batches) > 0;
        let now = self.now;
        let mut settled = Vec::new();
        self.tickets
            .retain_mut(|(commit, ticket)| match ticket.try_settled() {
                Some(result) => {
                    settled.push((*commit, result));
                    false
                }
                None => true,
            });
        for (commit, result) in settled {
            if let Some(engine) = &mut self.engine {
                let effects = engine.settled(now, commit, result);
                self.act_on(effects);
            }
        }
        if self.store.queued() > 0 {
            let wait = Millis(self.rng.i64(0..40));
            self.after(wait, Happening::Flush);
        }
    }

    /// Gives an input to the life that asked for it.
    pub fn deliver(&mut self, life: u32, input: Input) {
        let now = self.now;
        if life == self.life
            && !self.going_to_sleep
            && let Some(engine) = &mut self.engine
        {
            let effects = engine.receive(now, input, None);
            self.act_on(effects);
        }
    }

    /// Gives an input from outside to the campaign, waking it if need be.
    pub fn ask(&mut self, input: Input, asked: Asked) {
        if !self.is_up() || self.going_to_sleep {
            self.unanswered(asked);
            return;
        }
        self.wake();
        self.order += 1;
        let id = self.order;
        self.asked.insert(id, asked);
        let now = self.now;
        if let Some(engine) = &mut self.engine {
            let effects = engine.receive(now, input, Some(id));
            self.act_on(effects);
        }
    }

    pub fn intervals(&self) -> Millis {
        let pacing = self.settings.pacing;
        Millis((60_000 / i64::from(pacing.per_minute)).max(i64::from(pacing.delay_seconds) * 1000))
    }

    pub fn requests(&self) -> HashSet<AttemptId> {
        self.carrier.requests.keys().copied().collect()
    }
}

/// Whether only a person can move the campaign on.
fn is_held(status: Status) -> bool {
    matches!(status, Status::Draft | Status::Paused)
}
