//! What should be known of a rehearsal beyond its figures.

use super::Plan;
use crate::campaign::Stored;
use crate::runs::Runs;
use crate::settings::Detection;
use crate::time::Timestamp;

/// What cannot be seen in the figures.
pub(super) fn notes(stored: &Stored, plan: &Plan) -> Vec<String> {
    let mut notes = Vec::new();
    let settings = &stored.definition.settings;
    if !stored.imports.is_empty() {
        notes.push(format!(
            "lists are still being read ({} of them): contacts that they have yet to bring are not rehearsed",
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

/// What a run of a recurring campaign that lasts too long means to the starts that come meanwhile.
pub(super) fn overtaken(
    runs: &Runs,
    starts_at: Option<Timestamp>,
    finishes_at: Option<Timestamp>,
) -> Option<String> {
    let (last, _) = runs.last_skipped.as_ref()?;
    let is_of_this_run = starts_at.is_some_and(|starts_at| *last > starts_at);
    let lasts = match finishes_at {
        Some(at) => format!("the run lasts until {at}"),
        None => "the run does not end".to_owned(),
    };
    is_of_this_run.then(|| {
        format!(
            "{lasts}, so starts that come before it is over are left out, the last of them that of {last}"
        )
    })
}
