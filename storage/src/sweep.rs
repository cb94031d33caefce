//! What is left of deleted campaigns, taken away a few rows at a time.
//!
//! A campaign is deleted by taking away the rows by which it is found ([`Batch::delete_campaign`]); the note that this
//! leaves behind goes last, so that a sweep which was cut off goes on where it was. What is known of numbers
//! (when they rang, and that they are not to be rung) is no campaign's own, and stays.

use outdial_domain::attempt::Attempt;
use outdial_domain::ids::{CampaignId, ImportId, LineId};
use uuid::Uuid;

use crate::batch::Batch;
use crate::keys::{self, Table};
use crate::read;
use crate::records::{AttemptV2, decode_into};
use crate::store::{Store, StoreError};

/// The tables whose rows begin with their campaign's id, and which only a sweep empties; attempts and imports, which
/// lead elsewhere, come by themselves.
pub(crate) const SWEPT: [Table; 13] = [
    Table::Waiting,
    Table::Live,
    Table::Contact,
    Table::Number,
    Table::NumberPage,
    Table::Block,
    Table::Lane,
    Table::Attempt,
    Table::Rejected,
    Table::Import,
    Table::Runs,
    Table::ConfigVersion,
    Table::Tally,
];

/// The next rows of a deleted campaign to go.
#[derive(Debug)]
pub struct Sweep {
    /// What takes them away: about as many rows as were asked for, up to three times as many.
    pub batch: Batch,
    /// The imports among them: their lists are to be removed from disk before this is committed.
    pub imports: Vec<ImportId>,
    /// Whether nothing is left after this.
    pub is_last: bool,
}

/// What goes next of a deleted campaign, about `limit` rows; `None` where nothing is left of it. One batch must be durable
/// before the next is asked for.
///
/// # Errors
/// When the store cannot be read.
pub fn next(store: &dyn Store, campaign: CampaignId, limit: usize) -> Result<Option<Sweep>, StoreError> {
    let Some(deleted) = read::deleted(store, campaign)? else {
        return Ok(None);
    };
    let mut sweep = Sweep {
        batch: Batch::new(),
        imports: Vec::new(),
        is_last: false,
    };
    let mut left = limit.max(1);
    for table in SWEPT {
        let rows = store.scan(keys::owned_by(table, campaign.0), left)?;
        left -= rows.len();
        for (key, value) in rows {
            match table {
                Table::Attempt => forget_attempt(store, LineId(deleted.line), &value, &mut sweep.batch)?,
                Table::Import => sweep.imports.extend(keys::last_id(&key).map(ImportId)),
                _ => {}
            }
            sweep.batch.delete(key);
        }
        if left == 0 {
            return Ok(Some(sweep));
        }
    }
    sweep.batch.delete(keys::deleted(campaign));
    sweep.is_last = true;
    Ok(Some(sweep))
}

/// The rows that lead to an attempt go with it.
fn forget_attempt(
    store: &dyn Store,
    line: LineId,
    value: &[u8],
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let attempt: Attempt = decode_into::<AttemptV2, _>(value)?;
    batch.delete(keys::attempt_index(attempt.id));
    if let Some(call) = &attempt.provider_id {
        let key = keys::provider_id(line, call);
        let leads_to = store.get(&key)?.and_then(|row| Uuid::from_slice(&row).ok());
        if leads_to == Some(attempt.id.0) {
            batch.delete(key);
        }
    }
    Ok(())
}
