//! What a store that an earlier version wrote lacks, and is given before anybody dials by it.

use outdial_domain::caps::Past;
use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::tally::{self, Sheet, Tallies};

use crate::batch::Batch;
use crate::keys;
use crate::read;
use crate::records::{TriedV1, encode};
use crate::store::{Store, StoreError};

/// Attempts read, and rows of what they mean to caps written, at a time.
const PAGE: usize = 1024;
/// The row that says that it is known by number when it rang.
const TRIED: &str = "tried";
/// The row that says that every campaign has its tallies.
const TALLIES: &str = "tallies";

/// Whether the store lacks nothing.
///
/// # Errors
/// When it cannot be read.
pub fn is_done(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(has_tried(store)? && has_tallies(store)?)
}

/// Whether it is known by number when it rang.
pub(crate) fn has_tried(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.get(&keys::meta(TRIED))?.is_some())
}

/// Whether every campaign has its tallies.
pub(crate) fn has_tallies(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.get(&keys::meta(TALLIES))?.is_some())
}

/// What is lacking.
#[derive(Clone, Copy)]
struct Lacks {
    tried: bool,
    tallies: bool,
}

/// Writes down what earlier versions did not: by number, when it rang, because contact caps look there and know of no
/// attempt that is not; and what happened in every campaign, minute by minute. It may be cut off at any moment, and is
/// done again then. How many attempts were looked at is returned.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn upgrade(store: &dyn Store, epoch: u32) -> Result<u64, StoreError> {
    let lacks = Lacks {
        tried: !has_tried(store)?,
        tallies: !has_tallies(store)?,
    };
    if !lacks.tried && !lacks.tallies {
        return Ok(0);
    }
    let mut seen = 0;
    for campaign in read::all_campaigns(store)? {
        if let Some(definition) = read::definition(store, campaign)? {
            seen += upgrade_campaign(store, epoch, campaign, definition.org, lacks).await?;
        }
    }
    let mut done = Batch::new();
    done.put(keys::meta(TRIED), Vec::new());
    done.put(keys::meta(TALLIES), Vec::new());
    store.commit(epoch, done).await?;
    Ok(seen)
}

async fn upgrade_campaign(
    store: &dyn Store,
    epoch: u32,
    campaign: CampaignId,
    org: OrgId,
    lacks: Lacks,
) -> Result<u64, StoreError> {
    let mut seen = 0;
    let mut tallies = Tallies::new();
    let mut last = None;
    loop {
        let page = read::attempts(store, campaign, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some(end.id);
        seen += page.len() as u64;
        let mut batch = Batch::new();
        for attempt in &page {
            tally::count_attempt(&mut tallies, attempt);
            if let Some(past) = Past::of(attempt).filter(|_| lacks.tried) {
                let key = keys::tried(org, attempt.to, attempt.id);
                batch.put(key, encode(&TriedV1::from(past)));
            }
        }
        store.commit(epoch, batch).await?;
    }
    if lacks.tallies {
        // All or none, so that whoever verifies a store whose upgrade was cut off takes no half for the whole.
        let mut batch = Batch::new();
        for (minute, tally) in tallies {
            let sheet = Sheet::default();
            batch.tally(campaign, minute, sheet, &tally);
        }
        store.commit(epoch, batch).await?;
    }
    Ok(seen)
}
