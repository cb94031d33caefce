//! When a campaign is asked to be paused because its attempts fail.

use outdial_domain::settings::CircuitBreaker;

use super::fields::{Fields, Shape, thousandths};
use super::findings::Findings;
use super::part_specs::CircuitBreakerSpec;
use super::quoted;

const BREAKER: Shape = Shape {
    what: "a circuit breaker",
    known: &["failure_rate", "window_seconds", "min_attempts"],
    read_only: &[],
};

/// The rule in the campaign's field `circuit_breaker`; none where there is no such field.
pub(super) fn judge(campaign: &Fields<'_>, findings: &mut Findings) -> Option<CircuitBreaker> {
    let value = campaign.get("circuit_breaker")?;
    let fields = Fields::open(value, campaign.at("circuit_breaker"), &BREAKER, findings)?;
    let default = CircuitBreakerSpec::new(1.0);
    Some(CircuitBreaker {
        failure_per_mille: failure_per_mille(&fields, findings),
        window_seconds: fields.whole("window_seconds", 10..=3600, default.window_seconds, findings),
        min_attempts: fields.whole("min_attempts", 1..=10_000, default.min_attempts, findings),
    })
}

/// At least one in a thousand, since with none it would trip at the first failure whatever the rate.
fn failure_per_mille(fields: &Fields<'_>, findings: &mut Findings) -> u32 {
    let at = fields.at("failure_rate");
    let Some(value) = fields.get("failure_rate") else {
        findings.refuse(at, "is required: the share of failed attempts, such as 0.5");
        return 1000;
    };
    match value.as_f64() {
        Some(rate) if rate > 0.0 && rate <= 1.0 => thousandths(rate).clamp(1, 1000) as u32,
        _ => {
            let message = format!(
                "must be a number above 0 and at most 1, such as 0.5, not {}",
                quoted::json(value)
            );
            findings.refuse_value(at, value, message);
            1000
        }
    }
}
