//! Backups made and put back in a few words.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use outdial_domain::time::Timestamp;
use outdial_storage::backup::{BackupError, BackupSummary, restore_backup, write_backup};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Health, Store};
use outdial_storage::{keys, read};

pub const MADE_AT: Timestamp = Timestamp::from_millis(1_782_910_800_000);
pub const WHY: &str = "restored from a backup of yesterday";

pub type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Options for a small store that takes whatever room the test machine has.
pub fn small() -> SledOptions {
    SledOptions {
        cache_bytes: 8 << 20,
        min_free_bytes: 0,
        write_check: None,
    }
}

pub fn epoch_of(store: &dyn Store) -> u32 {
    match *store.health().borrow() {
        Health::Up { epoch } => epoch,
        Health::Down { ref reason } => panic!("the store is down: {reason}"),
    }
}

pub fn save(store: &dyn Store, rows: &[(&str, &str)]) {
    let mut batch = Batch::new();
    for (key, value) in rows {
        batch.put(key.as_bytes().to_vec(), value.as_bytes().to_vec());
    }
    store.commit(epoch_of(store), batch).wait().unwrap();
}

/// A store in memory with three rows.
pub fn three_rows() -> MemoryStore {
    let store = MemoryStore::durable();
    save(&store, &[("a", "1"), ("b", ""), ("c", "three")]);
    store
}

/// Everything but what the store keeps of itself.
pub fn rows_of(store: &dyn Store) -> Rows {
    let rows = read::all(store, keys::everything()).unwrap().into_iter();
    rows.filter(|(key, _)| *key != keys::meta("epoch") && *key != keys::meta("held"))
        .collect()
}

/// A backup with the blobs at these paths.
pub fn backup_with(
    store: &dyn Store,
    blobs: &[(&str, &Path)],
) -> Result<(Vec<u8>, BackupSummary), BackupError> {
    let blobs: Vec<(String, PathBuf)> = blobs
        .iter()
        .map(|(name, path)| ((*name).to_owned(), path.to_path_buf()))
        .collect();
    let mut file = Vec::new();
    let summary = write_backup(store, MADE_AT, &mut || Ok(blobs.clone()), &mut file, &mut |_| ())?;
    assert_eq!(summary.bytes, file.len() as u64);
    Ok((file, summary))
}

pub fn backup(store: &dyn Store) -> Vec<u8> {
    backup_with(store, &[]).unwrap().0
}

/// Puts a backup back without its blobs.
pub fn restore(file: &[u8], path: &Path) -> Result<BackupSummary, BackupError> {
    let mut file = Cursor::new(file);
    restore_backup(&mut file, path, small(), WHY, &mut |_| Ok(None), &mut |_| ())
}

/// The rows of a store on disk, which is opened only to be read.
pub fn restored(path: &Path) -> Rows {
    rows_of(&SledStore::open_to_read(path, small()).unwrap())
}

/// What is written to it can be looked at.
#[derive(Clone, Default)]
pub struct Sink(pub Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The names in a directory.
pub fn names_in(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
