//! What may be asked to be tried again.

use outdial_domain::attempt::Outcome;
use serde_json::{Value, json};

use super::{accepted, refuses};

#[test]
fn only_what_may_ring_again_is_retried() {
    let retry = |retry: Value| accepted(json!({"retry": retry})).settings.retry;
    assert_eq!(
        retry(json!({"outcomes": ["machine", "canceled", "machine"]})).outcomes,
        [Outcome::Machine, Outcome::Canceled]
    );
    assert_eq!(retry(json!({"outcomes": []})).outcomes, []);
    assert_eq!(
        retry(json!({"max_retries": 0, "backoff_seconds": []})).backoff_seconds,
        [0; 0]
    );
    assert_eq!(
        retry(json!({"backoff_seconds": [0, 2_592_000]})).backoff_seconds,
        [0, 2_592_000]
    );
    refuses([
        (
            json!({"retry": {"outcomes": ["completed"]}}),
            "retry.outcomes[0]: `completed` cannot be retried: the contact was reached; leave it out",
        ),
        (
            json!({"retry": {"outcomes": ["refused"]}}),
            "retry.outcomes[0]: `refused` cannot be retried: the carrier will not ring that contact later either; leave it out",
        ),
        (
            json!({"retry": {"outcomes": ["busy", "lost"]}}),
            "retry.outcomes[1]: `lost` cannot be retried: nobody knows whether the phone rang; set unknown.then to retry instead",
        ),
        (
            json!({"retry": {"outcomes": ["no_answer"]}}),
            "retry.outcomes[0]: must be no-answer, busy, failed, canceled or machine, not \"no_answer\"",
        ),
        (
            json!({"retry": {"backoff_seconds": []}}),
            "retry.backoff_seconds: must name at least one wait while max_retries is 3",
        ),
        (
            json!({"retry": {"backoff_seconds": [60, 2_592_001]}}),
            "retry.backoff_seconds[1]: must be a whole number from 0 to 2592000, not 2592001",
        ),
        (
            json!({"retry": {"backoff_seconds": vec![1; 101]}}),
            "retry.backoff_seconds: must have at most 100 entries, not 101",
        ),
    ]);
}
