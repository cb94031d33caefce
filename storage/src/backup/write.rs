//! Making a backup of a store while others write to it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use outdial_domain::time::Timestamp;

use super::writer::Writer;
use super::{BackupError, BackupSummary, is_blob_name};
use crate::keys;
use crate::store::Store;
use crate::tap;

/// Rows read at a time. A row may be a block of contacts, so a page may have some megabytes.
const PAGE: usize = 128;

/// Writes a backup of `store` to `out`: the store exactly as at one instant between this call and its return,
/// and the files that `blobs` names, each by the name that it gets in the backup and its path.
///
/// `blobs` is asked twice, right before that instant and right behind it, so that a file which is added while
/// the rows are copied, or removed as soon as they are, is there; one that was removed before it could be
/// opened is left out, except `secret.key`. `progress` is told now and then how many rows have been written.
/// Blocks the thread. What was written to `out` is not synced.
pub fn write_backup(
    store: &dyn Store,
    created_at: Timestamp,
    blobs: &mut dyn FnMut() -> std::io::Result<Vec<(String, PathBuf)>>,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<BackupSummary, BackupError> {
    let mut tap = store.tap()?;
    let epoch = tap.epoch();
    let mut backup = Writer::begin(out, created_at, epoch)?;
    let mut range = keys::everything();
    loop {
        let page = store.scan(range.clone(), PAGE)?;
        let Some((last, _)) = page.last() else { break };
        range = keys::after(range, last.clone());
        for (key, value) in &page {
            backup.put(key, value)?;
        }
        // No more than waits now: whoever writes faster than this copies must not keep it from the next page.
        let mut waiting = tap.behind();
        while let Some(group) = tap.try_next()? {
            group.iter().try_for_each(|change| backup.change(change))?;
            waiting = waiting.saturating_sub(tap::bytes(&group));
            if waiting == 0 {
                break;
            }
        }
        progress(backup.rows());
    }
    let mut files = Files::default();
    files.open(blobs().map_err(BackupError::Blobs)?)?;
    for group in tap.finish()? {
        group.iter().try_for_each(|change| backup.change(change))?;
    }
    files.open(blobs().map_err(BackupError::Blobs)?)?;
    progress(backup.rows());
    let rows = backup.rows();
    let mut copied = Vec::new();
    for (name, file) in files.open {
        let size = backup.blob(&name, file)?;
        copied.push((name, size));
    }
    Ok(BackupSummary {
        created_at,
        epoch,
        rows,
        blobs: copied,
        bytes: backup.end()?,
    })
}

/// Files held open, so that they can be copied even if they are removed meanwhile.
#[derive(Default)]
struct Files {
    known: BTreeSet<String>,
    open: Vec<(String, File)>,
}

impl Files {
    fn open(&mut self, blobs: Vec<(String, PathBuf)>) -> Result<(), BackupError> {
        for (name, path) in blobs {
            if !is_blob_name(&name) {
                return Err(BackupError::BlobName(name));
            }
            if self.known.contains(&name) {
                continue;
            }
            match File::open(&path) {
                Ok(file) => {
                    self.known.insert(name.clone());
                    self.open.push((name, file));
                }
                Err(error) if error.kind() == ErrorKind::NotFound && name != "secret.key" => {}
                Err(source) => return Err(BackupError::Blob { name, source }),
            }
        }
        Ok(())
    }
}
