//! What happened, as stored: a line of an organization's event log.

use outdial_domain::attempt::AttemptState;
use outdial_domain::contact::ContactStatus;
use outdial_domain::ids::{AttemptId, CampaignId, ContactId, ImportId, LaneId};
use outdial_domain::import::ImportState;
use outdial_domain::lifecycle::Status;
use outdial_domain::step::Event;
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use bincode::Options;

use super::codes::Coded;
use super::{Record, Unreadable, codec, corrupt};
use crate::store::StoreError;

/// An event, whose it is, and when it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// When.
    pub at: Timestamp,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// What happened.
    pub event: Event,
}

/// A line of the event log; alone in its row, as the first version had it, its sequence number is in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventV1 {
    /// In milliseconds since the Unix epoch.
    at: i64,
    campaign: Uuid,
    what: What,
}

/// Stored by the place in this list: a case is never moved or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum What {
    Created,
    Edited {
        config_version: u32,
    },
    Deleted,
    Import {
        import: Uuid,
        /// 0 running, 1 completed, 2 failed, 3 canceled.
        state: u8,
        failure: Option<String>,
    },
    Campaign {
        status: u8,
        reason: Option<String>,
    },
    StartSkipped {
        due: i64,
        count: u32,
        reason: String,
    },
    Attempt {
        attempt: Uuid,
        contact: Place,
        state: u8,
    },
    ForeignCall {
        attempt: Uuid,
        known: Option<String>,
    },
    Contact {
        contact: Place,
        status: u8,
    },
}

/// A contact's place of storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    lane: u16,
    block: u32,
    place: u8,
}

/// Neighbours in an organization's event log, oldest first. The key has the sequence number of the first.
///
/// What is committed at once becomes one row: whoever applies batches may join neighbours without
/// reading them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsV2 {
    events: Vec<EventV1>,
}

/// Where the number of events is stored, in one byte: behind the version's.
const COUNT: usize = 1;

impl EventsV2 {
    /// So many events lie in one row, at most: a larger number would take more than one byte.
    pub const MOST: usize = 250;

    /// How many events are in a row.
    ///
    /// # Errors
    /// When it is no row of events.
    pub fn count(row: &[u8]) -> Result<u64, StoreError> {
        match row {
            [EventV1::VERSION, ..] => Ok(1),
            [Self::VERSION, count, ..] => Ok(u64::from(*count)),
            _ => Err(corrupt::<Self>("it does not say how many events it has")),
        }
    }

    /// Puts the events of the next row behind those of this one, and says whether it did: there may be too many.
    pub(crate) fn join(row: &mut Vec<u8>, next: &[u8]) -> bool {
        let ([Self::VERSION, count, ..], [Self::VERSION, more, events @ ..]) = (row.as_slice(), next) else {
            return false;
        };
        let Some(sum) = count
            .checked_add(*more)
            .filter(|sum| usize::from(*sum) <= Self::MOST)
        else {
            return false;
        };
        row[COUNT] = sum;
        row.extend_from_slice(events);
        true
    }
}

impl Record for EventsV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "event";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let alone = |event| Self { events: vec![event] };
        (version == EventV1::VERSION).then(|| codec().deserialize(bytes).map(alone))
    }
}

impl From<&[LoggedEvent]> for EventsV2 {
    /// Of at most [`EventsV2::MOST`].
    fn from(events: &[LoggedEvent]) -> Self {
        Self {
            events: events.iter().map(EventV1::from).collect(),
        }
    }
}

impl TryFrom<EventsV2> for Vec<LoggedEvent> {
    type Error = Unreadable;

    fn try_from(stored: EventsV2) -> Result<Self, Unreadable> {
        stored.events.into_iter().map(LoggedEvent::try_from).collect()
    }
}

impl From<ContactId> for Place {
    fn from(contact: ContactId) -> Self {
        Self {
            lane: contact.lane.0,
            block: contact.block,
            place: contact.place,
        }
    }
}

impl From<Place> for ContactId {
    fn from(stored: Place) -> Self {
        Self {
            lane: LaneId(stored.lane),
            block: stored.block,
            place: stored.place,
        }
    }
}

impl Record for EventV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "event";
}

impl From<&LoggedEvent> for EventV1 {
    fn from(logged: &LoggedEvent) -> Self {
        Self {
            at: logged.at.millis(),
            campaign: logged.campaign.0,
            what: What::from(&logged.event),
        }
    }
}

impl TryFrom<EventV1> for LoggedEvent {
    type Error = Unreadable;

    fn try_from(stored: EventV1) -> Result<Self, Unreadable> {
        Ok(Self {
            at: Timestamp::from_millis(stored.at),
            campaign: CampaignId(stored.campaign),
            event: stored.what.try_into()?,
        })
    }
}

impl From<&Event> for What {
    fn from(event: &Event) -> Self {
        match event {
            Event::Created => Self::Created,
            Event::Edited { config_version } => Self::Edited {
                config_version: *config_version,
            },
            Event::Deleted => Self::Deleted,
            Event::Import { import, state } => {
                let (state, failure) = match state {
                    ImportState::Running => (0, None),
                    ImportState::Completed => (1, None),
                    ImportState::Failed(why) => (2, Some(why.clone())),
                    ImportState::Canceled => (3, None),
                };
                Self::Import {
                    import: import.0,
                    state,
                    failure,
                }
            }
            Event::Campaign { status, reason } => Self::Campaign {
                status: status.code(),
                reason: reason.clone(),
            },
            Event::StartSkipped { due, count, reason } => Self::StartSkipped {
                due: due.millis(),
                count: *count,
                reason: reason.clone(),
            },
            Event::Attempt {
                attempt,
                contact,
                state,
            } => Self::Attempt {
                attempt: attempt.0,
                contact: (*contact).into(),
                state: state.code(),
            },
            Event::ForeignCall { attempt, known } => Self::ForeignCall {
                attempt: attempt.0,
                known: known.clone(),
            },
            Event::Contact { contact, status } => Self::Contact {
                contact: (*contact).into(),
                status: status.code(),
            },
        }
    }
}

impl TryFrom<What> for Event {
    type Error = Unreadable;

    fn try_from(stored: What) -> Result<Self, Unreadable> {
        Ok(match stored {
            What::Created => Self::Created,
            What::Edited { config_version } => Self::Edited { config_version },
            What::Deleted => Self::Deleted,
            What::Import {
                import,
                state,
                failure,
            } => Self::Import {
                import: ImportId(import),
                state: match (state, failure) {
                    (0, _) => ImportState::Running,
                    (1, _) => ImportState::Completed,
                    (2, failure) => ImportState::Failed(failure.unwrap_or_default()),
                    (3, _) => ImportState::Canceled,
                    (other, _) => {
                        return Err(Unreadable(format!("no meaning for the import state {other}")));
                    }
                },
            },
            What::Campaign { status, reason } => Self::Campaign {
                status: Status::from_code(status)?,
                reason,
            },
            What::StartSkipped { due, count, reason } => Self::StartSkipped {
                due: Timestamp::from_millis(due),
                count,
                reason,
            },
            What::Attempt {
                attempt,
                contact,
                state,
            } => Self::Attempt {
                attempt: AttemptId(attempt),
                contact: contact.into(),
                state: AttemptState::from_code(state)?,
            },
            What::ForeignCall { attempt, known } => Self::ForeignCall {
                attempt: AttemptId(attempt),
                known,
            },
            What::Contact { contact, status } => Self::Contact {
                contact: contact.into(),
                status: ContactStatus::from_code(status)?,
            },
        })
    }
}
