//! What is assumed of a rehearsal, as asked for.

use outdial_domain::attempt::Outcome;
use outdial_domain::rehearsal::{Assumptions, Plan, Weights};
use outdial_domain::time::{Millis, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use crate::view::schema;

const REHEARSAL: Shape = Shape {
    what: "a rehearsal",
    known: &[
        "begin_at",
        "horizon_days",
        "seed",
        "outcomes",
        "ring_seconds",
        "talk_seconds",
    ],
    read_only: &[],
};
const OUTCOMES: Shape = Shape {
    what: "the outcomes of a rehearsal",
    known: &["completed", "no-answer", "busy", "machine", "failed"],
    read_only: &[],
};

const DAY: Millis = Millis::seconds(24 * 3600);
const MOST_DAYS: u32 = 400;
const MOST_WEIGHT: f64 = 1e6;
const LONGEST_RING: u32 = 600;
const LONGEST_TALK: u32 = 14_400;

/// A rehearsal to be run. Whatever is left out is as it usually is: from now on, for 60 days of calling at most.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RehearsalSpec {
    /// Where the virtual clock begins, RFC 3339: a draft is started then, a paused campaign resumed.
    #[serde(default)]
    #[schemars(with = "Option<schema::Time>")]
    pub begin_at: Option<String>,
    /// Days of calling after which the rehearsal ends, 1 to 400.
    #[serde(default)]
    #[schemars(range(min = 1, max = 400))]
    pub horizon_days: Option<u32>,
    /// Which of the many ways in which chance may fall.
    #[serde(default)]
    pub seed: Option<u32>,
    /// How calls end.
    #[serde(default)]
    pub outcomes: Option<OutcomeWeights>,
    /// How long a phone rings before it is answered, or busy.
    #[serde(default)]
    #[schemars(range(min = 0, max = 600))]
    pub ring_seconds: Option<u32>,
    /// How long an answered call lasts behind that.
    #[serde(default)]
    #[schemars(range(min = 0, max = 14_400))]
    pub talk_seconds: Option<u32>,
}

/// How often calls end in which way, in proportion to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutcomeWeights {
    /// Answered by a person.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub completed: f64,
    /// Nobody picks up.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub no_answer: f64,
    /// The line is busy.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub busy: f64,
    /// An answering machine picks up.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub machine: f64,
    /// The call cannot be connected.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub failed: f64,
}

/// What was asked of a rehearsal, judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct JudgedRehearsal {
    pub(crate) begin: Timestamp,
    pub(crate) horizon: Millis,
    pub(crate) assumptions: Assumptions,
}

/// Judges what is asked of a rehearsal of a campaign whose calls may ring for so long; nothing at all is asked by
/// `null`.
///
/// # Errors
/// Every field that cannot be accepted.
pub(crate) fn judge_rehearsal(
    value: &Value,
    ring_timeout_seconds: u32,
    now: Timestamp,
) -> Result<JudgedRehearsal, Vec<FieldError>> {
    let nothing = Value::Object(serde_json::Map::new());
    let value = if value.is_null() { &nothing } else { value };
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(value, "", &REHEARSAL, &mut findings) else {
        return Err(findings.into_errors());
    };
    let usual = Assumptions::default();
    let longest_ring = LONGEST_RING.min(ring_timeout_seconds);
    let usual_ring = usual.ring_seconds.min(longest_ring);
    let usual_days = (Plan::HORIZON.0 / DAY.0) as u32;
    let days = fields.whole("horizon_days", 1..=MOST_DAYS, usual_days, &mut findings);
    let judged = JudgedRehearsal {
        begin: fields.instant("begin_at", &mut findings).unwrap_or(now),
        horizon: Millis(DAY.0 * i64::from(days)),
        assumptions: Assumptions {
            weights: weights(&fields, &mut findings),
            ring_seconds: fields.whole("ring_seconds", 0..=longest_ring, usual_ring, &mut findings),
            talk_seconds: fields.whole(
                "talk_seconds",
                0..=LONGEST_TALK,
                usual.talk_seconds,
                &mut findings,
            ),
            seed: u64::from(fields.whole("seed", 0..=u32::MAX, usual.seed as u32, &mut findings)),
        },
    };
    findings.verdict(judged)
}

fn weights(fields: &Fields<'_>, findings: &mut Findings) -> Weights {
    let usual = Weights::default();
    let Some(value) = fields.get("outcomes") else {
        return usual;
    };
    let Some(given) = Fields::open(value, "outcomes", &OUTCOMES, findings) else {
        return usual;
    };
    let mut is_bad = false;
    let mut weight = |outcome: Outcome| {
        let number = given.number(outcome.name(), 0.0..=MOST_WEIGHT, findings);
        is_bad |= number.is_none() && given.get(outcome.name()).is_some();
        number.unwrap_or(0.0)
    };
    let weights = Weights {
        completed: weight(Outcome::Completed),
        no_answer: weight(Outcome::NoAnswer),
        busy: weight(Outcome::Busy),
        machine: weight(Outcome::Machine),
        failed: weight(Outcome::Failed),
    };
    let is_nothing = weights.by_outcome().iter().all(|(_, weight)| *weight == 0.0);
    if is_nothing && !is_bad {
        let message = format!(
            "must give at least one of {} a weight above 0",
            OUTCOMES.known.join(", ")
        );
        findings.refuse_value("outcomes", value, message);
    }
    weights
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_asks_for_is_what_the_api_takes() {
        let spec = RehearsalSpec {
            begin_at: Some("2026-10-24T00:00:00Z".to_owned()),
            horizon_days: Some(400),
            seed: Some(u32::MAX),
            outcomes: Some(OutcomeWeights {
                no_answer: 2.0,
                ..OutcomeWeights::default()
            }),
            ring_seconds: Some(30),
            talk_seconds: Some(0),
        };
        let json = serde_json::to_value(&spec).unwrap();
        let judged = judge_rehearsal(&json, 30, Timestamp::default()).unwrap();
        assert_eq!(judged.begin.to_string(), "2026-10-24T00:00:00Z");
        assert_eq!(judged.horizon, Millis(400 * DAY.0));
        assert_eq!(judged.assumptions.seed, u64::from(u32::MAX));
        assert_eq!(judged.assumptions.weights.no_answer, 2.0);
        assert_eq!(judged.assumptions.weights.completed, 0.0);
        let longer = judge_rehearsal(&json, 29, Timestamp::default()).unwrap_err();
        assert_eq!(longer[0].field, "ring_seconds");
    }

    #[test]
    fn what_is_left_out_is_as_usual_and_nothing_rings_for_longer_than_the_campaign_lets_it() {
        let now = Timestamp::from_millis(5);
        let usual = serde_json::to_value(RehearsalSpec::default()).unwrap();
        for json in [Value::Null, usual] {
            let judged = judge_rehearsal(&json, 60, now).unwrap();
            assert_eq!((judged.begin, judged.horizon), (now, Plan::HORIZON));
            assert_eq!(judged.assumptions, Assumptions::default());
            assert_eq!(
                judge_rehearsal(&json, 10, now).unwrap().assumptions.ring_seconds,
                10
            );
        }
    }
}
