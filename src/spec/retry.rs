//! What a campaign is asked to try again.

use outdial_domain::attempt::Outcome;
use outdial_domain::settings::Retry;

use super::fields::{self, Fields, Shape};
use super::findings::Findings;
use super::part_specs::RetrySpec;
use super::quoted;
use crate::view::words::Word;

const RETRY: Shape = Shape {
    what: "a retry rule",
    known: &["max_retries", "backoff_seconds", "outcomes"],
    read_only: &[],
};

const LONGEST: usize = 100;
/// Thirty days.
const LONGEST_WAIT: u32 = 2_592_000;
/// The outcomes after which another try makes sense.
pub(crate) const RETRIABLE: [Outcome; 5] = [
    Outcome::NoAnswer,
    Outcome::Busy,
    Outcome::Failed,
    Outcome::Canceled,
    Outcome::Machine,
];

/// The rule in the campaign's field `retry`.
pub(super) fn judge(campaign: &Fields<'_>, findings: &mut Findings) -> Retry {
    let default = RetrySpec::default();
    let mut retry = Retry {
        max_retries: default.max_retries,
        backoff_seconds: default.backoff_seconds,
        outcomes: default.outcomes,
    };
    let Some(value) = campaign.get("retry") else {
        return retry;
    };
    let Some(fields) = Fields::open(value, campaign.at("retry"), &RETRY, findings) else {
        return retry;
    };
    retry.max_retries = fields.whole("max_retries", 0..=100, retry.max_retries, findings);
    if let Some(waits) = fields.list("backoff_seconds", LONGEST, findings) {
        if waits.is_empty() && retry.max_retries > 0 {
            let message = format!(
                "must name at least one wait while max_retries is {}",
                retry.max_retries
            );
            findings.refuse(fields.at("backoff_seconds"), message);
        }
        retry.backoff_seconds = waits
            .into_iter()
            .filter_map(|(at, wait)| fields::whole(wait, at, 0..=LONGEST_WAIT, findings))
            .collect();
    }
    if let Some(entries) = fields.list("outcomes", LONGEST, findings) {
        retry.outcomes.clear();
        for (at, entry) in entries {
            match entry.as_str().and_then(Outcome::named) {
                Some(outcome) if !RETRIABLE.contains(&outcome) => {
                    findings.refuse_value(at, entry, why_not(outcome));
                }
                Some(outcome) if retry.outcomes.contains(&outcome) => {}
                Some(outcome) => retry.outcomes.push(outcome),
                None => {
                    let words = RETRIABLE.map(Outcome::name);
                    let message = format!("must be {}, not {}", quoted::either(&words), quoted::json(entry));
                    findings.refuse_value(at, entry, message);
                }
            }
        }
    }
    retry
}

fn why_not(outcome: Outcome) -> String {
    let name = outcome.name();
    let why = match outcome {
        Outcome::Refused => "the carrier will not ring that contact later either; leave it out",
        Outcome::Lost => "nobody knows whether the phone rang; set unknown.then to retry instead",
        Outcome::Completed
        | Outcome::NoAnswer
        | Outcome::Busy
        | Outcome::Failed
        | Outcome::Canceled
        | Outcome::Machine => "the contact was reached; leave it out",
    };
    format!("`{name}` cannot be retried: {why}")
}
