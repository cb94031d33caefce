//! Where all who watch an organization meet: they share one rendering of its events.
//!
//! There is no task behind it. Whoever wakes first after the log has grown reads the new rows and renders them into
//! the [`Ring`]; the others copy. Where nobody watches there is nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use outdial_actors::event_log::EventLog;
use outdial_domain::ids::OrgId;
use outdial_storage::store::StoreError;
use tokio::sync::watch;
use tokio::time::Instant;

use super::frame::Frame;
use super::page;
use super::ring::{FRAMES, Ring};

/// The watchers of all organizations.
pub(crate) struct Hub {
    log: Arc<EventLog>,
    feeds: Mutex<HashMap<OrgId, Arc<Feed>>>,
    most: usize,
    closing: watch::Sender<bool>,
    begun: Instant,
}

/// What the watchers of one organization share.
pub(super) struct Feed {
    ring: Mutex<Ring>,
    /// Changed under the lock of the hub.
    watchers: AtomicUsize,
    /// How many ever came; changed under the lock of the hub.
    came: AtomicUsize,
}

/// Why nobody was let in.
#[derive(Debug)]
pub(crate) enum NoSeat {
    /// So many watch already.
    Full(usize),
    /// The log cannot be read.
    Store(StoreError),
}

/// A watcher's place; it is free again when this is dropped.
pub(super) struct Seat {
    hub: Arc<Hub>,
    feed: Arc<Feed>,
    pub(super) org: OrgId,
    /// From 0 to 1: where in the row of all who are woken at once.
    pub(super) place: f64,
}

/// From one place to the next: by the golden ratio places are spread evenly, however many there are.
const APART: f64 = 0.618_033_988_749_895;

impl Hub {
    /// A hub over the log, with room for `most` watchers of each organization.
    pub(crate) fn new(log: Arc<EventLog>, most: usize) -> Self {
        Self {
            log,
            feeds: Mutex::default(),
            most,
            closing: watch::Sender::new(false),
            begun: Instant::now(),
        }
    }

    /// Ends every stream, and lets none begin.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Becomes true when streams are to end.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// What instants are counted from.
    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    pub(super) fn log(&self) -> &Arc<EventLog> {
        &self.log
    }

    /// Lets a watcher in; the second value says how far the log is durable.
    pub(super) fn enter(self: &Arc<Self>, org: OrgId) -> Result<(Seat, watch::Receiver<u64>), NoSeat> {
        let durable = self.log.watch(org).map_err(NoSeat::Store)?;
        let mut feeds = self.feeds();
        let feed = feeds.entry(org).or_insert_with(|| {
            Arc::new(Feed {
                ring: Mutex::new(Ring::behind(*durable.borrow())),
                watchers: AtomicUsize::new(0),
                came: AtomicUsize::new(0),
            })
        });
        if feed.watchers() >= self.most {
            if feed.watchers() == 0 {
                feeds.remove(&org);
            }
            return Err(NoSeat::Full(self.most));
        }
        feed.watchers.fetch_add(1, Ordering::Relaxed);
        let came = feed.came.fetch_add(1, Ordering::Relaxed);
        let seat = Seat {
            hub: Arc::clone(self),
            feed: Arc::clone(feed),
            org,
            place: (came as f64 * APART).fract(),
        };
        Ok((seat, durable))
    }

    /// How many watch, over all organizations.
    pub(crate) fn watchers(&self) -> usize {
        self.feeds().values().map(|feed| feed.watchers()).sum()
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<OrgId, Arc<Feed>>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody watches anything, and nothing is kept for it.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.feeds().is_empty()
    }
}

impl Feed {
    pub(super) fn watchers(&self) -> usize {
        self.watchers.load(Ordering::Relaxed)
    }
}

impl Seat {
    pub(super) fn hub(&self) -> &Hub {
        &self.hub
    }

    pub(super) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The ring, with every event up to `head` in it.
    pub(super) fn ring_up_to(&self, head: u64) -> Result<MutexGuard<'_, Ring>, StoreError> {
        let mut ring = self.feed.ring.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody has looked for long: what would fall out again at once is not read. Who is behind reads for itself.
        let oldest_wanted = head.saturating_sub(FRAMES as u64);
        if ring.last() < oldest_wanted {
            *ring = Ring::behind(oldest_wanted);
        }
        while ring.last() < head {
            for (seq, logged) in page(&self.hub.log, self.org, ring.last(), head)? {
                ring.push(seq, Frame::of(seq, &logged));
            }
        }
        Ok(ring)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut feeds = self.hub.feeds();
        if self.feed.watchers.fetch_sub(1, Ordering::Relaxed) == 1 {
            feeds.remove(&self.org);
        }
    }
}
