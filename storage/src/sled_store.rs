//! The store on disk: sled, with the syncing that sled leaves out.
//!
//! On Linux sled's `flush` calls `sync_file_range`, which does not flush the disk's own cache nor
//! the file's size; so after it the `db` file is synced with `fdatasync`. Writes are refused while
//! the disk is nearly full, because a full one is where embedded stores break.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::batch::Batch;
use crate::committer::{self, Disk, Request};
use crate::keys;
use crate::store::{Health, Row, Store, StoreError, Ticket};

/// sled's threads let go of its file within this, or whoever opens it next is told that it is open.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How often they are asked.
const CLOSE_POLL: Duration = Duration::from_millis(1);

/// How a store on disk is opened.
#[derive(Clone)]
pub struct SledOptions {
    /// Bytes of pages kept in memory. sled's own default is 1 GiB.
    pub cache_bytes: u64,
    /// Writes are refused while the disk has fewer free bytes than this.
    pub min_free_bytes: u64,
    /// Asked before every write and every reopening; an `Err` fails it. Stands for a failing disk in tests.
    pub write_check: Option<Arc<dyn Fn() -> Result<(), String> + Send + Sync>>,
}

impl Default for SledOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 128 << 20,
            min_free_bytes: 64 << 20,
            write_check: None,
        }
    }
}

/// A store in a directory of its own.
pub struct SledStore {
    shared: Arc<RwLock<Option<sled::Db>>>,
    requests: Option<Sender<Request>>,
    health: watch::Sender<Health>,
    committer: Option<JoinHandle<()>>,
}

impl SledStore {
    /// Opens or creates the store in `path`. A directory is open in one process at a time.
    pub fn open(path: &Path, options: SledOptions) -> Result<Self, StoreError> {
        let shared = Arc::new(RwLock::new(None));
        let mut disk = SledDisk {
            path: path.to_owned(),
            options,
            shared: Arc::clone(&shared),
            file: None,
        };
        let opened = disk.reopen();
        let epoch = opened.map_err(|detail| StoreError::Open {
            path: path.display().to_string(),
            detail,
        })?;
        let health = watch::Sender::new(Health::Up { epoch });
        let (requests, queue) = channel();
        let of_thread = health.clone();
        let committer = std::thread::Builder::new()
            .name("outdial-commit".to_owned())
            .spawn(move || {
                let _says_if_it_panics = SaysIfItPanics(of_thread.clone());
                committer::run(&queue, &of_thread, epoch, &mut disk);
            })
            .map_err(|error| StoreError::Open {
                path: path.display().to_string(),
                detail: error.to_string(),
            })?;
        Ok(Self {
            shared,
            requests: Some(requests),
            health,
            committer: Some(committer),
        })
    }

    fn read<T>(&self, read: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, StoreError> {
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        let db = shared
            .as_ref()
            .ok_or_else(|| StoreError::Unavailable("it is being reopened".to_owned()))?;
        read(db).map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

impl Store for SledStore {
    fn commit(&self, epoch: u32, batch: Batch) -> Ticket {
        let (holder, ticket) = Ticket::new();
        if let Some(requests) = &self.requests {
            // A committer that is gone drops the holder, which the ticket reports.
            drop(requests.send(Request { epoch, batch, holder }));
        }
        ticket
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|db| Ok(db.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, range: Range<Vec<u8>>, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.read(|db| db.range(range).take(limit).map(row).collect())
    }

    fn scan_back(&self, range: Range<Vec<u8>>, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.read(|db| db.range(range).rev().take(limit).map(row).collect())
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }
}

impl Drop for SledStore {
    /// Writes what was committed, then closes; the directory can be opened again at once.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(committer) = self.committer.take()
            && committer.join().is_err()
        {
            tracing::error!("the committer had panicked");
        }
    }
}

/// Without its committer a store takes no writes, and must say so.
struct SaysIfItPanics(watch::Sender<Health>);

impl Drop for SaysIfItPanics {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let reason = "writing stopped because of a defect; restart outdial".to_owned();
            self.0.send_replace(Health::Down { reason });
        }
    }
}

fn row(row: sled::Result<(sled::IVec, sled::IVec)>) -> sled::Result<Row> {
    row.map(|(key, value)| (key.to_vec(), value.to_vec()))
}

/// The committer's end.
struct SledDisk {
    path: PathBuf,
    options: SledOptions,
    shared: Arc<RwLock<Option<sled::Db>>>,
    /// sled's own file, to be synced.
    file: Option<File>,
}

impl SledDisk {
    fn check(&self) -> Result<(), String> {
        if let Some(check) = &self.options.write_check {
            check()?;
        }
        let free = fs2::available_space(&self.path).map_err(|error| error.to_string())?;
        if free < self.options.min_free_bytes {
            let mib = |bytes: u64| bytes >> 20;
            return Err(format!(
                "the disk is nearly full: {} MiB free, at least {} MiB are needed; free some space in `{}`",
                mib(free),
                mib(self.options.min_free_bytes),
                self.path.display()
            ));
        }
        Ok(())
    }

