//! A tap: whoever copies a running store follows with it what is written in the meantime.
//!
//! From the moment in which it is opened it gives every group of rows that becomes durable, in order and
//! without a gap, until its fence. A store that fails and is opened again ends it with an error: what became
//! durable around that moment is not certain. Nobody waits for a tap; one that is not emptied is given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// Bytes of rows that may wait in a tap; one that is further behind is given up.
const MOST_BEHIND: usize = 256 << 20;

/// A row that was put (`Some`) or deleted (`None`).
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// Rows that became durable together; of several for one key the last counts.
pub type Group = Arc<Vec<Change>>;

/// Why a tap gives no more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// The store failed, or was opened again.
    #[error("the store was interrupted, so what was written to it meanwhile is not certain: {0}")]
    Interrupted(String),
    /// The tap was not emptied.
    #[error("more than {} MiB were written to the store than were taken from it; copy to something faster", .0 >> 20)]
    Behind(usize),
    /// The store was closed.
    #[error("the store was closed")]
    Closed,
}

/// What became durable since it was opened.
pub struct Tap<'store> {
    signals: Receiver<Signal>,
    behind: Arc<AtomicUsize>,
    fence: Box<dyn FnOnce() + Send + 'store>,
    epoch: u32,
    ended: Option<TapError>,
}

enum Signal {
    Opened { epoch: u32 },
    Written(Group),
    Fence,
    Ended(TapError),
}

impl<'store> Tap<'store> {
    /// The store's epoch, the same for as long as the tap gives something.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Bytes of keys and values that wait to be taken.
    pub fn behind(&self) -> usize {
        self.behind.load(Ordering::Relaxed)
    }

    /// The next group, if there is one already.
    pub fn try_next(&mut self) -> Result<Option<Group>, TapError> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        let next = match self.signals.try_recv() {
            Ok(signal) => self.judge(signal),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(TapError::Closed),
        };
        next.inspect_err(|error| self.ended = Some(error.clone()))
    }

    /// Ends it: every group that was durable before this call and was not taken yet, in order, and perhaps
    /// some that became durable during it. Blocks the thread until the store has come to the fence.
    pub fn finish(mut self) -> Result<Vec<Group>, TapError> {
        if let Some(ended) = self.ended {
            return Err(ended);
        }
        std::mem::replace(&mut self.fence, Box::new(|| ()))();
        let mut groups = Vec::new();
        loop {
            let signal = self.signals.recv().map_err(|_| TapError::Closed)?;
            match self.judge(signal)? {
                Some(group) => groups.push(group),
                None => return Ok(groups),
            }
        }
    }

    fn judge(&self, signal: Signal) -> Result<Option<Group>, TapError> {
        match signal {
            Signal::Written(group) => {
                self.behind.fetch_sub(bytes(&group), Ordering::Relaxed);
                Ok(Some(group))
            }
            Signal::Opened { .. } | Signal::Fence => Ok(None),
            Signal::Ended(error) => Err(error),
        }
    }

    /// The tap of a store to which nobody writes.
    pub(crate) fn still(epoch: u32) -> Self {
        let (feed, opening) = feed(MOST_BEHIND);
        let fence = move || drop(feed.signals.send(Signal::Fence));
        Self {
            signals: opening.signals,
            behind: opening.behind,
            fence: Box::new(fence),
            epoch,
            ended: None,
        }
    }
}

/// Bytes of a group's keys and values.
pub(crate) fn bytes(group: &Group) -> usize {
    let of_row = |(key, value): &Change| key.len() + value.as_ref().map_or(0, Vec::len);
    group.iter().map(of_row).sum()
}

/// The writer's end of a tap.
pub(crate) struct Feed {
    signals: Sender<Signal>,
    behind: Arc<AtomicUsize>,
    limit: usize,
}

/// Which feed is meant.
pub(crate) struct FeedId(Arc<AtomicUsize>);

/// A tap of which the writer has not heard yet.
pub(crate) struct Opening {
    signals: Receiver<Signal>,
    behind: Arc<AtomicUsize>,
}

/// A feed to be handed to the writer, and what becomes its tap.
pub(crate) fn new() -> (Feed, Opening) {
    feed(MOST_BEHIND)
}

fn feed(limit: usize) -> (Feed, Opening) {
    let (sender, signals) = channel();
    let behind = Arc::new(AtomicUsize::new(0));
    let feed = Feed {
        signals: sender,
        behind: Arc::clone(&behind),
        limit,
    };
    (feed, Opening { signals, behind })
}

