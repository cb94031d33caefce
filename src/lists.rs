//! Contact lists on their way into a campaign: taken, looked at, canceled.
//!
//! A list is on disk and synced before its import is acknowledged; reading it is left to the campaign.

use std::fs::File;
use std::path::{Path, PathBuf};

use outdial_actors::list_reader::remove_list;
use outdial_contacts::{ContactReader, ListError, Options, Preview, Region, preview};
use outdial_domain::ids::{CampaignId, ImportId, OrgId};
use outdial_domain::import::{Import, ImportState};
use outdial_domain::list_columns::ChosenColumns;
use outdial_domain::step::Input;
use outdial_storage::read;

use crate::bad_rows::BadRows;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::uploads;
use crate::view::words;

/// Rows that a preview shows.
const FIRST_ROWS: usize = 20;

/// How a list is to be read.
pub(crate) struct HowToRead {
    /// The region of numbers written without a country code.
    pub(crate) default_region: String,
    /// The worksheet of a workbook, if one was named.
    pub(crate) sheet: Option<String>,
    /// The columns that a person chose; the others are found.
    pub(crate) columns: ChosenColumns,
}

/// What importing a list on disk would do.
///
/// # Errors
/// [`Error::Invalid`], naming what makes it no contact list: its file, the worksheet, a chosen column or the region.
pub(crate) async fn preview_of(file: &Path, how: &HowToRead) -> Result<Preview, Error> {
    read(file, how, |file, options| preview(file, options, FIRST_ROWS)).await
}

/// Every row of a list on disk that could not be used, read as they are written.
///
/// # Errors
/// As above.
pub(crate) async fn bad_rows_of(file: &Path, how: &HowToRead) -> Result<BadRows, Error> {
    read(file, how, |file, options| {
        ContactReader::open(file, options).map(BadRows::of)
    })
    .await
}

/// Looks at as much of a list on disk as tells whether it is one.
///
/// # Errors
/// As above.
pub(crate) async fn check_head(file: &Path, how: &HowToRead) -> Result<(), Error> {
    read(file, how, |file, options| {
        ContactReader::open(file, options).map(drop)
    })
    .await
}

/// Has a list read on a thread for such work. What makes it no contact list is told as the problem of the field at
/// fault.
async fn read<T: Send + 'static>(
    file: &Path,
    how: &HowToRead,
    reading: impl FnOnce(File, Options) -> Result<T, ListError> + Send + 'static,
) -> Result<T, Error> {
    let default_region: Region = how
        .default_region
        .parse()
        .map_err(|error| Error::field("default_region", format!("{error}")))?;
    let options = Options {
        default_region,
        sheet: how.sheet.clone(),
        columns: how.columns.clone(),
    };
    let file = file.to_owned();
    let read = tokio::task::spawn_blocking(move || reading(File::open(&file)?, options)).await;
    let read = read.map_err(|error| Error::Unavailable(error.to_string()))?;
    read.map_err(|error| {
        let field = match (&error, error.chosen_field()) {
            (_, Some(field)) => field.column_word(),
            (ListError::NoSuchSheet { .. }, _) => "sheet",
            _ => "file",
        };
        Error::field(field, error.to_string())
    })
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
            columns: how.columns,
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
    pub async fn import(&self, campaign: CampaignId, file: &Path) -> Result<Import, Error> {
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
            columns: ChosenColumns::default(),
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