    /// Closes sled, and waits until its own threads have let go of the file as well: until then
    /// nobody could open the directory again.
    fn close(&mut self) {
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = None;
        let Some(file) = self.file.take() else { return };
        let deadline = Instant::now() + CLOSE_WITHIN;
        while let Err(TryLockError::WouldBlock) = file.try_lock()
            && Instant::now() < deadline
        {
            std::thread::sleep(CLOSE_POLL);
        }
    }

    fn sync(&self, db: &sled::Db) -> Result<(), String> {
        db.flush().map_err(|error| error.to_string())?;
        let file = self.file.as_ref().ok_or("the store's file is not open")?;
        file.sync_data().map_err(|error| error.to_string())
    }

    fn open(&mut self) -> Result<u32, String> {
        std::fs::create_dir_all(&self.path).map_err(|error| error.to_string())?;
        self.check()?;
        let config = sled::Config::new()
            .path(&self.path)
            .cache_capacity(self.options.cache_bytes)
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(None);
        let db = config.open().map_err(|error| explain(&error))?;
        self.file = Some(File::open(self.path.join("db")).map_err(|error| error.to_string())?);
        let last = db.get(keys::meta("epoch")).map_err(|error| error.to_string())?;
        let last = match last.as_ref().map(|bytes| <[u8; 4]>::try_from(bytes.as_ref())) {
            None => 0,
            Some(Ok(bytes)) => u32::from_be_bytes(bytes),
            // To guess could repeat an epoch, and an intent of another life would look like one of this.
            Some(Err(_)) => return Err("its epoch cannot be read; restore a backup".to_owned()),
        };
        let epoch = last + 1;
        db.insert(keys::meta("epoch"), epoch.to_be_bytes().to_vec())
            .map_err(|error| error.to_string())?;
        self.sync(&db)?;
        File::open(&self.path)
            .and_then(|directory| directory.sync_all())
            .map_err(|error| error.to_string())?;
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = Some(db);
        Ok(epoch)
    }
}

impl Disk for SledDisk {
    fn write(&mut self, rows: HashMap<Vec<u8>, Option<Vec<u8>>>) -> Result<(), String> {
        self.check()?;
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        let db = shared.as_ref().ok_or("the store is closed")?;
        let mut batch = sled::Batch::default();
        for (key, value) in rows {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        db.apply_batch(batch).map_err(|error| error.to_string())?;
        self.sync(db)
    }

    fn reopen(&mut self) -> Result<u32, String> {
        self.close();
        self.open()
    }
}

impl Drop for SledDisk {
    fn drop(&mut self) {
        self.close();
    }
}

/// sled reports a directory in use as an I/O error that names its lock.
fn explain(error: &sled::Error) -> String {
    let text = error.to_string();
    if text.contains("could not acquire lock") {
        return "another outdial, or another process, has it open".to_owned();
    }
    text
}
