//! The lives of the simulated campaign: woken, asleep, fallen, and asked by others.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use outdial_actors::engine::Engine;
use outdial_actors::registry::Registry;
use outdial_domain::ids::{AttemptId, Incarnation, Mint};
use outdial_domain::step::Input;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::read;
use outdial_storage::store::Store;
use uuid::Uuid;

use crate::happening::{Asked, Happening};
use crate::invariants::Ledger;
use crate::world::World;

/// Mints ids that differ whatever the clock shows.
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
    /// What the supervisor does at start-up: wake whoever must be awake, and mind the alarms.
    pub fn after_boot(&mut self) {
        if !read::awake(self.store.as_ref()).unwrap().is_empty() {
            self.wake();
        }
        self.mind_alarms();
    }

    /// Looks again when the alarm of the sleeping campaign goes off.
    pub fn mind_alarms(&mut self) {
        if let Some(at) = self.sleepers_alarm() {
            let wait = (at - self.clock()).0.max(0);
            self.after(Millis(wait), Happening::SleepersLookedAt);
        }
    }

    fn sleepers_alarm(&self) -> Option<Timestamp> {
        if self.engine.is_some() {
            return None;
        }
        let alarms = read::alarms(self.store.as_ref(), None, 1).unwrap();
        alarms.first().map(|(at, ..)| *at)
    }

    /// Wakes the sleeping campaign if its alarm has gone off.
    pub fn look_at_sleepers(&mut self) {
        if self.sleepers_alarm().is_some_and(|at| at <= self.clock()) && self.is_up() {
            self.wake();
        } else if self.is_up() {
            self.mind_alarms();
        }
    }

    pub fn wake(&mut self) {
        if self.engine.is_some() {
            return;
        }
        let Some(epoch) = self.epoch() else { return };
        self.life += 1;
        let incarnation = Incarnation {
            epoch,
            wake: self.life,
        };
        let mint = Box::new(Counting(Arc::clone(&self.ids)));
        let store: Arc<dyn Store> = Arc::clone(&self.store) as Arc<dyn Store>;
        let log = Arc::clone(&self.log);
        let registry = Rc::new(RefCell::new(Registry::default()));
        let rebuilt = registry.borrow_mut().rebuild(store.as_ref(), epoch, |_| true);
        rebuilt.unwrap();
        let now = self.clock();
        let woken = Engine::wake(log, registry, self.campaign, incarnation, mint, now).unwrap();
        let Some((engine, effects)) = woken else {
            assert!(self.mirror.is_deleted, "I10: only what was deleted is gone");
            self.is_deleted = true;
            return;
        };
        self.tell(|| format!("woken with {} in flight", engine.campaign().in_flight()));
        self.engine = Some(engine);
        Ledger::woken(self);
        self.act_on(Ok(effects));
    }

    pub fn rest_if_idle(&mut self) {
        let engine = self.engine.as_ref();
        let may_sleep = engine.is_some_and(|engine| engine.may_sleep(self.clock()));
        if may_sleep && !self.going_to_sleep && self.asked.is_empty() && self.rng.bool() {
            self.going_to_sleep = true;
            let effects = self.engine.as_mut().map(Engine::sleep).unwrap_or_default();
            self.act_on(Ok(effects));
        }
    }

    /// Memory is gone, and with it whoever waited for a reply; some of them ask again.
    pub fn forget(&mut self) {
        self.engine = None;
        self.life += 1;
        self.going_to_sleep = false;
        self.tickets.clear();
        self.set_alarm(None);
        for asked in std::mem::take(&mut self.asked).into_values() {
            self.unanswered(asked);
        }
    }

    /// Gives an input to the life that asked for it.
    pub fn deliver(&mut self, life: u32, input: Input) {
        let now = self.clock();
        if life != self.life || self.going_to_sleep {
            return;
        }
        Ledger::told(self, &input);
        if let Some(engine) = &mut self.engine {
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
        let now = self.clock();
        Ledger::told(self, &input);
        if let Some(engine) = &mut self.engine {
            let effects = engine.receive(now, input, Some(id));
            self.act_on(effects);
        }
    }
}
