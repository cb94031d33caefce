//! A store is copied while threads write to it as fast as they can: the copy is the store as at one instant.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fastrand::Rng;
use outdial_storage::backup::{BackupError, read_backup, write_backup};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Health, Store};
use outdial_storage::tap::Change;
use tempfile::TempDir;

use crate::made::{MADE_AT, Rows, epoch_of, restore, restored, save, small};

const WRITERS: u64 = 4;
/// What each writer's two rows sum up to.
const SUM: u64 = 1_000_000;

/// What was committed, in its order: the number of a batch is its place.
#[derive(Default)]
struct Log {
    batches: Mutex<Vec<Vec<Change>>>,
    acknowledged: AtomicUsize,
    /// How many may be acknowledged by now: in memory they would be much faster than any copying.
    allowed: AtomicUsize,
    is_over: AtomicBool,
}

impl Log {
    fn len(&self) -> usize {
        self.batches.lock().unwrap().len()
    }

    /// The store after the first so many batches.
    fn replay(&self, count: usize) -> Rows {
        let mut rows = first_rows();
        for (key, value) in self.batches.lock().unwrap()[..count].iter().flatten() {
            match value {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        rows
    }

    /// Waits until the writers have written so many more.
    fn wait_for_more(&self, count: usize) {
        let wanted = self.acknowledged.load(Ordering::SeqCst) + count;
        self.allowed.store(wanted + 100, Ordering::SeqCst);
        while self.acknowledged.load(Ordering::SeqCst) < wanted && !self.is_over.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    }
}

fn account(writer: u64, side: &str) -> Vec<u8> {
    format!("account {writer} {side}").into_bytes()
}

/// Enough for several pages, all over the keyspace.
fn first_rows() -> Rows {
    let rows = (0..1500_u32).map(|n| (format!("{} of {n}", n % 7).into_bytes(), vec![1; 100]));
    let accounts = (0..WRITERS).flat_map(|writer| {
        [("left", SUM), ("right", 0)]
            .map(|(side, amount)| (account(writer, side), amount.to_be_bytes().to_vec()))
    });
    let last = (b"count".to_vec(), 0_u64.to_be_bytes().to_vec());
    rows.chain(accounts).chain([last]).collect()
}

/// Moves something from one of its rows to the other, counts the batch, and puts and deletes at random.
fn write(store: &dyn Store, writer: u64, log: &Log) {
    let mut rng = Rng::with_seed(writer);
    while !log.is_over.load(Ordering::SeqCst) {
        if log.acknowledged.load(Ordering::SeqCst) >= log.allowed.load(Ordering::SeqCst) {
            std::thread::yield_now();
            continue;
        }
        let left = rng.u64(0..=SUM);
        let mut rows = vec![
            (account(writer, "left"), Some(left.to_be_bytes().to_vec())),
            (
                account(writer, "right"),
                Some((SUM - left).to_be_bytes().to_vec()),
            ),
        ];
        for _ in 0..5 {
            let key = format!("{} of {}", rng.u32(0..7), rng.u32(0..2000)).into_bytes();
            rows.push((key, rng.bool().then(|| vec![rng.u8(..); rng.usize(0..300)])));
        }
        let ticket = {
            let mut batches = log.batches.lock().unwrap();
            let number = batches.len() as u64 + 1;
            rows.push((b"count".to_vec(), Some(number.to_be_bytes().to_vec())));
            let mut batch = Batch::new();
            for (key, value) in &rows {
                match value {
                    Some(value) => batch.put(key.clone(), value.clone()),
                    None => batch.delete(key.clone()),
                }
            }
            batches.push(rows);
            store.commit(epoch_of(store), batch)
        };
        ticket.wait().unwrap();
        log.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().unwrap())
}

fn hammer(store: &dyn Store, target: &Path) {
    let mut first = Batch::new();
    for (key, value) in first_rows() {
        first.put(key, value);
    }
    store.commit(epoch_of(store), first).wait().unwrap();
    let log = Log::default();
    log.allowed.store(100, Ordering::SeqCst);
    let mut file = Vec::new();
    let mut fences = Vec::new();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let log = &log;
            scope.spawn(move || write(store, writer, log));
        }
        let mut blobs = || {
            // What was acknowledged before the fence, and what was committed behind it.
            fences.push((log.acknowledged.load(Ordering::SeqCst), log.len()));
            Ok(Vec::new())
        };
        // However fast the copying is, they write between any two pages.
        let mut progress = |_| log.wait_for_more(8);
        let done = write_backup(store, MADE_AT, &mut blobs, &mut file, &mut progress);
        log.is_over.store(true, Ordering::SeqCst);
        done.unwrap();
    });
    restore(&file, target).unwrap();
    let rows = restored(target);
    let count = number(&rows[&b"count"[..]]) as usize;
    let [(acknowledged, _), (_, committed)] = fences[..] else {
        panic!("asked {} times for blobs", fences.len());
    };
    assert!(acknowledged > 50, "they did write: {acknowledged}");
    assert!(
        (acknowledged..=committed).contains(&count),
        "{acknowledged} <= {count} <= {committed}"
    );
    for writer in 0..WRITERS {
        let [left, right] = ["left", "right"].map(|side| number(&rows[&account(writer, side)]));
        assert_eq!(left + right, SUM, "writer {writer}");
    }
    assert!(
        rows == log.replay(count),
        "it is not the store after {count} batches"
    );
}