impl Opening {
    /// The feed of this tap.
    pub(crate) fn id(&self) -> FeedId {
        FeedId(Arc::clone(&self.behind))
    }

    /// Waits until the writer has taken the feed. `fence` asks the writer for this tap's fence.
    pub(crate) fn wait<'store>(self, fence: impl FnOnce() + Send + 'store) -> Result<Tap<'store>, TapError> {
        match self.signals.recv() {
            Ok(Signal::Opened { epoch }) => Ok(Tap {
                signals: self.signals,
                behind: self.behind,
                fence: Box::new(fence),
                epoch,
                ended: None,
            }),
            Ok(Signal::Ended(error)) => Err(error),
            // A writer opens a feed before anything else; one that is gone does nothing any more.
            Ok(Signal::Written(_) | Signal::Fence) | Err(_) => Err(TapError::Closed),
        }
    }
}

impl Feed {
    /// Refuses to open it.
    pub(crate) fn refuse(self, reason: &str) {
        self.end(TapError::Interrupted(reason.to_owned()));
    }

    /// Whether the tap takes more.
    fn give(&self, group: &Group) -> bool {
        if self.behind.load(Ordering::Relaxed) > self.limit {
            self.end(TapError::Behind(self.limit));
            return false;
        }
        self.behind.fetch_add(bytes(group), Ordering::Relaxed);
        self.signals.send(Signal::Written(Arc::clone(group))).is_ok()
    }

    /// Tells whoever holds the tap; they may have dropped it.
    fn end(&self, error: TapError) {
        drop(self.signals.send(Signal::Ended(error)));
    }
}

/// The feeds that a writer keeps.
#[derive(Default)]
pub(crate) struct Feeds(Vec<Feed>);

impl Feeds {
    /// Whether nobody follows.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Begins to feed a tap.
    pub(crate) fn open(&mut self, feed: Feed, epoch: u32) {
        if feed.signals.send(Signal::Opened { epoch }).is_ok() {
            self.0.push(feed);
        }
    }

    /// Feeds every tap with what has become durable.
    pub(crate) fn give(&mut self, group: &Group) {
        self.0.retain(|feed| feed.give(group));
    }

    /// Ends one tap, as it asked.
    pub(crate) fn fence(&mut self, id: &FeedId) {
        if let Some(index) = self.0.iter().position(|feed| Arc::ptr_eq(&feed.behind, &id.0)) {
            drop(self.0.swap_remove(index).signals.send(Signal::Fence));
        }
    }

    /// Ends every tap, because what is durable is not certain any more.
    pub(crate) fn interrupt(&mut self, reason: &str) {
        for feed in self.0.drain(..) {
            feed.refuse(reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_that_is_not_emptied_is_given_up_and_says_so() {
        let (feed, opening) = feed(100);
        let mut feeds = Feeds::default();
        feeds.open(feed, 7);
        let mut tap = opening.wait(|| ()).expect("it is open");
        assert_eq!(tap.epoch(), 7);
        let group: Group = Arc::new(vec![(vec![1; 10], Some(vec![2; 50]))]);
        for _ in 0..10 {
            feeds.give(&group);
            assert_eq!(tap.behind(), 60);
            assert_eq!(tap.try_next(), Ok(Some(Arc::clone(&group))), "it is emptied");
            assert_eq!(tap.behind(), 0);
        }
        feeds.give(&group);
        feeds.give(&group);
        assert!(!feeds.is_empty());
        feeds.give(&group);
        assert!(feeds.is_empty());
        assert!(matches!(tap.try_next(), Ok(Some(_))));
        assert!(matches!(tap.try_next(), Ok(Some(_))));
        assert_eq!(tap.try_next(), Err(TapError::Behind(100)));
        assert_eq!(tap.try_next(), Err(TapError::Behind(100)));
        assert_eq!(tap.finish(), Err(TapError::Behind(100)));
    }

    #[test]
    fn a_tap_that_was_dropped_is_fed_no_more() {
        let (feed, opening) = new();
        let mut feeds = Feeds::default();
        feeds.open(feed, 1);
        drop(opening.wait(|| ()));
        feeds.give(&Arc::new(Vec::new()));
        assert!(feeds.is_empty());
    }
}
