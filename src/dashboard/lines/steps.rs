//! How far a test call is: step by step, as far as the carrier has told.

use serde::Deserialize;
use uuid::Uuid;

use crate::dashboard::when::Instant;

/// An attempt, as far as a test call shows it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Attempt {
    pub(super) id: Uuid,
    pub(super) state: String,
    pub(super) outcome: Option<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) intended_at: Instant,
    pub(super) placed_at: Option<Instant>,
    pub(super) answered_at: Option<Instant>,
    pub(super) ended_at: Option<Instant>,
    pub(super) duration_seconds: Option<f64>,
    pub(super) answered_by: Option<String>,
    pub(super) provider_id: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
}

impl Attempt {
    /// Whether nothing more comes of it.
    pub(super) fn is_over(&self) -> bool {
        ["ended", "refused", "deferred", "withdrawn"].contains(&self.state.as_str())
    }
}

/// Whether a step was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It was.
    Done,
    /// It may come.
    Ahead,
    /// It did not come, and will not.
    Never,
}

/// A step of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) means: &'static str,
    pub(super) mark: Mark,
    pub(super) at: Option<Instant>,
}

/// The steps of a call, or of one that is still to be made; `is_settled`: none will be.
pub(super) fn steps(attempt: Option<&Attempt>, is_settled: bool) -> [Step; 5] {
    let state = attempt.map_or("", |attempt| attempt.state.as_str());
    let outcome = attempt.and_then(|attempt| attempt.outcome.as_deref());
    let time = |of: fn(&Attempt) -> Option<Instant>| attempt.and_then(of);
    let is_over = attempt.is_some_and(Attempt::is_over);
    let answered_at = time(|attempt| attempt.answered_at);
    let placed_at = time(|attempt| attempt.placed_at);
    let was_answered =
        answered_at.is_some() || state == "answered" || matches!(outcome, Some("completed" | "machine"));
    let rang = was_answered || state == "ringing" || outcome == Some("no-answer");
    let was_placed = rang || placed_at.is_some() || state == "placed" || state == "ended";
    let mark = |was: bool| match (was, is_over || is_settled) {
        (true, _) => Mark::Done,
        (false, false) => Mark::Ahead,
        (false, true) => Mark::Never,
    };
    let step = |name, means, was, at| Step {
        name,
        means,
        mark: mark(was),
        at,
    };
    [
        step(
            "Intended",
            "It is written down, before anything is sent.",
            attempt.is_some(),
            time(|attempt| Some(attempt.intended_at)),
        ),
        step("Placed", "The carrier has taken the call.", was_placed, placed_at),
        step("Ringing", "The carrier says that it rings.", rang, None),
        step(
            "Answered",
            "Somebody, or a machine, has answered.",
            was_answered,
            answered_at,
        ),
        step("Ended", "It is over.", is_over, time(|attempt| attempt.ended_at)),
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// An attempt of this state and outcome, intended at noon.
    pub(in crate::dashboard::lines) fn attempt(state: &str, outcome: Option<&str>) -> Attempt {
        serde_json::from_value(json!({
            "id": "0197c3a0-0000-7000-8000-000000000000", "state": state, "outcome": outcome,
            "from": "+12025550100", "to": "+12025550123", "intended_at": "2026-07-01T12:00:00Z",
        }))
        .expect("an attempt")
    }

    fn marks(attempt: Option<&Attempt>) -> [Mark; 5] {
        steps(attempt, false).map(|step| step.mark)
    }

    #[test]
    fn what_has_not_come_yet_is_ahead_while_the_call_is_on_its_way() {
        use Mark::{Ahead, Done};
        assert_eq!(marks(None), [Ahead; 5]);
        assert_eq!(
            marks(Some(&attempt("unknown", None))),
            [Done, Ahead, Ahead, Ahead, Ahead]
        );
        assert_eq!(
            marks(Some(&attempt("placed", None))),
            [Done, Done, Ahead, Ahead, Ahead]
        );
        assert_eq!(
            marks(Some(&attempt("ringing", None))),
            [Done, Done, Done, Ahead, Ahead]
        );
        assert_eq!(
            marks(Some(&attempt("answered", None))),
            [Done, Done, Done, Done, Ahead]
        );
    }

    #[test]
    fn of_a_number_that_is_skipped_nothing_is_ahead() {
        assert_eq!(steps(None, true).map(|step| step.mark), [Mark::Never; 5]);
    }

    #[test]
    fn what_never_came_is_told_when_the_call_is_over() {
        use Mark::{Done, Never};
        assert_eq!(
            marks(Some(&attempt("refused", Some("refused")))),
            [Done, Never, Never, Never, Done]
        );
        assert_eq!(
            marks(Some(&attempt("ended", Some("no-answer")))),
            [Done, Done, Done, Never, Done]
        );
        assert_eq!(
            marks(Some(&attempt("ended", Some("busy")))),
            [Done, Done, Never, Never, Done]
        );
        assert_eq!(marks(Some(&attempt("ended", Some("completed")))), [Done; 5]);
    }
}
