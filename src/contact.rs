//! One contact of a campaign: why it is called or not, and what a person wants for it.

use outdial_actors::addresses::DurableAddresses;
use outdial_domain::calendar::Calendars;
use outdial_domain::contact::ContactStatus;
use outdial_domain::explain::{Explanation, View, explain, next_try};
use outdial_domain::ids::{CampaignId, ContactId, OrgId};
use outdial_domain::import::Candidate;
use outdial_domain::lane::{LaneState, Ready};
use outdial_domain::lifecycle::{ContactCommand, Status};
use outdial_domain::step::Input;
use outdial_domain::time::Timestamp;
use outdial_storage::read;
use outdial_storage::store::Store;
use uuid::Uuid;

use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::spec::{self, ContactSpec, RowError};

/// A contact as it stands, durably.
#[derive(Debug, Clone)]
pub struct ContactStanding {
    /// The contact, and what it has been through in the campaign's run.
    pub ready: Ready,
    /// The lane that it waits in.
    pub lane: LaneState,
}

/// What came of adding contacts. Rows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddedContacts {
    /// How many are new.
    pub imported: u64,
    /// Rows whose number was there already.
    pub duplicates: Vec<u64>,
    /// What is wrong with the others, which were left out.
    pub errors: Vec<RowError>,
}

impl Orchestrator {
    /// Adds contacts to a campaign that has not ended, 10,000 at most; of longer lists make a file, and
    /// [`import`](Orchestrator::import) it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are too many of them; [`Error::Conflict`] where the campaign has ended;
    /// [`Error::NotFound`].
    pub async fn add(&self, campaign: CampaignId, contacts: &[ContactSpec]) -> Result<AddedContacts, Error> {
        let state = self.campaign(campaign)?;
        let json =
            serde_json::to_value(contacts).map_err(|error| Error::field("contacts", error.to_string()))?;
        let region = &state.definition.settings.default_region;
        let judged = spec::judge_contacts(&json, region).map_err(Error::Invalid)?;
        let candidates = judged.good.into_iter().map(|(row, new)| Candidate {
            row,
            new,
            known: None,
        });
        let added = self
            .add_contacts(self.inner.org, campaign, candidates.collect())
            .await?;
        Ok(AddedContacts {
            imported: added.imported,
            duplicates: added.duplicates,
            errors: judged.bad,
        })
    }

    /// Why a contact is being called, or is not, and when it is next tried: by the rules that dial.
    ///
    /// # Errors
    /// [`Error::NotFound`], where there is no such campaign or contact.
    pub async fn explain(&self, campaign: CampaignId, contact: Uuid) -> Result<Explanation, Error> {
        let state = self.campaign(campaign)?;
        let id = contact_id(&state, contact)?;
        let (explanation, _) = self.explain_of(&state, id).await?;
        Ok(explanation)
    }

    /// Leaves a contact out of the campaign's run. A call that is in flight runs out, and is not retried.
    ///
    /// # Errors
    /// [`Error::Conflict`], where the contact is over already.
    pub async fn skip(&self, campaign: CampaignId, contact: Uuid) -> Result<(), Error> {
        let state = self.campaign(campaign)?;
        let id = contact_id(&state, contact)?;
        self.for_contact(self.inner.org, campaign, id, ContactCommand::Skip)
            .await
    }

    /// Has a contact called again, with a new budget of retries.
    ///
    /// # Errors
    /// [`Error::Conflict`], where the contact is pending or calling, or the campaign has ended.
    pub async fn requeue(&self, campaign: CampaignId, contact: Uuid) -> Result<(), Error> {
        let state = self.campaign(campaign)?;
        let id = contact_id(&state, contact)?;
        self.for_contact(self.inner.org, campaign, id, ContactCommand::Requeue)
            .await
    }

    pub(crate) async fn for_contact(
        &self,
        org: OrgId,
        campaign: CampaignId,
        id: ContactId,
        command: ContactCommand,
    ) -> Result<(), Error> {
        let input = Input::ForContact {
            command,
            id,
            found: None,
        };
        self.ask(org, campaign, input).await.map(drop)
    }

    pub(crate) fn contact_of(&self, state: &CampaignState, id: ContactId) -> Result<ContactStanding, Error> {
        let store = self.inner.store.as_ref();
        let ready = read::contact(store, state.id, id, state.progress.run)?;
        let lanes = read::lanes(store, state.id)?;
        let lane = lanes.into_iter().nth(usize::from(id.lane.0));
        match (ready, lane) {
            (Some(ready), Some(lane)) => Ok(ContactStanding { ready, lane }),
            _ => Err(Error::not_found("contact", id.uuid(state.id))),
        }
    }

    pub(crate) async fn explain_of(
        &self,
        state: &CampaignState,
        id: ContactId,
    ) -> Result<(Explanation, ContactStanding), Error> {
        let contact = self.contact_of(state, id)?;
        let trouble = match state.progress.status {
            Status::Running => {
                let line = state.definition.settings.line_id;
                let health = self.line_health(state.definition.org, line).await;
                health.and_then(|health| health.trouble())
            }
            _ => None,
        };
        let bystander = Bystander::new(self, state)?;
        let view = bystander.view(&contact.lane, &contact.ready, trouble.as_deref());
        let explained = explain(view, &bystander.addresses(), bystander.now);
        Ok((explained, contact))
    }
}

/// Whoever looks at contacts of a campaign from outside its thread.
pub(crate) struct Bystander<'a> {
    store: &'a dyn Store,
    state: &'a CampaignState,
    calendars: Calendars,
    now: Timestamp,
}

impl<'a> Bystander<'a> {
    pub(crate) fn new(outdial: &'a Orchestrator, state: &'a CampaignState) -> Result<Self, Error> {
        let store = outdial.inner.store.as_ref();
        Ok(Self {
            store,
            state,
            calendars: read::calendars_of(store, &state.definition)?,
            now: outdial.now(),
        })
    }

    /// When a contact is next tried at the earliest; `None`: not by the passing of time. While a campaign is a draft
    /// or paused, nobody knows more than until when the contact has to wait itself.
    pub(crate) fn due_at(&self, lane: &LaneState, ready: &Ready) -> Option<Timestamp> {
        let progress = &self.state.progress;
        let (status, _) = progress.standing(lane, ready.state.status, None);
        match progress.status {
            Status::Draft | Status::Paused if status == ContactStatus::Pending => ready.state.not_before,
            // Whoever is called now says nothing of later.
            _ => next_try(
                &self.view(lane, ready, None),
                &self.addresses().uncalled(),
                self.now,
            ),
        }
    }

    fn addresses(&self) -> DurableAddresses<'_> {
        let definition = &self.state.definition;
        let lists = &definition.settings.suppression_lists;
        DurableAddresses::new(self.store, definition.org, lists)
    }

    fn view<'v>(&'v self, lane: &'v LaneState, ready: &'v Ready, line_trouble: Option<&'v str>) -> View<'v> {
        View {
            definition: &self.state.definition,
            progress: &self.state.progress,
            runs: self.state.runs.as_ref(),
            calendars: &self.calendars,
            line_trouble,
            lane,
            ready,
        }
    }
}

/// The contact that an id names in this campaign.
pub(crate) fn contact_id(state: &CampaignState, id: Uuid) -> Result<ContactId, Error> {
    ContactId::from_uuid(state.id, id).ok_or_else(|| Error::not_found("contact", id))
}
