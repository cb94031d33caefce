//! The records of a backup, read; and whether they are as they were written.

use std::io::{BufReader, ErrorKind, Read, Seek, Write};

use outdial_domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::{BackupError, BackupSummary, CHUNK, LONGEST, MAGIC, VERSION, is_blob_name};

/// Reads a backup from its beginning to its end, and says what it holds if it is whole and as it was written.
pub fn read_backup(file: &mut (impl Read + Seek)) -> Result<BackupSummary, BackupError> {
    file.rewind().map_err(BackupError::Read)?;
    let mut reader = Reader::begin(file)?;
    loop {
        match reader.next()? {
            Record::Row(..) => {}
            Record::Blob(_) => reader.blob(&mut std::io::sink())?,
            Record::End(summary) => return Ok(summary),
        }
    }
}

/// A record of a backup.
pub(super) enum Record {
    /// A row that was put, or deleted.
    Row(Vec<u8>, Option<Vec<u8>>),
    /// A blob of this name; [`Reader::blob`] must read it before the next record can be.
    Blob(String),
    /// The end, behind which nothing comes. Only now everything before it is known to be as it was written.
    End(BackupSummary),
}

/// Reads records and hashes them on the way.
pub(super) struct Reader<R: Read> {
    file: BufReader<R>,
    hash: Sha256,
    at: u64,
    created_at: Timestamp,
    epoch: u32,
    rows: u64,
    blobs: Vec<(String, u64)>,
}

impl<R: Read> Reader<R> {
    /// Reads how a backup begins.
    pub(super) fn begin(file: R) -> Result<Self, BackupError> {
        let mut reader = Self {
            file: BufReader::with_capacity(CHUNK, file),
            hash: Sha256::new(),
            at: 0,
            created_at: Timestamp::from_millis(0),
            epoch: 0,
            rows: 0,
            blobs: Vec::new(),
        };
        reader.first_line()?;
        reader.created_at = Timestamp::from_millis(i64::from_be_bytes(reader.array("its beginning")?));
        reader.epoch = u32::from_be_bytes(reader.array("its beginning")?);
        Ok(reader)
    }

    /// The epoch of the store that was copied.
    pub(super) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// How many rows were read.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// The next record.
    pub(super) fn next(&mut self) -> Result<Record, BackupError> {
        match self.array("a record")? {
            [b'P'] => {
                self.rows += 1;
                Ok(Record::Row(self.sized("a key")?, Some(self.sized("a value")?)))
            }
            [b'D'] => {
                self.rows += 1;
                Ok(Record::Row(self.sized("a key")?, None))
            }
            [b'B'] => {
                let name = self.sized("the name of a blob")?;
                let name = String::from_utf8_lossy(&name).into_owned();
                if !is_blob_name(&name) {
                    return Err(BackupError::BlobName(name));
                }
                self.blobs.push((name.clone(), 0));
                Ok(Record::Blob(name))
            }
            [b'E'] => self.end(),
            [other] => Err(self.damaged(format!("no record begins with the byte {other}"))),
        }
    }

    /// Copies the blob at which the reader stands.
    pub(super) fn blob(&mut self, out: &mut dyn Write) -> Result<(), BackupError> {
        loop {
            let chunk = self.sized("a blob")?;
            let Some((name, size)) = self.blobs.last_mut() else {
                return Ok(());
            };
            *size += chunk.len() as u64;
            let written = if chunk.is_empty() {
                out.flush()
            } else {
                out.write_all(&chunk)
            };
            written.map_err(|source| BackupError::Blob {
                name: name.clone(),
                source,
            })?;
            if chunk.is_empty() {
                return Ok(());
            }
        }
    }

    fn first_line(&mut self) -> Result<(), BackupError> {
        let mut magic = vec![0; MAGIC.len()];
        match self.fill(&mut magic, "its first line") {
            Err(BackupError::Damaged { .. }) => return Err(BackupError::Foreign),
            other => other?,
        }
        if magic != MAGIC.as_bytes() {
            return Err(BackupError::Foreign);
        }
        let mut version = Vec::new();
        loop {
            match self.array("its first line")? {
                [b'\n'] if version == VERSION.as_bytes() => return Ok(()),
                [byte] if byte.is_ascii_graphic() && version.len() < 20 => version.push(byte),
                _ => {
                    return Err(BackupError::Version(
                        String::from_utf8_lossy(&version).into_owned(),
                    ));
                }
            }
        }
    }

    fn end(&mut self) -> Result<Record, BackupError> {
        let rows = u64::from_be_bytes(self.array("its end")?);
        let expected: [u8; 32] = self.hash.clone().finalize().into();
        let stored: [u8; 32] = self.array("its end")?;
        if stored != expected {
            return Err(self.damaged("its checksum is another one".to_owned()));
        }
        if rows != self.rows {
            let detail = format!("it holds {} rows and says {rows}", self.rows);
            return Err(self.damaged(detail));
        }
        if self.file.read(&mut [0]).map_err(BackupError::Read)? != 0 {
            return Err(self.damaged("something follows behind its end".to_owned()));
        }
        Ok(Record::End(BackupSummary {
            created_at: self.created_at,
            epoch: self.epoch,
            rows: self.rows,
            blobs: std::mem::take(&mut self.blobs),
            bytes: self.at,
        }))
    }

    fn sized(&mut self, what: &str) -> Result<Vec<u8>, BackupError> {
        let length = u32::from_be_bytes(self.array(what)?) as usize;
        if length > LONGEST {
            return Err(self.damaged(format!("{what} has {length} bytes")));
        }
        // A length may be anything in an altered file: memory is only taken for what is there.
        let mut part = Vec::new();
        let read = (&mut self.file).take(length as u64).read_to_end(&mut part);
        if read.map_err(BackupError::Read)? < length {
            return Err(self.damaged(format!("it ends within {what}")));
        }
        self.took(&part);
        Ok(part)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], BackupError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8], what: &str) -> Result<(), BackupError> {
        match self.file.read_exact(bytes) {
            Ok(()) => {
                self.took(bytes);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(self.damaged(format!("it ends before or within {what}")))
            }
            Err(error) => Err(BackupError::Read(error)),
        }
    }

    fn took(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.at += bytes.len() as u64;
    }

    fn damaged(&self, detail: String) -> BackupError {
        BackupError::Damaged { at: self.at, detail }
    }
}
