//! What a store is: one ordered keyspace, atomic batches, and tickets that say when a batch is durable.

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::{oneshot, watch};

use crate::batch::Batch;
use crate::tap::{Tap, TapError};

/// A key and its value, as stored.
pub type Row = (Vec<u8>, Vec<u8>);

/// An ordered keyspace that survives.
///
/// Readers see what has been applied, which is never less than what is durable. Whoever needs its own
/// uncommitted rows keeps them in hand, and awaits its last ticket before it scans.
pub trait Store: Send + Sync + 'static {
    /// Queues a batch made in `epoch`. Batches become durable whole and in the order of the calls;
    /// one made in another epoch than the current one is refused, because whoever made it decided on
    /// a memory that a failed write has made worthless.
    fn commit(&self, epoch: u32, batch: Batch) -> Ticket;

    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The first `limit` rows of a range, in order.
    fn scan(&self, range: Range<Vec<u8>>, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// The last `limit` rows of a range, last first.
    fn scan_back(&self, range: Range<Vec<u8>>, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// Follows what becomes durable from here on, by whomever it is written. Blocks the thread until what was
    /// committed before is durable; a store that takes no writes now refuses.
    fn tap(&self) -> Result<Tap<'_>, TapError>;

    /// Whether the store takes writes, and how often it has been opened. Changes are seen by whoever holds
    /// the receiver.
    fn health(&self) -> watch::Receiver<Health>;
}

/// Whether a store takes writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Up {
        /// How often the store has been opened, this time included.
        epoch: u32,
    },
    /// It does not, and is trying to again.
    Down {
        /// Why.
        reason: String,
    },
}

/// Why a store did not do what it was asked. Nothing was changed by a failed read; after a failed
/// commit the batch may or may not be found after a crash, and its maker must forget and reload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store takes no writes now, or cannot be read.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The batch was made before the store was last reopened.
    #[error("the store was reopened since this was decided; try again")]
    StaleEpoch,
    /// A row could not be understood.
    #[error("a row of table {table} cannot be read: {detail}; run `outdial verify`")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The store could not be opened.
    #[error("cannot open the store in `{path}`: {detail}")]
    Open {
        /// Its directory.
        path: String,
        /// What is wrong.
        detail: String,
    },
}

impl StoreError {
    /// What is wrong with a store that somebody else has open.
    pub(crate) const IN_USE: &'static str = "another outdial, or another process, has it open";

    /// Whether the store could not be opened because somebody else has it open.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Open { detail, .. } if detail == Self::IN_USE)
    }
}

/// Resolves when a batch is durable, or certainly not acknowledged.
#[derive(Debug)]
pub struct Ticket(oneshot::Receiver<Result<(), StoreError>>);

/// The store's end of a ticket.
pub(crate) type TicketHolder = oneshot::Sender<Result<(), StoreError>>;

impl Ticket {
    pub(crate) fn new() -> (TicketHolder, Self) {
        let (holder, receiver) = oneshot::channel();
        (holder, Self(receiver))
    }

    /// The ticket of a batch that never came to a store.
    pub fn refused(error: StoreError) -> Self {
        let (holder, ticket) = Self::new();
        drop(holder.send(Err(error)));
        ticket
    }

    /// Waits on a thread that runs no async code.
    pub fn wait(self) -> Result<(), StoreError> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(closed()))
    }

    /// The outcome, if there is one already.
    pub fn try_settled(&mut self) -> Option<Result<(), StoreError>> {
        match self.0.try_recv() {
            Ok(result) => Some(result),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(closed())),
        }
    }
}

impl Future for Ticket {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|result| result.unwrap_or_else(|_| Err(closed())))
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it was closed".to_owned())
}
