//! One call as the carrier knows it, from its creation to its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, oneshot};

use crate::books::Heard;
use crate::call_request::{CallRequest, Instructions};
use crate::plan::Plan;

/// The place of a call in the ledger, in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallIndex(pub usize);

/// The status of the call resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallStatus {
    Queued,
    Ringing,
    InProgress,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

impl CallStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Queued | Self::Ringing | Self::InProgress => false,
            Self::Completed | Self::Busy | Self::NoAnswer | Self::Failed | Self::Canceled => true,
        }
    }

    /// What the far end answered to the invitation, as a number of SIP.
    pub const fn sip_response_code(self) -> u16 {
        match self {
            Self::Queued | Self::Ringing | Self::InProgress | Self::Completed => 200,
            Self::Busy => 486,
            Self::NoAnswer | Self::Canceled => 487,
            Self::Failed => 404,
        }
    }
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub index: CallIndex,
    /// The place of the request that created it.
    pub request_index: usize,
    pub sid: String,
    pub request: Arc<CallRequest>,
    pub status: CallStatus,
    pub answered_by: Option<&'static str>,
    /// An answering machine took the call, whether anybody asked or not.
    pub by_machine: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Milliseconds in the queue: an estimate until it started.
    pub queue_milliseconds: u64,
    /// Reported seconds of talking, known at the end.
    pub duration_seconds: Option<u64>,
    /// The HTTP status that came with the first instructions, or what went wrong with fetching them.
    pub instructions_fetched: Option<Result<u16, String>>,
    /// What was done of what the call was told.
    pub heard: Vec<Heard>,
    /// Why instructions could not be followed.
    pub document_errors: Vec<String>,
    /// New instructions from outside, until the life of the call takes them.
    pub redirected_to: Option<Instructions>,
    pub callbacks: Vec<CallbackRecord>,
    /// Wakes the life of the call when somebody ended or redirected it from outside.
    pub wake: Arc<Notify>,
    pub life: Life,
}

/// How far the life of a call has come.
#[derive(Debug)]
pub(crate) enum Life {
    /// It waits for its turn.
    Ahead {
        plan: Box<Plan>,
        first_callback: Option<oneshot::Sender<()>>,
    },
    /// It is under way; nobody has answered.
    Begun,
    /// Somebody talks, until `since` for so many reported seconds, and from then on for up to `lasting` more.
    Talking {
        before: f64,
        since: Instant,
        lasting: f64,
    },
    /// It has ended.
    Over,
}

impl Call {
    /// Reported seconds of talking until now.
    pub fn talked_seconds(&self, time_scale: f64) -> f64 {
        let Life::Talking {
            before,
            since,
            lasting,
        } = self.life
        else {
            return 0.0;
        };
        let passed = if time_scale > 0.0 {
            (since.elapsed().as_secs_f64() / time_scale).min(lasting)
        } else {
            lasting
        };
        before + passed
    }
}

/// Reported seconds as a callback gives them.
pub(crate) fn whole_seconds(seconds: f64) -> u64 {
    Duration::try_from_secs_f64(seconds.round())
        .unwrap_or_default()
        .as_secs()
}

/// One callback of a call: fired, perhaps delivered.
#[derive(Debug)]
pub(crate) struct CallbackRecord {
    pub event: &'static str,
    pub call_status: &'static str,
    pub sequence: Option<u32>,
    pub fired_at: DateTime<Utc>,
    pub tries: u32,
    pub delivered: u32,
    pub last: Option<Result<u16, String>>,
    pub faults: Vec<&'static str>,
}
