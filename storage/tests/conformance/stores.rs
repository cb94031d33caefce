//! The stores that the suite runs over, each with what makes its commits durable, what breaks and
//! mends it, and what opens it again.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Health, Store, Ticket};
use tempfile::TempDir;

/// Why the disk fails, while it does.
type Fault = Arc<Mutex<Option<String>>>;

/// A store under test.
pub enum Subject {
    /// The store on disk.
    OnDisk {
        /// `None` only while it is being opened again.
        store: Option<SledStore>,
        directory: TempDir,
        fault: Fault,
    },
    /// The store in memory, which may wait to be flushed.
    InMemory(MemoryStore),
}

/// Options for a small store that takes whatever room the test machine has.
pub fn small() -> SledOptions {
    SledOptions {
        cache_bytes: 8 << 20,
        min_free_bytes: 0,
        write_check: None,
    }
}

fn open(directory: &Path, fault: &Fault) -> SledStore {
    let fault = Arc::clone(fault);
    let check = move || fault.lock().unwrap().clone().map_or(Ok(()), Err);
    let options = SledOptions {
        write_check: Some(Arc::new(check)),
        ..small()
    };
    SledStore::open(directory, options).unwrap()
}

/// Waits until a store's health is as it should be. It never is where a minute is not enough.
pub fn wait_for(store: &dyn Store, condition: impl FnMut(&Health) -> bool) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let mut health = store.health();
    let changed = runtime.block_on(async {
        let changed = health.wait_for(condition);
        let in_time = tokio::time::timeout(Duration::from_secs(60), changed).await;
        in_time.is_ok_and(|health| health.is_ok())
    });
    assert!(changed, "it is still {:?}", *store.health().borrow());
}

/// The epoch of a store that takes writes.
pub fn epoch_of(store: &dyn Store) -> u32 {
    match *store.health().borrow() {
        Health::Up { epoch } => epoch,
        Health::Down { ref reason } => panic!("the store is down: {reason}"),
    }
}

impl Subject {
    pub fn on_disk() -> Self {
        let directory = TempDir::new().unwrap();
        let fault = Fault::default();
        Self::OnDisk {
            store: Some(open(directory.path(), &fault)),
            directory,
            fault,
        }
    }

    pub fn at_once() -> Self {
        Self::InMemory(MemoryStore::durable())
    }

    pub fn on_flush() -> Self {
        Self::InMemory(MemoryStore::new())
    }

    pub fn store(&self) -> &dyn Store {
        match self {
            Self::OnDisk { store, .. } => store.as_ref().unwrap(),
            Self::InMemory(store) => store,
        }
    }

    pub fn epoch(&self) -> u32 {
        epoch_of(self.store())
    }

    /// Commits a batch in the current epoch, and waits for nothing.
    pub fn commit(&self, batch: Batch) -> Ticket {
        self.store().commit(self.epoch(), batch)
    }

    /// Lets whatever is committed become durable; who needs it waits for the tickets.
    pub fn settle(&self) {
        if let Self::InMemory(store) = self {
            store.flush(usize::MAX);
        }
    }

    /// Commits a batch and waits until it is durable.
    pub fn save(&self, batch: Batch) {
        let ticket = self.commit(batch);
        self.settle();
        ticket.wait().unwrap();
    }

    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.store().get(key.as_bytes()).unwrap()
    }

    /// Closes the store, or lets it crash, and opens it again.
    pub fn reopen(&mut self) {
        match self {
            Self::OnDisk {
                store,
                directory,
                fault,
            } => {
                *store = None;
                *store = Some(open(directory.path(), fault));
            }
            Self::InMemory(store) => store.crash(),
        }
    }

    /// Every write fails from here on.
    pub fn break_down(&self, reason: &str) {
        match self {
            Self::OnDisk { fault, .. } => *fault.lock().unwrap() = Some(reason.to_owned()),
            Self::InMemory(store) => store.fail(reason),
        }
    }

    /// Writes work again; waits until the store has noticed, and gives its new epoch.
    pub fn mend(&self) -> u32 {
        match self {
            Self::OnDisk { fault, .. } => *fault.lock().unwrap() = None,
            Self::InMemory(store) => store.mend(),
        }
        wait_for(self.store(), |health| matches!(health, Health::Up { .. }));
        self.epoch()
    }
}
