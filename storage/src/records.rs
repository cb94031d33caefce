//! Stored records: a version byte, then bincode (variable-length integers, fields in order).
//!
//! bincode is positional: a field is never reordered, removed or inserted. A record that needs
//! another shape becomes a new version beside the old one, which stays readable for good; every
//! version ever written keeps a golden file in the tests.

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;

use bincode::Options;

use crate::store::StoreError;

mod access;
mod attempt;
mod calendar;
mod campaign;
mod campaign_draft;
mod codes;
mod contact;
mod deleted;
mod event;
mod import;
mod line;
mod number_page;
mod receipt;
mod rest;
mod runs;
mod settings;
mod suppression;
mod tally;
mod tried;
mod voice;

pub use access::{ApiKeyUsedV1, ApiKeyV1, AuditEntryV1, MemberV1, OrganizationV1, ROLES, SessionV1};
pub use attempt::{AttemptV1, AttemptV2};
pub use calendar::HolidayCalendarV1;
pub use campaign::{LaneV1, LaneV2, ProgressV1, ProgressV2};
pub use campaign_draft::CampaignDraftV1;
pub use contact::{BlockV1, ContactStateV1, ContactStateV2, ContactV1, encode_block};
pub use deleted::DeletedV1;
pub use event::{EventV1, EventsV2, LoggedEvent};
pub use import::{ImportV1, ImportV2, ImportV3, ImportV4, RejectedRowV1};
pub use line::LineV1;
pub use number_page::NumberPageV1;
pub(crate) use number_page::{ENTRY_BYTES, entry, read_entry};
pub use receipt::ReceiptV1;
pub use rest::{Rest, RestV1};
pub use runs::RunsV1;
pub use settings::{DefinitionV1, DefinitionV2, DefinitionV3, DefinitionV4, DefinitionV5};
pub use suppression::{Source, SuppressionListV1, SuppressionV1};
pub use tally::TallyV1;
pub use tried::TriedV1;
pub use voice::VoiceProfileV1;

/// A shape in which something is stored.
pub trait Record: Serialize + DeserializeOwned {
    /// Its version, the first byte of the value.
    const VERSION: u8;
    /// The table, for error messages.
    const TABLE: &'static str;

    /// Reads what an earlier version of outdial wrote in another shape; `None` where there is no such
    /// version.
    fn read_older(_version: u8, _bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        None
    }
}

fn codec() -> impl Options {
    bincode::DefaultOptions::new()
}

/// The bytes of a record.
pub fn encode<R: Record>(record: &R) -> Vec<u8> {
    versioned(R::VERSION, record)
}

/// The bytes of what has the fields of a record of this version.
fn versioned(version: u8, fields: &impl Serialize) -> Vec<u8> {
    thread_local! {
        /// Where records are written first: how long one becomes is only known then.
        static DRAFT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    DRAFT.with_borrow_mut(|draft| {
        draft.clear();
        draft.push(version);
        // Writing to memory fails only for types that serde cannot size; none of ours is one.
        codec()
            .serialize_into(&mut *draft, fields)
            .expect("a record always serialises");
        draft.as_slice().to_vec()
    })
}

/// The record that bytes hold.
pub fn decode<R: Record>(bytes: &[u8]) -> Result<R, StoreError> {
    match bytes.split_first() {
        Some((&version, rest)) if version == R::VERSION => codec()
            .deserialize(rest)
            .map_err(|error| corrupt::<R>(&error.to_string())),
        Some((&version, rest)) => R::read_older(version, rest)
            .ok_or_else(|| corrupt::<R>(&format!("version {version} is not known to this outdial")))?
            .map_err(|error| corrupt::<R>(&error.to_string())),
        None => Err(corrupt::<R>("it is empty")),
    }
}

/// The domain's value that bytes hold.
pub fn decode_into<R: Record + TryInto<T, Error = Unreadable>, T>(bytes: &[u8]) -> Result<T, StoreError> {
    decode::<R>(bytes)?
        .try_into()
        .map_err(|unreadable: Unreadable| corrupt::<R>(&unreadable.0))
}

/// A stored value that means nothing to the domain.
#[derive(Debug)]
pub struct Unreadable(pub String);

fn corrupt<R: Record>(detail: &str) -> StoreError {
    StoreError::Corrupt {
        table: R::TABLE,
        detail: detail.to_owned(),
    }
}
