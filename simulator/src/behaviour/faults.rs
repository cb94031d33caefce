//! What the carrier can be told to do wrong, and how often.

use serde::Serialize;

use super::SecondsRange;

/// What goes wrong, and how often. All fields without a unit are probabilities from 0 to 1.
///
/// Of the faults of a create request at most one strikes, in the order of the fields; those of a callback are
/// drawn one by one, for each callback.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Faults {
    /// A status callback is never sent. Its sequence number is used up.
    pub drop_callback: f64,
    /// A status callback is sent twice, the second time after the answer to the first.
    pub duplicate_callback: f64,
    /// A status callback, and with it the later ones of its call, is late by `delay_seconds`.
    pub delay_callback: f64,
    /// How late; *scaled*. Default 5 to 30.
    pub delay_seconds: SecondsRange,
    /// A status callback is held back until the next one of its call has been sent. The last one has no next.
    pub reorder_callbacks: f64,
    /// A create request is refused unread with 429 and code 20429.
    pub answer_429: f64,
    /// `Retry-After` of those answers, in seconds; `null` (default): the header is left out.
    pub retry_after_seconds: Option<u32>,
    /// A create request is answered with 500, and no call exists.
    pub answer_500: f64,
    /// The call is created and lives; the answer is 500 all the same.
    pub accept_then_500: f64,
    /// The call is created and lives; the request is not answered until the client gives up or `hang_seconds`
    /// have passed, when the connection is closed without an answer.
    pub accept_then_hang: f64,
    /// How long such a request hangs, in real seconds. Default 120.
    pub hang_seconds: f64,
    /// The call is created and lives; the connection is closed at once without an answer.
    pub accept_then_reset: f64,
    /// The first status callback is sent, and answered, before the create request is. Waits 5 real seconds at most.
    pub callback_before_answer: f64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            drop_callback: 0.0,
            duplicate_callback: 0.0,
            delay_callback: 0.0,
            delay_seconds: SecondsRange { min: 5.0, max: 30.0 },
            reorder_callbacks: 0.0,
            answer_429: 0.0,
            retry_after_seconds: None,
            answer_500: 0.0,
            accept_then_500: 0.0,
            accept_then_hang: 0.0,
            hang_seconds: 120.0,
            accept_then_reset: 0.0,
            callback_before_answer: 0.0,
        }
    }
}

/// The names of the probabilities.
pub(super) const PROBABILITIES: [&str; 10] = [
    "drop_callback",
    "duplicate_callback",
    "delay_callback",
    "reorder_callbacks",
    "answer_429",
    "answer_500",
    "accept_then_500",
    "accept_then_hang",
    "accept_then_reset",
    "callback_before_answer",
];

impl Faults {
    pub(super) fn probability_mut(&mut self, name: &str) -> Option<&mut f64> {
        Some(match name {
            "drop_callback" => &mut self.drop_callback,
            "duplicate_callback" => &mut self.duplicate_callback,
            "delay_callback" => &mut self.delay_callback,
            "reorder_callbacks" => &mut self.reorder_callbacks,
            "answer_429" => &mut self.answer_429,
            "answer_500" => &mut self.answer_500,
            "accept_then_500" => &mut self.accept_then_500,
            "accept_then_hang" => &mut self.accept_then_hang,
            "accept_then_reset" => &mut self.accept_then_reset,
            "callback_before_answer" => &mut self.callback_before_answer,
            _ => return None,
        })
    }

    /// The fault of one create request, if any strikes.
    pub(crate) fn draw_for_request(&self, rng: &mut fastrand::Rng) -> Option<RequestFault> {
        RequestFault::ALL
            .into_iter()
            .find(|fault| rng.f64() < self.of_request(*fault))
    }

    const fn of_request(&self, fault: RequestFault) -> f64 {
        match fault {
            RequestFault::Answer429 => self.answer_429,
            RequestFault::Answer500 => self.answer_500,
            RequestFault::AcceptThen500 => self.accept_then_500,
            RequestFault::AcceptThenHang => self.accept_then_hang,
            RequestFault::AcceptThenReset => self.accept_then_reset,
            RequestFault::CallbackBeforeAnswer => self.callback_before_answer,
        }
    }
}

/// A fault of a create request. Each is described at the field of [`Faults`] that has its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "described at the fields of Faults")]
pub enum RequestFault {
    Answer429,
    Answer500,
    AcceptThen500,
    AcceptThenHang,
    AcceptThenReset,
    CallbackBeforeAnswer,
}

impl RequestFault {
    /// All of them, in the order in which they are drawn.
    pub const ALL: [Self; 6] = [
        Self::Answer429,
        Self::Answer500,
        Self::AcceptThen500,
        Self::AcceptThenHang,
        Self::AcceptThenReset,
        Self::CallbackBeforeAnswer,
    ];

    /// The name of the fault in JSON, such as `accept_then_hang`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer429 => "answer_429",
            Self::Answer500 => "answer_500",
            Self::AcceptThen500 => "accept_then_500",
            Self::AcceptThenHang => "accept_then_hang",
            Self::AcceptThenReset => "accept_then_reset",
            Self::CallbackBeforeAnswer => "callback_before_answer",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == name)
    }
}
