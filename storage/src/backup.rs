//! A copy of a whole store in one file, made while the store is written to, and put back where there is none.
//!
//! The copy is the store exactly as it was at one instant, the fence, near the end of the copying: the rows
//! are scanned page by page while others write, and behind each page follows, from a [`crate::tap`], what
//! became durable meanwhile. Whoever puts the records back in their order has the store as at the fence.
//! Beside the rows a backup holds named blobs: files without which the rows are of no use.
//!
//! The file, numbers big-endian, a text or a value behind its length (`u32`):
//!
//! ```text
//! outdial backup 1\n       magic and version
//! i64 u32                  when it was made, in milliseconds since the Unix epoch; the store's epoch
//! P key value | D key      a row is put, or deleted; many
//! B name chunk… u32(0)     a blob, in chunks behind their lengths; some
//! E u64 [u8; 32]           how many rows there are; SHA-256 of everything before
//! ```

use std::io;
use std::path::PathBuf;

use outdial_domain::time::Timestamp;

use crate::store::StoreError;
use crate::tap::TapError;

mod reader;
mod restore;
mod write;
mod writer;

pub use reader::read_backup;
pub use restore::restore_backup;
pub use write::write_backup;

/// How a backup begins; behind it comes the version, and the end of the line.
const MAGIC: &str = "outdial backup ";
/// The version of the format that is written, and the only one that is read.
const VERSION: &str = "1";
/// Bytes that a key, a value or a name may have. Longer ones are nothing that outdial writes.
const LONGEST: usize = 256 << 20;
/// Bytes of a blob in one chunk.
const CHUNK: usize = 64 << 10;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSummary {
    /// When it was made.
    pub created_at: Timestamp,
    /// The store's epoch at the fence.
    pub epoch: u32,
    /// Rows put and deleted; a row that was written to meanwhile counts each time.
    pub rows: u64,
    /// The blobs, in their order: each one's name and how many bytes it has.
    pub blobs: Vec<(String, u64)>,
    /// Bytes of the whole file.
    pub bytes: u64,
}

/// Why a backup was not made, is not good, or was not put back. A backup that was not made leaves an
/// unfinished file, which is refused when it is read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store could not be read, opened, or written to.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store failed, or was closed, while it was copied.
    #[error("the backup is not complete: {0}; make another one")]
    Interrupted(#[from] TapError),
    /// A blob's name is not one that a backup may hold.
    #[error("a blob is called `{0}`; it must be `secret.key` or `uploads/` and the name of a file")]
    BlobName(String),
    /// The files of the installation could not be listed.
    #[error("cannot list the files that belong to the backup: {0}")]
    Blobs(#[source] io::Error),
    /// A blob could not be read, or not be put back.
    #[error("cannot copy the blob `{name}`: {source}")]
    Blob {
        /// Its name.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The backup could not be written.
    #[error("cannot write the backup: {0}")]
    Write(#[source] io::Error),
    /// The backup could not be read.
    #[error("cannot read the backup: {0}")]
    Read(#[source] io::Error),
    /// It is another file.
    #[error("this is not a backup: a backup begins with `outdial backup`")]
    Foreign,
    /// It is a backup of another outdial.
    #[error(
        "this backup is of version `{0}`, and this outdial reads version `1`; restore it with a newer one"
    )]
    Version(String),
    /// It is not as it was written.
    #[error("the backup was cut off or altered: {detail} (at byte {at}); take another one")]
    Damaged {
        /// Where that shows: bytes from its beginning.
        at: u64,
        /// How it shows.
        detail: String,
    },
    /// There is a store, or something else, where the backup should be put.
    #[error("there is something in `{0}` already; move it away, or restore to another place")]
    NotEmpty(PathBuf),
    /// Another restore is under way.
    #[error("another process restores a backup in `{0}`; wait until it has ended")]
    Busy(PathBuf),
    /// A directory could not be made, synced or renamed.
    #[error("cannot use `{path}`: {source}")]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whether a blob may be called so: `secret.key`, or a file right in `uploads/`.
pub fn is_blob_name(name: &str) -> bool {
    let is_file = |file: &str| {
        !matches!(file, "" | "." | "..")
            && !file.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
    };
    name == "secret.key" || name.strip_prefix("uploads/").is_some_and(is_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_the_secret_key_or_a_file_right_in_uploads() {
        for name in [
            "secret.key",
            "uploads/0198f3a0.csv",
            "uploads/.hidden",
            "uploads/a..b",
        ] {
            assert!(is_blob_name(name), "{name}");
        }
        for name in [
            "",
            "secret",
            "secret.key/x",
            "/secret.key",
            "../secret.key",
            "store/db",
            "uploads",
            "uploads/",
            "uploads/.",
            "uploads/..",
            "uploads/../secret.key",
            "uploads/a/b",
            "uploads//b",
            "/uploads/a",
            "uploads/a\\b",
            "uploads/a\0b",
            "./uploads/a",
        ] {
            assert!(!is_blob_name(name), "{name}");
        }
    }
}
