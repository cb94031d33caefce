//! What should be known of a rehearsal beyond its figures.

use super::Plan;
use crate::campaign::Stored;
use crate::settings::Detection;

/// What cannot be seen in the figures.
pub(super) fn notes(stored: &Stored, plan: &Plan) -> Vec<String> {
    let mut notes = Vec::new();
    let settings = &stored.definition.settings;
    if !stored.imports.is_empty() {
        notes.push(format!(
            "{} open imports are left out: contacts that they have yet to bring are not rehearsed",
            stored.imports.len()
        ));
    }
    if !stored.live.is_empty() {
        notes.push(format!(
            "{} calls in flight are taken to end as if they were placed as the rehearsal begins",
            stored.live.len()
        ));
    }
    let voice = settings.voice.as_ref();
    let detection: Option<Detection> = voice.and_then(|voice| voice.profile.detection);
    if plan.assumptions.weights.machine > 0.0 && detection.is_none() {
        notes.push(
            "machines are assumed, though the campaign does not listen for them: in earnest such calls count as completed"
                .to_owned(),
        );
    }
    notes.push("other campaigns, on the same line or to the same numbers, are left out".to_owned());
    notes
}
