//! The files that a backup holds beside the rows.

use std::io::Cursor;

use outdial_storage::backup::{BackupError, read_backup, restore_backup, write_backup};
use tempfile::TempDir;

use crate::made::{MADE_AT, Sink, WHY, backup_with, small, three_rows};

#[test]
fn each_file_goes_where_it_is_wanted_and_whole() {
    let directory = TempDir::new().unwrap();
    let contents: Vec<Vec<u8>> = [0, 1, 65_535, 65_536, 65_537, 300_000]
        .iter()
        .map(|size| (0..*size).map(|n: u32| (n % 251) as u8).collect())
        .collect();
    let mut blobs = Vec::new();
    for (n, content) in contents.iter().enumerate() {
        let path = directory.path().join(n.to_string());
        std::fs::write(&path, content).unwrap();
        blobs.push((format!("uploads/{n}"), path));
    }
    let named: Vec<_> = blobs
        .iter()
        .map(|(name, path)| (name.as_str(), path.as_path()))
        .collect();
    let (file, _) = backup_with(&three_rows(), &named).unwrap();
    let mut sinks: Vec<(String, Sink)> = Vec::new();
    let target = directory.path().join("store");
    let mut give = |name: &str| -> std::io::Result<Option<Box<dyn std::io::Write>>> {
        let sink = Sink::default();
        sinks.push((name.to_owned(), sink.clone()));
        Ok(Some(Box::new(sink)))
    };
    restore_backup(
        &mut Cursor::new(&file),
        &target,
        small(),
        WHY,
        &mut give,
        &mut |_| (),
    )
    .unwrap();
    assert_eq!(sinks.len(), contents.len());
    for (n, (name, sink)) in sinks.iter().enumerate() {
        assert_eq!(*name, format!("uploads/{n}"));
        assert!(*sink.0.lock().unwrap() == contents[n], "{name}");
    }
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, "x").unwrap();
    for name in [
        "../secret.key",
        "/etc/passwd",
        "uploads/../secret.key",
        "store/db",
    ] {
        let refused = backup_with(&three_rows(), &[(name, &path)]).unwrap_err();
        assert!(
            matches!(refused, BackupError::BlobName(ref said) if said == name),
            "{refused}"
        );
    }
}

#[test]
fn a_key_that_is_not_there_is_no_backup() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("secret.key");
    let refused = backup_with(&three_rows(), &[("secret.key", &path)]).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("cannot copy the blob `secret.key`: "),
        "{refused}"
    );
}

#[test]
fn a_list_that_is_removed_or_added_while_rows_are_copied_is_there() {
    let directory = TempDir::new().unwrap();
    let [early, late] = ["early", "late"].map(|name| directory.path().join(name));
    std::fs::write(&early, "read to its end meanwhile").unwrap();
    let mut asked = 0;
    let mut blobs = || {
        asked += 1;
        if asked == 2 {
            std::fs::remove_file(&early)?;
            std::fs::write(&late, "uploaded meanwhile")?;
        }
        Ok(vec![
            ("uploads/early".to_owned(), early.clone()),
            ("uploads/late".to_owned(), late.clone()),
        ])
    };
    let mut file = Vec::new();
    write_backup(&three_rows(), MADE_AT, &mut blobs, &mut file, &mut |_| ()).unwrap();
    let summary = read_backup(&mut Cursor::new(&file)).unwrap();
    let sizes = [("uploads/early".to_owned(), 25), ("uploads/late".to_owned(), 18)];
    assert_eq!(summary.blobs, sizes);
}

#[test]
fn a_target_that_cannot_be_written_is_told_with_its_reason() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no space left"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let refused = write_backup(
        &three_rows(),
        MADE_AT,
        &mut || Ok(Vec::new()),
        &mut Full,
        &mut |_| (),
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "cannot write the backup: no space left"
    );
}
