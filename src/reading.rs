//! What an embedding program looks at: campaigns, contacts, attempts and lines, page by page.
//!
//! The store shows rows a moment before they are durable; whoever must not tell of them earlier waits for
//! [`Orchestrator::durable`], as the HTTP layer does.

use outdial_domain::attempt::Attempt;
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, CampaignId, LineId};
use outdial_domain::phone::PhoneNumber;
use outdial_storage::read;
use outdial_storage::records::LineV1;
use uuid::Uuid;

use crate::contact::{ContactStanding, contact_id};
use crate::error::Error;
use crate::lines::LineSpec;
use crate::orchestrator::{CampaignState, Orchestrator};

/// A line, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// What people call it.
    pub name: String,
    /// `twilio`, `signalwire`, `simulated`, or `custom` for a provider of one's own.
    pub kind: String,
    /// The numbers shown to those who are rung.
    pub caller_ids: Vec<PhoneNumber>,
}

impl Orchestrator {
    /// A page of the campaigns, newest first: those before `last`, `limit` of them at most.
    pub fn campaigns(&self, last: Option<CampaignId>, limit: usize) -> Result<Vec<CampaignState>, Error> {
        let ids = read::campaigns(self.inner.store.as_ref(), self.inner.org, last, limit)?;
        let mut page = Vec::new();
        for id in ids {
            match self.campaign(id) {
                // It was deleted just now.
                Err(Error::NotFound { .. }) => {}
                state => page.push(state?),
            }
        }
        Ok(page)
    }

    /// A page of a campaign's contacts, in the order in which they are stored: those behind `last`, `limit` of them at
    /// most.
    ///
    /// # Errors
    /// [`Error::NotFound`], where there is no such campaign, or `last` is none of its contacts.
    pub fn contacts(
        &self,
        campaign: CampaignId,
        last: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<ContactStanding>, Error> {
        let state = self.campaign(campaign)?;
        let last = last.map(|last| contact_id(&state, last)).transpose()?;
        let store = self.inner.store.as_ref();
        let lanes = read::lanes(store, campaign)?;
        let page = read::contacts(store, campaign, state.progress.run, last, limit)?;
        let standing = page.into_iter().take(limit).map(|ready| {
            let lane = lanes.get(usize::from(ready.id.lane.0)).cloned();
            ContactStanding {
                ready,
                lane: lane.unwrap_or_default(),
            }
        });
        Ok(standing.collect())
    }

    /// One contact.
    ///
    /// # Errors
    /// [`Error::NotFound`], where there is no such campaign or contact.
    pub fn contact(&self, campaign: CampaignId, contact: Uuid) -> Result<ContactStanding, Error> {
        let state = self.campaign(campaign)?;
        self.contact_of(&state, contact_id(&state, contact)?)
    }

    /// A page of a campaign's attempts, oldest first: those behind `last`, `limit` of them at most.
    ///
    /// # Errors
    /// [`Error::NotFound`], where there is no such campaign.
    pub fn attempts(
        &self,
        campaign: CampaignId,
        last: Option<AttemptId>,
        limit: usize,
    ) -> Result<Vec<Attempt>, Error> {
        self.campaign(campaign)?;
        Ok(read::attempts(self.inner.store.as_ref(), campaign, last, limit)?)
    }

    /// An attempt, and the campaign that it belongs to.
    ///
    /// # Errors
    /// [`Error::NotFound`], where there is no such attempt.
    pub fn attempt(&self, id: AttemptId) -> Result<(CampaignId, Attempt), Error> {
        let store = self.inner.store.as_ref();
        let unknown = || Error::not_found("attempt", id);
        let campaign = read::campaign_of(store, id)?.ok_or_else(unknown)?;
        self.campaign(campaign).map_err(|error| match error {
            Error::NotFound { .. } => unknown(),
            error => error,
        })?;
        let attempt = read::attempt(store, campaign, id)?.ok_or_else(unknown)?;
        Ok((campaign, attempt))
    }

    /// All lines, oldest first.
    pub fn lines(&self) -> Vec<Line> {
        let lines = self.inner.lines.of_org(self.inner.org);
        let line = |record: &LineV1| Line {
            id: LineId(record.id),
            name: record.name.clone(),
            kind: record.kind.clone(),
            caller_ids: record
                .caller_ids
                .iter()
                .filter_map(|digits| PhoneNumber::from_digits(*digits))
                .collect(),
        };
        lines.iter().map(|known| line(&known.record)).collect()
    }

    /// Adds a line while outdial runs. One over a provider of your own is given to the
    /// [builder](crate::Builder::line_over), at every start.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that cannot be accepted.
    pub async fn create_line(&self, line: &LineSpec) -> Result<LineId, Error> {
        let known = self.add_line(self.inner.org, line).await?;
        Ok(LineId(known.record.id))
    }
}

impl ContactStanding {
    /// The contact's id, as the API and the events show it.
    pub fn id(&self, campaign: CampaignId) -> Uuid {
        self.ready.id.uuid(campaign)
    }

    /// Where the contact stands in this campaign, and why.
    pub fn status(&self, campaign: &CampaignState) -> (ContactStatus, Option<String>) {
        let state = &self.ready.state;
        let reason = state.reason.as_deref();
        campaign.progress.standing(&self.lane, state.status, reason)
    }
}
