//! The one face that every carrier shows to the rest of outdial.
//!
//! It says what became of each request, and above all whether somebody may be ringing because of it. It
//! keeps no state, writes no log and decides nothing: who may be rung, when, and what to do about an
//! unknown fate is the campaign's.

use std::future::Future;
use std::pin::Pin;

pub use outdial_domain::call::{CallFact, FoundCall, Placement, Refusal};
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::{Millis, Timestamp};

/// A future that may be sent to another thread; the trait stays usable as `dyn Provider`.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A carrier account that can place, find and end calls.
///
/// An implementation sends each request exactly once: it follows no redirect and repeats nothing,
/// because a repeated POST can ring a person twice.
pub trait Provider: Send + Sync + 'static {
    /// Asks the carrier to ring somebody. To drop the future once it has been polled leaves the fate
    /// unknown: the request may have left.
    fn place(&self, call: NewCall) -> Answer<'_, Placement>;

    /// Asks where one call stands. `Ok(None)`: the carrier says that it does not know it, perhaps only
    /// not yet.
    fn fetch<'a>(&'a self, provider_id: &'a str) -> Answer<'a, Result<Option<CallFact>, AskError>>;

    /// Lists the calls from one number to another created at or after `since`, every page followed, in
    /// no particular order and each once. A list that cannot be read to its end is an error, never a
    /// shorter list.
    fn find(&self, query: CallQuery) -> Answer<'_, Result<Vec<FoundCall>, AskError>>;

    /// Ends a call, ringing or answered. Ending one that is already over is no error.
    fn hang_up<'a>(&'a self, provider_id: &'a str) -> Answer<'a, Result<(), AskError>>;
}

/// A call to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Whom to ring.
    pub to: PhoneNumber,
    /// The caller id shown.
    pub from: PhoneNumber,
    /// Where the carrier asks what to say once the call is answered.
    pub voice_url: String,
    /// Where the carrier reports how the call goes, for every event; without a fragment, exactly as
    /// its signature will be verified.
    pub status_url: String,
    /// How long it may ring, in seconds (Twilio's `Timeout`, 1 to 600).
    pub ring_timeout_seconds: u32,
}

/// Which calls to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallQuery {
    /// Whom they ring.
    pub to: PhoneNumber,
    /// The caller id they show.
    pub from: PhoneNumber,
    /// Only calls created at or after this instant, by the carrier's clock and to its precision. Whoever
    /// asks allows for clocks that differ.
    pub since: Timestamp,
}

/// Why the carrier could not be asked. Nothing was changed by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The credentials are not accepted.
    #[error("the carrier refuses the credentials ({0}); check account_sid and auth_token of the line")]
    Credentials(String),
    /// The carrier asks to slow down.
    #[error("the carrier asks to slow down")]
    RateLimited {
        /// Its `Retry-After`, if it gave one.
        retry_after: Option<Millis>,
    },
    /// It could not be reached, or its answer could not be read.
    #[error("the carrier could not be asked: {0}")]
    Unreachable(String),
}
