//! What a campaign was told to do at earlier times.

use outdial_domain::ids::CampaignId;
use outdial_domain::settings::Definition;

use super::{Read, definition, one};
use crate::keys::{self, Table};
use crate::records::{DefinitionV5, decode_into};
use crate::store::Store;

/// A campaign's configuration of this version, the present one included.
pub fn config_version(store: &dyn Store, campaign: CampaignId, version: u32) -> Read<Option<Definition>> {
    let present = definition(store, campaign)?.filter(|present| present.config_version == version);
    if present.is_some() {
        return Ok(present);
    }
    one::<DefinitionV5, _>(store, &keys::config_version(campaign, version))
}

/// A page of a campaign's earlier configurations, newest first, before the version `last`.
pub fn config_versions(
    store: &dyn Store,
    campaign: CampaignId,
    last: Option<u32>,
    limit: usize,
) -> Read<Vec<Definition>> {
    let mut range = keys::owned_by(Table::ConfigVersion, campaign.0);
    if let Some(last) = last {
        range.end = keys::config_version(campaign, last);
    }
    let rows = store.scan_back(range, limit)?;
    rows.iter()
        .map(|(_, value)| decode_into::<DefinitionV5, _>(value))
        .collect()
}
