//! Deleting campaigns: gone with the answer, and swept away after it.
//!
//! What a campaign was made of may be millions of rows. They go a few at a time, so that dialling goes on between; a
//! process that dies in between leaves the rest to the next start.

use std::sync::{Arc, Weak};
use std::time::Duration;

use outdial_actors::list_reader::remove_list;
use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::step::Input;
use outdial_storage::{read, sweep};

use crate::error::Error;
use crate::orchestrator::{Inner, Orchestrator};

/// Rows taken away at a time, or a few times as many.
const ROWS: usize = 256;
/// The first wait before a sweep that was hindered goes on; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// No such wait is longer.
const LAST_WAIT: Duration = Duration::from_secs(60);

impl Orchestrator {
    /// Deletes a campaign in which nobody is called any more, or not yet. With `if_version`, only where its
    /// `config_version` is that. What is known of the numbers that it called stays.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it runs, is paused or has a call in flight; [`Error::OtherVersion`];
    /// [`Error::NotFound`].
    pub async fn delete(&self, id: CampaignId, if_version: Option<u32>) -> Result<(), Error> {
        self.delete_of(self.inner.org, id, if_version).await
    }

    pub(crate) async fn delete_of(
        &self,
        org: OrgId,
        id: CampaignId,
        if_version: Option<u32>,
    ) -> Result<(), Error> {
        self.campaign_of(org, id)?;
        self.ask(org, id, Input::Delete { if_version }).await?;
        tokio::spawn(sweep_all(Arc::downgrade(&self.inner), vec![id]));
        Ok(())
    }

    /// Goes on with what an earlier process has not swept to the end.
    pub(crate) fn sweep_what_is_left(&self) -> Result<(), Error> {
        let left = read::deleted_campaigns(self.inner.store.as_ref())?;
        if !left.is_empty() {
            tokio::spawn(sweep_all(Arc::downgrade(&self.inner), left));
        }
        Ok(())
    }

    /// Takes away some of what is left of a deleted campaign; whether there may be more.
    async fn sweep_some(&self, campaign: CampaignId) -> Result<bool, Error> {
        let Some(next) = sweep::next(self.inner.store.as_ref(), campaign, ROWS)? else {
            return Ok(false);
        };
        // A list without a row would never be found again.
        for import in next.imports {
            remove_list(&self.inner.uploads, import);
        }
        self.commit(next.batch).await?;
        Ok(!next.is_last)
    }
}

/// Sweeps one after the other, until nothing is left of them or outdial is dropped.
async fn sweep_all(outdial: Weak<Inner>, campaigns: Vec<CampaignId>) {
    for campaign in campaigns {
        let mut wait = FIRST_WAIT;
        loop {
            let Some(inner) = outdial.upgrade() else { return };
            match (Orchestrator { inner }).sweep_some(campaign).await {
                Ok(true) => wait = FIRST_WAIT,
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%campaign, %error, "what is left of a deleted campaign cannot be swept away yet");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LAST_WAIT);
                }
            }
        }
    }
}
