//! What requests with idempotency keys came to.

use outdial_domain::ids::OrgId;
use outdial_domain::time::Timestamp;

use super::{Read, record};
use crate::keys::{self, Table};
use crate::records::{ReceiptV1, decode};
use crate::store::Store;

/// What a request came to; its key by its hash.
pub fn receipt(store: &dyn Store, org: OrgId, key: &[u8; 32]) -> Read<Option<ReceiptV1>> {
    record::<ReceiptV1>(store, &keys::idempotency(org, key))
}

/// Old receipts among some.
#[derive(Debug, Default)]
pub struct OldReceipts {
    /// The keys of their rows.
    pub keys: Vec<Vec<u8>>,
    /// The last row that was looked at, where there may be more behind it.
    pub next: Option<Vec<u8>>,
}

/// The receipts from before an instant, among at most `limit` rows behind `last`.
pub fn receipts_before(
    store: &dyn Store,
    before: Timestamp,
    last: Option<Vec<u8>>,
    limit: usize,
) -> Read<OldReceipts> {
    let mut range = keys::table(Table::Idempotency);
    if let Some(last) = last {
        range = keys::after(range, last);
    }
    let rows = store.scan(range, limit)?;
    let next = rows
        .last()
        .filter(|_| rows.len() == limit)
        .map(|(key, _)| key.clone());
    let mut keys = Vec::new();
    for (key, value) in rows {
        if decode::<ReceiptV1>(&value)?.at < before.millis() {
            keys.push(key);
        }
    }
    Ok(OldReceipts { keys, next })
}
