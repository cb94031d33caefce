//! What a schedule is asked to show beforehand: the query of a preview.

use chrono_tz::Tz;
use outdial_domain::time::Timestamp;
use serde_json::Value;

use super::fields::{Fields, Shape};
use super::findings::{FieldError, Findings};
use super::{quoted, schedule, settings};

const PREVIEW: Shape = Shape {
    what: "a schedule's preview",
    known: &["cron", "timezone", "from", "count"],
    read_only: &[],
};

/// Starts that are shown unless told otherwise.
pub(crate) const USUAL_OCCURRENCES: usize = 5;
/// Starts that are shown at most.
pub(crate) const MOST_OCCURRENCES: usize = 100;

/// Judges the query of a preview, an object of strings, and gives the starts that it asks for.
///
/// # Errors
/// Every parameter that cannot be accepted.
pub(crate) fn judge_schedule_preview(
    query: &Value,
    now: Timestamp,
) -> Result<Vec<Timestamp>, Vec<FieldError>> {
    let mut findings = Findings::default();
    let Some(fields) = Fields::open(query, "", &PREVIEW, &mut findings) else {
        return Err(findings.into_errors());
    };
    let zone = settings::timezone(&fields, &mut findings);
    let recurrence = schedule::pattern(&fields, zone.unwrap_or(Tz::UTC), &mut findings);
    let from = fields.instant("from", &mut findings);
    let count = count(&fields, &mut findings);
    let from = from.unwrap_or(now);
    let starts: Vec<Timestamp> = recurrence
        .iter()
        .filter(|_| findings.is_empty())
        .flat_map(|recurrence| recurrence.occurrences(from, count))
        .collect();
    if findings.is_empty() && starts.is_empty() {
        let message = format!("there is no start from {from} on: they are known up to the year 2100");
        findings.refuse("from", message);
    }
    findings.verdict(starts)
}

fn count(fields: &Fields<'_>, findings: &mut Findings) -> usize {
    let Some(text) = fields.text("count", findings) else {
        return USUAL_OCCURRENCES;
    };
    match text.parse() {
        Ok(count @ 1..=MOST_OCCURRENCES) => count,
        _ => {
            let message = format!(
                "`{}` is not a whole number from 1 to {MOST_OCCURRENCES}",
                quoted::shortened(text)
            );
            findings.refuse_value("count", &text.into(), message);
            USUAL_OCCURRENCES
        }
    }
}
