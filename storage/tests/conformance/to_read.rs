//! On disk: a store that is opened to be read changes nothing, and nobody can write to it.

use outdial_storage::sled_store::SledStore;
use outdial_storage::store::{Health, Store, StoreError};
use tempfile::TempDir;

use crate::rows::{key, puts};
use crate::stores::{epoch_of, small};

fn written() -> TempDir {
    let directory = TempDir::new().unwrap();
    let store = SledStore::open(directory.path(), small()).unwrap();
    store.commit(1, puts(&[("a", "1"), ("b", "2")])).wait().unwrap();
    directory
}

fn refusal(opened: Result<SledStore, StoreError>) -> String {
    match opened {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_was_written_is_read_and_opening_counts_as_none() {
    let directory = written();
    for _ in 0..3 {
        let store = SledStore::open_to_read(directory.path(), small()).unwrap();
        assert_eq!(store.get(b"a"), Ok(Some(key("1"))));
        assert_eq!(store.scan(key("a")..key("c"), 10).unwrap().len(), 2);
        assert_eq!(
            store.scan_back(key("a")..key("c"), 1).unwrap(),
            [(key("b"), key("2"))]
        );
    }
    let store = SledStore::open(directory.path(), small()).unwrap();
    assert_eq!(epoch_of(&store), 2);
}

#[test]
fn nothing_can_be_written() {
    let directory = written();
    let store = SledStore::open_to_read(directory.path(), small()).unwrap();
    for epoch in [0, 1, 2] {
        let refused = store.commit(epoch, puts(&[("a", "2")])).wait().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the store is not available: it was opened to be read, and takes no writes"
        );
    }
    assert!(matches!(*store.health().borrow(), Health::Down { .. }));
    assert_eq!(store.get(b"a"), Ok(Some(key("1"))));
}

#[test]
fn its_tap_gives_nothing_and_ends_well() {
    let directory = written();
    let store = SledStore::open_to_read(directory.path(), small()).unwrap();
    let mut tap = store.tap().unwrap();
    assert_eq!(tap.epoch(), 1);
    assert_eq!(tap.try_next(), Ok(None));
    assert_eq!(tap.finish(), Ok(Vec::new()));
}

#[test]
fn a_store_that_is_not_there_is_refused_and_not_made() {
    let directory = TempDir::new().unwrap();
    for path in [directory.path().join("store"), directory.path().to_owned()] {
        let text = refusal(SledStore::open_to_read(&path, small()));
        assert_eq!(
            text,
            format!("cannot open the store in `{}`: there is none", path.display())
        );
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_store_that_is_open_already_is_refused_in_plain_words() {
    let directory = written();
    let _first = SledStore::open(directory.path(), small()).unwrap();
    let text = refusal(SledStore::open_to_read(directory.path(), small()));
    assert!(
        text.ends_with("another outdial, or another process, has it open"),
        "{text}"
    );
}

#[test]
fn a_full_disk_can_be_read() {
    let directory = written();
    let options = outdial_storage::sled_store::SledOptions {
        min_free_bytes: u64::MAX,
        ..small()
    };
    let store = SledStore::open_to_read(directory.path(), options).unwrap();
    assert_eq!(store.get(b"b"), Ok(Some(key("2"))));
}