#[test]
fn a_store_on_disk_is_copied_as_at_one_instant() {
    let directory = TempDir::new().unwrap();
    let store = SledStore::open(&directory.path().join("source"), small()).unwrap();
    for round in 0..3 {
        hammer_again(&store, &directory.path().join(format!("target {round}")));
    }
}

#[test]
fn a_store_in_memory_is_copied_as_at_one_instant() {
    let directory = TempDir::new().unwrap();
    for round in 0..3 {
        hammer(
            &MemoryStore::durable(),
            &directory.path().join(format!("target {round}")),
        );
    }
}

/// The store begins each round empty.
fn hammer_again(store: &SledStore, target: &Path) {
    let mut batch = Batch::new();
    for key in crate::made::rows_of(store).into_keys() {
        batch.delete(key);
    }
    store.commit(epoch_of(store), batch).wait().unwrap();
    hammer(store, target);
}

/// Makes a backup of a store of some pages in which something happens once in the middle.
fn backup_while(store: &dyn Store, mut happens: impl FnMut()) -> (Result<(), BackupError>, Vec<u8>) {
    for n in 0..10 {
        let rows: Vec<_> = (0..100).map(|row| format!("row {n} {row}")).collect();
        let rows: Vec<_> = rows.iter().map(|key| (key.as_str(), "1")).collect();
        save(store, &rows);
    }
    let mut file = Vec::new();
    let mut pages = 0;
    let mut progress = |_| {
        pages += 1;
        if pages == 3 {
            happens();
        }
    };
    let done = write_backup(store, MADE_AT, &mut || Ok(Vec::new()), &mut file, &mut progress);
    (done.map(drop), file)
}

fn is_interrupted(done: Result<(), BackupError>, file: &[u8]) {
    assert_eq!(
        done.unwrap_err().to_string(),
        "the backup is not complete: the store was interrupted, so what was written to it meanwhile is not \
         certain: the disk is on fire; make another one"
    );
    assert!(read_backup(&mut Cursor::new(file)).is_err());
}

#[test]
fn a_backup_of_a_store_in_memory_that_fails_meanwhile_is_none() {
    let store = MemoryStore::durable();
    let (done, file) = backup_while(&store, || {
        store.fail("the disk is on fire");
        store.mend();
    });
    is_interrupted(done, &file);
}

#[test]
fn a_backup_of_a_store_on_disk_that_fails_meanwhile_is_none() {
    let directory = TempDir::new().unwrap();
    let fault = Arc::new(AtomicBool::new(false));
    let check = {
        let fault = Arc::clone(&fault);
        // One write fails, and the reopening works.
        move || match fault.swap(false, Ordering::SeqCst) {
            true => Err("the disk is on fire".to_owned()),
            false => Ok(()),
        }
    };
    let options = SledOptions {
        write_check: Some(Arc::new(check)),
        ..small()
    };
    let store = SledStore::open(directory.path(), options).unwrap();
    let (done, file) = backup_while(&store, || {
        fault.store(true, Ordering::SeqCst);
        store.commit(1, lost()).wait().unwrap_err();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut health = store.health();
        let reopened = health.wait_for(|health| *health == Health::Up { epoch: 2 });
        drop(runtime.block_on(reopened).unwrap());
    });
    is_interrupted(done, &file);
}

fn lost() -> Batch {
    let mut batch = Batch::new();
    batch.put(b"lost".to_vec(), Vec::new());
    batch
}
