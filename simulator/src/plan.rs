//! What will become of a call, drawn when it is created.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::behaviour::{Answer, Behaviour, Override};
use crate::call_request::{CallRequest, Detection};
use crate::outcome::Outcome;

/// The fate of one call.
#[derive(Debug)]
pub(crate) struct Plan {
    pub outcome: Outcome,
    /// Reported seconds of ringing, within the request's timeout.
    pub ring_seconds: f64,
    /// Reported seconds of talking, a whole number within the request's time limit; 0 where nobody answers.
    pub call_seconds: f64,
    /// What the callee answers when asked, one by one, and then nothing; `None`: by the weights.
    pub answers: Option<Vec<Answer>>,
    /// For what is drawn later: the faults of the callbacks.
    pub rng: fastrand::Rng,
}

impl Plan {
    pub fn draw(
        behaviour: &Behaviour,
        request: &CallRequest,
        order: Option<&Override>,
        mut rng: fastrand::Rng,
    ) -> Self {
        let drawn_outcome = behaviour.outcomes.draw(&mut rng);
        let drawn_ring = behaviour.ring_seconds.draw(&mut rng);
        let drawn_call = behaviour.call_seconds.draw(&mut rng);
        let (outcome, ring, call) = match order {
            Some(Override::Call {
                outcome,
                ring_seconds,
                call_seconds,
                ..
            }) => (
                outcome.unwrap_or(drawn_outcome),
                ring_seconds.unwrap_or(drawn_ring),
                call_seconds.unwrap_or(drawn_call),
            ),
            _ => (drawn_outcome, drawn_ring, drawn_call),
        };
        let answers = match order {
            Some(Override::Call { answers, .. }) => answers.clone(),
            _ => None,
        };
        let timeout = f64::from(request.timeout_seconds);
        let ring_seconds = match outcome {
            Outcome::NoAnswer => timeout,
            Outcome::Failed => 0.0,
            Outcome::Completed | Outcome::Machine | Outcome::Busy | Outcome::Canceled => ring.min(timeout),
        };
        let call_seconds = match outcome {
            Outcome::Completed | Outcome::Machine => call.min(f64::from(request.time_limit_seconds)).round(),
            Outcome::Busy | Outcome::NoAnswer | Outcome::Failed | Outcome::Canceled => 0.0,
        };
        Self {
            outcome,
            ring_seconds,
            call_seconds,
            answers,
            rng,
        }
    }

    /// What a detection finds, in the words of `AnsweredBy`.
    pub fn answered_by(&self, detection: Detection) -> &'static str {
        match (self.outcome, detection) {
            (Outcome::Machine, Detection::Enable) => "machine_start",
            (Outcome::Machine, Detection::DetectMessageEnd) => "machine_end_beep",
            _ => "human",
        }
    }
}

/// The lots of the `nth` request for a number: the same in every run with the same seed, whatever happens to
/// other numbers in between.
pub(crate) fn lots(seed: u64, to: &str, nth: u64) -> fastrand::Rng {
    let mut hasher = DefaultHasher::new();
    (seed, to, nth).hash(&mut hasher);
    fastrand::Rng::with_seed(hasher.finish())
}
