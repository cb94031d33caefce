//! A contact: what was imported, which never changes, and where it stands, which does.

use chrono_tz::Tz;

use crate::attempt::Outcome;
use crate::ids::AttemptId;
use crate::phone::PhoneNumber;
use crate::time::Timestamp;

/// A contact as imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Whom to ring.
    pub phone: PhoneNumber,
    /// The person's name, if given.
    pub name: Option<String>,
    /// The person's email address, if given.
    pub email: Option<String>,
    /// The person's own zone, if given; it wins over the number's.
    pub timezone: Option<Tz>,
    /// The organization's own id of the person, if given.
    pub person_id: Option<String>,
    /// Every other column, as JSON text of an object; empty where there is none.
    pub custom_data: String,
}

/// A contact on its way in: with the zones whose clocks must all allow a call to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// What is to be stored.
    pub contact: Contact,
    /// The candidate zones, sorted by name and without repetition; empty where none is known.
    pub zones: Vec<Tz>,
    /// Not to be tried before this instant.
    pub not_before: Option<Timestamp>,
}

/// Where a contact stands within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContactStatus {
    /// To be tried, for the first time or again.
    Pending,
    /// An attempt is live.
    Calling,
    /// Reached.
    Completed,
    /// Tried, not reached, and not to be tried again.
    Failed,
    /// Not to be tried, for a stated reason.
    Skipped,
}

/// What a contact has been through. Stored once the contact has been touched; without it, the
/// contact is pending and untried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactState {
    /// The run that this state belongs to; in a later run the contact is pending and untried again.
    pub run: u32,
    /// Where it stands.
    pub status: ContactStatus,
    /// Why, where the status alone does not say it.
    pub reason: Option<String>,
    /// Counted attempts of this run: what the retry budget is measured by.
    pub tries: u32,
    /// Attempts ever made, counted or not: numbers the next one.
    pub attempts: u32,
    /// Not to be tried before this instant.
    pub not_before: Option<Timestamp>,
    /// When it was last tried.
    pub called_at: Option<Timestamp>,
    /// How the last counted attempt ended.
    pub last_outcome: Option<Outcome>,
    /// The last attempt; each attempt names the one before it.
    pub last_attempt: Option<AttemptId>,
    /// What went wrong last, in the carrier's words.
    pub error_message: Option<String>,
    /// Whether a person wants no retry after the call in flight.
    pub no_retry: bool,
    /// Not to be called before this instant in any run, as it was asked for with the contact.
    pub earliest: Option<Timestamp>,
}

impl ContactStatus {
    /// Its name at every front door.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Calling => "calling",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl ContactState {
    /// The state of a contact that nobody has tried in this run.
    pub fn untried(run: u32) -> Self {
        Self {
            run,
            status: ContactStatus::Pending,
            reason: None,
            tries: 0,
            attempts: 0,
            not_before: None,
            called_at: None,
            last_outcome: None,
            last_attempt: None,
            error_message: None,
            no_retry: false,
            earliest: None,
        }
    }

    /// Whether the contact's first try of this run is still to come, as soon as its turn comes.
    pub fn is_untried(&self) -> bool {
        self.status == ContactStatus::Pending && self.not_before.is_none()
    }

    /// The stored state as seen in `run`: what belongs to an earlier run is untried again, though
    /// its history is kept.
    pub fn seen_in(self, run: u32) -> Self {
        if self.run == run {
            return self;
        }
        Self {
            attempts: self.attempts,
            called_at: self.called_at,
            last_outcome: self.last_outcome,
            last_attempt: self.last_attempt,
            earliest: self.earliest,
            ..Self::untried(run)
        }
    }
}
