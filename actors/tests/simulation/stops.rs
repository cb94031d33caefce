//! People who write STOP, and START: the organization's do-not-call list, written while campaigns run.

use outdial_domain::ids::SuppressionListId;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Millis;
use outdial_storage::batch::Batch;
use outdial_storage::keys;
use outdial_storage::records::{Source, SuppressionV1};
use outdial_storage::store::Store;

use crate::carrier::chance;
use crate::disk::What;
use crate::happening::Happening;
use crate::numbers::FIRST_NUMBER;
use crate::world::{ORG, World};

/// What every reason says of whoever is skipped by it.
pub const NOTE: &str = "the person wrote `STOP`";

impl World {
    /// Somebody writes STOP, for good or for a while; some think better of it.
    pub fn somebody_stops(&mut self, number: Option<PhoneNumber>) {
        let any = self.rng.u64(FIRST_NUMBER..=self.next_number);
        let number = number.unwrap_or(PhoneNumber::from_digits(any).unwrap());
        let Some(epoch) = self.epoch() else { return };
        let expires_at =
            chance(&mut self.rng, 0.2).then(|| self.clock() + Millis(self.rng.i64(1..7_200_000)));
        let entry = SuppressionV1 {
            source: Source::Person as u8,
            note: NOTE.to_owned(),
            added_at: self.clock().millis(),
            expires_at: expires_at.map(|at| at.millis()),
        };
        let mut batch = Batch::new();
        batch.suppress(ORG, SuppressionListId::ORGANIZATION, number, &entry);
        self.tell(|| format!("{number} writes STOP"));
        self.write(epoch, batch, What::Stop(number, expires_at));
        if chance(&mut self.rng, 0.3) {
            self.at_random(Happening::Start);
        }
    }

    /// Somebody who wrote STOP writes START.
    pub fn somebody_starts(&mut self) {
        let stopped = self.ledger.stopped();
        let (Some(number), Some(epoch)) = (self.rng.choice(stopped), self.epoch()) else {
            return;
        };
        let mut batch = Batch::new();
        batch.delete(keys::suppression(ORG, SuppressionListId::ORGANIZATION, number));
        self.tell(|| format!("{number} writes START"));
        self.write(epoch, batch, What::Start(number));
    }

    fn write(&mut self, epoch: u32, batch: Batch, what: What) {
        // Its ticket is the acknowledgement; the ledger counts from the moment in which it is durable.
        drop(self.store.commit(epoch, batch));
        self.committed(what);
    }

    /// The next one to be rung writes STOP at the worst moment.
    pub fn maybe_stop_whoever_is_next(&mut self) {
        if !chance(&mut self.rng, self.stops) || self.is_kind {
            return;
        }
        let next = self.mirror.pending().next();
        if let Some(number) = next.map(|contact| self.mirror.numbers[&contact]) {
            let wait = Millis(self.rng.i64(0..250));
            self.after(wait, Happening::Stop(Some(number)));
        }
    }
}
