//! What came of a rehearsal, as the API shows it.

use outdial_domain::ids::CampaignId;
use outdial_domain::rehearsal::{Plan, Rehearsal};
use outdial_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::words::Word;

/// A rehearsal: when it would begin and end, its figures, its chart, whom it never calls, and what was assumed.
pub fn rehearsal_view(campaign: CampaignId, plan: &Plan, told: &Rehearsal) -> Value {
    let shown = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let whole = told.finishes_at.zip(told.starts_at);
    let hours = told.calls_per_hour.iter();
    let reasons = told.never_callable.iter().map(|lost| {
        let examples = lost.examples.iter().map(|example| {
            let mut shown = json!({
                "contact_id": example.contact.uuid(campaign),
                "phone_number": example.phone.to_string(),
            });
            if let Some(detail) = &example.detail {
                shown["detail"] = json!(detail);
            }
            shown
        });
        json!({
            "reason": lost.reason,
            "count": lost.count,
            "examples": examples.collect::<Vec<_>>(),
        })
    });
    json!({
        "starts_at": shown(told.starts_at),
        "finishes_at": shown(told.finishes_at),
        "stopped": told.stopped.as_ref().map(ToString::to_string),
        "duration_seconds": whole.map(|(end, start)| (end - start).0 / 1000),
        "attempts": told.attempts,
        "completed": told.completed,
        "failed": told.failed,
        "skipped": told.skipped,
        "pending": told.pending,
        "max_in_flight": told.max_in_flight,
        "calls_per_hour": hours
            .map(|(hour, calls)| json!({"hour": hour.to_string(), "calls": calls}))
            .collect::<Vec<_>>(),
        "never_callable": {
            "total": told.never_callable.iter().map(|lost| lost.count).sum::<u64>(),
            "reasons": reasons.collect::<Vec<_>>(),
        },
        "assumptions": assumptions(plan),
        "notes": told.notes,
    })
}

fn assumptions(plan: &Plan) -> Value {
    let assumed = &plan.assumptions;
    let weights = assumed.weights.by_outcome();
    let outcomes: Map<String, Value> = weights
        .iter()
        .map(|(outcome, weight)| (outcome.word().to_owned(), json!(weight)))
        .collect();
    json!({
        "begin_at": plan.begin.to_string(),
        "horizon_days": plan.horizon.0 / (24 * 3600 * 1000),
        "seed": assumed.seed,
        "outcomes": outcomes,
        "ring_seconds": assumed.ring_seconds,
        "talk_seconds": assumed.talk_seconds,
        "calls_per_second": plan.line.calls_per_second,
        "line_max_concurrent": plan.line.max_concurrent,
    })
}
