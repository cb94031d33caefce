//! Which campaigns still need a thing that somebody is about to change or to delete.

use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::lifecycle::Status;
use outdial_domain::settings::Settings;
use outdial_storage::read;

use crate::error::Error;
use crate::orchestrator::Orchestrator;

/// Campaigns read at a time.
const BATCH: usize = 256;

/// A campaign that has not ended.
pub(crate) struct User {
    pub(crate) id: CampaignId,
    name: String,
    status: Status,
}

impl Orchestrator {
    /// The campaigns whose configuration is such and that have not ended, newest first.
    pub(crate) fn users(&self, org: OrgId, uses: impl Fn(&Settings) -> bool) -> Result<Vec<User>, Error> {
        let store = self.inner.store.as_ref();
        let (mut last, mut users) = (None, Vec::new());
        loop {
            let campaigns = read::campaigns(store, org, last, BATCH)?;
            let Some(end) = campaigns.last() else {
                return Ok(users);
            };
            last = Some(*end);
            for id in campaigns {
                let state = match self.campaign_of(org, id) {
                    // It was deleted just now.
                    Err(Error::NotFound { .. }) => continue,
                    state => state?,
                };
                let status = state.progress.status;
                if !status.has_ended() && uses(&state.definition.settings) {
                    users.push(User {
                        id,
                        name: state.definition.settings.name,
                        status,
                    });
                }
            }
        }
    }
}

/// Refuses where there are users; at most `most` of them are named.
pub(crate) fn require_none(users: &[User], most: usize, what_they_do: &str) -> Result<(), Error> {
    if users.is_empty() {
        return Ok(());
    }
    let named = users.iter().take(most);
    let named: Vec<String> = named
        .map(|user| format!("`{}` ({})", user.name, user.status.name()))
        .collect();
    let more = match users.len().saturating_sub(most) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Err(Error::Conflict(format!(
        "campaigns that have not ended {what_they_do}: {}{more}; let them end or cancel them first",
        named.join(", ")
    )))
}
