//! The committer: one thread that makes every campaign's batches durable, in order.
//!
//! It takes whatever has queued up, coalesces it by key, applies it as one batch, syncs, and only
//! then releases the tickets: many small commits cost one sync. When a write fails it rejects every
//! open ticket, closes the disk, and tries to open it again until that works; a new epoch begins
//! then, and batches made before it are refused.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio::sync::watch;

use crate::batch::Batch;
use crate::store::{Health, StoreError, TicketHolder};

/// Rows that one sync covers, at most, unless a single batch has more.
const ROWS_PER_SYNC: usize = 8192;
/// The first wait before a failed disk is tried again; each further one is twice as long.
const FIRST_RETRY: Duration = Duration::from_millis(100);
/// No wait is longer than this.
const LAST_RETRY: Duration = Duration::from_secs(5);

/// What the committer writes to.
pub(crate) trait Disk: Send + 'static {
    /// Applies rows as one atomic batch and makes them durable.
    fn write(&mut self, rows: HashMap<Vec<u8>, Option<Vec<u8>>>) -> Result<(), String>;

    /// Closes and opens again; the answer is the new epoch, itself durable.
    fn reopen(&mut self) -> Result<u32, String>;
}

/// A batch on its way to the disk.
pub(crate) struct Request {
    pub(crate) epoch: u32,
    pub(crate) batch: Batch,
    pub(crate) holder: TicketHolder,
}

/// Runs until every sender of `requests` is gone.
pub(crate) fn run(
    requests: &Receiver<Request>,
    health: &watch::Sender<Health>,
    mut epoch: u32,
    disk: &mut impl Disk,
) {
    while let Ok(first) = requests.recv() {
        let group = gather(first, requests);
        if let Err(reason) = write_group(group, epoch, disk) {
            tracing::error!(
                reason,
                "the store cannot be written; dialling stands still until it can"
            );
            match recover(requests, health, disk, reason) {
                Some(new_epoch) => epoch = new_epoch,
                None => return,
            }
            tracing::info!(epoch, "the store takes writes again");
            health.send_replace(Health::Up { epoch });
        }
    }
}

fn gather(first: Request, requests: &Receiver<Request>) -> Vec<Request> {
    let mut rows = first.batch.len();
    let mut group = vec![first];
    while rows < ROWS_PER_SYNC {
        let Ok(next) = requests.try_recv() else { break };
        rows += next.batch.len();
        group.push(next);
    }
    group
}

fn write_group(group: Vec<Request>, epoch: u32, disk: &mut impl Disk) -> Result<(), String> {
    let mut rows = HashMap::new();
    let mut holders = Vec::with_capacity(group.len());
    for request in group {
        if request.epoch == epoch {
            rows.extend(request.batch.rows);
            holders.push(request.holder);
        } else {
            settle(request.holder, Err(StoreError::StaleEpoch));
        }
    }
    let written = if rows.is_empty() { Ok(()) } else { disk.write(rows) };
    for holder in holders {
        settle(holder, written.clone().map_err(StoreError::Unavailable));
    }
    written
}

/// Rejects what comes in until the disk is open again; `None` when nobody will ask any more.
fn recover(
    requests: &Receiver<Request>,
    health: &watch::Sender<Health>,
    disk: &mut impl Disk,
    reason: String,
) -> Option<u32> {
    let mut reason = reason;
    let mut wait = FIRST_RETRY;
    loop {
        health.send_replace(Health::Down {
            reason: reason.clone(),
        });
        let deadline = std::time::Instant::now() + wait;
        loop {
            match requests.recv_timeout(deadline.saturating_duration_since(std::time::Instant::now())) {
                Ok(request) => settle(request.holder, Err(StoreError::Unavailable(reason.clone()))),
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
