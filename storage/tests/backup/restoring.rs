//! Putting a backup back: whole, where nothing is, or not at all.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use outdial_storage::backup::{BackupError, BackupSummary, restore_backup};
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::Store;
use outdial_storage::{keys, read};
use tempfile::TempDir;

use crate::made::{
    WHY, backup, backup_with, epoch_of, names_in, restore, restored, rows_of, save, small, three_rows,
};

/// A backup of three rows with a blob, before which a restore can be made to stop.
fn with_blob() -> Vec<u8> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("key");
    std::fs::write(&path, "hush").unwrap();
    backup_with(&three_rows(), &[("secret.key", &path)]).unwrap().0
}

/// A restore in which something happens when the rows are there and the blob is asked for.
fn restore_and(
    file: &[u8],
    path: &Path,
    mut happens: impl FnMut() -> std::io::Result<()>,
) -> Result<BackupSummary, BackupError> {
    let mut blobs_to = |_: &str| happens().map(|()| None);
    restore_backup(
        &mut Cursor::new(file),
        path,
        small(),
        WHY,
        &mut blobs_to,
        &mut |_| (),
    )
}

#[test]
fn a_restored_store_has_the_rows_of_the_backup_and_no_others() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("data/store");
    let store = three_rows();
    restore(&backup(&store), &target).unwrap();
    assert_eq!(restored(&target), rows_of(&store));
    assert_eq!(names_in(directory.path()), ["data"]);
    assert_eq!(names_in(&directory.path().join("data")), ["store"]);
}

#[test]
fn many_rows_and_large_ones_are_all_put_back_and_counted() {
    let directory = TempDir::new().unwrap();
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    for n in 0..20_000_u32 {
        batch.put([b"row", &n.to_be_bytes()[..]].concat(), n.to_le_bytes().to_vec());
    }
    for n in 0..8_u8 {
        batch.put(vec![b's', n], vec![n; 3 << 20]);
    }
    store.commit(1, batch).wait().unwrap();
    let file = backup(&store);
    let target = directory.path().join("store");
    let mut told = Vec::new();
    let summary = restore_backup(
        &mut Cursor::new(&file),
        &target,
        small(),
        WHY,
        &mut |_| Ok(None),
        &mut |rows| told.push(rows),
    )
    .unwrap();
    assert_eq!(summary.rows, 20_008);
    assert!(told.len() > 5 && told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&20_008));
    assert!(restored(&target) == rows_of(&store));
}

#[test]
fn a_restored_store_is_held_and_says_why() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    restore(&backup(&three_rows()), &target).unwrap();
    let store = SledStore::open(&target, small()).unwrap();
    assert_eq!(read::held(&store), Ok(Some(WHY.to_owned())));
    let mut batch = Batch::new();
    batch.release();
    store.commit(epoch_of(&store), batch).wait().unwrap();
    assert_eq!(read::held(&store), Ok(None));
}

#[test]
fn why_a_store_is_held_must_be_text() {
    let store = three_rows();
    let mut batch = Batch::new();
    batch.put(keys::meta("held"), vec![0xff]);
    store.commit(1, batch).wait().unwrap();
    let error = read::held(&store).unwrap_err().to_string();
    assert!(error.contains("`held` is not text"), "{error}");
}

#[test]
fn a_restored_store_opens_in_a_later_epoch_than_the_one_that_was_copied() {
    let directory = TempDir::new().unwrap();
    let source = directory.path().join("source");
    for _ in 0..6 {
        drop(SledStore::open(&source, small()).unwrap());
    }
    let store = SledStore::open(&source, small()).unwrap();
    save(&store, &[("a", "1")]);
    let (file, summary) = backup_with(&store, &[]).unwrap();
    assert_eq!(summary.epoch, 7);
    let target = directory.path().join("target");
    restore(&file, &target).unwrap();
    assert_eq!(epoch_of(&SledStore::open(&target, small()).unwrap()), 8);

    let in_memory = MemoryStore::durable();
    for _ in 0..4 {
        in_memory.crash();
    }
    let target = directory.path().join("from memory");
    restore(&backup(&in_memory), &target).unwrap();
    assert_eq!(epoch_of(&SledStore::open(&target, small()).unwrap()), 6);
}

