//! The fields of "create call".

use std::borrow::Cow;

use crate::dialect::Dialect;
use crate::provider::NewCall;

/// The fields in the order sent. A repeated name is a list: every event is asked for.
pub(crate) fn fields(dialect: Dialect, call: &NewCall) -> Vec<(&'static str, Cow<'_, str>)> {
    let mut fields: Vec<(&'static str, Cow<'_, str>)> = vec![
        ("To", call.to.to_string().into()),
        ("From", call.from.to_string().into()),
        ("Url", call.voice_url.as_str().into()),
        ("StatusCallback", dialect.callback_url(&call.status_url).into()),
        ("StatusCallbackMethod", "POST".into()),
    ];
    for event in ["initiated", "ringing", "answered", "completed"] {
        fields.push(("StatusCallbackEvent", event.into()));
    }
    fields.push(("Timeout", call.ring_timeout_seconds.to_string().into()));
    if let Some(detection) = &call.machine_detection {
        let mode = if detection.wait_for_end {
            "DetectMessageEnd"
        } else {
            "Enable"
        };
        let result_url = dialect.callback_url(&detection.result_url);
        fields.extend([
            ("MachineDetection", mode.into()),
            (
                "MachineDetectionTimeout",
                detection.timeout_seconds.to_string().into(),
            ),
            // Without it, whoever answers hears nothing until the verdict.
            ("AsyncAmd", "true".into()),
            ("AsyncAmdStatusCallback", result_url.into()),
            ("AsyncAmdStatusCallbackMethod", "POST".into()),
        ]);
    }
    if let Some(seconds) = call.max_duration_seconds {
        fields.push(("TimeLimit", seconds.to_string().into()));
    }
    if call.record {
        fields.push(("Record", "true".into()));
    }
    fields
}
