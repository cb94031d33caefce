//! The simulated world: what happens when, and to whom.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono_tz::Tz;
use outdial_actors::engine::{Denied, Effect, Engine};
use outdial_domain::attempt::Outcome;
use outdial_domain::call::{CallFact, FoundCall, Placement};
use outdial_domain::campaign::Progress;
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::{AttemptId, CampaignId, ImportId, Incarnation, LineId, Mint, OrgId};
use outdial_domain::import::{Candidate, Chunk, Import, ImportState};
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use outdial_domain::step::{Action, Input, Reply};
use outdial_domain::time::{Millis, Timestamp};
use outdial_domain::window::{Window, Windows};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::read;
use outdial_storage::store::{Health, Store, StoreError, Ticket};
use uuid::Uuid;

use crate::carrier::{Carrier, Faults, chance};
use crate::invariants::Ledger;

/// How long the faults go on. After that the world is kind, and the campaign must come to its end.
const FAULTS_UNTIL: Millis = Millis::seconds(4 * 3600);
/// A campaign that gets nowhere for this long after the faults is stuck: every window opens daily.
const MOVES_WITHIN: Millis = Millis::seconds(3 * 24 * 3600);
const START: i64 = 1_793_000_000_000;

/// Something that is going to happen.
enum Happening {
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
enum Asked {
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
    story: bool,
    kind_from: Timestamp,
    pub rng: fastrand::Rng,
    pub now: Timestamp,
    pub store: Arc<MemoryStore>,
    pub campaign: CampaignId,
    pub settings: Settings,
    pub engine: Option<Engine<u64>>,
    pub carrier: Carrier,
    pub ledger: Ledger,
    life: u32,
    going_to_sleep: bool,
    tickets: Vec<(u64, Ticket)>,
    queue: BTreeMap<(Timestamp, u64), Happening>,
    order: u64,
    asked: HashMap<u64, Asked>,
    ids: Arc<AtomicU64>,
    next_number: u64,
    /// Rows of the one open list, and how many the carrier of it has read.
    list: Vec<u64>,
    line_free_at: Timestamp,
    steps: u64,
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
        let settings = settings(&mut rng, now);
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
            faults: faults(&mut rng),
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
    }

    /// Soon rather than late: most happenings fall while there is still something to disturb.
    fn at_random(&mut self, happening: Happening) {
        let within = FAULTS_UNTIL.0 >> self.rng.u32(0..8);
        let at = Millis(self.rng.i64(1..within));
        self.after(at, happening);
    }

