//! Pages of the number index as stored.

use outdial_domain::ids::ContactId;
use serde::{Deserialize, Serialize};

use super::{Record, Unreadable};
use crate::keys;

/// Bytes of an entry: the digits of a number as eight bytes, then the seven of its contact's place.
pub(crate) const ENTRY_BYTES: usize = 15;

/// A page of the number index: entries one behind the other, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberPageV1 {
    entries: Vec<u8>,
}

impl NumberPageV1 {
    /// A page of these entries.
    pub(crate) fn new(entries: Vec<u8>) -> Self {
        Self { entries }
    }

    /// Its entries, each of them whole.
    fn into_entries(self) -> Result<Vec<u8>, Unreadable> {
        if self.entries.len().is_multiple_of(ENTRY_BYTES) {
            Ok(self.entries)
        } else {
            Err(Unreadable("its last entry is cut off".to_owned()))
        }
    }
}

impl Record for NumberPageV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "number page";
}

/// An entry as stored.
pub(crate) fn entry(digits: u64, contact: ContactId) -> [u8; ENTRY_BYTES] {
    let mut bytes = [0; ENTRY_BYTES];
    bytes[..8].copy_from_slice(&digits.to_be_bytes());
    bytes[8..].copy_from_slice(&keys::locator(contact.lane, contact.block, contact.place));
    bytes
}

/// The digits and the contact of an entry.
pub(crate) fn read_entry(bytes: &[u8; ENTRY_BYTES]) -> (u64, ContactId) {
    let (digits, place) = bytes.split_first_chunk::<8>().expect("an entry is longer");
    let contact = keys::from_locator(place).expect("an entry ends with seven bytes");
    (u64::from_be_bytes(*digits), contact)
}

impl FromIterator<(u64, ContactId)> for NumberPageV1 {
    fn from_iter<I: IntoIterator<Item = (u64, ContactId)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .flat_map(|(digits, contact)| entry(digits, contact));
        Self {
            entries: entries.collect(),
        }
    }
}

impl TryFrom<NumberPageV1> for Vec<u8> {
    type Error = Unreadable;

    fn try_from(stored: NumberPageV1) -> Result<Self, Unreadable> {
        stored.into_entries()
    }
}

impl TryFrom<NumberPageV1> for Vec<(u64, ContactId)> {
    type Error = Unreadable;

    fn try_from(stored: NumberPageV1) -> Result<Self, Unreadable> {
        let entries = stored.into_entries()?;
        let (entries, _) = entries.as_chunks::<ENTRY_BYTES>();
        Ok(entries.iter().map(read_entry).collect())
    }
}