#[test]
fn a_stopped_service_is_copied_without_its_epoch_changing() {
    let directory = TempDir::new().unwrap();
    let source = directory.path().join("source");
    save(&SledStore::open(&source, small()).unwrap(), &[("a", "1")]);
    let file = backup(&SledStore::open_to_read(&source, small()).unwrap());
    let target = directory.path().join("target");
    assert_eq!(restore(&file, &target).unwrap().epoch, 1);
    assert_eq!(restored(&target), restored(&source));
    assert_eq!(epoch_of(&SledStore::open(&source, small()).unwrap()), 2);
}

#[test]
fn an_empty_directory_is_a_place_for_a_store() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    std::fs::create_dir(&target).unwrap();
    restore(&backup(&three_rows()), &target).unwrap();
    assert_eq!(restored(&target).len(), 3);
}

#[test]
fn a_store_that_is_there_is_never_written_over() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    save(&SledStore::open(&target, small()).unwrap(), &[("kept", "1")]);
    let refused = restore(&backup(&three_rows()), &target).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "there is something in `{}` already; move it away, or restore to another place",
            target.display()
        )
    );
    assert_eq!(
        restored(&target).into_keys().collect::<Vec<_>>(),
        [b"kept".to_vec()]
    );
    let file = directory.path().join("file");
    std::fs::write(&file, "kept").unwrap();
    restore(&backup(&three_rows()), &file).unwrap_err();
    assert_eq!(std::fs::read(&file).unwrap(), b"kept");
    assert_eq!(names_in(directory.path()), ["file", "store"]);
}

#[test]
fn a_crash_in_the_middle_leaves_no_store_and_the_next_restore_clears_it_away() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    let file = with_blob();
    let crashed = catch_unwind(AssertUnwindSafe(|| {
        drop(restore_and(&file, &target, || panic!("the process dies here")));
    }));
    assert!(crashed.is_err());
    assert_eq!(names_in(directory.path()), ["store.restoring"]);
    let half = directory.path().join("store.restoring");
    save(
        &SledStore::open(&half, small()).unwrap(),
        &[("of another backup", "1")],
    );
    std::fs::create_dir_all(half.join("deep/er")).unwrap();
    std::fs::write(half.join("deep/er/file"), "x").unwrap();
    restore(&file, &target).unwrap();
    assert_eq!(names_in(directory.path()), ["store"]);
    assert_eq!(restored(&target), rows_of(&three_rows()));
}

#[test]
fn a_blob_that_cannot_be_put_back_leaves_nothing() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    let refused = restore_and(&with_blob(), &target, || Err(std::io::Error::other("read-only")));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "cannot copy the blob `secret.key`: read-only"
    );
    assert_eq!(names_in(directory.path()), Vec::<String>::new());
}

#[test]
fn a_disk_that_is_nearly_full_leaves_nothing() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    let options = SledOptions {
        min_free_bytes: u64::MAX,
        ..small()
    };
    let file = backup(&three_rows());
    let refused = restore_backup(
        &mut Cursor::new(&file),
        &target,
        options,
        WHY,
        &mut |_| Ok(None),
        &mut |_| (),
    );
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("the disk is nearly full"), "{text}");
    assert_eq!(names_in(directory.path()), Vec::<String>::new());
}

#[test]
fn two_restores_to_one_place_do_not_meet() {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("store");
    let file = with_blob();
    let mut second = None;
    let first = restore_and(&file, &target, || {
        second = Some(restore(&file, &target));
        Ok(())
    });
    first.unwrap();
    assert!(matches!(second, Some(Err(BackupError::Busy(_)))));
    assert_eq!(restored(&target).len(), 3);
}
