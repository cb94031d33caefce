//! Whether a campaign is awake, as stored.

use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Record, Unreadable};

/// Whether a campaign must be woken after a restart, and when its alarm goes off if it sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It must be woken after a restart.
    Awake,
    /// It sleeps, until its alarm if it has one.
    Asleep(Option<Timestamp>),
}

/// The stored shape of [`Rest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestV1 {
    awake: bool,
    alarm: Option<i64>,
}

impl Record for RestV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "rest";
}

impl From<Rest> for RestV1 {
    fn from(rest: Rest) -> Self {
        match rest {
            Rest::Awake => Self {
                awake: true,
                alarm: None,
            },
            Rest::Asleep(alarm) => Self {
                awake: false,
                alarm: alarm.map(Timestamp::millis),
            },
        }
    }
}

impl TryFrom<RestV1> for Rest {
    type Error = Unreadable;

    fn try_from(stored: RestV1) -> Result<Self, Unreadable> {
        Ok(if stored.awake {
            Self::Awake
        } else {
            Self::Asleep(stored.alarm.map(Timestamp::from_millis))
        })
    }
}
