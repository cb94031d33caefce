//! Backups: a consistent copy of a running outdial, and what a restored one may not do yet.

use std::io::Write;
use std::path::{Path, PathBuf};

use outdial_storage::backup::{self, BackupError, BackupSummary};
use outdial_storage::batch::Batch;
use outdial_storage::read;
use outdial_storage::store::Store;

use crate::error::Error;
use crate::orchestrator::Orchestrator;

/// The key file's name in the data directory, and in a backup.
pub(crate) const KEY_FILE: &str = "secret.key";
/// The directory of uploaded lists.
pub(crate) const UPLOADS: &str = "uploads";
/// The directory of the store.
pub(crate) const STORE: &str = "store";

impl Orchestrator {
    /// Writes a copy of everything, as at one instant, while campaigns go on. It holds the installation's
    /// key, unless that was given to the builder, so it must be kept as safe as the data directory itself. Blocks the thread.
    ///
    /// # Errors
    /// When the store cannot be read, or `out` not be written; then what was written is no backup.
    pub fn backup(&self, out: &mut dyn Write) -> Result<BackupSummary, BackupError> {
        let store = self.inner.store.as_ref();
        let own_key = !self.inner.installation.is_given();
        back_up(store, &self.inner.home, own_key, self.now(), out, &mut |_| {})
    }

    /// Why dialling is held; `None` where it is not. A restored outdial is held, because it does not know whom
    /// the one that it was copied from has called since.
    pub fn held(&self) -> Result<Option<String>, Error> {
        Ok(read::held(self.inner.store.as_ref())?)
    }

    /// Lets a restored outdial dial. The answer is why it was held; `None` where it was not.
    pub async fn release(&self) -> Result<Option<String>, Error> {
        let held = self.held()?;
        if held.is_some() {
            let mut batch = Batch::new();
            batch.release();
            self.commit(batch).await?;
            tracing::warn!("dialling is released");
        }
        // Also where the row has gone before: the lines must not be held for longer than it says.
        self.inner.handle.hold_back(None);
        Ok(held)
    }
}

/// Copies the store of the data directory `home` with the files that belong to it, the key file where it is `own_key`.
pub(crate) fn back_up(
    store: &dyn Store,
    home: &Path,
    own_key: bool,
    now: outdial_domain::time::Timestamp,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<BackupSummary, BackupError> {
    backup::write_backup(store, now, &mut || files_of(home, own_key), out, progress)
}

/// The files without which the rows are of no use, by their names in a backup.
fn files_of(home: &Path, own_key: bool) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    if own_key {
        files.push((KEY_FILE.to_owned(), home.join(KEY_FILE)));
    }
    let uploads = home.join(UPLOADS);
    if uploads.is_dir() {
        for entry in std::fs::read_dir(uploads)? {
            let entry = entry?;
            let name = format!("{UPLOADS}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_file() && backup::is_blob_name(&name) {
                files.push((name, entry.path()));
            }
        }
    }
    Ok(files)
}