    fn after(&mut self, wait: Millis, happening: Happening) {
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
    fn be_kind(&mut self) {
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

    fn is_up(&self) -> bool {
        matches!(*self.store.health().borrow(), Health::Up { .. })
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Flush => self.flush(),
            Happening::Alarm { life } => self.alarm(life),
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

    fn crash(&mut self) {
        self.tell(|| format!("crash, losing {} commits", self.store.queued()));
        self.forget();
        self.store.crash();
        self.after_boot();
    }

    /// What the supervisor does at start-up: wake whoever must be awake, and mind the alarms.
    fn after_boot(&mut self) {
        if !read::awake(self.store.as_ref()).unwrap().is_empty() {
            self.wake();
        }
        self.mind_alarms();
    }

    fn mind_alarms(&mut self) {
        if self.engine.is_none()
            && let Some((at, ..)) = read::alarms(self.store.as_ref(), 1).unwrap().first()
        {
            let wait = (*at - self.now).0.max(0);
            self.after(Millis(wait), Happening::WakeSleeper);
        }
    }

    /// Memory is gone, and with it whoever waited for a reply; the carrier tries its callbacks again.
    fn forget(&mut self) {
        self.engine = None;
        self.life += 1;
        self.going_to_sleep = false;
        self.tickets.clear();
        for (_, asked) in std::mem::take(&mut self.asked) {
            self.unanswered(asked);
        }
    }

    fn unanswered(&mut self, asked: Asked) {
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

    fn wake(&mut self) {
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

    fn rest_if_idle(&mut self) {
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

    fn flush(&mut self) {
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

    fn alarm(&mut self, life: u32) {
        let due = self.life == life;
        if due {
            self.deliver(life, Input::Alarm);
        }
    }

    /// Gives an input to the life that asked for it.
    fn deliver(&mut self, life: u32, input: Input) {
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
    fn ask(&mut self, input: Input, asked: Asked) {
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

    fn act_on(&mut self, effects: Result<Vec<Effect<u64>>, StoreError>) {
        let Ok(effects) = effects else {
            self.forget();
            return;
        };
        for effect in effects {
            match effect {
                Effect::Await(commit, ticket) => {
                    self.tickets.push((commit, ticket));
                    let wait = Millis(if chance(&mut self.rng, 0.02) {
                        self.rng.i64(0..4_000)
                    } else {
                        self.rng.i64(0..30)
                    });
                    self.after(wait, Happening::Flush);
                }
                Effect::Act(action) => self.act(action),
                Effect::Tell(event) => self.tell(|| format!("{event:?}")),
                Effect::Reply(id, answer) => self.answered(id, answer),
                Effect::Alarm(Some(at)) => {
                    let wait = Millis((at - self.now).0.max(0) + self.rng.i64(0..3));
                    self.after(wait, Happening::Alarm { life: self.life });
                }
                Effect::Alarm(None) => {}
                Effect::Asleep => {
                    self.tell(|| "asleep".to_owned());
                    self.forget();
                    self.mind_alarms();
                }
            }
        }
    }

    fn act(&mut self, action: Action) {
        let life = self.life;
        match action {
            Action::ConfirmIntent(_) => unreachable!("the engine keeps it to itself"),
            Action::AskPermit => {
                let wait = (self.line_free_at - self.now).0.max(0) + self.rng.i64(0..200);
                self.after(Millis(wait), Happening::Permit { life });
            }
            Action::ReturnPermit | Action::LineWorks => {}
            Action::SlowLine { retry_after, .. } => {
                let slow = retry_after.unwrap_or(Millis(self.rng.i64(0..5_000)));
                self.line_free_at = self.now + slow;
            }
            Action::Place(order) => {
                Ledger::requested(self, &order);
                let answer = self.carrier.request(&mut self.rng, self.now, &order);
                self.tell(|| format!("request for {}: {:?}", order.attempt, answer.placement));
                let wait = Millis(self.rng.i64(1..3_000));
                let attempt = order.attempt;
                self.after(
                    wait,
                    Happening::Placement {
                        life,
                        attempt,
                        placement: answer.placement,
                    },
                );
                for (at, fact) in answer.callbacks {
                    let wait = Millis((at - self.now).0.max(0));
                    let tries_left = self.rng.u32(0..6);
                    self.after(
                        wait,
                        Happening::Callback {
                            attempt,
                            fact,
                            tries_left,
                        },
                    );
                }
            }
            Action::Poll { attempt, provider_id } => {
                let answer = self.carrier.fetch(&mut self.rng, self.now, &provider_id);
                let wait = Millis(self.rng.i64(1..2_000));
                self.after(
                    wait,
                    Happening::Polled {
                        life,
                        attempt,
                        answer,
                    },
                );
            }
            Action::LookUp {
                attempt,
                to,
                from,
                since,
            } => {
                let answer = self.carrier.find(&mut self.rng, self.now, to, from, since);
                let wait = Millis(self.rng.i64(1..2_000));
                self.after(
                    wait,
                    Happening::LookedUp {
                        life,
                        attempt,
                        answer,
                    },
                );
            }
            Action::HangUp { .. } => {}
            Action::ReadImport(_) => {
                let wait = Millis(self.rng.i64(0..500));
                self.after(wait, Happening::ReadImport { life });
            }
        }
    }

    fn answered(&mut self, id: u64, answer: Result<Reply, Denied>) {
        let Some(asked) = self.asked.remove(&id) else {
            return;
        };
        match (asked, answer) {
            (Asked::Command(command), Ok(reply)) => {
                self.tell(|| format!("{} granted: {reply:?}", command.name()));
                Ledger::acknowledged(self, command, &reply);
            }
            (Asked::Command(command), Err(denied)) => self.tell(|| format!("{}: {denied}", command.name())),
            (Asked::Add(count), Ok(Reply::Added(added))) => {
                assert!(added.imported <= count);
                self.ledger.contacts_acknowledged += added.imported;
            }
            (Asked::Callback { attempt, fact, .. }, Ok(_)) => Ledger::reported(self, attempt, fact),
            (Asked::Add(_) | Asked::Chunk, _) => {}
            (Asked::Callback { attempt, .. }, Err(denied)) => {
                panic!("a call without an attempt, or one that is refused: {attempt} {denied}")
            }
        }
    }

    fn callback(&mut self, attempt: AttemptId, fact: CallFact, tries_left: u32) {
        self.tell(|| format!("callback for {attempt}: {:?}", fact.status));
        let input = Input::Report {
            attempt,
            fact: fact.clone(),
        };
        self.ask(
            input,
            Asked::Callback {
                attempt,
                fact,
                tries_left,
            },
        );
    }

    fn person(&mut self) {
        let command = match self.rng.u32(0..20) {
            0..5 => Command::Pause,
            5..11 => Command::Resume,
            11 => Command::Cancel {
                hang_up: self.rng.bool(),
            },
            12 => Command::Complete,
            13 | 14 => {
                self.open_list();
                return;
            }
            _ => {
                let count = self.rng.u64(1..20);
                self.add_contacts(count);
                return;
            }
        };
        self.tell(|| format!("somebody asks to {}", command.name()));
        if command == Command::Pause || command == Command::Resume {
            // Whoever pauses by accident resumes some time.
            self.at_random(Happening::Person);
        }
        if command == Command::Resume {
            self.ledger.fence = None;
        }
        self.ask(Input::Command(command), Asked::Command(command));
    }

    fn candidates(&mut self, numbers: &[u64]) -> Vec<Candidate> {
        let zones = [
            vec![],
            vec![Tz::America__New_York],
            vec![Tz::Asia__Kolkata, Tz::Europe__London],
        ];
        let candidate = |(row, number): (usize, &u64)| Candidate {
            row: row as u64 + 2,
            new: NewContact {
                contact: Contact {
                    phone: PhoneNumber::from_digits(*number).unwrap(),
                    name: None,
                    email: None,
                    timezone: None,
                    person_id: None,
                    custom_data: String::new(),
                },
                zones: zones[(number % 3) as usize].clone(),
                not_before: number
                    .is_multiple_of(11)
                    .then(|| self.now + Millis::seconds((number % 7_000) as i64)),
            },
            known: None,
        };
        numbers.iter().enumerate().map(candidate).collect()
    }

    /// New numbers, with some that were there before.
    fn numbers(&mut self, count: u64) -> Vec<u64> {
        (0..count)
            .map(|_| {
                if self.next_number > 12_025_550_000 && chance(&mut self.rng, 0.1) {
                    self.rng.u64(12_025_550_000..self.next_number)
                } else {
                    self.next_number += 1;
                    self.next_number - 1
                }
            })
            .collect()
    }

    fn add_contacts(&mut self, count: u64) {
        let numbers = self.numbers(count);
        let candidates = self.candidates(&numbers);
        self.ask(Input::AddContacts(candidates), Asked::Add(count));
    }

    fn open_list(&mut self) {
        let has_open = self.open_imports().next().is_some();
        if has_open || !self.is_up() {
            return;
        }
        let count = self.rng.u64(0..60);
        self.list = self.numbers(count);
        let import = Import {
            id: ImportId(Uuid::from_u128(u128::from(self.order) << 8 | 1)),
            file_name: "list.csv".to_owned(),
            default_region: "US".to_owned(),
            state: ImportState::Running,
            rows_read: 0,
            imported: 0,
            duplicates: 0,
            rejected: 0,
            created_at: self.now,
            ended_at: None,
        };
        self.ask(Input::OpenImport(import), Asked::Chunk);
    }

    fn open_imports(&self) -> impl Iterator<Item = Import> + use<> {
        let imports = read::imports(self.store.as_ref(), self.campaign).unwrap();
        imports
            .into_iter()
            .filter(|import| import.state == ImportState::Running)
    }

    /// Reads the next rows of the open list, from where the store says that it was left.
    fn read_import(&mut self, life: u32) {
        if life != self.life || self.going_to_sleep {
            return;
        }
        let Some(import) = self.open_imports().next() else {
            return;
        };
        let read = import.rows_read as usize;
        let upto = (read + self.rng.usize(1..20)).min(self.list.len());
        let rows = self.list[read..upto].to_vec();
        let candidates = self.candidates(&rows);
        let ends = (upto == self.list.len()).then_some(ImportState::Completed);
        let goes_on = ends.is_none();
        let chunk = Chunk {
            import: import.id,
            rows_read: upto as u64,
            candidates,
            rejected: Vec::new(),
            ends,
        };
        self.ask(Input::ImportChunk(chunk), Asked::Chunk);
        if goes_on {
            // The next chunk is read once this one is durable.
            self.after(Millis(5_000), Happening::ReadImport { life });
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

fn settings(rng: &mut fastrand::Rng, now: Timestamp) -> Settings {
    let outcomes = [
        Outcome::Busy,
        Outcome::NoAnswer,
        Outcome::Failed,
        Outcome::Canceled,
        Outcome::Machine,
    ];
    let windows = match rng.u32(0..3) {
        0 => Windows::daytime(),
        1 => Windows::Weekly(vec![Window {
            days: (0..7)
                .filter_map(|day| chrono::Weekday::try_from(day).ok())
                .collect(),
            start: rng.u16(0..1440),
            end: rng.u16(1..1440),
        }]),
        _ => Windows::Any,
    };
    let schedule = match rng.u32(0..6) {
        0 => Schedule::Scheduled {
            start_at: now + Millis::seconds(rng.i64(1..7200)),
            end_at: None,
        },
        1 => {
            let start_at = now + Millis::seconds(rng.i64(1..600));
            Schedule::Scheduled {
                start_at,
                end_at: Some(start_at + Millis::seconds(rng.i64(1..7200))),
            }
        }
        _ => Schedule::Immediate,
    };
    Settings {
        name: "simulated".to_owned(),
        description: String::new(),
        kind: Kind::Custom,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id: LineId(Uuid::from_u128(2)),
        timezone: Tz::America__New_York,
        schedule,
        windows,
        window_zone: if rng.u32(0..4) == 0 {
            WindowZone::Campaign
        } else {
            WindowZone::Contact
        },
        fallback_window: rng.bool().then(Windows::daytime),
        pacing: Pacing {
            max_concurrent: rng.u32(1..6),
            per_minute: rng.u32(6..1200),
            delay_seconds: if rng.bool() { 0 } else { rng.u32(0..4) },
        },
        retry: Retry {
            max_retries: rng.u32(0..4),
            backoff_seconds: (0..rng.usize(1..4)).map(|_| rng.u32(0..3600)).collect(),
            outcomes: outcomes.into_iter().filter(|_| rng.bool()).collect(),
        },
        unknown: UnknownPolicy {
            wait_seconds: rng.u32(0..90),
            then: if rng.bool() {
                UnknownThen::Lost
            } else {
                UnknownThen::Retry
            },
        },
        watchdog_seconds: rng.u32(1..400),
        ring_timeout_seconds: rng.u32(5..61),
        default_region: "US".to_owned(),
    }
}

fn faults(rng: &mut fastrand::Rng) -> Faults {
    if rng.u32(0..5) == 0 {
        return Faults::default();
    }
    let mut some = |most: f64| if rng.bool() { rng.f64() * most } else { 0.0 };
    Faults {
        not_sent: some(0.2),
        deferred: some(0.3),
        refused: some(0.1),
        misconfigured: some(0.02),
        unknown_without_call: some(0.2),
        unknown_with_call: some(0.3),
        drop_callback: some(0.5),
        duplicate_callback: some(0.5),
        delay_callback: some(0.5),
        cannot_be_asked: some(0.5),
        forgets_call: some(0.3),
    }
}
