//! Uploaded lists on disk: under another name while they arrive, under their own once they are whole and synced.
//!
//! What a crash leaves of an upload that was never acknowledged is removed at the next start.

use std::io;
use std::path::{Path, PathBuf};

use outdial_actors::list_reader::{list_path, remove_list};
use outdial_domain::ids::ImportId;

const UNFINISHED: &str = "part";

/// Where the list of an import is written until it is whole.
pub(crate) fn unfinished(uploads: &Path, import: ImportId) -> PathBuf {
    list_path(uploads, import).with_extension(UNFINISHED)
}

/// Gives a list that is whole its own name, and tells its size in bytes. Once this returns, list and name survive a
/// power loss.
pub(crate) async fn keep(uploads: &Path, import: ImportId) -> io::Result<u64> {
    let arrived = unfinished(uploads, import);
    let list = tokio::fs::File::open(&arrived).await?;
    list.sync_all().await?;
    let bytes = list.metadata().await?.len();
    tokio::fs::rename(&arrived, list_path(uploads, import)).await?;
    tokio::fs::File::open(uploads).await?.sync_all().await?;
    Ok(bytes)
}

/// A list on disk while it is looked at: removed also where whoever asked goes before the answer.
pub(crate) struct Passing {
    uploads: PathBuf,
    id: ImportId,
}

impl Passing {
    pub(crate) fn of(uploads: &Path, id: ImportId) -> Self {
        let uploads = uploads.to_owned();
        Self { uploads, id }
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        forget(&self.uploads, self.id);
    }
}

/// Forgets the list of an import that was not taken.
pub(crate) fn forget(uploads: &Path, import: ImportId) {
    remove(&unfinished(uploads, import));
    remove_list(uploads, import);
}

/// Removes what is left of uploads that an earlier process did not see the end of. Only whoever has the store may.
pub(crate) fn remove_unfinished(uploads: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(uploads)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == UNFINISHED) {
            remove(&path);
        }
    }
    Ok(())
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "what is left of an upload could not be removed");
    }
}
