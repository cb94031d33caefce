//! Streams of a compound file (MS-CFB), the container of XLS and of encrypted workbooks.
//!
//! Chains of sectors that go round in circles, or are longer than the file, are refused, so that
//! what is read is never larger than the file.

use crate::error::ListError;

/// Sector numbers from here on are marks.
const MARKS: u32 = 0xFFFF_FFFC;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;

/// Streams shorter than this lie in small sectors.
const SHORTEST_LARGE: usize = 4096;
const SMALL_SECTOR: usize = 64;
const ENTRY: usize = 128;

/// A compound file in memory.
pub(super) struct Compound<'a> {
    sectors: &'a [u8],
    size: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    small_sectors: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'a> Compound<'a> {
    /// Reads the tables of the file.
    ///
    /// # Errors
    /// [`ListError::Damaged`].
    pub(super) fn open(file: &'a [u8]) -> Result<Self, ListError> {
        let size = match u16_at(file, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Err(damaged()),
        };
        let sectors = file.get(size..).ok_or_else(damaged)?;
        let mut compound = Self {
            sectors,
            size,
            table: Vec::new(),
            small_table: Vec::new(),
            small_sectors: Vec::new(),
            entries: Vec::new(),
        };
        for sector in compound.table_sectors(file)? {
            let numbers: Vec<u32> = numbers(compound.sector(sector)?).collect();
            compound.table.extend(numbers);
        }
        let header = |at| u32_at(file, at).ok_or_else(damaged);
        let directory = compound.chain(header(48)?)?;
        compound.entries = directory
            .chunks_exact(ENTRY)
            .filter_map(|entry| Entry::read(entry, size))
            .collect();
        if header(64)? > 0 {
            let root = compound.entries.first().ok_or_else(damaged)?.start;
            compound.small_sectors = compound.chain(root)?;
            compound.small_table = numbers(&compound.chain(header(60)?)?).collect();
        }
        Ok(compound)
    }

    /// Whether there is a stream or folder of the name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// The bytes of a stream.
    ///
    /// # Errors
    /// [`ListError::Damaged`].
    pub(super) fn stream(&self, name: &str) -> Result<Vec<u8>, ListError> {
        let entry = self.entry(name).ok_or_else(damaged)?;
        let mut stream = if entry.length < SHORTEST_LARGE {
            self.small_chain(entry.start)?
        } else {
            self.chain(entry.start)?
        };
        if stream.len() < entry.length {
            return Err(damaged());
        }
        stream.truncate(entry.length);
        Ok(stream)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The sectors that hold the table of sectors: 109 named in the header, others in a chain.
    fn table_sectors(&self, file: &[u8]) -> Result<Vec<u32>, ListError> {
        let mut named: Vec<u32> = numbers(file.get(76..512).ok_or_else(damaged)?).collect();
        let mut next = u32_at(file, 68).ok_or_else(damaged)?;
        let mut links = 0;
        while next < MARKS - 1 {
            let mut more: Vec<u32> = numbers(self.sector(next)?).collect();
            next = more.pop().ok_or_else(damaged)?;
            named.extend(more);
            links += 1;
            if links > self.count() {
                return Err(damaged());
            }
        }
        named.retain(|sector| *sector < MARKS);
        let needed = self.count().div_ceil(self.size / 4);
        if named.len() > needed + 128 {
            return Err(damaged());
        }
        Ok(named)
    }

    fn count(&self) -> usize {
        self.sectors.len().div_ceil(self.size)
    }

    /// One sector; the last of a file may be cut short.
    fn sector(&self, number: u32) -> Result<&'a [u8], ListError> {
        let start = number as usize * self.size;
        let end = (start + self.size).min(self.sectors.len());
        self.sectors
            .get(start..end)
            .filter(|sector| !sector.is_empty())
            .ok_or_else(damaged)
    }

    fn chain(&self, start: u32) -> Result<Vec<u8>, ListError> {
        let mut bytes = Vec::new();
        let mut next = start;
        while next != END_OF_CHAIN {
            bytes.extend_from_slice(self.sector(next)?);
            if bytes.len() > self.sectors.len() {
                return Err(damaged());
            }
            next = *self.table.get(next as usize).ok_or_else(damaged)?;
        }
        Ok(bytes)
    }

    fn small_chain(&self, start: u32) -> Result<Vec<u8>, ListError> {
        let mut bytes = Vec::new();
        let mut next = start;
        while next != END_OF_CHAIN {
            let from = next as usize * SMALL_SECTOR;
            let to = (from + SMALL_SECTOR).min(self.small_sectors.len());
            bytes.extend_from_slice(self.small_sectors.get(from..to).ok_or_else(damaged)?);
            if bytes.len() > self.small_sectors.len() {
                return Err(damaged());
            }
            next = *self.small_table.get(next as usize).ok_or_else(damaged)?;
        }
        Ok(bytes)
    }
}

impl Entry {
    fn read(entry: &[u8], sector_size: usize) -> Option<Self> {
        let letters: Vec<u16> = (0..32)
            .filter_map(|index| u16_at(entry, index * 2))
            .take_while(|letter| *letter != 0)
            .collect();
        let low = u32_at(entry, 120)?;
        // Files of small sectors may hold anything in the upper half.
        let high = if sector_size == 512 {
            0
        } else {
            u32_at(entry, 124)?
        };
        Some(Self {
            name: String::from_utf16_lossy(&letters),
            start: u32_at(entry, 116)?,
            length: usize::try_from(u64::from(high) << 32 | u64::from(low)).ok()?,
        })
    }
}

fn damaged() -> ListError {
    ListError::Damaged("its container is broken or cut short".to_owned())
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// A 32-bit number, lowest byte first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// A 16-bit number, lowest byte first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}
