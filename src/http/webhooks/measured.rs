//! How many callbacks come, what becomes of them, and how late they are.

use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use metrics::{Counter, Histogram, Unit};
use outdial_domain::time::Millis;

use crate::http::problem::Problem;

/// Callbacks that came, by `kind` and `result`.
const RECEIVED: &str = "outdial_callbacks_total";
/// How long a callback took to be answered, by `kind`; a 2xx is durable by then.
const ANSWERED: &str = "outdial_callback_seconds";
/// From what a status callback tells of, by the carrier's clock, to its arrival. Carriers state whole seconds.
const LAG: &str = "outdial_callback_lag_seconds";

/// What a callback is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Status,
    Detection,
    Voice,
    Inbound,
}

impl Kind {
    const ALL: [(Self, &str); 4] = [
        (Self::Status, "status"),
        (Self::Detection, "amd"),
        (Self::Voice, "voice"),
        (Self::Inbound, "inbound"),
    ];
}

/// What becomes of callbacks, in the order of [`result_of`].
const RESULTS: [&str; 5] = ["taken", "malformed", "bad-signature", "unknown", "unavailable"];

fn result_of(status: StatusCode) -> usize {
    match status {
        status if status.is_success() => 0,
        StatusCode::FORBIDDEN => 2,
        StatusCode::NOT_FOUND => 3,
        status if status.is_server_error() => 4,
        _ => 1,
    }
}

/// The handles, made once for each thread that serves.
pub(super) struct Measured {
    received: [[Counter; RESULTS.len()]; Kind::ALL.len()],
    answered: [Histogram; Kind::ALL.len()],
    lag: Histogram,
}

impl Measured {
    pub(super) fn new() -> Self {
        metrics::describe_counter!(RECEIVED, "Callbacks of carriers, by kind and result");
        metrics::describe_histogram!(ANSWERED, Unit::Seconds, "How long a callback took to be answered");
        metrics::describe_histogram!(
            LAG,
            Unit::Seconds,
            "From what a status callback tells of, by the carrier's clock in whole seconds, to its arrival"
        );
        Self {
            received: Kind::ALL.map(|(_, kind)| {
                RESULTS.map(|result| metrics::counter!(RECEIVED, "kind" => kind, "result" => result))
            }),
            answered: Kind::ALL.map(|(_, kind)| metrics::histogram!(ANSWERED, "kind" => kind)),
            lag: metrics::histogram!(LAG),
        }
    }

    /// A status callback tells of what happened so long ago.
    pub(super) fn lagged(&self, lag: Millis) {
        // The carrier's clock may be ahead.
        self.lag
            .record(Duration::from_millis(lag.0.max(0).unsigned_abs()));
    }

    /// Counts a callback once it is answered.
    pub(super) async fn count(
        &self,
        kind: Kind,
        answer: impl Future<Output = Result<HttpResponse, Problem>>,
    ) -> Result<HttpResponse, Problem> {
        let begun = Instant::now();
        let answer = answer.await;
        let status = match &answer {
            Ok(response) => response.status(),
            Err(problem) => problem.status_code(),
        };
        self.received[kind as usize][result_of(status)].increment(1);
        self.answered[kind as usize].record(begun.elapsed());
        answer
    }
}
