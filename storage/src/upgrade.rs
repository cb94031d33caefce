//! What a store that an earlier version wrote lacks, and is given before anybody dials by it.

use outdial_domain::caps::Past;

use crate::batch::Batch;
use crate::keys;
use crate::read;
use crate::records::{TriedV1, encode};
use crate::store::{Store, StoreError};

/// Attempts read, and rows written, at a time.
const PAGE: usize = 1024;
/// The row that says that it was done.
const DONE: &str = "tried";

/// Whether the store lacks nothing.
///
/// # Errors
/// When it cannot be read.
pub fn is_done(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.get(&keys::meta(DONE))?.is_some())
}

/// Writes down, by number, when it rang: contact caps look there, and know of no attempt that is not. It may be cut off
/// at any moment, and is done again then. How many attempts were looked at is returned.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn upgrade(store: &dyn Store, epoch: u32) -> Result<u64, StoreError> {
    if is_done(store)? {
        return Ok(0);
    }
    let mut seen = 0;
    for campaign in read::all_campaigns(store)? {
        let Some(definition) = read::definition(store, campaign)? else {
            continue;
        };
        let mut last = None;
        loop {
            let page = read::attempts(store, campaign, last, PAGE)?;
            let Some(end) = page.last() else { break };
            last = Some(end.id);
            seen += page.len() as u64;
            let mut batch = Batch::new();
            for attempt in &page {
                if let Some(past) = Past::of(attempt) {
                    let key = keys::tried(definition.org, attempt.to, attempt.id);
                    batch.put(key, encode(&TriedV1::from(past)));
                }
            }
            store.commit(epoch, batch).await?;
        }
    }
    let mut done = Batch::new();
    done.put(keys::meta(DONE), Vec::new());
    store.commit(epoch, done).await?;
    Ok(seen)
}
