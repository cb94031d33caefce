//! How campaigns come to be, in one batch with their first contacts and the event that tells of them.

use std::sync::Arc;

use outdial_actors::mint::UuidMint;
use outdial_domain::address::NothingKnown;
use outdial_domain::campaign::{Campaign, Stored};
use outdial_domain::ids::{CampaignId, Incarnation, OrgId};
use outdial_domain::import::Candidate;
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::step::{Event, Input};
use outdial_domain::time::Timestamp;
use outdial_domain::voice::Snapshot;
use outdial_storage::batch::Batch;
use outdial_storage::numbers::Numbers;
use outdial_storage::records::LoggedEvent;

use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator, to_its_end};
use crate::receipt;
use crate::spec::{self, CampaignSpec};

impl Orchestrator {
    /// Creates a campaign as a draft, with its contacts.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field, and every contact, that cannot be accepted: then nothing is created.
    pub async fn create(&self, spec: CampaignSpec) -> Result<CampaignState, Error> {
        let json = serde_json::to_value(&spec).map_err(|error| Error::field("spec", error.to_string()))?;
        self.create_from(self.inner.org, &json, "library").await
    }

    pub(crate) async fn create_from(
        &self,
        org: OrgId,
        json: &serde_json::Value,
        created_by: &str,
    ) -> Result<CampaignState, Error> {
        let now = self.now();
        let mut judged = spec::judge(json, now).map_err(Error::Invalid)?;
        let _lines_stay = self.inner.lines_stay.read().await;
        self.line(org, judged.settings.line_id).map_err(|_| {
            Error::field(
                "line_id",
                format!("there is no line `{}`", judged.settings.line_id),
            )
        })?;
        if let Some(id) = judged.voice_profile {
            let unknown = |_| Error::field("voice_profile_id", format!("there is no voice profile `{id}`"));
            let profile = self.voice_profile(org, id).map_err(unknown)?;
            judged.settings.voice = Some(Arc::new(Snapshot {
                id,
                taken_at: now,
                profile,
            }));
        }
        let _stay = self.what_is_named_stays(org, &judged.settings).await?;
        let id = CampaignId(self.new_id(now));
        let definition = Definition {
            id,
            org,
            config_version: 1,
            settings: judged.settings,
            created_at: now,
            created_by: created_by.to_owned(),
            edited: None,
        };
        let progress = Progress::new(now);
        let mut batch = Batch::new();
        batch.create(&definition, &progress);
        let epoch = self.epoch()?;
        // Nobody can know the new campaign yet, so its first contacts need no actor: they are decided on
        // here, and are in the same batch.
        let stored = Stored {
            definition: definition.clone(),
            progress,
            lanes: Vec::new(),
            live: Vec::new(),
            imports: Vec::new(),
            runs: None,
            calendars: Arc::default(),
        };
        let mut events = vec![Event::Created];
        let mut campaign = Campaign::wake(stored, Incarnation { epoch, wake: 0 });
        if !judged.contacts.is_empty() {
            let mut candidates: Vec<_> = judged
                .contacts
                .into_iter()
                .map(|(row, new)| Candidate {
                    row,
                    new,
                    known: None,
                })
                .collect();
            let mut numbers = Numbers::new(id);
            numbers.recognise(self.inner.store.as_ref(), &mut candidates, None)?;
            let step = campaign.step(
                now,
                Input::AddContacts(candidates),
                &mut UuidMint::default(),
                &NothingKnown,
            );
            for write in &step.writes {
                numbers.follow(write);
                batch.write(&definition, write);
            }
            numbers.write(&mut batch);
            events.extend(step.events);
        }
        let progress = campaign.progress().clone();
        receipt::made(&mut batch, format!("/campaigns/{id}"));
        self.commit_telling(epoch, &definition, now, events, batch)
            .await?;
        Ok(CampaignState {
            id,
            definition,
            progress,
            runs: None,
            warnings: judged.warnings,
        })
    }

    /// Creates a campaign for the API, of which an organization may have so many a minute.
    pub(crate) async fn within_allowance(
        &self,
        org: OrgId,
        create: impl Future<Output = Result<CampaignState, Error>>,
    ) -> Result<CampaignState, Error> {
        let own = self.organization(org)?.campaigns_per_minute;
        let per_minute = own.unwrap_or(self.inner.options.campaigns_per_minute);
        let allowances = &self.inner.allowances;
        allowances.take(org, per_minute, "campaigns", self.now())?;
        let created = create.await;
        if created.is_err() {
            allowances.give_back(org, per_minute);
        }
        created
    }

    /// Commits what was decided of a campaign elsewhere than in its actor, together with what is to be told of it.
    pub(crate) async fn commit_telling(
        &self,
        epoch: u32,
        definition: &Definition,
        at: Timestamp,
        events: Vec<Event>,
        batch: Batch,
    ) -> Result<(), Error> {
        let (org, campaign) = (definition.org, definition.id);
        let events: Vec<LoggedEvent> = events
            .into_iter()
            .map(|event| LoggedEvent { at, campaign, event })
            .collect();
        let log = Arc::clone(&self.inner.log);
        let (ticket, last) = log.commit(epoch, org, &events, batch);
        // Those who watch are told also where whoever asked has gone.
        to_its_end(async move {
            ticket.await?;
            if let Some(seq) = last {
                log.durable(org, seq);
            }
            Ok(())
        })
        .await
    }
}
