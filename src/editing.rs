//! Changing a campaign's configuration, also while it runs, and looking up what it was before.

use outdial_domain::ids::{CampaignId, OrgId};
use outdial_domain::import::ImportState;
use outdial_domain::settings::{Definition, Settings};
use outdial_domain::step::{Edit, Input, Rejection};
use outdial_storage::read;
use serde_json::Value;
use tokio::sync::MutexGuard;

use crate::error::Error;
use crate::orchestrator::{CampaignState, Orchestrator, to_its_end};
use crate::spec;

/// How often a change is made anew of what somebody else has just changed.
const TRIES: usize = 16;

impl Orchestrator {
    /// Changes a campaign's configuration: `patch` is a JSON merge patch (RFC 7396) over what the campaign's answer shows
    /// of it, but for `schedule` and `missed_start`, which are replaced as a whole. With `if_version`, only that
    /// `config_version` is changed. Nothing changed makes no version.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that cannot be accepted or changed; [`Error::Conflict`] where the campaign
    /// has ended; [`Error::OtherVersion`]; [`Error::NotFound`].
    pub async fn edit(
        &self,
        id: CampaignId,
        patch: &Value,
        if_version: Option<u32>,
    ) -> Result<CampaignState, Error> {
        self.edit_of(self.inner.org, id, patch, if_version, "library")
            .await
    }

    /// What a campaign was told to do, every version of it, newest first.
    pub fn config_versions(&self, id: CampaignId) -> Result<Vec<Definition>, Error> {
        self.config_versions_of(self.inner.org, id, None, usize::MAX)
    }

    pub(crate) async fn edit_of(
        &self,
        org: OrgId,
        id: CampaignId,
        patch: &Value,
        if_version: Option<u32>,
        by: &str,
    ) -> Result<CampaignState, Error> {
        for _ in 0..TRIES {
            let (outdial, patch, by) = (self.clone(), patch.clone(), by.to_owned());
            // What an edit relies on is held until it is decided, whether whoever asked still waits or not.
            let tried =
                to_its_end(async move { outdial.try_to_edit(org, id, &patch, if_version, &by).await });
            match tried.await {
                // Somebody else was faster, and the person has not said that it matters.
                Err(Error::OtherVersion(_)) if if_version.is_none() => {}
                other => return other,
            }
        }
        let busy = "the campaign is being changed by others all the time; try again shortly";
        Err(Error::Unavailable(busy.to_owned()))
    }

    async fn try_to_edit(
        &self,
        org: OrgId,
        id: CampaignId,
        patch: &Value,
        if_version: Option<u32>,
        by: &str,
    ) -> Result<CampaignState, Error> {
        let CampaignState {
            definition, progress, ..
        } = self.campaign_of(org, id)?;
        let (status, closing) = (progress.status, progress.is_closing());
        if status.has_ended() || closing {
            return Err(Rejection::TooLateToEdit { status, closing }.into());
        }
        let is = definition.config_version;
        if let Some(asked) = if_version.filter(|asked| *asked != is) {
            return Err(Rejection::OtherVersion { asked, is }.into());
        }
        let has_contacts = progress.counters.total > 0 || self.is_importing(id)?;
        let settings = spec::judge_change(&definition.settings, patch, has_contacts, self.now())
            .map_err(Error::Invalid)?;
        let warnings = spec::warnings(&settings, self.now());
        let _stay = self.what_is_named_stays(org, &settings).await?;
        let edit = Edit {
            settings,
            // What was merged with another version would undo it.
            if_version: Some(is),
            by: by.to_owned(),
            calendars: None,
        };
        self.ask(org, id, Input::Edit(Box::new(edit))).await?;
        Ok(CampaignState {
            warnings,
            ..self.campaign_of(org, id)?
        })
    }

    fn is_importing(&self, id: CampaignId) -> Result<bool, Error> {
        let imports = read::imports(self.inner.store.as_ref(), id)?;
        Ok(imports.iter().any(|import| import.state == ImportState::Running))
    }

    /// Sees to it that the lists and calendars that a configuration names are there, and stay while what is returned
    /// is kept.
    pub(crate) async fn what_is_named_stays(
        &self,
        org: OrgId,
        settings: &Settings,
    ) -> Result<[Option<MutexGuard<'_, ()>>; 2], Error> {
        let lists = if settings.suppression_lists.is_empty() {
            None
        } else {
            Some(self.inner.do_not_call.lock().await)
        };
        self.require_suppression_lists(org, &settings.suppression_lists)?;
        let calendars = if settings.holiday_calendars.is_empty() {
            None
        } else {
            Some(self.inner.calendars.lock().await)
        };
        self.require_holiday_calendars(org, &settings.holiday_calendars)?;
        Ok([lists, calendars])
    }

    /// A page of a campaign's configurations, newest first, before the version `last`.
    pub(crate) fn config_versions_of(
        &self,
        org: OrgId,
        id: CampaignId,
        last: Option<u32>,
        limit: usize,
    ) -> Result<Vec<Definition>, Error> {
        let present = self.campaign_of(org, id)?.definition;
        let before = last.map_or(present.config_version, |last| last.min(present.config_version));
        let mut versions: Vec<Definition> = Vec::new();
        if last.is_none_or(|last| last > present.config_version) {
            versions.push(present);
        }
        let store = self.inner.store.as_ref();
        let earlier = limit.saturating_sub(versions.len());
        versions.extend(read::config_versions(store, id, Some(before), earlier)?);
        Ok(versions)
    }
}
