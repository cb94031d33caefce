//! How often a campaign is asked to try a number at most.

use outdial_domain::caps::{Cap, CapRule};
use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::Findings;

const CAP: Shape = Shape {
    what: "a contact cap",
    known: &["max_attempts", "per_hours"],
    read_only: &[],
};

const MOST: usize = 10;
/// Thirty-one days.
const LONGEST_SPAN: u32 = 744;

/// The caps in the campaign's field `contact_caps`.
pub(super) fn judge(campaign: &Fields<'_>, findings: &mut Findings) -> Vec<Cap> {
    let mut caps = Vec::new();
    for (at, entry) in campaign.list("contact_caps", MOST, findings).unwrap_or_default() {
        let Some(cap) = cap(entry, &at, findings) else {
            continue;
        };
        if caps.contains(&cap) {
            let message = format!("`{}` is said twice; leave one out", CapRule::Attempts(cap));
            findings.refuse_value(at, entry, message);
        } else {
            caps.push(cap);
        }
    }
    caps
}

/// One cap; `None` where anything of it is refused.
fn cap(entry: &Value, at: &str, findings: &mut Findings) -> Option<Cap> {
    let mut found = Findings::default();
    let fields = Fields::open(entry, at, &CAP, &mut found);
    let cap = fields.map(|fields| Cap {
        max_attempts: fields.required_whole("max_attempts", 1..=100, &mut found),
        per_hours: fields.required_whole("per_hours", 1..=LONGEST_SPAN, &mut found),
    });
    let cap = cap.filter(|_| found.is_empty());
    findings.append(found);
    cap
}
