//! The event log: what happened in an organization's campaigns, numbered from 1 without a gap.
//!
//! An event is in the batch of what it tells of, so that neither is ever there without the other. Numbers are
//! taken under a lock of the organization, in the same breath in which the batch is handed to the store: their order
//! is that of the commits, and once a number is durable every smaller one is. Whoever watches is told how far that
//! is, and reads the rows.
//!
//! The number that comes next is read from the store, once in each of its epochs: what a failed write has left, or
//! has not, counts as it is found. Numbers of batches that were lost are given again; nobody has seen them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use outdial_domain::ids::OrgId;
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::records::LoggedEvent;
use outdial_storage::store::{Health, Store, StoreError, Ticket};
use tokio::sync::watch;

pub mod retention;

/// The event logs of all organizations, shared by all threads.
pub struct EventLog {
    store: Arc<dyn Store>,
    logs: Mutex<HashMap<OrgId, Arc<Log>>>,
}

/// The event log of one organization.
struct Log {
    head: Mutex<Head>,
    durable: watch::Sender<u64>,
}

/// The last number that was given.
#[derive(Clone, Copy, Default)]
struct Head {
    /// In which epoch of the store it was read; 0 before it has been.
    epoch: u32,
    seq: u64,
}

/// How far each log was given out at some moment.
pub struct GivenOut(Vec<(OrgId, u64)>);

impl EventLog {
    /// The event logs in a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            logs: Mutex::default(),
        }
    }

    /// The store in which they are.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Commits a batch together with the events that it makes happen. The answer has the number of the last of them;
    /// whoever sees the ticket resolve tells it to [`EventLog::durable`].
    pub fn commit(
        &self,
        epoch: u32,
        org: OrgId,
        events: &[LoggedEvent],
        mut batch: Batch,
    ) -> (Ticket, Option<u64>) {
        if events.is_empty() {
            return (self.store.commit(epoch, batch), None);
        }
        let log = self.log(org);
        let mut head = log.head();
        if head.epoch < epoch
            && let Err(error) = log.turn_to(&mut head, epoch, self.store.as_ref(), org)
        {
            return (Ticket::refused(error), None);
        }
        if head.epoch > epoch {
            // The store refuses it, too. It gets no numbers: they would be missing.
            return (self.store.commit(epoch, batch), None);
        }
        batch.log(org, head.seq + 1, events);
        head.seq += events.len() as u64;
        // The lock is held until the batch has its place among the others.
        (self.store.commit(epoch, batch), Some(head.seq))
    }

    /// An event is durable, and with it every earlier one.
    pub fn durable(&self, org: OrgId, seq: u64) {
        self.log(org).reached(seq);
    }

    /// How far the log of an organization is known to be durable, now and from now on.
    ///
    /// # Errors
    /// When it must be read first, and cannot be.
    pub fn watch(&self, org: OrgId) -> Result<watch::Receiver<u64>, StoreError> {
        let log = self.log(org);
        let mut head = log.head();
        if head.epoch == 0 {
            let not_up = || StoreError::Unavailable("it takes no writes now".to_owned());
            let epoch = epoch_of(self.store.as_ref()).ok_or_else(not_up)?;
            log.turn_to(&mut head, epoch, self.store.as_ref(), org)?;
        }
        Ok(log.durable.subscribe())
    }

    /// The store was opened again: what it holds of events is all that there is, and it is durable.
    pub fn reopened(&self, epoch: u32) {
        for (org, log) in self.all() {
            let mut head = log.head();
            if head.epoch < epoch
                && let Err(error) = log.turn_to(&mut head, epoch, self.store.as_ref(), org)
            {
                // It is read again by whoever needs it.
                tracing::warn!(%org, %error, "the event log cannot be read");
            }
        }
    }

    /// How far every log is given out in an epoch. Once a batch of it that is committed after this call is durable, so
    /// is all of that.
    pub fn given_out(&self, epoch: u32) -> GivenOut {
        let heads = self.all().into_iter().map(|(org, log)| (org, *log.head()));
        let of_epoch = heads.filter(|(_, head)| head.epoch == epoch);
        GivenOut(of_epoch.map(|(org, head)| (org, head.seq)).collect())
    }

    /// What was given out is durable: for those whose campaign has fallen and can tell it no more.
    pub fn all_durable(&self, given_out: GivenOut) {
        for (org, seq) in given_out.0 {
            self.durable(org, seq);
        }
    }

    fn all(&self) -> Vec<(OrgId, Arc<Log>)> {
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.iter().map(|(org, log)| (*org, Arc::clone(log))).collect()
    }

    fn log(&self, org: OrgId) -> Arc<Log> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let log = logs.entry(org).or_insert_with(|| {
            Arc::new(Log {
                head: Mutex::default(),
                durable: watch::Sender::new(0),
            })
        });
        Arc::clone(log)
    }
}

impl Log {
    fn head(&self) -> MutexGuard<'_, Head> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads how far the log goes. Nothing has been committed to it in this epoch yet, so what is there was there when
    /// the store was opened.
    fn turn_to(&self, head: &mut Head, epoch: u32, store: &dyn Store, org: OrgId) -> Result<(), StoreError> {
        let seq = read::last_event(store, org)?.unwrap_or(0);
        *head = Head { epoch, seq };
        self.reached(seq);
        Ok(())
    }

    fn reached(&self, seq: u64) {
        self.durable.send_if_modified(|durable| {
            let is_further = seq > *durable;
            *durable = seq.max(*durable);
            is_further
        });
    }
}

/// The epoch in which the store takes writes, if it does.
fn epoch_of(store: &dyn Store) -> Option<u32> {
    match *store.health().borrow() {
        Health::Up { epoch } => Some(epoch),
        Health::Down { .. } => None,
    }
}

#[cfg(test)]
mod tests;
