//! Two campaigns of one organization with the same numbers, over one store and one registry, in seeded worlds in
//! which requests are lost, campaigns fall and the process crashes: no number ever has two calls at once, and none
//! more often than the contact caps of whoever calls it allow, by the carrier's own word; and nobody is held back
//! for good, or for longer than the caps demand.
//!
//! `OUTDIAL_SEED=42` replays one world, `OUTDIAL_SEEDS=20000` runs more than the default.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may stop at what it does not expect, and tells its seed"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use outdial_actors::engine::{Effect, Engine};
use outdial_actors::event_log::EventLog;
use outdial_actors::mint::UuidMint;
use outdial_actors::registry::Registry;
use outdial_domain::contact::{Contact, NewContact};
use outdial_domain::ids::{CampaignId, Incarnation, OrgId};
use outdial_domain::import::Candidate;
use outdial_domain::lifecycle::{Command, Status};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::store::{Health, Store, Ticket};
use outdial_storage::{audit, read};
use uuid::Uuid;

mod carrier;
mod rules;

use carrier::Call;
use rules::{Rule, settings};

const DEFAULT_SEEDS: u64 = 1_000;
const NUMBERS: u64 = 8;
const FAULTS_UNTIL: Millis = Millis::seconds(1800);
/// Sixteen attempts to a number at most, seven of them in a week, and a week of peace after each of two conversations.
const ENDS_WITHIN: Millis = Millis::seconds(40 * 24 * 3600);
/// Where nothing happens for this long, everybody waits.
const QUIET: Millis = Millis::seconds(600);
/// What happens in a world, at most.
const HAPPENINGS: u64 = 20_000;
const ORG: OrgId = OrgId(Uuid::from_u128(1));
const FROM: u64 = 12_025_559_999;

fn id(which: usize) -> CampaignId {
    CampaignId(Uuid::from_u128(
        0x0199_0000_0000_7000_8000_0000_0000_0001 + which as u128,
    ))
}

enum Happening {
    Flush,
    To(usize, u32, Box<Input>),
    Fall(usize),
    Crash,
}

