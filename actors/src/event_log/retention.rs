//! How long events are kept: what is older goes, a bounded batch at a time.

use std::sync::Arc;
use std::time::Duration;

use outdial_domain::ids::OrgId;
use outdial_domain::time::{Millis, Timestamp};
use outdial_storage::batch::Batch;
use outdial_storage::store::{Store, StoreError};
use outdial_storage::{keys, read};

use super::{EventLog, epoch_of};
use crate::clock::Clock;

/// Receipts looked at, and removed, at a time.
const PAGE: usize = 1024;
/// Rows of events looked at, and removed, at a time.
const ROWS: usize = 64;
/// Receipts are kept for a day; an hour more, and nobody is surprised.
const RECEIPTS_FORGOTTEN: Millis = Millis::seconds(-25 * 3600);
/// How often it is looked for old events.
const EVERY: Duration = Duration::from_secs(3600);

/// Removes events that are older than `keep`, and receipts that nobody can ask for any more, now and every hour.
pub async fn trim_hourly(log: Arc<EventLog>, clock: Arc<dyn Clock>, keep: Millis) {
    loop {
        let now = clock.now();
        let before = Timestamp::from_millis(now.millis().saturating_sub(keep.0));
        if let Err(error) = forget_receipts(log.store().as_ref(), now + RECEIPTS_FORGOTTEN).await {
            tracing::warn!(%error, "receipts that are too old cannot be removed yet");
        }
        match trim(log.store().as_ref(), before).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "events that are too old were removed"),
            Err(error) => {
                tracing::warn!(%error, "events that are too old cannot be removed yet");
            }
        }
        actix_rt::time::sleep(EVERY).await;
    }
}

/// Removes the receipts of requests with idempotency keys from before an instant.
async fn forget_receipts(store: &dyn Store, before: Timestamp) -> Result<(), StoreError> {
    let mut last = None;
    loop {
        let old = read::receipts_before(store, before, last, PAGE)?;
        let mut batch = Batch::new();
        for key in old.keys {
            batch.delete(key);
        }
        let Some(epoch) = epoch_of(store) else {
            return Err(StoreError::Unavailable("it takes no writes now".to_owned()));
        };
        if !batch.is_empty() {
            store.commit(epoch, batch).await?;
        }
        match old.next {
            Some(next) => last = Some(next),
            None => return Ok(()),
        }
    }
}

/// Removes the events from before an instant, row by row, up to the first row that has a younger one. The row of the
/// newest event of an organization stays, because the numbers go on from it. How many events were removed is returned.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn trim(store: &dyn Store, before: Timestamp) -> Result<u64, StoreError> {
    let mut removed = 0;
    for org in read::event_logs(store)? {
        loop {
            let (batch, events, is_more) = oldest(store, org, before)?;
            if batch.is_empty() {
                break;
            }
            let Some(epoch) = epoch_of(store) else {
                return Err(StoreError::Unavailable("it takes no writes now".to_owned()));
            };
            removed += events;
            store.commit(epoch, batch).await?;
            if !is_more {
                break;
            }
        }
    }
    Ok(removed)
}

/// Removes the oldest events of an organization, and says how many, and whether there may be more of them.
fn oldest(store: &dyn Store, org: OrgId, before: Timestamp) -> Result<(Batch, u64, bool), StoreError> {
    let (mut batch, mut events) = (Batch::new(), 0);
    let Some(newest) = read::last_event(store, org)? else {
        return Ok((batch, events, false));
    };
    let page = read::oldest_event_rows(store, org, ROWS)?;
    for row in &page {
        if row.last() >= newest || row.events.iter().any(|logged| logged.at >= before) {
            return Ok((batch, events, false));
        }
        batch.delete(keys::event(org, row.first));
        events += row.events.len() as u64;
    }
    Ok((batch, events, page.len() == ROWS))
}
