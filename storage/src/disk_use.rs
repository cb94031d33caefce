//! How much of the disk a store takes, and how much is left.

use std::path::Path;

/// What the disk says. What it does not say is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskUse {
    /// Bytes of the files in the store's directory.
    pub taken: Option<u64>,
    /// Bytes that are free for this process on the disk where it lies.
    pub free: Option<u64>,
}

impl DiskUse {
    /// Of the store in this directory. Asks the disk, so it may take a moment.
    pub fn of(directory: &Path) -> Self {
        Self {
            taken: bytes_in(directory).ok(),
            free: fs2::available_space(directory).ok(),
        }
    }
}

fn bytes_in(directory: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let bytes = entry.metadata().and_then(|about| {
            if about.is_dir() {
                bytes_in(&entry.path())
            } else {
                Ok(about.len())
            }
        });
        match bytes {
            Ok(bytes) => sum += bytes,
            // The store tidies up while it works.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_takes_what_its_files_do_also_those_further_down() {
        let home = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(home.path().join("db"), [0; 1000]).expect("written");
        std::fs::create_dir(home.path().join("blobs")).expect("made");
        std::fs::write(home.path().join("blobs/1"), [0; 234]).expect("written");
        let found = DiskUse::of(home.path());
        assert_eq!(found.taken, Some(1234));
        assert!(found.free.is_some());
    }

    #[test]
    fn of_a_directory_that_is_not_there_nothing_is_known() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let found = DiskUse::of(&home.path().join("gone"));
        assert_eq!((found.taken, found.free), (None, None));
    }
}
