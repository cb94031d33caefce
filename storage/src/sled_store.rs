//! The store on disk: sled, with the syncing that sled leaves out.
//!
//! On Linux sled's `flush` calls `sync_file_range`, which does not flush the disk's own cache nor
//! the file's size; so after it the `db` file is synced with `fdatasync`. Writes are refused while
//! the disk is nearly full, because a full one is where embedded stores break.

use std::fs::{File, TryLockError};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::batch::Batch;
use crate::committer::{self, Commit, Disk, Follow, Request};
use crate::keys;
use crate::measured::{Figures, Measured};
use crate::store::{Health, Row, Store, StoreError, Ticket};
use crate::tap::{self, Change, Tap, TapError};

/// sled's threads let go of its file within this, or whoever opens it next is told that it is open.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How often they are asked.
const CLOSE_POLL: Duration = Duration::from_millis(1);
/// Why a store that was opened to be read takes no writes.
const ONLY_READ: &str = "it was opened to be read, and takes no writes";

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
    writer: Writer,
    health: watch::Sender<Health>,
}

/// Who writes to a store.
enum Writer {
    /// Its committer.
    Committer(Sender<Request>, JoinHandle<()>, Measured),
    /// Nobody: it was opened to be read, in this epoch, and closes with the disk.
    Nobody(u32, SledDisk),
    /// Nobody any more: it closes.
    Gone,
}

impl SledStore {
    /// Opens or creates the store in `path`. A directory is open in one process at a time.
    pub fn open(path: &Path, options: SledOptions) -> Result<Self, StoreError> {
        let shared = Arc::new(RwLock::new(None));
        let mut disk = SledDisk::new(path, options, Arc::clone(&shared));
        let epoch = disk.reopen().map_err(|detail| refused(path, detail))?;
        let health = watch::Sender::new(Health::Up { epoch });
        let (requests, queue) = channel();
        let of_thread = health.clone();
        let measured = Measured::new();
        let of_committer = measured.clone();
        let committer = std::thread::Builder::new()
            .name("outdial-commit".to_owned())
            .spawn(move || {
                let _says_if_it_panics = SaysIfItPanics(of_thread.clone());
                committer::run(&queue, &of_thread, epoch, &mut disk, &of_committer);
            })
            .map_err(|error| refused(path, error.to_string()))?;
        Ok(Self {
            shared,
            writer: Writer::Committer(requests, committer, measured),
            health,
        })
    }

    /// Opens the store in `path` to be read: it is not created, its epoch stays what it is, and no free space
    /// is asked for. It is refused while another process has it open, and sled may put its own files in
    /// order. Its health is [`Health::Down`] and it refuses every batch; its tap gives nothing.
    pub fn open_to_read(path: &Path, options: SledOptions) -> Result<Self, StoreError> {
        let shared = Arc::new(RwLock::new(None));
        let mut disk = SledDisk::new(path, options, Arc::clone(&shared));
        let epoch = disk.open_to_read().map_err(|detail| refused(path, detail))?;
        let reason = ONLY_READ.to_owned();
        Ok(Self {
            shared,
            writer: Writer::Nobody(epoch, disk),
            health: watch::Sender::new(Health::Down { reason }),
        })
    }

    /// What it has measured of itself. One that was opened to be read has nothing to tell.
    pub fn figures(&self) -> Option<Figures> {
        match &self.writer {
            Writer::Committer(_, _, measured) => Some(measured.figures()),
            Writer::Nobody(..) | Writer::Gone => None,
        }
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
        match &self.writer {
            Writer::Committer(requests, _, measured) => {
                measured.queued.increment(1.0);
                let given = Instant::now();
                // A committer that is gone drops the holder, which the ticket reports.
                drop(requests.send(Request::Commit(Commit {
                    epoch,
                    batch,
                    holder,
                    given,
                })));
            }
            Writer::Nobody(..) | Writer::Gone => {
                drop(holder.send(Err(StoreError::Unavailable(ONLY_READ.to_owned()))));
            }
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

    fn tap(&self) -> Result<Tap<'_>, TapError> {
        match &self.writer {
            Writer::Committer(requests, ..) => {
                let (feed, opening) = tap::new();
                let id = opening.id();
                // A committer that is gone drops the feed, which the tap reports.
                drop(requests.send(Request::Follow(Follow::From(feed))));
                opening.wait(move || drop(requests.send(Request::Follow(Follow::Until(id)))))
            }
            Writer::Nobody(epoch, _) => Ok(Tap::still(*epoch)),
            Writer::Gone => Err(TapError::Closed),
        }
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }
}

impl Drop for SledStore {
    /// Writes what was committed, then closes; the directory can be opened again at once.
    fn drop(&mut self) {
        match std::mem::replace(&mut self.writer, Writer::Gone) {
            Writer::Committer(requests, committer, _) => {
                drop(requests);
                if committer.join().is_err() {
                    tracing::error!("the committer had panicked");
                }
            }
            Writer::Nobody(_, mut disk) => disk.close(),
            Writer::Gone => {}
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

fn refused(path: &Path, detail: String) -> StoreError {
    StoreError::Open {
        path: path.display().to_string(),
        detail,
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
    fn new(path: &Path, options: SledOptions, shared: Arc<RwLock<Option<sled::Db>>>) -> Self {
        Self {
            path: path.to_owned(),
            options,
            shared,
            file: None,
        }
    }

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
        let db = self.connect()?;
        let epoch = stored_epoch(&db)? + 1;
        db.insert(keys::meta("epoch"), epoch.to_be_bytes().to_vec())
            .map_err(|error| error.to_string())?;
        self.sync(&db)?;
        File::open(&self.path)
            .and_then(|directory| directory.sync_all())
            .map_err(|error| error.to_string())?;
        self.share(db);
        Ok(epoch)
    }

    fn open_to_read(&mut self) -> Result<u32, String> {
        if !self.path.join("db").is_file() {
            return Err("there is none".to_owned());
        }
        let db = self.connect()?;
        let epoch = stored_epoch(&db)?;
        self.share(db);
        Ok(epoch)
    }

    fn connect(&mut self) -> Result<sled::Db, String> {
        let config = sled::Config::new()
            .path(&self.path)
            .cache_capacity(self.options.cache_bytes)
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(None);
        let db = config.open().map_err(|error| explain(&error))?;
        self.file = Some(File::open(self.path.join("db")).map_err(|error| error.to_string())?);
        Ok(db)
    }

    fn share(&self, db: sled::Db) {
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = Some(db);
    }
}

impl Disk for SledDisk {
    fn write(&mut self, rows: Vec<Change>) -> Result<(), String> {
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

/// How often a store was opened, as it says itself.
fn stored_epoch(db: &sled::Db) -> Result<u32, String> {
    let stored = db.get(keys::meta("epoch")).map_err(|error| error.to_string())?;
    match stored.as_ref().map(|bytes| <[u8; 4]>::try_from(bytes.as_ref())) {
        None => Ok(0),
        Some(Ok(bytes)) => Ok(u32::from_be_bytes(bytes)),
        // To guess could repeat an epoch, and an intent of another life would look like one of this.
        Some(Err(_)) => Err("its epoch cannot be read; restore a backup".to_owned()),
    }
}

/// sled reports a directory in use as an I/O error that names its lock.
fn explain(error: &sled::Error) -> String {
    let text = error.to_string();
    if text.contains("could not acquire lock") {
        return StoreError::IN_USE.to_owned();
    }
    text
}
