//! The store in memory: for simulation and for tests that need no disk.
//!
//! Nothing is durable until [`MemoryStore::flush`], so that a simulation can crash between a commit
//! and its ticket; with [`MemoryStore::durable`] every commit is durable at once.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::batch::Batch;
use crate::store::{Health, Row, Store, StoreError, Ticket, TicketHolder};
use crate::tap::{self, Feeds, Tap, TapError};

#[derive(Default)]
struct Inner {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    queue: VecDeque<(Batch, TicketHolder)>,
    epoch: u32,
    at_once: bool,
    failing: Option<String>,
    feeds: Feeds,
}

/// A store in memory that can crash and fail on command.
pub struct MemoryStore {
    inner: Mutex<Inner>,
    health: watch::Sender<Health>,
}

impl MemoryStore {
    /// An empty store in which nothing is durable until it is flushed.
    pub fn new() -> Self {
        let inner = Inner {
            epoch: 1,
            ..Inner::default()
        };
        Self {
            inner: Mutex::new(inner),
            health: watch::Sender::new(Health::Up { epoch: 1 }),
        }
    }

    /// An empty store in which every commit is durable at once.
    pub fn durable() -> Self {
        let store = Self::new();
        store.lock().at_once = true;
        store
    }

    /// Makes the oldest `batches` queued commits durable; the answer is how many there were.
    pub fn flush(&self, batches: usize) -> usize {
        let mut inner = self.lock();
        let mut flushed = 0;
        while flushed < batches {
            let Some((batch, holder)) = inner.queue.pop_front() else {
                break;
            };
            inner.apply(batch);
            drop(holder.send(Ok(())));
            flushed += 1;
        }
        flushed
    }

    /// How many commits are not durable yet.
    pub fn queued(&self) -> usize {
        self.lock().queue.len()
    }

    /// Loses whatever is not durable, as a power cut would, and opens again in a new epoch.
    pub fn crash(&self) {
        let mut inner = self.lock();
        inner.queue.clear();
        inner.epoch += 1;
        inner.failing = None;
        inner.feeds.interrupt("it was opened again");
        let epoch = inner.epoch;
        drop(inner);
        self.health.send_replace(Health::Up { epoch });
    }

    /// Fails every write from here on, open ones included, until [`MemoryStore::crash`] or
    /// [`MemoryStore::mend`].
    pub fn fail(&self, reason: &str) {
        let mut inner = self.lock();
        inner.failing = Some(reason.to_owned());
        inner.feeds.interrupt(reason);
        for (_, holder) in inner.queue.drain(..) {
            drop(holder.send(Err(StoreError::Unavailable(reason.to_owned()))));
        }
        drop(inner);
        self.health.send_replace(Health::Down {
            reason: reason.to_owned(),
        });
    }

    /// Takes writes again, in a new epoch.
    pub fn mend(&self) {
        self.crash();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Inner {
    fn apply(&mut self, batch: Batch) {
        if !self.feeds.is_empty() && !batch.is_empty() {
            self.feeds.give(&Arc::new(batch.rows.clone()));
        }
        for (key, value) in batch.rows {
            match value {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
    }
}

impl Store for MemoryStore {
    fn commit(&self, epoch: u32, batch: Batch) -> Ticket {
        let (holder, ticket) = Ticket::new();
        let mut inner = self.lock();
        if let Some(reason) = &inner.failing {
            drop(holder.send(Err(StoreError::Unavailable(reason.clone()))));
        } else if epoch != inner.epoch {
            drop(holder.send(Err(StoreError::StaleEpoch)));
        } else if inner.at_once {
            inner.apply(batch);
            drop(holder.send(Ok(())));
        } else {
            inner.queue.push_back((batch, holder));
        }
        ticket
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().rows.get(key).cloned())
    }

    fn scan(&self, range: Range<Vec<u8>>, limit: usize) -> Result<Vec<Row>, StoreError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self
            .lock()
            .rows
            .range(range)
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn scan_back(&self, range: Range<Vec<u8>>, limit: usize) -> Result<Vec<Row>, StoreError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let inner = self.lock();
        Ok(inner
            .rows
            .range(range)
            .rev()
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn tap(&self) -> Result<Tap<'_>, TapError> {
        let (feed, opening) = tap::new();
        let mut inner = self.lock();
        match inner.failing.clone() {
            Some(reason) => feed.refuse(&reason),
            None => {
                let epoch = inner.epoch;
                inner.feeds.open(feed, epoch);
            }
        }
        drop(inner);
        let id = opening.id();
        opening.wait(move || self.lock().feeds.fence(&id))
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }
}
