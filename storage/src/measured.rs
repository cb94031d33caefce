//! What a store on disk tells of itself through the `metrics` facade. Whoever installs a recorder does so before the
//! store is opened; without one nothing is kept.

use metrics::{Counter, Gauge, Histogram, Unit};

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

/// The handles, made once.
#[derive(Clone)]
pub(crate) struct Measured {
    pub(crate) commit_seconds: Histogram,
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
}
