//! On disk: which directories a store opens in, and what it says where it does not.

use outdial_storage::batch::Batch;
use outdial_storage::sled_store::{SledOptions, SledStore};
use outdial_storage::store::{Store, StoreError};
use tempfile::TempDir;

use crate::rows::{key, puts};
use crate::stores::{epoch_of, small};

fn refusal(opened: Result<SledStore, StoreError>) -> String {
    match opened {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_directory_that_is_not_there_is_made() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("a/b");
    let store = SledStore::open(&path, small()).unwrap();
    assert_eq!(store.commit(1, puts(&[("a", "1")])).wait(), Ok(()));
    drop(store);
    let store = SledStore::open(&path, small()).unwrap();
    assert_eq!(epoch_of(&store), 2);
    assert_eq!(store.get(b"a"), Ok(Some(key("1"))));
}

#[test]
fn a_nearly_full_disk_is_refused_with_the_directory_and_what_is_needed() {
    let directory = TempDir::new().unwrap();
    let options = SledOptions {
        min_free_bytes: u64::MAX,
        ..small()
    };
    let text = refusal(SledStore::open(directory.path(), options));
    let path = directory.path().display();
    assert!(
        text.starts_with(&format!(
            "cannot open the store in `{path}`: the disk is nearly full: "
        )),
        "{text}"
    );
    assert!(text.contains("at least 17592186044415 MiB are needed"), "{text}");
    assert!(text.ends_with(&format!("free some space in `{path}`")), "{text}");
}

#[test]
fn a_directory_that_is_open_already_is_refused_in_plain_words() {
    let directory = TempDir::new().unwrap();
    let first = SledStore::open(directory.path(), small()).unwrap();
    let text = refusal(SledStore::open(directory.path(), small()));
    assert_eq!(
        text,
        format!(
            "cannot open the store in `{}`: another outdial, or another process, has it open",
            directory.path().display()
        )
    );
    assert_eq!(first.commit(1, puts(&[("a", "1")])).wait(), Ok(()));
    drop(first);
    let second = SledStore::open(directory.path(), small()).unwrap();
    assert_eq!(second.get(b"a"), Ok(Some(key("1"))));
}

#[test]
fn a_directory_can_be_opened_again_as_soon_as_its_store_is_closed() {
    let directory = TempDir::new().unwrap();
    for round in 1..=40 {
        let store = SledStore::open(directory.path(), small()).unwrap();
        assert_eq!(epoch_of(&store), round);
        let mut batch = Batch::new();
        for row in 0..200_u32 {
            batch.put(format!("row {row}").into_bytes(), vec![round as u8; 2000]);
        }
        drop(store.commit(round, batch));
    }
}

#[test]
fn a_path_that_is_no_directory_is_refused_with_its_name() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("a file");
    std::fs::write(&path, "not a store").unwrap();
    let text = refusal(SledStore::open(&path, small()));
    assert!(
        text.starts_with(&format!("cannot open the store in `{}`: ", path.display())),
        "{text}"
    );
}

#[test]
fn a_failing_disk_is_refused_with_its_reason() {
    let directory = TempDir::new().unwrap();
    let options = SledOptions {
        write_check: Some(std::sync::Arc::new(|| Err("the disk is on fire".to_owned()))),
        ..small()
    };
    let text = refusal(SledStore::open(directory.path(), options));
    assert!(text.ends_with(": the disk is on fire"), "{text}");
}

#[test]
fn an_opening_that_was_refused_counts_as_none() {
    let directory = TempDir::new().unwrap();
    drop(SledStore::open(directory.path(), small()).unwrap());
    for _ in 0..3 {
        let options = SledOptions {
            min_free_bytes: u64::MAX,
            ..small()
        };
        refusal(SledStore::open(directory.path(), options));
    }
    let store = SledStore::open(directory.path(), small()).unwrap();
    assert_eq!(epoch_of(&store), 2);
}

#[test]
fn a_store_whose_epoch_cannot_be_read_is_not_opened_on_a_guess() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let store = SledStore::open(home.path(), SledOptions::default()).expect("a new store");
    let mut batch = Batch::new();
    batch.put(outdial_storage::keys::meta("epoch"), vec![1, 2, 3]);
    store.commit(1, batch).wait().expect("it is written");
    drop(store);
    let refused = SledStore::open(home.path(), SledOptions::default())
        .err()
        .expect("refused");
    assert!(refused.to_string().contains("epoch cannot be read"), "{refused}");
}
