//! A new draft like a campaign that is there, whatever has become of that one.

use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::progress::Progress;
use outdial_domain::settings::Definition;
use outdial_domain::step::Event;
use outdial_storage::batch::Batch;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator};
use crate::receipt;
use crate::spec;

impl Orchestrator {
    /// Creates a draft with the configuration of another campaign, what its calls say included, without its contacts.
    /// `changes` is a JSON merge patch over that configuration, or `null`; without a name it is called like the other one, with
    /// " (copy)" behind.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that cannot be accepted: `schedule`, where no start of the other one's is
    /// left; [`Error::NotFound`].
    pub async fn duplicate(&self, id: CampaignId, changes: &Value) -> Result<CampaignState, Error> {
        self.duplicate_of(self.inner.org, id, changes, "library").await
    }

    pub(crate) async fn duplicate_of(
        &self,
        org: OrgId,
        id: CampaignId,
        changes: &Value,
        by: &str,
    ) -> Result<CampaignState, Error> {
        let original = self.campaign_of(org, id)?.definition.settings;
        let now = self.now();
        let nothing = Value::Object(Map::new());
        let changes = if changes.is_null() { &nothing } else { changes };
        let settings = spec::judge_duplicate(&original, changes, now).map_err(Error::Invalid)?;
        let line = settings.line_id;
        let _lines_stay = self.inner.lines_stay.read().await;
        self.line(org, line)
            .map_err(|_| Error::field("line_id", format!("there is no line `{line}` any more")))?;
        let warnings = spec::warnings(&settings, now);
        let _stay = self.what_is_named_stays(org, &settings).await?;
        let definition = Definition {
            id: CampaignId(self.new_id(now)),
            org,
            config_version: 1,
            settings,
            created_at: now,
            created_by: by.to_owned(),
            edited: None,
        };
        let progress = Progress::new(now);
        let mut batch = Batch::new();
        batch.create(&definition, &progress);
        receipt::made(&mut batch, format!("/campaigns/{}", definition.id));
        let events = vec![Event::Created];
        self.commit_telling(self.epoch()?, &definition, now, events, batch)
            .await?;
        Ok(CampaignState {
            id: definition.id,
            definition,
            progress,
            runs: None,
            warnings,
        })
    }
}
