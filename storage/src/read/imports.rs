//! Imports, and the rows of them that could not be used.

use outdial_domain::ids::{CampaignId, ImportId};
use outdial_domain::import::{Import, RejectedRow};

use super::{Read, all, one};
use crate::keys::{self, Table};
use crate::records::{ImportV4, RejectedRowV1, decode_into};
use crate::store::Store;

/// A campaign's imports.
pub fn imports(store: &dyn Store, campaign: CampaignId) -> Read<Vec<Import>> {
    let rows = all(store, keys::owned_by(Table::Import, campaign.0))?;
    rows.iter()
        .map(|(_, value)| decode_into::<ImportV4, _>(value))
        .collect()
}

/// An import.
pub fn import(store: &dyn Store, campaign: CampaignId, id: ImportId) -> Read<Option<Import>> {
    one::<ImportV4, _>(store, &keys::import(campaign, id))
}

/// A page of an import's unusable rows behind row `last`.
pub fn rejected(
    store: &dyn Store,
    campaign: CampaignId,
    import: ImportId,
    last: u64,
    limit: usize,
) -> Read<Vec<RejectedRow>> {
    let range = keys::after(
        keys::rejected_of(campaign, import),
        keys::rejected(campaign, import, last),
    );
    store
        .scan(range, limit)?
        .iter()
        .map(|(_, value)| decode_into::<RejectedRowV1, _>(value))
        .collect()
}
