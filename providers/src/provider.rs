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

    /// Points a live call at another document: what it says breaks off, and the carrier asks `url` (POST)
    /// how to go on. `Ok(false)`: the call goes on as it was, because it is over, because it is not
    /// answered yet, or because this is a carrier that cannot redirect, which is what an implementation
    /// that does not write this method says. After an error it is not known which document the call
    /// follows; to ask again does no harm.
    fn redirect<'a>(&'a self, provider_id: &'a str, url: &'a str) -> Answer<'a, Result<bool, AskError>> {
        let _ = (provider_id, url);
        Box::pin(std::future::ready(Ok(false)))
    }
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
    /// Whether, and how, the carrier listens for an answering machine.
    pub machine_detection: Option<MachineDetection>,
    /// How long it may last once answered, in seconds (Twilio's `TimeLimit`); the carrier's own limit (4
    /// hours) where left out.
    pub max_duration_seconds: Option<u32>,
    /// Whether the whole call is recorded.
    pub record: bool,
}

/// How the carrier listens for an answering machine. The call goes on meanwhile, and the verdict
/// arrives at `result_url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineDetection {
    /// Waits for the end of a machine's greeting, so that a message can be left, rather than
    /// reporting as soon as it is known to be one.
    pub wait_for_end: bool,
    /// After how many seconds without a verdict it is `unknown` (Twilio: 3 to 59).
    pub timeout_seconds: u32,
    /// Where the carrier reports what answered; without a fragment, exactly as its signature will be
    /// verified.
    pub result_url: String,
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

/// Why the carrier could not be asked. Unless a method says otherwise, nothing was changed by it.
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
