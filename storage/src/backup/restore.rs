//! Putting a backup back where there is no store.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::reader::{Reader, Record, read_backup};
use super::{BackupError, BackupSummary};
use crate::batch::Batch;
use crate::keys;
use crate::sled_store::{SledOptions, SledStore};
use crate::store::{Health, Store};

/// Rows that are put back in one write, at most.
const ROWS_PER_WRITE: usize = 4096;
/// No further row is added to a write of as many bytes.
const BYTES_PER_WRITE: usize = 4 << 20;

/// Where the blob of a name is to be written; `None` leaves it out.
pub type BlobTarget<'a> = dyn FnMut(&str) -> std::io::Result<Option<Box<dyn Write>>> + 'a;

/// Makes a store in `store_path`, where there must be nothing or an empty directory, as the backup has it.
///
/// The whole file is verified before anything is written. Rows go into a directory beside the target
/// (`.restoring` behind its name), which is renamed to the target when everything, blobs included, is
/// written and synced; what a crash leaves of it is removed by the next restore. `held` says why the
/// restored store may not dial yet: see [`crate::read::held`]. Its next epoch is greater than the backup's.
///
/// `blobs_to` gives for each blob where it goes. Blobs are flushed, and are the caller's to sync. `progress`
/// is told now and then how many rows have been put back.
pub fn restore_backup(
    file: &mut (impl Read + Seek),
    store_path: &Path,
    options: SledOptions,
    held: &str,
    blobs_to: &mut BlobTarget<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<BackupSummary, BackupError> {
    refuse_what_is_there(store_path)?;
    read_backup(file)?;
    let site = Site::claim(store_path)?;
    file.rewind().map_err(BackupError::Read)?;
    let summary = match fill(file, &site.beside, options, held, blobs_to, progress) {
        Ok(summary) => summary,
        Err(error) => {
            site.clear().unwrap_or_else(|left| {
                tracing::warn!(%left, "what was restored by half is left");
            });
            return Err(error);
        }
    };
    site.publish()?;
    Ok(summary)
}

/// A store that is there, or anything else, is never written over.
fn refuse_what_is_there(path: &Path) -> Result<(), BackupError> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unusable(path)(error)),
        Ok(found) if found.is_dir() => {
            let mut entries = std::fs::read_dir(path).map_err(unusable(path))?;
            match entries.next() {
                None => Ok(()),
                Some(_) => Err(BackupError::NotEmpty(path.to_owned())),
            }
        }
        Ok(_) => Err(BackupError::NotEmpty(path.to_owned())),
    }
}

fn fill(
    file: &mut impl Read,
    path: &Path,
    options: SledOptions,
    held: &str,
    blobs_to: &mut BlobTarget<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<BackupSummary, BackupError> {
    let mut reader = Reader::begin(file)?;
    let mut target = Target::open(path, options)?;
    let summary = loop {
        match reader.next()? {
            Record::Row(key, value) => {
                if target.add(key, value)? {
                    progress(reader.rows());
                }
            }
            Record::Blob(name) => {
                let out = blobs_to(&name).map_err(|source| BackupError::Blob { name, source })?;
                match out {
                    Some(mut out) => reader.blob(&mut out)?,
                    None => reader.blob(&mut std::io::sink())?,
                }
            }
            Record::End(summary) => break summary,
        }
    };
    target.batch.hold(held);
    // Opening counts on from here.
    let epoch = reader.epoch();
    target
        .batch
        .put(keys::meta("epoch"), epoch.to_be_bytes().to_vec());
    target.write()?;
    progress(summary.rows);
    Ok(summary)
}

/// The new store, and the rows for its next write.
struct Target {
    store: SledStore,
    epoch: u32,
    batch: Batch,
    bytes: usize,
}

impl Target {
    fn open(path: &Path, options: SledOptions) -> Result<Self, BackupError> {
        let store = SledStore::open(path, options)?;
        let epoch = match *store.health().borrow() {
            Health::Up { epoch } => epoch,
            // Its writes will say why.
            Health::Down { .. } => 0,
        };
        Ok(Self {
            store,
            epoch,
            batch: Batch::new(),
            bytes: 0,
        })
    }

    /// Adds a row; whether that made a write full, which is durable then.
    fn add(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<bool, BackupError> {
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        match value {
            Some(value) => self.batch.put(key, value),
            None => self.batch.delete(key),
        }
        let is_full = self.batch.len() >= ROWS_PER_WRITE || self.bytes >= BYTES_PER_WRITE;
        if is_full {
            self.write()?;
        }
        Ok(is_full)
    }

    fn write(&mut self) -> Result<(), BackupError> {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        Ok(self.store.commit(self.epoch, batch).wait()?)
    }
}

/// Where a store is made before it has its name. While it is held no other restore works here.
struct Site {
    path: PathBuf,
    beside: PathBuf,
    /// The directory of both, locked.
    parent: File,
}

impl Site {
    fn claim(path: &Path) -> Result<Self, BackupError> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent).map_err(unusable(parent))?;
        let locked = File::open(parent).map_err(unusable(parent))?;
        match locked.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BackupError::Busy(parent.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(parent)(error)),
        }
        let mut name: OsString = path.file_name().unwrap_or_default().to_owned();
        name.push(".restoring");
        let site = Self {
            path: path.to_owned(),
            beside: parent.join(name),
            parent: locked,
        };
        site.clear()?;
        Ok(site)
    }

    /// Removes what is there of a store that was restored by half.
    fn clear(&self) -> Result<(), BackupError> {
        match std::fs::remove_dir_all(&self.beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(&self.beside)(error)),
            _ => Ok(()),
        }
    }

    /// Gives the store, which must be whole and closed, its name.
    fn publish(&self) -> Result<(), BackupError> {
        sync_tree(&self.beside)?;
        std::fs::rename(&self.beside, &self.path).map_err(unusable(&self.path))?;
        self.parent.sync_all().map_err(unusable(&self.path))
    }
}

/// Syncs every file below a directory, and the names of all.
fn sync_tree(directory: &Path) -> Result<(), BackupError> {
    let unusable = unusable(directory);
    for entry in std::fs::read_dir(directory).map_err(&unusable)? {
        let path = entry.map_err(&unusable)?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            let synced = File::open(&path).and_then(|file| file.sync_all());
            synced.map_err(&unusable)?;
        }
    }
    let synced = File::open(directory).and_then(|opened| opened.sync_all());
    synced.map_err(unusable)
}

fn unusable(path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Directory {
        path: path.clone(),
        source,
    }
}
