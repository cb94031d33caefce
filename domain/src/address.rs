//! What an organization knows of a telephone number, over all of its campaigns.

use crate::caps::Past;
use crate::ids::AttemptId;
use crate::phone::PhoneNumber;
use crate::time::Timestamp;

/// Whether a number may be rung, for all that the organization knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing speaks against it.
    Free,
    /// It is not to be rung, for this reason.
    Suppressed(String),
    /// Another attempt of the organization rings it, or may.
    Called,
    /// It cannot be told now: the store cannot be read.
    NotKnown,
}

/// The organization's view of numbers, read in the same turn in which a campaign decides.
pub trait Addresses {
    /// Whether the number may be rung at an instant; by the attempt `own`, if there is one already.
    fn standing(&self, phone: PhoneNumber, own: Option<AttemptId>, at: Timestamp) -> Standing;

    /// The attempts since an instant by which the number rang, or may have, in any order and without `own`;
    /// `None` where it cannot be told now.
    fn tried(&self, phone: PhoneNumber, own: Option<AttemptId>, since: Timestamp) -> Option<Vec<Past>>;
}

/// Of whom nothing is known, nothing is held against.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingKnown;

impl Addresses for NothingKnown {
    fn standing(&self, _: PhoneNumber, _: Option<AttemptId>, _: Timestamp) -> Standing {
        Standing::Free
    }

    fn tried(&self, _: PhoneNumber, _: Option<AttemptId>, _: Timestamp) -> Option<Vec<Past>> {
        Some(Vec::new())
    }
}
