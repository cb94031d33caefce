//! A change of what a campaign was told to do: a merge patch over its configuration as it is shown.
//!
//! A schedule, and the rule for missed starts, are replaced as a whole: half a schedule of one type makes none of
//! another. A schedule that is not changed is not judged again, because its start may have passed since.

use outdial_domain::campaign::{FixedField, fixed_fields};
use outdial_domain::settings::{Schedule, Settings};
use outdial_domain::time::Timestamp;
use serde_json::{Value, json};

use super::{FieldError, NewCampaign, judge};
use crate::merge_patch::merge;
use crate::view::configuration_view;

const WHOLE: [&str; 2] = ["schedule", "missed_start"];
/// What a copy is called.
const COPY: &str = " (copy)";
const LONGEST_NAME: usize = 200;

const VOICE: FixedField = FixedField {
    name: "voice_profile_id",
    why: "was copied when the campaign was created; create another campaign to speak otherwise",
};

/// What a configuration is when it was changed so. `has_contacts`: some were taken in, or are about to be.
///
/// # Errors
/// Every field that cannot be accepted, or cannot be changed.
pub(crate) fn judge_change(
    before: &Settings,
    patch: &Value,
    has_contacts: bool,
    now: Timestamp,
) -> Result<Settings, Vec<FieldError>> {
    let shown = json!(configuration_view(before));
    let mut asked = patched(&shown, patch)?;
    let mut errors = Vec::new();
    if let Value::Object(fields) = &mut asked
        && fields.remove("contacts").is_some()
    {
        errors.push(FieldError {
            field: "contacts".to_owned(),
            message: "are added with POST /campaigns/{id}/contacts, or from a list".to_owned(),
        });
    }
    let is_same = |name: &str| asked.get(name).unwrap_or(&Value::Null) == &shown[name];
    let recurs = matches!(before.schedule, Schedule::Recurring { .. });
    let keeps_schedule = is_same("schedule") && (is_same("timezone") || !recurs);
    let differs = |name: &str| !is_same(name);
    let voice_differs = differs("voice_profile_id");
    let fixed_as_shown: Vec<&str> = [
        "type",
        "direction",
        "channel",
        "line_id",
        "audience",
        "default_region",
    ]
    .into_iter()
    .filter(|name| differs(name))
    .collect();
    if keeps_schedule && let Value::Object(fields) = &mut asked {
        fields.remove("schedule");
    }
    let judged = judge(&asked, now).map(|NewCampaign { settings, .. }| settings);
    if voice_differs {
        errors.push((&VOICE).into());
    }
    match judged {
        Ok(mut settings) => {
            if keeps_schedule {
                settings.schedule = before.schedule.clone();
            }
            settings.voice.clone_from(&before.voice);
            let fixed = fixed_fields(before, &settings, has_contacts);
            errors.extend(fixed.iter().map(FieldError::from));
            if errors.is_empty() {
                Ok(settings)
            } else {
                Err(errors)
            }
        }
        Err(mut bad) => {
            // What is refused as it stands need not be refused for being changed too.
            let probe = fixed_probe(before, &asked, &fixed_as_shown, has_contacts, now);
            errors.extend(
                probe
                    .into_iter()
                    .filter(|field| bad.iter().all(|error| error.field != field.field)),
            );
            bad.extend(errors);
            Err(bad)
        }
    }
}

/// What could not be changed of a configuration that is refused for other fields too: only what is asked of fixed
/// fields is judged, the rest is as before.
fn fixed_probe(
    before: &Settings,
    asked: &Value,
    names: &[&str],
    has_contacts: bool,
    now: Timestamp,
) -> Vec<FieldError> {
    let mut probe = json!(configuration_view(before));
    let Value::Object(fields) = &mut probe else {
        return Vec::new();
    };
    fields.remove("schedule");
    for name in names {
        fields.insert(
            (*name).to_owned(),
            asked.get(*name).cloned().unwrap_or(Value::Null),
        );
    }
    let Ok(mut judged) = judge(&probe, now).map(|judged| judged.settings) else {
        return Vec::new();
    };
    judged.voice.clone_from(&before.voice);
    let fixed = fixed_fields(before, &judged, has_contacts);
    fixed.iter().map(FieldError::from).collect()
}

/// The configuration of a copy, with what is asked to be otherwise in it.
///
/// # Errors
/// Every field that cannot be accepted; `schedule` too where it is taken over and no start of it is left.
pub(crate) fn judge_duplicate(
    original: &Settings,
    patch: &Value,
    now: Timestamp,
) -> Result<Settings, Vec<FieldError>> {
    let kept: String = original.name.chars().take(LONGEST_NAME - COPY.len()).collect();
    let base = Settings {
        name: format!("{}{COPY}", kept.trim_end()),
        ..original.clone()
    };
    let copy = judge_change(&base, patch, false, now)?;
    if can_be_started(&copy.schedule, now) {
        return Ok(copy);
    }
    let message = "is over: no start of it is left; give `schedule` in the body".to_owned();
    Err(vec![FieldError {
        field: "schedule".to_owned(),
        message,
    }])
}

fn can_be_started(schedule: &Schedule, now: Timestamp) -> bool {
    match schedule {
        Schedule::Immediate => true,
        Schedule::Scheduled { end_at, .. } => end_at.is_none_or(|end_at| end_at > now),
        Schedule::Recurring { .. } => schedule.start_after(now).is_some(),
    }
}

fn patched(shown: &Value, patch: &Value) -> Result<Value, Vec<FieldError>> {
    let Value::Object(changes) = patch else {
        return Err(vec![FieldError {
            field: "body".to_owned(),
            message: "must be an object with the fields to be changed".to_owned(),
        }]);
    };
    let mut asked = shown.clone();
    if let Value::Object(fields) = &mut asked {
        for name in WHOLE.iter().filter(|name| changes.contains_key(**name)) {
            fields.remove(*name);
        }
    }
    merge(&mut asked, patch.clone());
    Ok(asked)
}
