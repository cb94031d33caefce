//! Contact lists on their way into a campaign: taken, looked at, canceled.
//!
//! A list is on disk and synced before its import is acknowledged; reading it is left to the campaign.

use std::path::PathBuf;

use outdial_actors::list_reader::remove_list;
use outdial_domain::ids::{CampaignId, ImportId, OrgId};
use outdial_domain::import::{Import, ImportState};
use outdial_domain::step::Input;
use outdial_storage::read;

use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::uploads;
use crate::view::words;

/// How a list is to be read.
pub(crate) struct HowToRead {
    /// The region of numbers written without a country code.
    pub(crate) default_region: String,
    /// The worksheet of a workbook, if one was named.
    pub(crate) sheet: Option<String>,
}

impl Orchestrator {
    /// Where the list of a new import must be written before [`Orchestrator::open_import`].
    pub(crate) fn new_import(&self) -> (ImportId, PathBuf) {
        let id = ImportId(self.new_id(self.now()));
        (id, uploads::unfinished(&self.inner.uploads, id))
    }

    /// Takes an uploaded list in. Its rows follow by themselves, also after a restart. A list that is not taken is
    /// left to [`uploads::forget`].
    pub(crate) async fn open_import(
        &self,
        org: OrgId,
        campaign: CampaignId,
        id: ImportId,
        file_name: String,
        how: HowToRead,
    ) -> Result<Import, Error> {
        let bytes_total = uploads::keep(&self.inner.uploads, id)
            .await
            .map_err(|error| Error::Unavailable(format!("the upload cannot be kept: {error}")))?;
        let import = Import {
            id,
            file_name,
            default_region: how.default_region,
            sheet: how.sheet,
            state: ImportState::Running,
            rows_read: 0,
            bytes_total,
            bytes_read: 0,
            imported: 0,
            duplicates: 0,
            rejected: 0,
            created_at: self.now(),
            ended_at: None,
        };
        self.ask(org, campaign, Input::OpenImport(import.clone())).await?;
        Ok(import)
    }

    /// Takes in a contact list from a file. The answer comes as soon as the list is safe; its rows follow by
    /// themselves, also after a restart.
    pub async fn import(&self, campaign: CampaignId, file: &std::path::Path) -> Result<Import, Error> {
        let state = self.campaign(campaign)?;
        let (id, path) = self.new_import();
        let unreadable =
            |error: std::io::Error| Error::field("file", format!("`{}`: {error}", file.display()));
        let copied = tokio::fs::copy(file, &path).await.map_err(unreadable);
        let name = file
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let how = HowToRead {
            default_region: state.definition.settings.default_region,
            sheet: None,
        };
        let opened = match copied {
            Ok(_) => self.open_import(self.inner.org, campaign, id, name, how).await,
            Err(error) => Err(error),
        };
        if opened.is_err() {
            uploads::forget(&self.inner.uploads, id);
        }
        opened
    }

    /// The state of an import.
    pub fn import_state(&self, campaign: CampaignId, import: ImportId) -> Result<Import, Error> {
        let found = read::import(self.inner.store.as_ref(), campaign, import)?;
        found.ok_or_else(|| Error::not_found("import", import))
    }

    /// Ends an import that is being read. The rows that were taken in stay.
    ///
    /// # Errors
    /// [`Error::Conflict`], where it has ended already.
    pub async fn cancel_import(&self, campaign: CampaignId, import: ImportId) -> Result<Import, Error> {
        self.cancel_import_of(self.inner.org, campaign, import).await
    }

    pub(crate) async fn cancel_import_of(
        &self,
        org: OrgId,
        campaign: CampaignId,
        import: ImportId,
    ) -> Result<Import, Error> {
        self.campaign_of(org, campaign)?;
        self.import_state(campaign, import)?;
        let asked = self.ask(org, campaign, Input::CancelImport(import)).await;
        let now = self.import_state(campaign, import)?;
        match asked {
            Ok(_) => {
                remove_list(&self.inner.uploads, import);
                Ok(now)
            }
            Err(Error::NotFound { .. }) => Err(Error::Conflict(format!(
                "the import is {} already, so it cannot be canceled",
                words::import_state(&now.state)
            ))),
            Err(error) => Err(error),
        }
    }
}
