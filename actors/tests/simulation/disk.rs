//! The disk under the simulated campaign: what becomes durable, in which order, and what was decided when.

use std::sync::Arc;

use outdial_domain::calendar::Calendar;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::store::{Health, Store, Ticket};

use crate::carrier::chance;
use crate::happening::Happening;
use crate::invariants::Ledger;
use crate::world::World;

/// A batch on its way to the disk.
pub struct Commit {
    pub what: What,
    /// When it was made, by the true time and by the clock on the wall.
    pub at: Timestamp,
    pub clock: Timestamp,
    /// How far the clock had ever been set forward by then, and how often back.
    pub set_forward: Millis,
    pub times_set_back: u32,
}

/// Who made it.
pub enum What {
    /// The campaign.
    Step,
    /// Somebody who wrote STOP; until when it holds.
    Stop(PhoneNumber, Option<Timestamp>),
    /// Somebody who wrote START.
    Start(PhoneNumber),
    /// Somebody who has changed the holiday calendar.
    Calendar(Calendar),
}

impl World {
    /// A batch was queued.
    pub fn committed(&mut self, what: What) {
        self.commits.push_back(Commit {
            what,
            at: self.now,
            clock: self.clock(),
            set_forward: self.wall.set_forward,
            times_set_back: self.wall.times_set_back,
        });
        let wait = Millis(if chance(&mut self.rng, 0.02) {
            self.rng.i64(0..4_000)
        } else {
            self.rng.i64(0..30)
        });
        self.after(wait, Happening::Flush);
    }

    /// Makes some batches durable, and then releases their tickets.
    pub fn flush(&mut self) {
        for _ in 0..self.rng.usize(1..4) {
            self.flush_one();
        }
        self.settle();
        if self.store.queued() > 0 {
            let wait = Millis(self.rng.i64(0..40));
            self.after(wait, Happening::Flush);
        }
    }

    fn flush_one(&mut self) {
        if self.store.queued() == 0 {
            return;
        }
        let store = Arc::clone(&self.store);
        let tap = store.tap().unwrap();
        assert_eq!(store.flush(1), 1);
        let groups = tap.finish().unwrap();
        let commit = self.commits.pop_front().unwrap();
        for group in groups {
            let before = self.mirror.take(&group);
            self.follow_versions();
            Ledger::durable(self, &commit, &before);
        }
    }

    /// Hands out what has become of batches.
    fn settle(&mut self) {
        let now = self.clock();
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
    }

    /// The campaign waits for a ticket.
    pub fn await_ticket(&mut self, commit: u64, ticket: Ticket) {
        self.tickets.push((commit, ticket));
        self.committed(What::Step);
    }

    pub fn is_up(&self) -> bool {
        matches!(*self.store.health().borrow(), Health::Up { .. })
    }

    /// The epoch in which the store takes writes, if it does.
    pub fn epoch(&self) -> Option<u32> {
        match *self.store.health().borrow() {
            Health::Up { epoch } => Some(epoch),
            Health::Down { .. } => None,
        }
    }

    /// What is not durable is lost.
    pub fn power_fails(&mut self) {
        self.tell(|| format!("crash, losing {} commits", self.store.queued()));
        self.forget();
        self.store.crash();
        self.commits.clear();
    }

    pub fn crash(&mut self) {
        self.power_fails();
        self.after_boot();
    }

    pub fn disk_fails(&mut self) {
        self.tell(|| "the disk fails".to_owned());
        self.store.fail("simulated");
        self.commits.clear();
        self.settle();
        self.forget();
        let wait = Millis(self.rng.i64(1..30_000));
        self.after(wait, Happening::DiskMended);
    }
}
