//! Campaigns that are not created yet, as far as they were typed.

use outdial_domain::ids::OrgId;
use uuid::Uuid;

use super::{Read, record, records_of};
use crate::keys::{self, Table};
use crate::records::CampaignDraftV1;
use crate::store::Store;

/// What was typed of a campaign.
pub fn campaign_draft(store: &dyn Store, org: OrgId, id: Uuid) -> Read<Option<CampaignDraftV1>> {
    record(store, &keys::campaign_draft(org, id))
}

/// Every such draft of an organization, oldest first.
pub fn campaign_drafts(store: &dyn Store, org: OrgId) -> Read<Vec<(Uuid, CampaignDraftV1)>> {
    records_of(store, Table::CampaignDraft, org)
}