struct World {
    rules: [Rule; 2],
    rng: fastrand::Rng,
    now: Timestamp,
    begin: Timestamp,
    store: Arc<MemoryStore>,
    log: Arc<EventLog>,
    registry: Rc<RefCell<Registry>>,
    engines: [Option<Engine<()>>; 2],
    lives: [u32; 2],
    wakes: u32,
    tickets: [Vec<(u64, Ticket)>; 2],
    queue: BTreeMap<(Timestamp, u64), Happening>,
    order: u64,
    calls: HashMap<String, Call>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let store = Arc::new(MemoryStore::new());
        let now = Timestamp::from_millis(1_793_000_000_000);
        let rules = Rule::of_two(&mut rng);
        for (which, rule) in rules.iter().enumerate() {
            let definition = Definition {
                id: id(which),
                org: ORG,
                config_version: 1,
                settings: settings(&mut rng, rule),
                created_at: now,
                created_by: "test".to_owned(),
                edited: None,
            };
            let mut batch = Batch::new();
            batch.create(&definition, &Progress::new(now));
            drop(store.commit(1, batch));
            store.flush(1);
        }
        let mut world = Self {
            rules,
            rng,
            now,
            begin: now,
            log: Arc::new(EventLog::new(Arc::clone(&store) as Arc<dyn Store>)),
            store,
            registry: Rc::default(),
            engines: [None, None],
            lives: [0, 0],
            wakes: 0,
            tickets: [Vec::new(), Vec::new()],
            queue: BTreeMap::new(),
            order: 0,
            calls: HashMap::new(),
        };
        world.boot();
        for which in 0..2 {
            world.input(which, Input::AddContacts(candidates()));
            world.input(which, Input::Command(Command::Start));
        }
        // A crash may come in the next moment, and whoever asked has been answered.
        while world.store.queued() > 0 {
            world.flush();
        }
        for _ in 0..world.rng.usize(0..5) {
            let at = world.moment_of_fault();
            world.after(at, Happening::Crash);
        }
        for _ in 0..world.rng.usize(0..6) {
            let at = world.moment_of_fault();
            let which = world.rng.usize(0..2);
            world.after(at, Happening::Fall(which));
        }
        world
    }

    /// Most of the faults come while the first calls are made.
    fn moment_of_fault(&mut self) -> Millis {
        let until = [FAULTS_UNTIL.0, 20_000, 1500, 1500][self.rng.usize(0..4)];
        Millis(self.rng.i64(1..until))
    }

    fn epoch(&self) -> u32 {
        match *self.store.health().borrow() {
            Health::Up { epoch } => epoch,
            Health::Down { .. } => panic!("the store is up"),
        }
    }

    fn after(&mut self, wait: Millis, happening: Happening) {
        self.order += 1;
        self.queue.insert((self.now + wait, self.order), happening);
    }

    /// As a supervisor begins: the numbers first, then the campaigns.
    fn boot(&mut self) {
        let epoch = self.epoch();
        let store: Arc<dyn Store> = Arc::clone(&self.store) as Arc<dyn Store>;
        let mut registry = self.registry.borrow_mut();
        registry.rebuild(store.as_ref(), epoch, |_| true).unwrap();
        drop(registry);
        let first = self.rng.usize(0..2);
        self.wake(first);
        self.wake(1 - first);
    }

    fn wake(&mut self, which: usize) {
        self.wakes += 1;
        self.lives[which] += 1;
        let incarnation = Incarnation {
            epoch: self.epoch(),
            wake: self.wakes,
        };
        let (log, registry) = (Arc::clone(&self.log), Rc::clone(&self.registry));
        let mint = Box::new(UuidMint::default());
        let woken = Engine::wake(log, registry, id(which), incarnation, mint, self.now);
        let (engine, effects) = woken.unwrap().unwrap();
        self.engines[which] = Some(engine);
        self.act_on(which, effects);
    }

    fn input(&mut self, which: usize, input: Input) {
        let Some(engine) = self.engines[which].as_mut() else {
            return;
        };
        let effects = engine.receive(self.now, input, None).unwrap();
        self.act_on(which, effects);
    }

    fn flush(&mut self) {
        let batches = self.rng.usize(1..4);
        self.store.flush(batches);
        for which in 0..2 {
            while let Some((commit, mut ticket)) = self.tickets[which].pop() {
                let Some(settled) = ticket.try_settled() else {
                    self.tickets[which].push((commit, ticket));
                    break;
                };
                let Some(engine) = self.engines[which].as_mut() else {
                    break;
                };
                let effects = engine.settled(self.now, commit, settled).unwrap();
                self.act_on(which, effects);
            }
        }
        if self.store.queued() > 0 {
            self.after(Millis(self.order as i64 % 20), Happening::Flush);
        }
    }

    fn act_on(&mut self, which: usize, effects: Vec<Effect<()>>) {
        for effect in effects {
            match effect {
                Effect::Await(commit, ticket) => {
                    // The earliest is settled first.
                    self.tickets[which].insert(0, (commit, ticket));
                    let wait = Millis(self.rng.i64(0..50));
                    self.after(wait, Happening::Flush);
                }
                Effect::Act(action) => self.act(which, action),
                Effect::Alarm(Some(at)) => {
                    let wait = Millis((at - self.now).0.max(0));
                    self.tell(wait, which, Input::Alarm);
                }
                Effect::Tell(_)
                | Effect::Reply(..)
                | Effect::Alarm(None)
                | Effect::Asleep
                | Effect::Deleted => {}
            }
        }
    }

    fn tell(&mut self, wait: Millis, which: usize, input: Input) {
        let life = self.lives[which];
        self.after(wait, Happening::To(which, life, Box::new(input)));
    }

    fn run(mut self) {
        while let Some(((at, _), happening)) = self.queue.pop_first() {
            assert!(at <= self.begin + ENDS_WITHIN, "somebody is held back for good");
            assert!(self.order < HAPPENINGS, "somebody is tried again and again");
            if at > self.now + QUIET {
                self.all_are_held_back_for_a_reason();
            }
            self.now = self.now.max(at);
            match happening {
                Happening::Flush => self.flush(),
                Happening::To(which, life, input) => {
                    if life == self.lives[which] || life == u32::MAX {
                        self.input(which, *input);
                    }
                }
                Happening::Fall(which) => self.fall(which),
                Happening::Crash => {
                    self.engines = [None, None];
                    self.tickets = [Vec::new(), Vec::new()];
                    self.store.crash();
                    self.boot();
                }
            }
        }
        while self.store.queued() > 0 {
            self.flush();
        }
        for which in 0..2 {
            let progress = read::progress(self.store.as_ref(), id(which)).unwrap().unwrap();
            assert!(
                matches!(progress.status, Status::Completed | Status::Failed),
                "{progress:?}"
            );
            let differences = audit::differences(self.store.as_ref(), id(which)).unwrap();
            assert_eq!(differences, Vec::<String>::new());
        }
        self.no_intent_was_taken_back_for_a_cap();
        let registry = self.registry.borrow();
        for candidate in candidates() {
            let undurable = registry.tried(ORG, candidate.new.contact.phone).count();
            assert_eq!(undurable, 0, "what is durable is remembered by the store alone");
        }
    }

    /// As a supervisor has one fall: what it had committed becomes durable, its numbers are read anew, and it is
    /// woken.
    fn fall(&mut self, which: usize) {
        self.engines[which] = None;
        self.tickets[which].clear();
        self.lives[which] += 1;
        while self.store.queued() > 0 {
            self.flush();
        }
        let mut registry = self.registry.borrow_mut();
        registry.load(self.store.as_ref(), ORG, id(which)).unwrap();
        drop(registry);
        self.wake(which);
    }
}

fn candidates() -> Vec<Candidate> {
    let candidate = |row| Candidate {
        row,
        new: NewContact {
            contact: Contact {
                phone: PhoneNumber::from_digits(12_025_550_100 + row).unwrap(),
                name: None,
                email: None,
                timezone: None,
                person_id: None,
                custom_data: String::new(),
            },
            zones: Vec::new(),
            not_before: None,
        },
        known: None,
    };
    (0..NUMBERS).map(candidate).collect()
}

#[test]
fn two_campaigns_never_ring_a_number_at_once_or_too_often_and_both_come_to_their_end() {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let (first, count): (u64, u64) = match number("OUTDIAL_SEED") {
        Some(seed) => (seed, 1),
        None => (0, number("OUTDIAL_SEEDS").unwrap_or(DEFAULT_SEEDS)),
    };
    eprintln!("seeds {first} to {}", first + count - 1);
    for seed in first..first + count {
        let run = std::panic::catch_unwind(|| World::new(seed).run());
        if let Err(panic) = run {
            eprintln!("seed {seed} failed; replay it with OUTDIAL_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
