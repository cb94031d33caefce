//! The records of a backup, written.

use std::io::{BufWriter, Read, Write};

use outdial_domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::{BackupError, CHUNK, LONGEST, MAGIC, VERSION};
use crate::tap::Change;

/// Writes records and hashes them on the way.
pub(super) struct Writer<W: Write> {
    out: BufWriter<W>,
    hash: Sha256,
    bytes: u64,
    rows: u64,
}

impl<W: Write> Writer<W> {
    /// Writes how a backup begins.
    pub(super) fn begin(out: W, created_at: Timestamp, epoch: u32) -> Result<Self, BackupError> {
        let mut writer = Self {
            out: BufWriter::with_capacity(CHUNK, out),
            hash: Sha256::new(),
            bytes: 0,
            rows: 0,
        };
        writer.write(format!("{MAGIC}{VERSION}\n").as_bytes())?;
        writer.write(&created_at.millis().to_be_bytes())?;
        writer.write(&epoch.to_be_bytes())?;
        Ok(writer)
    }

    /// How many rows were written.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes a row as it is.
    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), BackupError> {
        self.rows += 1;
        self.write(b"P")?;
        self.sized(key)?;
        self.sized(value)
    }

    /// Writes what became of a row.
    pub(super) fn change(&mut self, (key, value): &Change) -> Result<(), BackupError> {
        match value {
            Some(value) => self.put(key, value),
            None => {
                self.rows += 1;
                self.write(b"D")?;
                self.sized(key)
            }
        }
    }

    /// Writes a blob to its end; the answer is how many bytes it has.
    pub(super) fn blob(&mut self, name: &str, mut content: impl Read) -> Result<u64, BackupError> {
        self.write(b"B")?;
        self.sized(name.as_bytes())?;
        let mut chunk = vec![0; CHUNK];
        let mut size = 0;
        loop {
            let read = match content.read(&mut chunk) {
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    let name = name.to_owned();
                    return Err(BackupError::Blob { name, source });
                }
            };
            self.sized(&chunk[..read])?;
            size += read as u64;
            if read == 0 {
                return Ok(size);
            }
        }
    }

    /// Writes the end, and everything that was held back; the answer is how many bytes the backup has.
    pub(super) fn end(mut self) -> Result<u64, BackupError> {
        self.write(b"E")?;
        self.write(&self.rows.to_be_bytes())?;
        let hash = self.hash.clone().finalize();
        self.write(&hash)?;
        self.out.flush().map_err(BackupError::Write)?;
        Ok(self.bytes)
    }

    fn sized(&mut self, part: &[u8]) -> Result<(), BackupError> {
        let length = u32::try_from(part.len()).ok().filter(|_| part.len() <= LONGEST);
        let length = length.ok_or_else(|| {
            let detail = format!("a row of {} bytes is longer than a backup can hold", part.len());
            BackupError::Write(std::io::Error::other(detail))
        })?;
        self.write(&length.to_be_bytes())?;
        self.write(part)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(BackupError::Write)
    }
}
