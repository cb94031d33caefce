//! Campaigns that were deleted, and of which something is left.

use outdial_domain::ids::CampaignId;

use super::{Read, all, corrupt, record};
use crate::keys::{self, Table};
use crate::records::DeletedV1;
use crate::store::Store;

/// What is known of a deleted campaign; `None` where there was none, or nothing is left of it.
pub fn deleted(store: &dyn Store, campaign: CampaignId) -> Read<Option<DeletedV1>> {
    record(store, &keys::deleted(campaign))
}

/// The deleted campaigns of which something is left.
pub fn deleted_campaigns(store: &dyn Store) -> Read<Vec<CampaignId>> {
    let rows = all(store, keys::table(Table::Deleted))?;
    let ids = rows.iter().map(|(key, _)| keys::owner_of(key).map(CampaignId));
    ids.map(|id| id.ok_or_else(|| corrupt("deleted", "its key is too short")))
        .collect()
}
