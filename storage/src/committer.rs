//! The committer: one thread that makes every campaign's batches durable, in order.
//!
//! It takes whatever has queued up, applies it as one batch (of several rows for one key the last counts), syncs, and only
//! then releases the tickets: many small commits cost one sync. When a write fails it rejects every
//! open ticket, closes the disk, and tries to open it again until that works; a new epoch begins
//! then, and batches made before it are refused. Taps are opened and fenced between two groups, and fed
//! with each group that is durable, before its tickets are released.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::batch::Batch;
use crate::gathered::Gathered;
use crate::measured::Measured;
use crate::store::{Health, StoreError, TicketHolder};
use crate::tap::{Change, Feed, FeedId, Feeds};

/// Rows that one sync covers, at most, unless a single batch has more.
const ROWS_PER_SYNC: usize = 8192;
/// The first wait before a failed disk is tried again; each further one is twice as long.
const FIRST_RETRY: Duration = Duration::from_millis(100);
/// No wait is longer than this.
const LAST_RETRY: Duration = Duration::from_secs(5);

/// What the committer writes to.
pub(crate) trait Disk: Send + 'static {
    /// Applies rows as one atomic batch and makes them durable; of several for one key the last counts.
    fn write(&mut self, rows: Vec<Change>) -> Result<(), String>;

    /// Closes and opens again; the answer is the new epoch, itself durable.
    fn reopen(&mut self) -> Result<u32, String>;
}

/// What the committer is asked.
pub(crate) enum Request {
    /// To make a batch durable.
    Commit(Commit),
    /// To begin or to end a tap.
    Follow(Follow),
}

/// A batch on its way to the disk.
pub(crate) struct Commit {
    pub(crate) epoch: u32,
    pub(crate) batch: Batch,
    pub(crate) holder: TicketHolder,
    /// When it was given.
    pub(crate) given: Instant,
}

/// A tap's beginning, or its end.
pub(crate) enum Follow {
    /// From here on.
    From(Feed),
    /// Up to here.
    Until(FeedId),
}

/// Runs until every sender of `requests` is gone.
pub(crate) fn run(
    requests: &Receiver<Request>,
    health: &watch::Sender<Health>,
    mut epoch: u32,
    disk: &mut impl Disk,
    measured: &Measured,
) {
    let mut feeds = Feeds::default();
    while let Ok(first) = requests.recv() {
        let (group, follow) = gather(first, requests);
        measured.queued.decrement(group.len() as f64);
        if let Err(reason) = write_group(group, epoch, disk, &mut feeds, measured) {
            measured.failures.increment(1);
            measured.up.set(0.0);
            tracing::error!(
                reason,
                "the store cannot be written; dialling stands still until it can"
            );
            feeds.interrupt(&reason);
            if let Some(follow) = follow {
                refuse(follow, &reason);
            }
            match recover(requests, health, disk, reason, measured) {
                Some(new_epoch) => epoch = new_epoch,
                None => return,
            }
            measured.up.set(1.0);
            tracing::info!(epoch, "the store takes writes again");
            health.send_replace(Health::Up { epoch });
            continue;
        }
        match follow {
            Some(Follow::From(feed)) => feeds.open(feed, epoch),
            Some(Follow::Until(id)) => feeds.fence(&id),
            None => {}
        }
    }
}

/// The batches of the next write, and what was asked of a tap right behind them.
fn gather(first: Request, requests: &Receiver<Request>) -> (Vec<Commit>, Option<Follow>) {
    let mut rows = 0;
    let mut group = Vec::new();
    let mut next = Some(first);
    while let Some(request) = next {
        match request {
            Request::Commit(commit) => {
                rows += commit.batch.len();
                group.push(commit);
            }
            Request::Follow(follow) => return (group, Some(follow)),
        }
        next = if rows < ROWS_PER_SYNC {
            requests.try_recv().ok()
        } else {
            None
        };
    }
    (group, None)
}

fn write_group(
    group: Vec<Commit>,
    epoch: u32,
    disk: &mut impl Disk,
    feeds: &mut Feeds,
    measured: &Measured,
) -> Result<(), String> {
    let mut gathered = Gathered::with_capacity(group.iter().map(|commit| commit.batch.len()).sum());
    let mut holders = Vec::with_capacity(group.len());
    for commit in group {
        if commit.epoch == epoch {
            holders.push((commit.holder, commit.given, !commit.batch.is_empty()));
            gathered.add(commit.batch);
        } else {
            settle(commit.holder, Err(StoreError::StaleEpoch));
        }
    }
    let rows = gathered.into_rows();
    let followed = (!feeds.is_empty() && !rows.is_empty()).then(|| Arc::new(rows.clone()));
    let written = if rows.is_empty() {
        Ok(())
    } else {
        write(rows, disk, measured)
    };
    if written.is_ok()
        && let Some(followed) = &followed
    {
        feeds.give(followed);
    }
    let durable = Instant::now();
    for (holder, given, has_rows) in holders {
        if written.is_ok() {
            measured.committed(durable.saturating_duration_since(given), has_rows);
        }
        settle(holder, written.clone().map_err(StoreError::Unavailable));
    }
    written
}

fn write(rows: Vec<Change>, disk: &mut impl Disk, measured: &Measured) -> Result<(), String> {
    let (count, begun) = (rows.len(), Instant::now());
    let written = disk.write(rows);
    if written.is_ok() {
        measured.sync_rows.record(count as f64);
        measured.sync_seconds.record(begun.elapsed());
    }
    written
}

/// A tap of a store that fails is not begun. One that would end has been told already.
fn refuse(follow: Follow, reason: &str) {
    if let Follow::From(feed) = follow {
        feed.refuse(reason);
    }
}

/// Rejects what comes in until the disk is open again; `None` when nobody will ask any more.
fn recover(
    requests: &Receiver<Request>,
    health: &watch::Sender<Health>,
    disk: &mut impl Disk,
    reason: String,
    measured: &Measured,
) -> Option<u32> {
    let mut reason = reason;
    let mut wait = FIRST_RETRY;
    loop {
        health.send_replace(Health::Down {
            reason: reason.clone(),
        });
        let deadline = Instant::now() + wait;
        loop {
            match requests.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Request::Commit(commit)) => {
                    measured.queued.decrement(1.0);
                    settle(commit.holder, Err(StoreError::Unavailable(reason.clone())));
                }
                Ok(Request::Follow(follow)) => refuse(follow, &reason),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        match disk.reopen() {
            Ok(epoch) => return Some(epoch),
            Err(still) => reason = still,
        }
        wait = (wait * 2).min(LAST_RETRY);
    }
}

/// Tells whoever holds the ticket; they may have stopped waiting.
fn settle(holder: TicketHolder, result: Result<(), StoreError>) {
    drop(holder.send(result));
}
