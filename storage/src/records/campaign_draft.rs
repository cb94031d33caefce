//! What was typed of a campaign that is not created yet.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Record;

/// What somebody typed of a campaign, step by step, sound or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignDraftV1 {
    /// What stands in each field of the form, by its name; a name may come several times.
    pub fields: Vec<(String, String)>,
    /// The name of the contact list that was uploaded with it.
    pub file_name: Option<String>,
    /// The campaign that was made of it to be looked at; made anew when the fields change.
    pub campaign: Option<Uuid>,
    /// When it was begun, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Who began it.
    pub created_by: String,
    /// When it was last typed in, in milliseconds since the Unix epoch.
    pub updated_at: i64,
}

impl Record for CampaignDraftV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "campaign draft";
}
