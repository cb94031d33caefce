//! The file, byte by byte; and files that are not as they were written.

use std::io::Cursor;

use outdial_storage::backup::{BackupError, read_backup};
use outdial_storage::memory::MemoryStore;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::made::{MADE_AT, backup_with, names_in, restore, save, three_rows};

/// A backup of three rows and a blob.
fn small_backup() -> Vec<u8> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("key");
    std::fs::write(&path, "hush").unwrap();
    backup_with(&three_rows(), &[("secret.key", &path)]).unwrap().0
}

fn verify(file: &[u8]) -> Result<(), BackupError> {
    read_backup(&mut Cursor::new(file)).map(drop)
}

/// A file is refused both where it is looked at and where it is restored, which leaves no trace.
fn refused(file: &[u8]) -> BackupError {
    let directory = TempDir::new().unwrap();
    let target = directory.path().join("data/store");
    let error = restore(file, &target).unwrap_err();
    assert_eq!(names_in(directory.path()), Vec::<String>::new());
    assert_eq!(verify(file).unwrap_err().to_string(), error.to_string());
    error
}

#[test]
fn version_1_is_written_byte_by_byte_as_it_always_was() {
    let mut expected = b"outdial backup 1\n".to_vec();
    expected.extend(MADE_AT.millis().to_be_bytes());
    expected.extend(1_u32.to_be_bytes());
    expected.extend(b"P\0\0\0\x01a\0\0\0\x011");
    expected.extend(b"P\0\0\0\x01b\0\0\0\0");
    expected.extend(b"P\0\0\0\x01c\0\0\0\x05three");
    expected.extend(b"B\0\0\0\x0asecret.key\0\0\0\x04hush\0\0\0\0");
    expected.extend(b"E\0\0\0\0\0\0\0\x03");
    let hash: [u8; 32] = Sha256::digest(&expected).into();
    expected.extend(hash);
    assert_eq!(small_backup(), expected);
}

#[test]
fn what_a_backup_holds_is_read_as_it_was_written() {
    let directory = TempDir::new().unwrap();
    let list = directory.path().join("list");
    std::fs::write(&list, vec![7; 200_000]).unwrap();
    let store = three_rows();
    store.crash();
    let (file, written) =
        backup_with(&store, &[("uploads/list.csv", &list), ("uploads/empty", &list)]).unwrap();
    let read = read_backup(&mut Cursor::new(&file)).unwrap();
    assert_eq!(read, written);
    assert_eq!((read.created_at, read.epoch, read.rows), (MADE_AT, 2, 3));
    let blobs = ["uploads/list.csv", "uploads/empty"].map(|name| (name.to_owned(), 200_000));
    assert_eq!(read.blobs, blobs);
}

#[test]
fn an_empty_store_makes_a_good_backup() {
    let (file, summary) = backup_with(&MemoryStore::durable(), &[]).unwrap();
    assert_eq!(summary.rows, 0);
    verify(&file).unwrap();
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let file = small_backup();
    for length in 0..file.len() {
        let error = refused(&file[..length]);
        let is_told = matches!(error, BackupError::Damaged { .. })
            || length < b"outdial backup ".len() && matches!(error, BackupError::Foreign);
        assert!(is_told, "{length} bytes: {error}");
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_refused() {
    let file = small_backup();
    for at in 0..file.len() {
        for bit in 0..8 {
            let mut altered = file.clone();
            altered[at] ^= 1 << bit;
            verify(&altered).expect_err(&format!("byte {at}, bit {bit}"));
        }
    }
    for at in (0..file.len()).step_by(11) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        refused(&altered);
    }
}

#[test]
fn a_file_with_something_behind_its_end_is_refused() {
    let mut file = small_backup();
    file.push(0);
    let text = refused(&file).to_string();
    assert!(
        text.starts_with("the backup was cut off or altered: something follows"),
        "{text}"
    );
}

#[test]
fn two_swapped_rows_are_noticed() {
    let store = MemoryStore::durable();
    save(&store, &[("k1", "x"), ("k2", "x")]);
    let mut file = backup_with(&store, &[]).unwrap().0;
    let at = |file: &[u8], key: &[u8]| file.windows(2).position(|two| two == key).unwrap();
    let (first, second) = (at(&file, b"k1"), at(&file, b"k2"));
    file.swap(first + 1, second + 1);
    let text = refused(&file).to_string();
    assert!(text.contains("its checksum is another one"), "{text}");
}

#[test]
fn another_file_is_called_what_it_is() {
    for other in [
        &b""[..],
        b"id,phone\n",
        b"SQLite format 3\0 and much more",
        &[0; 5000],
    ] {
        assert!(matches!(refused(other), BackupError::Foreign));
    }
    let other = b"outdial backup 2\nwhatever it is that they write then";
    assert_eq!(
        refused(other).to_string(),
        "this backup is of version `2`, and this outdial reads version `1`; restore it with a newer one"
    );
}

#[test]
fn a_good_checksum_does_not_make_a_bad_name_good() {
    let mut file = small_backup();
    let name = file.windows(10).position(|ten| ten == b"secret.key").unwrap();
    file[name..name + 10].copy_from_slice(b"../../evil");
    let end = file.len() - 32;
    let hash: [u8; 32] = Sha256::digest(&file[..end]).into();
    file[end..].copy_from_slice(&hash);
    assert_eq!(
        refused(&file).to_string(),
        "a blob is called `../../evil`; it must be `secret.key` or `uploads/` and the name of a file"
    );
}
