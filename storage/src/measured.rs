//! What a store on disk tells of itself through the `metrics` facade. Whoever installs a recorder does so before the
//! store is opened. What [`Figures`] says is kept without one as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Unit};

use crate::recent::{Recent, Spread};

/// From a batch that is given to the store, to its ticket: seconds.
pub const COMMIT_SECONDS: &str = "outdial_store_commit_seconds";
/// Rows that one sync made durable.
pub const SYNC_ROWS: &str = "outdial_store_sync_rows";
/// How long one write to the disk took, its sync included: seconds.
pub const SYNC_SECONDS: &str = "outdial_store_sync_seconds";
/// Batches that wait for the committer.
pub const QUEUED: &str = "outdial_store_queued_batches";
/// Whether the store takes writes: 1 or 0.
pub const UP: &str = "outdial_store_up";
/// How often a write failed.
pub const FAILURES: &str = "outdial_store_failures_total";

/// What a store tells whoever asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Batches with rows that became durable since it was opened.
    pub commits: u64,
    /// How long those of the last minutes took, from being given to being durable.
    pub commit: Spread,
}

/// What is counted whether anybody records metrics or not.
#[derive(Default)]
struct Always {
    commits: AtomicU64,
    commit: Recent,
}

/// The handles, made once.
#[derive(Clone)]
pub(crate) struct Measured {
    always: Arc<Always>,
    commit_seconds: Histogram,
    pub(crate) sync_rows: Histogram,
    pub(crate) sync_seconds: Histogram,
    pub(crate) queued: Gauge,
    pub(crate) up: Gauge,
    pub(crate) failures: Counter,
}

impl Measured {
    pub(crate) fn new() -> Self {
        metrics::describe_histogram!(
            COMMIT_SECONDS,
            Unit::Seconds,
            "From a batch that is given to the store, to its being durable"
        );
        metrics::describe_histogram!(SYNC_ROWS, "Rows that one sync made durable");
        metrics::describe_histogram!(
            SYNC_SECONDS,
            Unit::Seconds,
            "How long one write to the disk took, its sync included"
        );
        metrics::describe_gauge!(QUEUED, "Batches that wait for the committer");
        metrics::describe_gauge!(UP, "Whether the store takes writes");
        metrics::describe_counter!(FAILURES, "How often a write to the disk failed");
        let measured = Self {
            always: Arc::default(),
            commit_seconds: metrics::histogram!(COMMIT_SECONDS),
            sync_rows: metrics::histogram!(SYNC_ROWS),
            sync_seconds: metrics::histogram!(SYNC_SECONDS),
            queued: metrics::gauge!(QUEUED),
            up: metrics::gauge!(UP),
            failures: metrics::counter!(FAILURES),
        };
        measured.up.set(1.0);
        measured
    }

    /// A batch became durable so long after it was given. One without rows waited, and wrote nothing.
    pub(crate) fn committed(&self, took: Duration, has_rows: bool) {
        self.commit_seconds.record(took);
        if has_rows {
            self.always.commits.fetch_add(1, Ordering::Relaxed);
            self.always.commit.record(took);
        }
    }

    pub(crate) fn figures(&self) -> Figures {
        Figures {
            commits: self.always.commits.load(Ordering::Relaxed),
            commit: self.always.commit.spread(),
        }
    }
}
